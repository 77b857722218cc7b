import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { readArgs } from '../../src/args.ts'
import type { Event } from '../../src/core/conversation.ts'
import { type resolveSettings as Resolve, resolveSettings } from '../../src/core/settings.ts'
import { theme } from '../../src/core/text/theme.ts'
import { widthOf } from '../../src/core/text/width.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { sinceOf } from '../../src/modes/lab/since.ts'
import { runAdvise } from '../../src/modes/shell/advise.ts'
import { runStats } from '../../src/modes/shell/stats.ts'
import { runWhatIf } from '../../src/modes/shell/what-if.ts'
import { saved } from '../io/history-kit.ts'
import { type Shelf, shelf } from '../kit/histories.ts'

const NOW = new Date(2026, 10, 21, 18).getTime()
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const RUN = { stats: runStats, 'what-if': runWhatIf, advise: runAdvise }

async function run(
  { path }: Shelf,
  line: string,
  columns: number | null = null,
  flags: Parameters<typeof Resolve>[0]['flags'] = {},
) {
  const [command, ...words] = line.split(' ')
  let out = ''
  const err: string[] = []
  const code = await RUN[command as keyof typeof RUN](readArgs([command!, ...words]), {
    write: (text) => {
      out += text
    },
    err: (said) => err.push(said),
    errColumns: columns,
    terminal: columns === null ? null : () => ({ columns, theme: theme({ colour: 'none', links: false }) }),
    path,
    keepDays: () => null,
    settings: () => resolveSettings({ flags, env: {}, file: {} }).settings,
    nowMs: () => NOW,
  })
  return { code, out, err: err.join('\n') }
}

/** A turn that wrote its prompt for five minutes. */
function turn(at: number, prompt: number, firstMs = 400): Event[] {
  const usage = { ...NO_USAGE, input: 10, cacheWrite5m: prompt }
  return [
    { type: 'asked', at, text: 'How high is the tide?' },
    { type: 'sent', at: at + 1, attempt: 1, model: 'claude-sonnet-5-5' },
    { type: 'began', at: at + 10, model: 'claude-sonnet-5-5', messageId: `m${at}`, usage, cacheMiss: null },
    { type: 'delta', at: at + firstMs + 900, since: at + 1 + firstMs, text: 'High enough.' },
    { type: 'usage', at: at + firstMs + 901, usage: { ...usage, output: 90 } },
    { type: 'finished', at: at + firstMs + 902, stopReason: 'end_turn', explanation: null },
  ]
}

/** Three days, on each a conversation of ten turns seven minutes apart: too late for what was written. */
async function filled(): Promise<Shelf> {
  const one = shelf()
  const history = await one.history()
  for (const day of [2, 1, 0])
    saved(
      history,
      Array.from({ length: 10 }, (_, i) =>
        turn(NOW - day * DAY - (10 - i) * 7 * MINUTE, 20_000 + i * 600, 400 + 20 * i),
      ),
    )
  return one
}

describe('claude-tui stats', () => {
  test('tells spend, times and promises, and its JSON the same figures', async () => {
    await using one = await filled()
    const { code, out } = await run(one, 'stats')
    expect(code).toBe(0)
    expect(out).toMatch(/^answers +10 +30$/m)
    expect(out).toMatch(/^promise +first word: p95 580ms, limit 1\.0s: kept \(30 turns\)$/m)
    expect(out).toMatch(/Spent on 3 days since 2026-11-19/)
    expect(out).not.toMatch(/[\x1b▁█]/)
    expect(out).not.toContain('dearest conversations')
    const all = JSON.parse((await run(one, 'stats --json')).out)
    expect(all).toMatchObject({ type: 'stats', answers: 30, ttftMs: { n: 30, p50: expect.closeTo(490, 0) } })
    expect(all.byDay.map(({ day, answers }: { day: string; answers: number }) => [day, answers])).toEqual([
      ['2026-11-19', 10],
      ['2026-11-20', 10],
      ['2026-11-21', 10],
    ])
    expect(all.sessions).toHaveLength(3)
    expect(JSON.parse((await run(one, 'stats --json --since 1d')).out).answers).toBe(10)
    expect(JSON.parse((await run(one, 'stats --json --since 2026-11-20')).out).answers).toBe(20)
  })

  test('fits windows of 60, 80 and 120 columns, with a plot', async () => {
    await using one = await filled()
    for (const columns of [60, 80, 120])
      for (const by of ['', ' --by day', ' --by model', ' --by session', ' --by hour']) {
        const { out } = await run(one, `stats${by}`, columns)
        for (const line of out.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns)
        expect(out.includes('█')).toBe(by === '')
      }
  })

  test('a promise that was missed is code 8 where that was asked for', async () => {
    await using one = await filled()
    const flags = { sloTtft: '450ms,deep=9s' }
    expect((await run(one, 'stats', null, flags)).code).toBe(0)
    const { code, err } = await run(one, 'stats --fail-on-slo', null, flags)
    expect({ code, err }).toEqual({
      code: 8,
      err: '1 promise missed: first word: p95 580ms, limit 450ms: missed (30 turns).',
    })
    expect((await run(one, 'stats --fail-on-slo')).code).toBe(0)
  })

  test('what makes no sense is refused with what does, and nothing is said to be nothing', async () => {
    await using one = shelf()
    expect(await run(one, 'stats --since soon')).toMatchObject({ code: 2, err: expect.stringContaining('"soon" came') })
    expect((await run(one, 'stats')).out).toBe('Nothing was answered yet.\n')
  })
})

