import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold } from '../../../src/core/conversation.ts'
import { baselineOf, LEAST_ANSWERS, peersOf, type Timed } from '../../../src/core/figures/baseline.ts'
import { explain } from '../../../src/core/figures/explain.ts'
import { GLOSSARY, termNamed } from '../../../src/core/figures/glossary.ts'
import { PHASES, type PhaseName } from '../../../src/core/figures/phases.ts'
import { timingLine, whyReport } from '../../../src/core/figures/why.ts'
import { CATALOGUE } from '../../../src/core/models.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { letters } from '../../../src/core/text/remark-bar.ts'
import type { Turn } from '../../../src/core/turn/turns.ts'
import { fresh } from '../../kit/lived.ts'
import { plain, spoken } from '../markdown/kit.ts'

const MODEL = 'claude-sonnet-5-5'

/** A turn with so many ms to its headers, in its thinking and in its text, of 100 visible tokens unless more came. */
function answered({
  headers = 500,
  thinking = 400,
  decode = 1_000,
  tokens = 100,
  miss = null as string | null,
} = {}): Turn {
  const usage = { input: 4_500, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 40 + tokens, thinking: 40 }
  const start = 10 + headers
  const events: Event[] = [
    { type: 'asked', at: 0, text: 'q' },
    { type: 'sent', at: 10, attempt: 1, model: MODEL },
    { type: 'heard', at: start, requestId: 'r', limits: {} },
    { type: 'began', at: start, model: MODEL, messageId: 'mine', usage, cacheMiss: miss },
    { type: 'thinking', at: start, phase: 'start', text: '' },
    { type: 'delta', at: start + thinking, text: 'a' },
    { type: 'delta', at: start + thinking + decode, text: 'b' },
    { type: 'usage', at: start + thinking + decode, usage },
    { type: 'finished', at: start + thinking + decode, stopReason: 'end_turn', explanation: null, own: { parseMs: 3 } },
  ]
  return fold(fresh(), events).turns[0]!
}

/** So many answers of the past, as usual as can be. */
const past = (count: number): readonly Timed[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ prompt: 4_000 + i, output: 140, thinking: 40, messageId: `m${i}` },
    phases: { own: 10, headers: 480 + i, thinking: 400, decode: 1_000 },
  }))

const said = (turn: Turn, peers: readonly Timed[], isWhole = false) =>
  remarkRows(whyReport(turn, peers, CATALOGUE, isWhole), 400, plain)
const verdict = (turn: Turn, peers = past(41)) =>
  said(turn, peers).find((row) => /^(Slow|Longer|Nothing|Most)/.test(row))

describe('one sentence', () => {
  test('names the slow part, beside what is usual for this model at this context size', () => {
    expect(verdict(answered({ headers: 1_500 }))).toBe(
      'Slow: wait for headers took 1.5s, 3.0x your median of 500ms for Sonnet 5.5 at 2k to 8k tokens of context (41 answers). 4.5k tokens of the prompt were read anew, not from the cache.',
    )
    expect(verdict(answered({ thinking: 1_160 }))).toMatch(/^Slow: thinking took 1\.2s, 2\.9x your median of 400ms/)
    expect(verdict(answered({ headers: 1_500, miss: 'system_changed' }))).toMatch(/cache missed: system changed\.$/)
  })

  test('tells a slow answer from a long one', () => {
    expect(verdict(answered({ decode: 3_000 }))).toMatch(
      /^Slow: decode ran at 33 tok\/s, 3\.0x slower than your median of 100 tok\/s/,
    )
    expect(verdict(answered({ decode: 2_800, tokens: 400 }))).toMatch(
      /^Longer, not slower: 400 tokens of text, 4\.0x your median; in all 1\.9x your median of 1\.9s/,
    )
  })

  test('says that nothing stands out, and how many answers it rests on', () => {
    expect(verdict(answered())).toMatch(
      /^Nothing stands out: 1\.0x your median of 1\.9s .* \(41 answers\); most .* decode\.$/,
    )
  })

  test('claims nothing of what is usual from too few answers, itself not counted', () => {
    expect(verdict(answered(), past(LEAST_ANSWERS - 1))).toMatch(
      /^Most of it was decode \(52%\)\. What is usual is not known yet: there are 4 answers .* it takes 5\.$/,
    )
    const mine = { ...past(1)[0]!, messageId: 'mine' }
    expect(peersOf(answered(), [mine, ...past(3)])).toHaveLength(3)
    expect(peersOf(answered(), [{ ...past(1)[0]!, prompt: 90_000 }])).toEqual([])
  })
})

