/** Recordings in a real terminal: an evening that happens twice, and somebody who watches it. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { harmless } from '../../src/core/tape/harmless.ts'
import { evening } from '../kit/evening.ts'
import { AT_REST, lodge, openPty, type PtySession, runPipe } from '../kit/index.ts'

const EVENING = fileURLToPath(new URL('../wire/evening.jsonl', import.meta.url))
const watch = (file: string, ...args: readonly string[]) => openPty({ args: ['replay', file, ...args], checkTty: true })

/** What was said, without the figures a clock gave and the program's own words around it. */
const conversation = ({ emulator }: PtySession) => {
  const lines = emulator.text().split('\n')
  const first = lines.findIndex((line) => /^› \S/.test(line))
  const last = lines.findIndex((line) => line.includes('Stopped. What came is kept.'))
  return lines.slice(first, last + 1).filter((line) => line.trim() !== '' && !line.startsWith('✻'))
}

test('an evening that was recorded happens again, without a key: what was asked, queued, answered and broken off', async () => {
  await using night = await evening(
    [
      'text "The **Baltic** – 海 🌊."',
      'words n=20 tag=qaaa hold after=5',
      'text "| a | b |\\n|---|---|\\n| 1 | 2 |"',
      'words n=200 tag=qbbb hold after=30',
    ].join('\n'),
  )
  const kept = lodge()
  const file = join(kept.home, 'evening.jsonl')
  const chat = await night.chat({ args: ['--record', file] })
  await chat.see('This session is recorded in')
  chat.type('Which sea?\r')
  await chat.see('The Baltic')
  await chat.see(/session/)
  chat.type('Count to twenty.\r')
  await chat.see('qaaa00005')
  chat.type('And a table?\r')
  await chat.see('next: And a table?')
  night.demo.release()
  await chat.see('───')
  await chat.see(/cache/)
  chat.type('Count on.\r')
  await chat.see('qbbb00030')
  chat.press('ctrl+d')
  await chat.exited

  await using replay = watch(file, '--speed', 'max')
  await replay.see('The recording is over. Ctrl+C leaves.')
  await replay.see(/Sonnet 5.5 .* turn ~\$/)
  const again = conversation(replay)
  expect(again).toContain('The Baltic – 海 🌊.')
  expect(again.join(' ')).toContain('qbbb00030')
  expect(again).toEqual(conversation(chat))
  replay.press('ctrl+c')
  expect(await replay.exited).toEqual({ code: 0, signal: null, tty: { canonical: true, echo: true } })
  expect(replay.modes).toEqual(AT_REST)
  expect(readdirSync(replay.home).filter((name) => !['tmp', 'tty-left'].includes(name))).toEqual([])
  kept.remove()
})

test('whoever watches cannot speak, and leaves with one key, also in the middle of an answer', async () => {
  await using replay = watch(EVENING, '--speed', '3')
  await replay.see('replay of evening.jsonl, recorded 2026-11-21')
  replay.type('me too!\r')
  await replay.see('This is a replay: nothing is sent, and Ctrl+C leaves it.')
  replay.type('/clear\r')
  await replay.see(/qaaa0000\d/)
  expect(replay.screen).not.toContain('› me too!')
  replay.press('ctrl+c')
  expect((await replay.exited).code).toBe(0)
})

test('a redacted evening looks the same, in the words of nobody', async () => {
  const kept = lodge()
  const file = join(kept.home, 'redacted.jsonl')
  expect((await runPipe({ args: ['redact', EVENING, file] })).code).toBe(0)
  await using plain = watch(EVENING, '--speed', 'max')
  await using other = watch(file, '--speed', 'max')
  for (const replay of [plain, other]) await replay.seeAnywhere('The recording is over')
  expect(other.emulator.text()).toContain('redacted')
  const shape = (replay: PtySession) => conversation(replay).map(harmless)
  expect(shape(plain).join('\n')).toContain('Xxxxxx   000 x')
  expect(shape(other)).toEqual(shape(plain))
  expect(other.emulator.text()).not.toMatch(/Baltic|brackish|waves|Which/)
  expect(other.emulator.text()).not.toContain('Not asked as it was recorded')
  kept.remove()
})

test('in plain lines and as one printed page it is the same evening', async () => {
  await using lines = watch(EVENING, '--speed', 'max', '--screen-reader')
  await lines.seeAnywhere('You: Which sea?')
  await lines.see('The recording is over. Ctrl+C leaves.')
  lines.press('ctrl+c')
  expect((await lines.exited).code).toBe(0)

  await using page = watch(EVENING, '--speed', 'max', '-p')
  expect((await page.exited).code).toBe(0)
  const said = page.emulator.text()
  expect(said).toMatch(
    /› Which sea\?\s+The Baltic – 海 🌊\. It is nearly[\s\S]*› How deep are they\?[\s\S]*2212 m[\s\S]*› And again\./,
  )
})

test('what somebody wrote into a recording never moves the terminal', async () => {
  const kept = lodge()
  const file = join(kept.home, 'hostile.jsonl')
  const evil = JSON.stringify('\u001b]0;PWNED\u0007\u001b[2J\u009b2J').slice(1, -1)
  writeFileSync(file, readFileSync(EVENING, 'utf8').replaceAll(/Which sea|The \*\*Baltic|"model":"fast/g, `$&${evil}`))
  await using replay = watch(file, '--speed', 'max')
  await replay.seeAnywhere('The recording is over')
  expect(replay.emulator.text()).toContain(']0;PWNED')
  for (const live of ['\x1b[2J', '\x1b]0;', '\x07', '\x9b2J'])
    expect(replay.bytes.toString('latin1')).not.toContain(live)
  kept.remove()
})
