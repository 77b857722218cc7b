import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factsIn, KINDS, survival } from '../../../src/core/window/compaction/facts.ts'
import { toldIn } from '../../../src/core/window/compaction/span.ts'

const found = (text: string, by: 'user' | 'model' = 'user') => {
  const facts = factsIn([{ text, by }])
  while (facts.readOn());
  return facts.found
}
const ofKind = (kind: string, text: string) =>
  found(text)
    .filter((one) => one.kind === kind)
    .map((one) => one.text)
const lost = (said: string, summary: string) => survival(found(said), summary).lost.map(({ text }) => text)

describe('facts are found by their form', () => {
  test('paths and addresses, but no alternatives and no speeds', () => {
    expect(
      ofKind('path', 'See src/core/plan.ts, ~/notes and /etc/hosts; and/or 80 km/h. Also https://a.b/c?d=1.'),
    ).toEqual(expect.arrayContaining(['src/core/plan.ts', '~/notes', '/etc/hosts', 'https://a.b/c?d=1']))
    expect(ofKind('path', 'and/or, he/she, 80 km/h')).toEqual([])
    expect(ofKind('path', 'Open README.md first.')).toEqual(['README.md'])
  })

  test('commands, quoted or at a prompt', () => {
    expect(
      ofKind('command', 'Run `npm run build -- --watch`, then\n$ git push origin main\n`const x = 1` is none.'),
    ).toEqual(['git push origin main', 'npm run build -- --watch'])
  })

  test('numbers that say something', () => {
    expect(ofKind('number', 'Port 8080, 12.5 ms, $1,200, 40%, 3 days; 1. first, 2 of them, v1.2.3')).toEqual([
      '8080',
      '12.5 ms',
      '$1,200',
      '40%',
      '3 days',
    ])
  })

  test('names of people and of things in code', () => {
    expect(ofKind('name', 'The Anna Schmidt of my team calls parseLine and MAX_SIZE, and asks Peter.')).toEqual(
      expect.arrayContaining(['Anna Schmidt', 'parseLine', 'MAX_SIZE', 'Peter']),
    )
  })

  test('decisions, whole', () => {
    expect(ofKind('decision', 'Fine. We decided to keep the old API. It rains.\nNever touch prod.')).toEqual([
      'We decided to keep the old API',
      'Never touch prod',
    ])
  })

  test('what the model said once nobody misses', () => {
    expect(found('Try `redis` on port 6379.', 'model')).toEqual([])
    expect(found('port 6379 … port 6379', 'model').map(({ text }) => text)).toEqual(['6379'])
  })
})

describe('a fact survives', () => {
  test('when the summary tells it, in another dress', () => {
    expect(
      lost('Budget $1,200, in src/core/plan.ts, by `npm run  build`.', 'budget $1200; core/plan.ts; npm run build'),
    ).toEqual([])
    expect(
      lost('We decided to keep the old API for partners', 'Decided: old API is kept; partners need it, keep'),
    ).toEqual([])
  })

  test('not when a longer number holds it', () => {
    expect(lost('port 8080', 'port 18080 or 8080.5')).toEqual(['8080'])
    expect(lost('port 8080', 'on 8080.')).toEqual([])
  })
})

test('law: reading piece by piece ends, loses no text its place, and what is said in full survives', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { maxLength: 20 }), (texts) => {
      const facts = factsIn(texts.map((text) => ({ text, by: 'user' })))
      let calls = 0
      while (facts.readOn()) calls++
      expect(calls).toBeLessThanOrEqual(texts.join('').length + texts.length)
      const { kept, lost: gone } = survival(facts.found, texts.join('\n'))
      expect(kept.length + gone.length).toBe(facts.found.length)
      for (const { kind, line } of facts.found) {
        expect(KINDS).toContain(kind)
        expect(line.length).toBeLessThanOrEqual(160)
      }
    }),
  )
})

test('what a summary told is looked for in the one that takes its place', () => {
  const of = {
    ...{ id: 1, at: 0, upTo: 1, of: null, kind: 'summary' as const, facts: [], isUndone: false, sentFrom: 2 },
    text: 'The server listens on port 8001; its settings are in /etc/app1/conf.yaml.',
  }
  const facts = factsIn(toldIn({ of, covered: [] }))
  while (facts.readOn());
  const { kept, lost: missing } = survival(facts.found, 'It listens on 8001.')
  expect([kept, missing].map((all) => all.map(({ text }) => text))).toEqual([['8001'], ['/etc/app1/conf.yaml']])
})