describe('the report', () => {
  test('is a line that expands to the list of phases with their shares and medians', () => {
    const [head, bar, words] = said(answered(), past(41))
    expect(head).toBe('Turn 1 took 1.9s.')
    expect(bar).toMatch(/^h+t+d+$/)
    expect(words).toBe('h wait for headers 500ms · t thinking 400ms · d decode 1.0s · rest 10ms')
    const whole = said(answered(), past(41), true)
    expect(whole).toContain('h  wait for headers  500ms    26%        500ms')
    expect(whole).toContain('Within that, this program itself: reading what came 3.0ms.')
  })

  test('read aloud has no bar, and no column that a row does not name', () => {
    const rows = remarkRows(whyReport(answered(), past(41), CATALOGUE, true), 80, spoken)
    expect(rows.join('\n')).not.toMatch(/hhh/)
    expect(rows).toContain('h  wait for headers: 26%')
  })

  test('fits in one line of plain text for a script', () => {
    expect(timingLine(answered())).toMatch(/^timing 1\.9s {2}h{9}t{6}d{17} {2}h wait for headers 500ms · .*rest 10ms$/)
  })
})

test('LAW: a bar is as wide as it has room, and no part is more than a column off its share', () => {
  const parts = fc.uniqueArray(fc.constantFrom(...PHASES), { minLength: 1 })
  fc.assert(
    fc.property(
      parts,
      fc.array(fc.integer({ min: 1, max: 9_999 }), { minLength: 12, maxLength: 12 }),
      (names, sizes) => {
        const bar = names.map((name, i) => ({ letter: name[0]!, size: sizes[i]!, role: 'dim' as const }))
        const total = bar.reduce((sum, { size }) => sum + size, 0)
        const drawn = letters(bar, 40)
        expect(drawn).toHaveLength(40)
        if (new Set(bar.map(({ letter }) => letter)).size < bar.length) return
        for (const { letter, size } of bar)
          expect(Math.abs([...drawn].filter((one) => one === letter).length - (size / total) * 40)).toBeLessThanOrEqual(
            1,
          )
      },
    ),
  )
})

test('LAW: a baseline is between the least and the most of what it rests on, phase by phase', () => {
  const ms = fc.integer({ min: 0, max: 9_000 })
  const one = fc.record({ headers: ms, decode: ms, thinking: ms })
  fc.assert(
    fc.property(fc.array(one, { minLength: LEAST_ANSWERS, maxLength: 30 }), (all) => {
      const peers = all.map((phases) => ({ prompt: 1, output: 50, thinking: null, messageId: null, phases }))
      const usual = baselineOf(peers)!
      for (const name of ['headers', 'decode', 'thinking'] satisfies readonly PhaseName[]) {
        const values = all.map((phases) => phases[name])
        expect(usual.phases[name]).toBeGreaterThanOrEqual(Math.min(...values))
        expect(usual.phases[name]).toBeLessThanOrEqual(Math.max(...values))
      }
      expect(usual.phases.tls).toBe(0)
    }),
  )
})

describe('the glossary', () => {
  test('has each name, and each other way to type it, once', () => {
    const names = GLOSSARY.flatMap(({ name, also }) => [name, ...also])
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    for (const name of names) expect(termNamed(` ${name.toUpperCase()} `)).not.toBeNull()
    expect(termNamed('visible-otps')?.name).toBe('visible otps')
  })

  test('puts the numbers of the turn into the formula', () => {
    const of = (name: string) => remarkRows(explain(name, answered(), CATALOGUE), 400, plain).at(-1)
    expect(of('otps')).toBe('Turn 1: 140 tokens / 1.40s = 100 tok/s')
    expect(of('visible otps')).toBe('Turn 1: 100 tokens / 1.00s = 100 tok/s')
    expect(of('ttft')).toBe('Turn 1: 900ms')
    expect(of('first byte')).toBe('Turn 1: 500ms')
    expect(of('cost')).toBe('Turn 1: 4.5k x $2/M + 140 x $10/M = $0.01')
    expect(of('ctx')).toBe('Turn 1: (4.5k + 0 + 0 + 140) / 1M = 0.5%')
    expect(of('waterfall')).toBe('Turn 1: 10ms + 500ms + 400ms + 1.0s = 1.9s')
  })

  test('has something to say of every term, with a turn and without, and of a slip', () => {
    for (const { name } of GLOSSARY) {
      expect(remarkRows(explain(name, null, CATALOGUE), 80, plain).length).toBeGreaterThan(2)
      expect(remarkRows(explain(name, answered(), CATALOGUE), 80, plain).length).toBeGreaterThan(2)
    }
    expect(explain('otsp', null, CATALOGUE)).toBe(
      'There is no figure called "otsp". Did you mean otps? /explain lists them.',
    )
  })
})
