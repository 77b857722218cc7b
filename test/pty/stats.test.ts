/** `/stats` and `/advise` in the built client: figures of earlier days, advice followed with one key, and its change told. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Event } from '../../src/core/conversation.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { openHistory } from '../../src/io/history.ts'
import { saved } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/index.ts'

const MINUTE = 60_000

/** A turn whose prompt was written for five minutes. */
function turn(at: number, prompt: number): Event[] {
  const usage = { ...NO_USAGE, input: 10, cacheWrite5m: prompt }
  return [
    { type: 'asked', at, text: 'How high is the tide?' },
    { type: 'sent', at: at + 1, attempt: 1, model: 'claude-sonnet-5-5' },
    { type: 'began', at: at + 10, model: 'claude-sonnet-5-5', messageId: `m${at}`, usage, cacheMiss: null },
    { type: 'delta', at: at + 900, since: at + 400, text: 'High enough.' },
    { type: 'usage', at: at + 901, usage: { ...usage, output: 90 } },
    { type: 'finished', at: at + 902, stopReason: 'end_turn', explanation: null },
  ]
}

/** A home in which somebody asked every seven minutes on three days. */
async function lived() {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  const history = await openHistory(join(data, 'history.db'))
  const now = Date.now()
  for (const day of [3, 2, 1])
    saved(
      history,
      Array.from({ length: 12 }, (_, i) => turn(now - (day * 24 * 60 - i * 7) * MINUTE, 20_000 + i * 600)),
    )
  history.close()
  return { lodging, env: { CLAUDE_TUI_DATA_DIR: data } }
}

test('/stats shows spend, speed and promises; /advise is followed by a key, and ten turns later its change is told', async () => {
  await using night = await evening('text "Fine." x12')
  const { lodging, env } = await lived()
  const session = await night.chat({ lodging, env, columns: 100, rows: 60 })
  session.type('/stats\r')
  await session.seeAnywhere(/answers +\d+ +36/)
  await session.seeAnywhere(/promise +first word: p95 399ms, limit 1\.0s: kept \(36 turns\)/)
  await session.seeAnywhere('█')
  session.type('/lever cache-ttl 5m\r')
  await session.seeAnywhere('From the next message on: cache-ttl 5m')
  session.type('/advise\r')
  await session.seeAnywhere(/33 of 33 questions behind a first one came after 5 to 60 minutes/)
  await session.see(/advice: 1 to \d follows it/)
  session.type('1')
  await session.seeAnywhere(/cacheTtl (auto|1h) is set, for this chat and the next ones/)
  expect(readFileSync(join(lodging.config, 'settings.json'), 'utf8')).toMatch(/"cacheTtl": "(auto|1h)"/)
  for (let i = 1; i <= 11; i++) {
    session.type(`Question ${i}\r`)
    await session.seeAnywhere(`Question ${i}`)
    await session.see(/ttft \d[^…]*$/m)
  }
  await session.seeAnywhere(/After cacheTtl (auto|1h): cost of a turn .*: less/)
  await session.close()
  lodging.remove()
}, 60_000)

test('in plain lines there are words in the place of pictures, and advice is followed by its number', async () => {
  await using night = await evening('text "Fine." x2')
  const { lodging, env } = await lived()
  const session = await night.chat({
    lodging,
    env: { ...env, CLAUDE_TUI_CACHE_TTL: '5m' },
    args: ['--screen-reader'],
    prompt: 'You:',
  })
  session.type('/stats\r')
  await session.seeAnywhere(/Spent on \d days since/)
  session.type('/advise\r')
  await session.seeAnywhere('/advise 1 follows the first.')
  session.type('/advise 1\r')
  await session.seeAnywhere(/cacheTtl (auto|1h) is set/)
  expect(session.screen).not.toMatch(/[█▁]/)
  await session.close()
  lodging.remove()
}, 60_000)
