/** Budgets and the bill in the built chat. */

import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { openPty } from '../kit/pty.ts'

const asked = (night: { readonly questions: readonly unknown[] }) => night.questions.length

test('a question that would pass the day’s budget comes back with its numbers, and goes out when sent again', async () => {
  await using night = await evening('words n=700\ntext "All the same."')
  const session = await night.chat({ env: { CLAUDE_TUI_MAX_COST_DAY: '0.012', CLAUDE_TUI_TITLES: 'off' } })
  session.type('Count.\r')
  await session.see('turn $0.0')
  session.type('Once more, and much longer than before.')
  await session.see('› Once more')
  const before = asked(night)
  session.press('enter')
  await session.see(/This turn \(~\$0\.\d+\) would bring today to ~\$0\.\d+ of \$0\.012 \(the setting maxCostDay\)\./)
  await session.see('› Once more, and much longer than before.')
  expect(asked(night)).toBe(before)
  session.press('enter')
  await session.see('All the same.')
  expect(asked(night)).toBe(before + 1)
})

test('--max-cost holds a chat: the answer ends where the money does', async () => {
  await using night = await evening('words n=5000')
  const session = await night.chat({ args: ['--max-cost', '0.02'], env: { CLAUDE_TUI_TITLES: 'off' } })
  session.type('Count.\r')
  await session.see(/The answer was cut after [\d.k]+ tokens: the budget paid for no more\. Raise it/)
  session.type('/cost\r')
  await session.see(/this session \$0\.0\d+ of \$0\.02/)
})

test('what the budget may not pay for when the cache is gone is told with numbers, and goes out when sent again', async () => {
  await using night = await evening('text "Because."\ntext "All the same."')
  const session = await night.chat({ args: ['--max-cost', '0.03'], env: { CLAUDE_TUI_TITLES: 'off' }, rows: 40 })
  session.type('word '.repeat(3_200))
  session.press('enter')
  await session.see('Because.')
  await session.see('turn $0.0')
  session.type('And then?')
  await session.see('› And then?')
  session.press('enter')
  await session.see(/Not sent: the prompt alone may cost\s+~\$0\.0\d+,/)
  await session.see(
    /Send\s+it\s+again\s+unchanged\s+to\s+go\s+ahead\s+anyway,\s+or\s+raise\s+the\s+budget\s+\(--max-cost\)/,
  )
  const before = asked(night)
  session.type('\r')
  await session.see('All the same.')
  expect(asked(night)).toBe(before + 1)
})

test('a question held back while an answer runs splits none of it: why stands above the bar, and below the answer', async () => {
  await using night = await evening('text "Half, " "and the other half." hold after=1\ntext "All the same."')
  const session = await night.chat({ env: { CLAUDE_TUI_ASK_ABOVE: '0.005', CLAUDE_TUI_TITLES: 'off' }, rows: 40 })
  session.type('Why?\r')
  await session.see('more than the $0.0050')
  session.type('\r')
  await session.see('Half,')
  session.type('/cost\r')
  await session.see(/this turn/)
  await session.see(/What the answer that runs has cost so far is an estimate/)
  session.type('And then?')
  await session.see('› And then?')
  session.press('enter')
  await session.see('Not sent yet: send it again unchanged to go ahead. This question likely costs')
  night.demo.release()
  await session.see('Half, and the other half.')
  await session.see(
    /This question likely costs ~\$0\.\d+, more than the \$0\.0050 of the setting askAbove\.\s+Not sent yet/,
  )
  expect(session.emulator.text()).toMatch(/Half, and the other half\.\n[\s\S]*This question likely costs/)
  expect(session.emulator.text()).not.toContain('cleared')
  session.press('enter')
  await session.see('All the same.')
})

test('a dear question is asked about first', async () => {
  await using night = await evening('text "Done."')
  const session = await night.chat({ env: { CLAUDE_TUI_ASK_ABOVE: '0.005' } })
  session.type('Why?')
  await session.see('› Why?')
  session.press('enter')
  await session.see('This question likely costs ~$0.0080, more than the $0.0050 of the setting askAbove.')
  session.press('enter')
  await session.see('Done.')
})

test('so is one that was typed before anything was there to look at it', async () => {
  await using night = await evening('text "Done."')
  const { url } = night.demo
  const env = { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'k-1234', CLAUDE_TUI_ASK_ABOVE: '0.005' }
  await using session = openPty({ env: { ...env, CLAUDE_TUI_SERVER_FEATURES: 'full' } })
  session.type('Why?\r')
  await session.see('more than the $0.0050 of the setting askAbove.')
  await session.see('› Why?')
  expect(asked(night)).toBe(0)
  session.press('enter')
  await session.see('Done.')
})

test('/quote says what a message would cost, and sends nothing', async () => {
  await using night = await evening()
  const session = await night.chat()
  session.type('/quote how deep is the sea?')
  await session.see('is the sea?')
  session.press('enter')
  await session.see('tokens by the server’s count')
  await session.see(/cost +~\$0\.0080; without an answer/)
  expect(asked(night)).toBe(0)
})

test('what was stopped before the server said anything is on the bill, as an estimate', async () => {
  await using night = await evening('text "Too late." hold-before-head')
  const session = await night.chat({ env: { CLAUDE_TUI_TITLES: 'off' }, rows: 40 })
  session.type('word '.repeat(2_000))
  session.press('enter')
  await night.demo.held()
  session.press('esc')
  await session.see('Stopped')
  session.press('ctrl+c')
  session.type('/cost\r')
  await session.see(/of it stopped unheard +[\d.]+k +~\$0\.0\d/)
  await session.see(/total +[\d.]+k +~\$0\.0\d/)
})
