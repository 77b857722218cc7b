/** Telemetry of a chat: each turn is told, the last one by the time the program has ended. */

import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { collector } from '../kit/otlp.ts'

test.each([
  ['on the glass', [], '› '],
  ['in plain lines', ['--screen-reader'], 'You:'],
])('a chat %s tells its turns, and that it was left in the middle of one', async (_, args, prompt) => {
  await using night = await evening('text "The moon."\nwords n=40 tag=qaaa hold after=10')
  await using taker = await collector()
  const env = { CLAUDE_TUI_TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: taker.url, CLAUDE_TUI_TITLES: 'off' }
  const chat = await night.chat({ args, prompt, env })
  chat.type('Why do tides turn?\r')
  await chat.see('The moon.')
  await chat.see('$0')
  chat.type('And then?\r')
  await night.demo.held()
  // On the glass a question without a word of its answer would be a draft again, which Ctrl+C clears first.
  if (args.length === 0) await chat.see('qaaa')
  chat.press('ctrl+c')
  chat.press('ctrl+c')
  chat.press('ctrl+c')
  await chat.exited
  expect(taker.spans.map(({ attributes }) => attributes['claude_tui.ended'])).toEqual(['finished', 'stopped'])
  expect(taker.bytes.toString('latin1')).not.toMatch(/tides|moon/)
})

test('a collector that is not there is told once in a chat, whatever is asked after that', async () => {
  await using night = await evening('text "one"\ntext "two"')
  await using taker = await collector(403)
  const env = {
    ...{ CLAUDE_TUI_TELEMETRY: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: taker.url, CLAUDE_TUI_TITLES: 'off' },
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
  const chat = await night.chat({ env, columns: 120 })
  chat.type('first\r')
  await chat.see('one')
  await chat.see(/Telemetry is not taken at 127\.0\.0\.1:\d+ \(HTTP 403\)/)
  chat.type('second\r')
  await chat.see('two')
  expect(chat.screen.match(/Telemetry is not taken/g)).toHaveLength(1)
})
