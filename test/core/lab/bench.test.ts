import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newConversation } from '../../../src/core/conversation.ts'
import { type Arm, armsOf, versus } from '../../../src/core/lab/bench/arms.ts'
import { benchDocument } from '../../../src/core/lab/bench/document.ts'
import { asCsv, asMarkdown } from '../../../src/core/lab/bench/export.ts'
import { inUnit } from '../../../src/core/lab/bench/figures.ts'
import { limitsIn } from '../../../src/core/lab/bench/limits.ts'
import {
  markedTokens,
  padding,
  prewarming,
  requestOf,
  trimmed,
  uncacheable,
} from '../../../src/core/lab/bench/prompt.ts'
import { benchReport, change, shortTable } from '../../../src/core/lab/bench/report.ts'
import type { Run } from '../../../src/core/lab/bench/run.ts'
import { savedBench } from '../../../src/core/lab/bench/saved.ts'
import { judge } from '../../../src/core/lab/bench/verdict.ts'
import { seeded } from '../../../src/core/lab/stats/seeded.ts'
import { modelCard } from '../../../src/core/models.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { styledWidthOf } from '../../../src/core/text/width.ts'
import { estimateTokens } from '../../../src/core/window/context.ts'
import { sayProgress } from '../../../src/modes/bench/progress.ts'
import { CHOICES } from '../../kit/choices.ts'
import { NOISES, simulated } from '../../kit/simulated-bench.ts'
import { plain, spoken } from '../markdown/kit.ts'

const state = newConversation(CHOICES)
const GRID = { models: ['fast'], efforts: [null], caches: ['off'], sizes: [0] } as const
const oneArm = (more: object = {}) => (armsOf(state, { ...GRID, ...more }, []) as readonly Arm[])[0]!

const run = (arm: number, block: number, ttftMs: number, more: Partial<Run> = {}): Run => ({
  ...{ arm, prompt: 0, block, end: 'finished', failure: null, stopReason: 'end_turn', model: 'm', attempts: 1 },
  ...{ ttftMs, ttltMs: ttftMs + 1000, otps: 80, costUsd: 0.001, usage: null, requestId: null, ...more },
})

describe('a bench of arms that are alike', () => {
  test.each(Object.keys(NOISES).slice(0, 2))('says noise at least 95 times of 100: %s', (name) => {
    const said = Array.from({ length: 100 }, (_, seed) => simulated(NOISES[name]!, seeded(seed), {}).verdicts)
    expect(said.filter((verdicts) => verdicts.every((one) => one === 'noise')).length).toBeGreaterThanOrEqual(95)
  })
})

describe('a change of a tenth', () => {
  test.each(Object.keys(NOISES).slice(0, 2))('is found at least 90 times of 100: %s', (name) => {
    const changes = [
      ['ttft', 1.1, 'worse'],
      ['ttft', 0.9, 'better'],
      ['otps', 1.1, 'better'],
      ['otps', 0.9, 'worse'],
    ] as const
    const found = Array.from({ length: 100 }, (_, seed) => {
      const [metric, factor, verdict] = changes[seed % changes.length]!
      return simulated(NOISES[name]!, seeded(seed), { [metric]: factor }).of(metric) === verdict
    })
    expect(found.filter(Boolean).length).toBeGreaterThanOrEqual(90)
  })
})

describe('a verdict', () => {
  const blocks = (n: number) => Array.from({ length: n }, (_, i) => i)

  test('is too few where no difference could be told from chance, and unknown where nothing was measured', () => {
    const few = judge(
      blocks(4).map((i) => run(0, i, 100)),
      [blocks(4).map((i) => run(1, i, 300 + i))],
      'paired',
    )
    expect(few[0]!.find(({ metric }) => metric === 'ttft')).toMatchObject({ verdict: 'too few', n: 4, findable: null })
    const none = judge([], [[]], 'paired')
    expect(none[0]!.map(({ verdict }) => verdict)).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
  })

  test('leaves failed runs out, and takes no time from one that was sent again', () => {
    const base = blocks(20).map((i) => run(0, i, 100 + (i % 3)))
    const other = blocks(20).map((i) => run(1, i, 9_000, i < 10 ? { end: 'failed' } : { attempts: 2 }))
    const [judged] = judge(base, [other], 'paired')
    expect(judged!.map(({ metric, n }) => [metric, n])).toEqual([
      ['ttft', 0],
      ['ttlt', 0],
      ['otps', 0],
      ['cost', 10],
    ])
  })

  test('calls what is within its own error noise, however sure it is', () => {
    const base = blocks(40).map((i) => run(0, i, 100 + i))
    const other = blocks(40).map((i) => run(1, i, 101 + i))
    expect(judge(base, [other], 'paired')[0]![0]).toMatchObject({ metric: 'ttft', verdict: 'noise' })
  })
})

