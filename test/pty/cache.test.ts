/** The prompt cache as a person meets it: the price of waiting above the status bar, and what `/cache` says. */

import { expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { evening } from '../kit/evening.ts'
import { put, shelf, turn } from '../kit/histories.ts'

/** A long conversation of some minutes ago, its prompt written to the cache for five minutes. */
const cachedTurn = (agoMs: number): readonly Event[] =>
  turn('Why do tides turn?', 'The moon.', Date.now() - agoMs).map((event) =>
    event.type === 'began' || event.type === 'usage'
      ? { ...event, usage: { ...NO_USAGE, cacheWrite5m: 90_000, output: 100, thinking: 0 } }
      : event,
  )

test('a conversation that has gone cold says what the next question costs, until it is asked', async () => {
  await using night = await evening('text "Twice a day."')
  await using saved = shelf()
  put(await saved.history(), cachedTurn(20 * 60_000))
  const chat = await night.chat({ args: ['-c'], env: { CLAUDE_TUI_DATA_DIR: saved.home } })
  await chat.see(/cache cold · this send ~\$0\.\d\d instead of ~\$0\.\d+/)
  chat.type('How often?\r')
  await chat.see('Twice a day.')
  await chat.gone('cache cold')
})

test('one that is about to is counted down, and the key keeps it warm', async () => {
  await using night = await evening()
  await using saved = shelf()
  put(await saved.history(), cachedTurn(4 * 60_000 + 10_000))
  const chat = await night.chat({ args: ['-c'], env: { CLAUDE_TUI_DATA_DIR: saved.home } })
  await chat.see(/cache cold in 0:\d\d · warm ~\$0\.0\d+, cold ~\$0\.\d\d · Ctrl\+X keeps it warm/)
  chat.press('ctrl+x')
  // The demo has never seen that prompt; what matters is that it was asked for nothing else.
  await chat.see('The server holds nothing of this prompt')
  expect(night.questions.at(-1)).toMatchObject({ max_tokens: 0, messages: [{ role: 'user' }] })
})

test('/cache tells what is held, and the way it was planned', async () => {
  await using night = await evening('text "The moon."')
  const chat = await night.chat({ args: ['--system', 'You know the seas. '.repeat(200)] })
  chat.type('Why do tides turn?\r')
  await chat.see('The moon.')
  chat.type('/cache\r')
  await chat.see(/1\.\dk tokens, up to question 1, for 5 minutes: [45]:\d\d left/)
  await chat.see('It pays from a chance of')
})
