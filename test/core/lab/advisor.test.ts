import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Evidence, RecentTurn } from '../../../src/core/lab/advisor/evidence.ts'
import { changeSince, type Followed, sayChange } from '../../../src/core/lab/advisor/measured.ts'
import { paragraphLines } from '../../../src/core/lab/advisor/parts.ts'
import { adviceReport, findings, leverInWords } from '../../../src/core/lab/advisor/report.ts'
import { TABLE } from '../../../src/core/lab/advisor/table.ts'
import { trimmable } from '../../../src/core/lab/advisor/trim.ts'
import { CATALOGUE, costUsd, modelCard } from '../../../src/core/models.ts'
import { resolveSettings, settingRow } from '../../../src/core/settings.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { styledWidthOf } from '../../../src/core/text/width.ts'
import { coloured, plain } from '../markdown/kit.ts'

const MINUTE = 60_000
const MODEL = 'claude-sonnet-5-5'

function asked(i: number, more: Partial<RecentTurn> = {}): RecentTurn {
  const usage = { input: 10, cacheRead: 3_000, cacheWrite5m: 300, cacheWrite1h: 0, output: 500, thinking: 100 }
  const turn = {
    ...{ conversation: 1, purpose: 'turn', model: MODEL, sentMs: i * MINUTE, prices: null, costUsd: null },
    ...{ isSingle: false, effort: null, ttftMs: 500, ttltMs: 4_000, otps: 100, stalls: 0, stalledMs: 0, attempts: 1 },
    ...{ insteadOf: null, ended: 'finished', stopReason: 'end_turn', ...usage, ...more },
  }
  const { prices } = modelCard(turn.model)
  return { ...turn, prices, costUsd: costUsd({ prices }, turn) }
}

const many = (count: number, more: (i: number) => Partial<RecentTurn> = () => ({})) =>
  Array.from({ length: count }, (_, i) => asked(i, more(i)))

function evidence(turns: readonly RecentTurn[], more: Partial<Evidence> = {}): Evidence {
  const { settings } = resolveSettings({ flags: {}, env: {}, file: {} })
  return {
    ...{ turns, rows: turns, byPurpose: { turn: turns.length }, days: 2, settings, models: CATALOGUE },
    ...{ habit: { pauses: 0, long: 0 }, paceOf: () => ({ msPerToken: 0.1, answers: 20 }), system: null, images: [] },
    ...more,
  }
}
const withSettings = (change: Partial<Evidence['settings']>) => ({
  settings: { ...evidence([]).settings, ...change },
})

/** Somebody who asks again after seven minutes, each time, and writes for five. */
const cold = () =>
  many(20, (i) => ({
    ...{ sentMs: i * 7 * MINUTE, cacheRead: 0, cacheWrite5m: 20_000 + i * 600 },
  }))

/** For each row, what shows its symptom. */
const SEEN: Readonly<Record<string, () => Evidence>> = {
  'cold-gaps': () => evidence(cold(), withSettings({ cacheTtl: '5m' })),
  'cache-low': () =>
    evidence(
      many(20, (i) => ({ cacheRead: 0, cacheWrite5m: 0, input: 10_000 + i * 600 })),
      withSettings({ cacheTtl: 'off' }),
    ),
  'large-context': () => evidence(many(20, () => ({ cacheRead: 0, cacheWrite5m: 300_000, ttftMs: 32_000 }))),
  thinking: () => evidence(many(20, () => ({ output: 2_000, thinking: 1_700 }))),
  'long-answers': () => evidence(many(20, () => ({ output: 3_000 }))),
  'dear-model': () =>
    evidence(
      many(20, () => ({
        model: 'claude-opus-5-5',
        input: 900,
        cacheRead: 0,
        cacheWrite5m: 0,
        output: 90,
        thinking: 0,
      })),
    ),
  retries: () => evidence(many(20, (i) => ({ attempts: i % 4 === 0 ? 3 : 1 }))),
  stalls: () => evidence(many(20, (i) => (i % 4 === 0 ? { stalls: 1, stalledMs: 9_000 } : {}))),
  'slow-first-turn': () =>
    evidence(many(40, (i) => ({ conversation: i >> 1, ttftMs: i % 2 === 0 ? 1_900 : 400, cacheWrite5m: 20 }))),
  escalations: () => evidence(many(20), { byPurpose: { turn: 20, judge: 20, cascade: 9 } }),
  images: () => evidence(many(20), { images: [4_784, 800] }),
  'system-below-minimum': () =>
    evidence(
      many(20, (i) => ({ isSingle: true, conversation: i, cacheRead: 0, cacheWrite5m: 0, input: 900 })),
      { system: 'Answer with care and in plain words, whatever comes. '.padEnd(1_000, 'abcdefgh ') },
    ),
  duplicates: () =>
    evidence(many(20), {
      system: 'Always answer in plain English sentences. Be kind.\nPlease always answer in plain English sentences.',
    }),
}