test('a span begins at midnight here', () => {
  const from = (text: string) => (sinceOf(text, NOW) as { fromMs: number | null }).fromMs
  expect(from('1d')).toBe(new Date(2026, 10, 21).getTime())
  expect(from('30d')).toBe(new Date(2026, 9, 23).getTime())
  expect(from('12h')).toBe(NOW - 12 * 3_600_000)
  expect(from('2026-11-01')).toBe(new Date(2026, 10, 1).getTime())
  expect(from('all')).toBeNull()
  for (const text of ['0d', '0h', '2026-02-31', '-1', '']) expect(typeof sinceOf(text, NOW)).toBe('string')
})

describe('claude-tui what-if', () => {
  test('prices the same once more, and as if something else had been chosen', async () => {
    await using one = await filled()
    const found = JSON.parse((await run(one, 'what-if --cache-ttl 1h --json')).out)
    expect(found).toMatchObject({ type: 'what-if', answers: 30, conversations: 3, offBy: expect.closeTo(0, 3) })
    expect(found.costUsd.value).toBeLessThan(found.againUsd.value / 2)
    expect(found.costUsd.from).toBe('estimate')
    const { out } = await run(one, 'what-if -m fast --batch')
    expect(out).toMatch(/^what if: Haiku 5\.5, in batches +~\$/m)
    expect(found.billedIsEstimate).toBe(false)
    expect(out).toMatch(/^as billed +\$/m)
    saved(await one.history(), [[...turn(NOW - MINUTE, 500).slice(0, 4), { type: 'stopped', at: NOW - MINUTE / 2 }]])
    expect((await run(one, 'what-if -m fast')).out).toMatch(/^as billed +~\$/m)
    // A fourth conversation: three are named, and that there are more.
    expect((await run(one, 'stats')).out).toContain('The 3 dearest conversations (more of them by session):')
    expect(out).toContain('How long the answers of Haiku 5.5 would be is not known')
  })

  test('needs to be told what', async () => {
    await using one = await filled()
    for (const line of ['what-if', 'what-if --model nobody', 'what-if --summarise-at 7', 'what-if now'])
      expect(await run(one, line)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/came|got/) })
  })
})

describe('claude-tui advise', () => {
  afterEach(() => vi.unstubAllEnvs())

  test('sees cold gaps, applies the lever, and measures after ten turns what it has changed', async () => {
    await using one = await filled()
    vi.stubEnv('CLAUDE_TUI_CONFIG_DIR', one.home)
    const flags = { cacheTtl: '5m' }
    const { out } = await run(one, 'advise', 80, flags)
    expect(out).toMatch(/27 of 27 questions behind a first one came after 5 to 60 minutes/)
    expect(out).toMatch(/claude-tui config set cacheTtl (1h|auto)/)
    const applied = await run(one, 'advise --apply 1', null, flags)
    expect(applied).toMatchObject({ code: 0, out: expect.stringMatching(/^cacheTtl (1h|auto) is set/) })
    expect(readFileSync(join(one.home, 'settings.json'), 'utf8')).toMatch(/"cacheTtl": "(1h|auto)"/)
    expect((await run(one, 'advise', 80)).out).toContain('is measured once 10 turns have followed it')

    const history = await one.history()
    saved(
      history,
      Array.from({ length: 10 }, (_, i) => turn(NOW + (i + 1) * MINUTE, 500)),
    )
    const { changes } = JSON.parse((await run(one, 'advise --json')).out)
    expect(changes).toMatchObject([{ id: 'cold-gaps', measure: 'costUsd', verdict: 'less', turnsAfter: 10 }])
    expect(history.followed()).toEqual([])
  })

  test('what is not there cannot be applied', async () => {
    await using one = await filled()
    expect(await run(one, 'advise --apply 9')).toMatchObject({ code: 2, err: expect.stringContaining('"9" came') })
    const nowhere = { ...one, path: join(one.home, 'none.db') }
    expect((await run(nowhere, 'advise --json --apply 9')).code).toBe(2)
    expect(JSON.parse((await run(nowhere, 'advise --json')).out)).toMatchObject({ turns: 0, waiting: [] })
  })
})
