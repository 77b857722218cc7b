import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newConversation, update } from '../../../src/core/conversation.ts'
import { raceRows } from '../../../src/core/lab/race/columns.ts'
import { raceTable, tallyOf, tallyReport } from '../../../src/core/lab/race/outcome.ts'
import { raceTyped } from '../../../src/core/lab/race/typed.ts'
import { CATALOGUE } from '../../../src/core/models.ts'
import { remarkRows } from '../../../src/core/text/remark.ts'
import { roomOfSpans } from '../../../src/core/text/spans.ts'
import { theme } from '../../../src/core/text/theme.ts'
import { roomOf } from '../../../src/core/text/width.ts'
import { CHOICES } from '../../kit/choices.ts'

const KNOWN = { models: CATALOGUE, features: 'full' } as const
const typed = (text: string) => raceTyped(text, KNOWN)

describe('what is typed behind /race', () => {
  test('names models, and the question behind a colon', () => {
    const models = ['claude-haiku-5-5', 'claude-opus-5-5']
    expect(typed('fast deep: Why: because?')).toEqual({ type: 'race', models, text: 'Why: because?' })
    expect(typed('fast, deep')).toEqual({ type: 'race', models, text: '' })
    expect(typed('fast deep:\nWhy?\nSay.')).toEqual({ type: 'race', models, text: 'Why?\nSay.' })
    expect(typed('')).toEqual({ type: 'tally' })
    expect(typed('show 2')).toEqual({ type: 'show', n: 2 })
    expect(typed('0')).toEqual({ type: 'keep', n: 0 })
  })

  test('may have colons in the names of a local server', () => {
    expect(raceTyped('llama3:8b qwen3:4b: Why?', { models: CATALOGUE, features: 'plain' })).toEqual({
      ...{ type: 'race', models: ['llama3:8b', 'qwen3:4b'], text: 'Why?' },
    })
  })

  test.each([
    ['fast', 'between 2 and 4'],
    ['fast balanced deep max haiku', 'named twice'],
    ['fats deep', 'Did you mean fast?'],
    ['fast haiku: Why?', 'named twice'],
  ])('%s is no race, and says why', (text, why) => {
    expect(typed(text)).toMatchObject({ type: 'problem', problem: expect.stringContaining(why) })
  })
})

describe('a question that goes to several', () => {
  test('sends nothing by itself, and an ordinary one still does', () => {
    const state = newConversation(CHOICES)
    const asked = { type: 'asked', at: 0, text: 'Why?' } as const
    expect(update(state, { ...asked, race: ['claude-haiku-5-5', 'claude-opus-5-5'] }).effects).toEqual([])
    expect(update(state, asked).effects).toMatchObject([{ type: 'send' }])
  })
})

describe('columns', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('\n', ' ', '日本語', '👩‍👩‍👧', '\t', '\u001b[2J'),
  )
  const answers = fc.array(
    fc.array(word, { maxLength: 80 }).map((words) => words.join(' ')),
    { minLength: 2, maxLength: 4 },
  )

  test('are never wider nor taller than their room, whatever is said in them', () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 20, max: 200 }), fc.integer({ min: 0, max: 60 }), (texts, width, rows) => {
        const turns = texts.map((text) => {
          let { state } = update(newConversation(CHOICES), { type: 'asked', at: 0, text: 'q' })
          if (text !== '') ({ state } = update(state, { type: 'delta', at: 5, text }))
          return state.live!
        })
        const drawn = raceRows({ turns, models: CATALOGUE, chosen: 1, now: 10 }, width, rows)
        expect(drawn.length).toBeLessThanOrEqual(rows)
        for (const row of drawn) expect(roomOfSpans(row)).toBeLessThanOrEqual(width)
        expect(
          drawn
            .flat()
            .map(({ text }) => text)
            .join(''),
        ).not.toContain('\u001b')
      }),
      { numRuns: 300 },
    )
  })
})

describe('the table at the end', () => {
  test('is drawn at any width, whatever little is known of the columns', () => {
    const plain = theme({ colour: 'none', links: false })
    const asked = update(newConversation(CHOICES), { type: 'asked', at: 0, text: 'q' }).state
    const stopped = update(asked, { type: 'stopped', at: 1 }).state.settled!
    const answered = update(update(asked, { type: 'sent', at: 1, attempt: 1, model: 'm' }).state, {
      type: 'delta',
      at: 9,
      text: 'x',
    })
    for (const turns of [
      [stopped, stopped],
      [stopped, answered.state.live!],
    ])
      for (let width = 20; width <= 120; width++)
        for (const kept of [null, 1])
          for (const row of remarkRows(raceTable(turns, CATALOGUE, kept), width, plain))
            expect(roomOf(row)).toBeLessThanOrEqual(width)
  })
})

describe('the tally', () => {
  test('counts each pair once, whoever won, and loses no race', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd')
    const win = fc
      .record({ winner: name, loser: name, count: fc.integer({ min: 1, max: 9 }) })
      .filter(({ winner, loser }) => winner !== loser)
    fc.assert(
      fc.property(fc.array(win), (wins) => {
        const pairs = tallyOf(wins)
        expect(new Set(pairs.map(({ pair }) => [...pair].sort().join())).size).toBe(pairs.length)
        const all = pairs.reduce((sum, { won }) => sum + won[0] + won[1], 0)
        expect(all).toBe(wins.reduce((sum, { count }) => sum + count, 0))
      }),
    )
  })

  test('reads as a score', () => {
    const wins = [
      { winner: 'claude-opus-5-5', loser: 'claude-haiku-5-5', count: 3 },
      { winner: 'claude-haiku-5-5', loser: 'claude-opus-5-5', count: 1 },
    ]
    expect(JSON.stringify(tallyReport(wins, CATALOGUE))).toContain(
      '"Opus 5.5 : Haiku 5.5","3 : 1, kept in 75% of 4 races"',
    )
  })
})