describe('the table', () => {
  test.each(TABLE.map(({ id }) => id))(
    '%s is seen where it is, with a lever that is legal and a change that is reckoned',
    (id) => {
      const found = findings(SEEN[id]!()).find((one) => one.id === id)
      expect(found).toBeDefined()
      const { lever, expected, symptom } = found!
      expect(symptom).toMatch(/\d/)
      expect(expected).toMatch(/~|\d/)
      if (lever.type === 'setting') expect('problem' in settingRow(lever.key).check(lever.value)).toBe(false)
      expect(leverInWords(lever)).not.toBe('')
    },
  )

  test('sees nothing in figures that are well, and says what it has looked at', () => {
    const well = evidence(many(30))
    expect(findings(well)).toEqual([])
    const rows = remarkRows(
      adviceReport([], () => true, well, [], [], ''),
      200,
      plain,
    ).join(' ')
    expect(rows).toContain('Nothing to advise. Looked at, in 30 turns of 2 days:')
    for (const { looksAt } of TABLE) expect(rows).toContain(looksAt)
  })

  test('sees nothing, and divides nothing by it, where nothing was asked', () => {
    expect(findings(evidence([]))).toEqual([])
  })

  test('puts first what is worth most, and expects of a setting what the paper says of it', () => {
    const found = findings(SEEN['cold-gaps']!())
    expect(found[0]!.id).toBe('cold-gaps')
    expect(found[0]!.usd).toBeGreaterThan(0.05)
    expect(found[0]!.expected).toMatch(/^~\$[\d.]+ a month less for the same questions and pauses$/)
    expect(leverInWords(found[0]!.lever)).toMatch(/^claude-tui config set cacheTtl (auto|1h)$/)
  })

  test('numbers what a number follows, and nothing else', () => {
    const all = TABLE.flatMap(({ id }) => findings(SEEN[id]!()))
    const isSet = ({ lever }: (typeof all)[number]) => lever.type === 'setting'
    const rows = remarkRows(adviceReport(all, isSet, evidence(many(20)), [], [], 'Press it.'), 200, plain)
    const numbers = rows.flatMap((row) => /^ *(\d+) {2,}/.exec(row)?.[1] ?? []).map(Number)
    expect(numbers).toEqual(all.filter(isSet).map((_, i) => i + 1))
    expect(all.length).toBeGreaterThan(numbers.length)
  })

  test('is told within every window', () => {
    const all = TABLE.flatMap(({ id }) => findings(SEEN[id]!()))
    for (const columns of [40, 60, 80, 120])
      for (const row of remarkRows(
        adviceReport(all, () => true, evidence(many(20)), [], [], 'Press it.'),
        columns,
        coloured,
      ))
        expect(styledWidthOf(row)).toBeLessThanOrEqual(columns)
  })
})

describe('the change that advice has made', () => {
  const followed: Followed = { id: 'cold-gaps', did: 'cacheTtl 1h', measure: 'ttftMs', atMs: 30.5 * MINUTE }

  test('is told from the tenth turn on', () => {
    expect(changeSince(followed, many(40))).toBeNull()
    expect(changeSince(followed, many(41))).not.toBeNull()
  })

  test('is no more than noise where nothing has changed, and less where it has', () => {
    const same = changeSince(
      followed,
      many(41, (i) => ({ ttftMs: 500 + ((i * 37) % 100) })),
    )!
    expect(same.verdict).toBe('noise')
    expect(sayChange(same)).toMatch(/^After cacheTtl 1h: time to the first word .*: no more than noise/)
    const less = changeSince(
      followed,
      many(41, (i) => ({ ttftMs: (i > 30 ? 300 : 500) + ((i * 37) % 100) })),
    )!
    expect(less).toMatchObject({ verdict: 'less', turnsBefore: 30, turnsAfter: 10 })
    const more = changeSince(
      followed,
      many(41, (i) => ({ ttftMs: (i > 30 ? 900 : 500) + ((i * 37) % 100) })),
    )!
    expect(more.verdict).toBe('more')
  })

  test('of turns that are alike is called noise at least 90 times of 100', () => {
    let wrong = 0
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 400, max: 900, noNaN: true }), { minLength: 41, maxLength: 41 }),
        (times) => {
          if (
            changeSince(
              followed,
              many(41, (i) => ({ ttftMs: times[i]! })),
            )!.verdict !== 'noise'
          )
            wrong++
        },
      ),
      { numRuns: 100, seed: 11 },
    )
    expect(wrong).toBeLessThanOrEqual(10)
  })
})

describe('prompt trimming', () => {
  test('finds sentences that say the same in nearly the same words, and no others', () => {
    const { pairs, chars } = trimmable(
      'Answer in plain English and keep it short. Name your sources.\nYou should answer in plain English and keep it short. The tide turns twice a day.',
    )
    expect(pairs).toEqual([
      {
        one: 'Answer in plain English and keep it short.',
        other: 'You should answer in plain English and keep it short.',
      },
    ])
    expect(chars).toBe('Answer in plain English and keep it short.'.length)
    expect(trimmable('One sentence stands alone here. Another one says what differs.').pairs).toEqual([])
  })

  test('the same text twice spares one of them, however long it is', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 4, maxLength: 20 }), (words) => {
        const sentence = `${words.join(' ')}.`
        expect(trimmable(`${sentence} ${sentence}`).chars).toBe(sentence.length)
      }),
    )
  })

  test('paragraphs are told by their size and what they cost', () => {
    const lines = paragraphLines(`${'A long part. '.repeat(50)}\n\nA short one.`, modelCard(MODEL))
    expect(lines.map(([name]) => name)).toEqual([expect.stringMatching(/^A long part\..*…$/), 'A short one.'])
    expect(lines[0]![1]).toMatch(/^~260 tokens, 98% of the system prompt · ~/)
  })
})
