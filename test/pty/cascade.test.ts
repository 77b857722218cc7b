/** Cascades and rules in the built chat. */

import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'

const QUIET = { CLAUDE_TUI_TITLES: 'off' }

test('a cascade shows the answer that is good enough and no other, says why, and keeps count', async () => {
  await using night = await evening('text "A wild guess."\ntext "The North Sea."\ntext "Ordinary."')
  const session = await night.chat({ env: QUIET, rows: 40 })
  session.type('/cascade fast,deep check regex:/Sea/\r')
  await session.see('Haiku 5.5 → Opus 5.5')
  session.type('Which sea?\r')
  await session.see('not good enough (it does not match /Sea/) → Opus 5.5.')
  await session.see('The North Sea.')
  expect(session.emulator.text()).not.toContain('wild guess')
  session.type('/cascade\r')
  await session.see(/1 question went up a cascade, 1 of them beyond the first model: 100%\./)
  session.type('/cost\r')
  await session.see('of it not good enough')
  session.type('/cascade off\r')
  await session.see('Sonnet 5.5 answers alone')
  session.type('And then?\r')
  await session.see('Ordinary.')
  expect(night.questions.map(({ model }) => model)).toEqual([
    ...['claude-haiku-5-5', 'claude-opus-5-5', 'claude-sonnet-5-5'],
  ])
})

test('a rule asks another model for one message, and says so', async () => {
  await using night = await evening('text "spam"\ntext "Ordinary."')
  const session = await night.chat({ env: { ...QUIET, CLAUDE_TUI_ROUTE: 'classify=fast' }, rows: 30 })
  session.type('Classify this: buy now\r')
  await session.see('Routed to Haiku 5.5')
  await session.see('spam')
  session.type('Which sea?\r')
  await session.see('Ordinary.')
  expect(night.questions.map(({ model }) => model)).toEqual(['claude-haiku-5-5', 'claude-sonnet-5-5'])
})