describe('--vs', () => {
  const vs = (given: string, arm = oneArm(), hasImages = false) => versus(state, arm, given, [], hasImages)

  test('changes one thing, and as many values of it as are named', () => {
    const found = vs('effort=low,max') as Exclude<ReturnType<typeof vs>, string>
    expect(found.baseline).toMatchObject({ name: 'baseline', choices: { effort: null } })
    expect(found.others.map(({ name, choices }) => [name, choices.effort])).toEqual([
      ['effort low', 'low'],
      ['effort max', 'max'],
    ])
    const [{ choices, ...other }] = found.others as [Arm]
    expect({ ...other, choices: { ...choices, effort: null } }).toEqual({ ...found.baseline, name: 'effort low' })
  })

  test('knows what caching is compared with, and what prewarming is', () => {
    expect(vs('caching')).toMatchObject({ baseline: { cache: 'off' }, others: [{ cache: 'warm' }] })
    expect(vs('prewarm')).toMatchObject({
      baseline: { cache: 'cold' },
      others: [{ cache: 'cold', isPrewarmed: true }],
    })
    expect(vs('streaming')).toMatchObject({ others: [{ choices: { stream: false } }] })
  })

  test.each([
    ['colour', '--vs changes one of caching, model, effort'],
    ['model', '--vs model needs a value to compare with: --vs model=fast'],
    ['effort=huge', 'takes the efforts'],
    ['concise=perhaps', 'concise'],
    ['fast-mode', 'Haiku 5.5 has no fast mode; Opus 5.5, Opus 5, Opus 4.8 have'],
    ['image-size', 'none is attached. Add --attach FILE.'],
    ['temperature=0.5', 'temperature is not taken by'],
    ['streaming=maybe', '--vs streaming takes on or off; "maybe" came.'],
  ])('%s: says what was expected', (given, sentence) => {
    expect(vs(given)).toContain(sentence)
  })

  test("a server of one's own is sent what it is sent in a call of its own", () => {
    const one = oneArm({})
    const plain: Arm = { ...one, choices: { ...one.choices, features: 'plain' } }
    const { others } = vs('temperature=0.5', plain) as Exclude<ReturnType<typeof vs>, string>
    expect(requestOf(state, others[0]!, { question: 'q' }, 'n')).toMatchObject({ temperature: 0.5 })
  })

  test('fast mode is sent where the model has one', () => {
    const deep = oneArm({ models: ['deep'] })
    const { others } = vs('fast-mode', deep) as Exclude<ReturnType<typeof vs>, string>
    expect(requestOf(state, others[0]!, { question: 'q' }, 'n')).toMatchObject({ isFast: true })
    expect(requestOf(state, deep, { question: 'q' }, 'n').isFast).toBeUndefined()
  })
})

