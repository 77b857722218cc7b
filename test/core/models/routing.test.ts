import { describe, expect, test } from 'vitest'
import { routedByTask, routedByWait, rulesIn, slowFrom, taskOf } from '../../../src/core/models/routing.ts'
import { CATALOGUE } from '../../../src/core/models.ts'

describe('a task', () => {
  test.each([
    ['Classify this mail: buy now', 'classify'],
    ['Is it spam? Yes or no.', 'classify'],
    ['Extract all dates from this letter', 'extract'],
    ['TL;DR please', 'summarise'],
    ['Write a function that parses dates', 'code'],
    ['Why does this test fail?', 'code'],
    ['How many primes are below 100?', 'maths'],
    ['Write a short poem about tides', 'creative'],
    ['<stdin>\nlong text\n</stdin>\n\n<prompt>\nSummarise it\n</prompt>', 'summarise'],
    ['What is the tide in Hamburg?', null],
    ['I would like to classify mails. How?', null],
  ])('%s: %s', (question, task) => expect(taskOf(question)).toBe(task))
})

describe('a rule', () => {
  const rules = rulesIn('classify=fast,code=deep')
  const asked = { question: 'Classify this', preset: null, model: 'balanced' }

  test('sends a task to its model, and says so', () => {
    const route = routedByTask(rules, asked, CATALOGUE)
    expect(route?.model).toBe('fast')
    expect(route?.said).toBe(
      'Routed to Haiku 5.5: it looks like "classify" by its first words, and the setting route says classify=fast.',
    )
    expect(routedByTask(rules, { ...asked, preset: 'code' }, CATALOGUE)).toMatchObject({ model: 'deep' })
  })

  test('says nothing where it changes nothing', () => {
    expect(routedByTask(rules, { ...asked, model: 'claude-haiku-5-5' }, CATALOGUE)).toBeNull()
    expect(routedByTask(rules, { ...asked, question: 'Hello' }, CATALOGUE)).toBeNull()
    expect(routedByTask(rulesIn('off'), asked, CATALOGUE)).toBeNull()
  })

  test('about waiting needs five answers of the last ten minutes, and holds above its limit alone', () => {
    const limit = slowFrom('2s')!
    expect(limit).toBe(2_000)
    expect(routedByWait(limit, [9_000, 9_000, 9_000, 9_000], 'deep', CATALOGUE)).toBeNull()
    expect(routedByWait(limit, [500, 600, 700, 800, 900], 'deep', CATALOGUE)).toBeNull()
    expect(routedByWait(limit, [500, 600, 700, 800, 9_000], 'deep', CATALOGUE)?.said).toMatch(
      /^Routed to Haiku 5\.5: Opus 5\.5 is slow to its first word just now \(p95 of its last 5 answers/,
    )
    expect(routedByWait(limit, [9_000, 9_000, 9_000, 9_000, 9_000], 'fast', CATALOGUE)).toBeNull()
    expect(slowFrom('off')).toBeNull()
  })
})
