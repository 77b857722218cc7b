import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { WEATHER_PAGE, weatherPage } from '../../docs/weather.ts'
import { scriptOf, WEATHER } from '../../src/core/weather/table.ts'
import { parseScript } from '../../src/demo/script.ts'
import { SCRIPT_WORDS } from '../../src/demo/script-words.ts'

test('the page about the weather is what the table says (if not: npm run weather)', () => {
  expect(readFileSync(WEATHER_PAGE, 'utf8')).toBe(weatherPage())
})

test('every fault of the demo server is in the table, and every script can be read', () => {
  const said = WEATHER.flatMap((one) => scriptOf(one, 'chat').split(/\s+/))
  const faults = Object.entries(SCRIPT_WORDS)
    .filter(
      ([name, { group }]) =>
        group !== 'content' && !name.startsWith('hold') && !['for-summary', 'batch'].includes(name),
    )
    .map(([name]) => name)
  expect(faults.filter((name) => !said.includes(name))).toEqual([])
  for (const one of WEATHER) for (const asker of ['chat', 'script'] as const) parseScript(scriptOf(one, asker))
})

test('no two rows have the same name', () => {
  expect(new Set(WEATHER.map(({ name }) => name)).size).toBe(WEATHER.length)
})