describe('what an arm sends', () => {
  test('is never the same twice where it is cold, and always where it is warm', () => {
    const sent = (cache: string, nonce: string) =>
      requestOf(state, oneArm({ caches: [cache], sizes: [2_000] }), { question: 'q' }, nonce)
    expect(sent('warm', 'a')).toEqual(sent('warm', 'b'))
    expect(sent('warm', 'a').cache).toEqual({ system: '5m', end: null })
    expect(sent('cold', 'a').system!.slice(0, 10)).not.toBe(sent('cold', 'b').system!.slice(0, 10))
    expect(sent('off', 'a').cache).toEqual({ system: null, end: null })
  })

  test('is padded by about as many tokens as were asked for', () => {
    for (const size of [100, 1_000, 10_000]) expect(estimateTokens(padding(size)) / size).toBeCloseTo(1, 0)
    const arm = oneArm({ sizes: [4_000], caches: ['warm'] })
    expect(markedTokens(requestOf(state, arm, { question: 'q' }, 'n'))).toBeGreaterThan(3_900)
  })

  test('says when it is too short to be cached, and prewarms with the very prefix', () => {
    const short = requestOf(state, oneArm({ caches: ['warm'] }), { question: 'q' }, 'n')
    expect(uncacheable(short, modelCard('fast'))).toMatch(/caches prompts from \d+ tokens on.*add --sizes/)
    const long = requestOf(state, oneArm({ caches: ['cold'], sizes: [8_000] }), { question: 'q' }, 'n')
    expect(uncacheable(long, modelCard('fast'))).toBeNull()
    expect(prewarming(long)).toMatchObject({ system: long.system, cache: long.cache, maxTokens: 0, stream: false })
  })

  test('law: trimmed twice is trimmed once, nothing is said twice, and nothing new is said', () => {
    expect(trimmed('Be  brief.\n\n\n\nBe brief.\n  Answer.  ')).toBe('Be brief.\n\nAnswer.')
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', ' a ', 'b  b', '', 'c')), (lines) => {
        const once = trimmed(lines.join('\n'))
        expect(trimmed(once)).toBe(once)
        const said = once.split('\n').filter(Boolean)
        expect(new Set(said).size).toBe(said.length)
      }),
    )
  })
})

describe('--fail-if', () => {
  test('takes figures, comparisons and units, several at once', () => {
    expect(
      limitsIn(['ttft.p95 > 1.2x, ttlt.p50>=1.5s', 'otps < 40', 'cost.mean > $0.01', 'failures > 5%']),
    ).toMatchObject([
      { of: { metric: 'ttft', statistic: 'p95' }, is: '>', value: 1.2, unit: 'x' },
      { of: { metric: 'ttlt', statistic: 'p50' }, is: '>=', value: 1500, unit: 'own' },
      { of: { metric: 'otps', statistic: 'p50' }, is: '<', value: 40 },
      { of: { metric: 'cost', statistic: 'mean' }, value: 0.01 },
      { of: 'failures', value: 0.05 },
    ])
  })

  test.each([
    '',
    'ttft',
    'ttft.p95 = 3',
    'tfft.p95 > 1x',
    'ttft.p42 > 1x',
    'ttft.p95 > 800',
    'ttft.p95 > $3',
    'failures > 3',
    'cost > 3ms',
    'otps.p50 < $4',
  ])('%j is an error of usage', (text) => {
    expect(limitsIn([text])).toMatch(/^--fail-if .*(expected|takes)/)
  })
})

describe('a document', () => {
  const limits = limitsIn(['ttft.p50 > 1.2x', 'otps.p50 < 100', 'failures > 1%']) as never
  const arms = ['baseline', 'effort low'].map((name) => ({ name, model: 'm', effort: null, cache: 'off', padding: 0 }))
  const failed = { end: 'failed', failure: { kind: 'overload', reason: 'Too busy.' } } as const
  const runs = Array.from({ length: 30 }, (_, i) => [
    run(0, i, 400 + i),
    run(1, i, 600 + i, i === 3 ? failed : {}),
  ]).flat()
  const input = {
    ...{ at: '2026-11-21T00:00:00.000Z', program: '1', server: 's', prompts: 1, warmUps: 1, seed: 1 },
    ...{
      spentUsd: { value: 0.06, from: 'server' as const },
      stopped: null,
      error: null,
      runs,
      arms,
      isVersus: true,
      against: null,
      limits,
    },
  }
  const document = benchDocument(input)

  test('counts failures apart and holds limits, those of a baseline to the others alone', () => {
    expect(document.arms.map(({ failed: n, failures, runs: all }) => [n, failures, all])).toEqual([
      [0, {}, 30],
      [1, { overload: 1 }, 30],
    ])
    expect(document.limits.map(({ limit, arm, isMissed }) => [limit, arm, isMissed])).toEqual([
      ['otps.p50 < 100', 'baseline', true],
      ['failures > 1%', 'baseline', false],
      ['ttft.p50 > 1.2x', 'effort low', true],
      ['otps.p50 < 100', 'effort low', true],
      ['failures > 1%', 'effort low', true],
    ])
  })

  test('is read again as it was kept, and nothing else is', () => {
    expect(savedBench(JSON.stringify(document))).toMatchObject({ arms: document.arms.map(({ name }) => ({ name })) })
    expect(savedBench('no')).toBe('it is no JSON')
    expect(savedBench('{"type":"bench","version":1,"arms":[{}],"runs":[]}')).toContain('"name" is missing')
    const again = benchDocument({ ...input, isVersus: false, against: { name: 'monday', document } })
    expect(again.comparisons.map(({ baseline, test: how }) => [baseline, how])).toEqual([
      ['monday: baseline', 'mann-whitney'],
      ['monday: effort low', 'mann-whitney'],
    ])
    for (const { arms: judged } of again.comparisons)
      expect(judged[0]!.metrics.map(({ verdict }) => verdict)).not.toContain('worse')
  })

  test.each([60, 80, 120])('is told within %i columns, verdicts and failures included', (columns) => {
    const rows = remarkRows(benchReport(document, columns), columns, plain)
    for (const row of rows) expect(styledWidthOf(row)).toBeLessThanOrEqual(columns)
    const text = rows.join('\n')
    for (const word of ['worse', 'noise', 'overload 1x', 'missed: ttft.p50 > 1.2x', 'signed-rank'])
      expect(text).toContain(word)
  })

  test('as a short table is a model, its TTFT and its tokens per second', () => {
    const rows = remarkRows(shortTable(document), 80, plain)
    expect(rows).toEqual(['             TTFT   TPS', 'baseline    415ms  80.0', 'effort low  615ms  80.0'])
  })

  test('as Markdown and CSV says the same, whatever an arm is called', () => {
    const odd = { ...document, arms: [{ ...document.arms[0]!, name: '=a|b, "c"' }] }
    expect(asMarkdown(odd)).toContain('| =a\\|b, "c" | 415ms')
    const csv = asCsv(odd).split('\r\n')
    expect(csv[0]).toBe('arm,model,effort,cache,padding,metric,statistic,value,low,high,n')
    expect(csv[1]).toMatch(/^"'=a\|b, ""c""",m,,off,0,ttft,p50,414\.5,/)
  })
})

describe('figures of a bench', () => {
  test.each([
    [0.0001004, '$0.0001004'],
    [0.0001, '$0.0001'],
    [0.00000052, '$0.00000052'],
    [0.0021, '$0.0021'],
    [0.034567, '$0.03457'],
    [0.5, '$0.5000'],
    [0, '$0'],
    [2.5, '$2.50'],
  ])('a cost of %d is told from its neighbours: %s', (usd, said) => {
    expect(inUnit('cost', usd)).toBe(said)
  })

  test('read aloud, the ends of an interval stand beside the figure they belong to', () => {
    const table = {
      columns: ['p50'],
      rows: [
        { name: 'fast', cells: ['9ms'] },
        { name: '', cells: ['8..?'] },
      ],
    }
    expect(remarkRows([{ table }], 80, spoken)).toEqual(['p50:', 'fast: 9ms (8..?)'])
  })

  test('no change has no sign', () => {
    expect([-0.0004, 0.0004, -0.004, 0.123].map(change)).toEqual(['0.0%', '0.0%', '-0.4%', '+12.3%'])
  })

  test('what is left is said from a second on, and once every arm was heard', () => {
    const told = { done: 3, total: 6, elapsedMs: 3_000 }
    expect(sayProgress({ ...told, leftMs: null }, 0)).toBe('bench: 3 of 6 runs, $0')
    expect(sayProgress({ ...told, leftMs: 999 }, 0)).toBe('bench: 3 of 6 runs, $0')
    expect(sayProgress({ ...told, leftMs: 80_000 }, 0)).toBe('bench: 3 of 6 runs, $0, about 1m 20s left')
  })
})
