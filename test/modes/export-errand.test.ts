import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fold, newConversation } from '../../src/core/conversation.ts'
import { arrivalsIn } from '../../src/core/history/import/arrivals.ts'
import { exportConversation } from '../../src/modes/history/export-errand.ts'
import { CHOICES } from '../kit/choices.ts'
import { put, type Shelf, shelf, turn } from '../kit/histories.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

/** A chat whose clock began an hour ago, with two turns and one that runs. */
const events = [
  ...turn('Why do the tides turn?', 'The moon.', 1_000),
  ...turn('And the sun?', 'It hel', 9_000).slice(0, 4),
]
const state = fold(newConversation(CHOICES), events)
const ORIGIN = NOW - 3_600_000

const exporting = (
  { home }: Shelf,
  argument: string,
  saved: Parameters<typeof exportConversation>[0]['saved'] = null,
) => exportConversation({ argument, state, origin: ORIGIN, saved, folder: home, nowMs: NOW })

test('without a name it gets a good one beside the user, and never over another file', async () => {
  await using one = shelf()
  const name = 'why-do-the-tides-turn-2026-11-21'
  expect(exporting(one, '')).toBe(`2 turns written to ${join(one.home, `${name}.md`)}.`)
  expect(exporting(one, '')).toBe(`2 turns written to ${join(one.home, `${name}-2.md`)}.`)
  expect(exporting(one, ' html ')).toBe(`2 turns written to ${join(one.home, `${name}.html`)}.`)
  expect(readdirSync(one.home).sort()).toEqual([`${name}-2.md`, `${name}.html`, `${name}.md`])
  const text = readFileSync(join(one.home, `${name}.md`), 'utf8')
  expect(text).toContain(`date: ${new Date(ORIGIN + 1_000).toISOString()}\n`)
  expect(text).toMatch(/It hel\n\n\*The answer was still being written\.\*\n$/)
})

test('a name says the form, a folder is one to put it into, and what is there stays', async () => {
  await using one = shelf()
  mkdirSync(join(one.home, 'notes'))
  writeFileSync(join(one.home, 'mine.md'), 'mine')
  expect(exporting(one, 'sea.json')).toBe(`2 turns written to ${join(one.home, 'sea.json')}.`)
  expect(JSON.parse(readFileSync(join(one.home, 'sea.json'), 'utf8')).turns.length).toBe(2)
  expect(exporting(one, 'notes')).toContain(join('notes', 'why-do-the-tides-turn-2026-11-21.md'))
  expect(exporting(one, 'mine.md')).toBe(`"${join(one.home, 'mine.md')}" is there already and is left as it is.`)
  expect(readFileSync(join(one.home, 'mine.md'), 'utf8')).toBe('mine')
  expect(exporting(one, 'no/such/folder.md')).toContain('there is no such folder')
})

test('events are those of the history; of an unsaved conversation, what its turns tell', async () => {
  await using one = shelf()
  const read = (file: string) => [...arrivalsIn(readFileSync(join(one.home, file)), file, Date.now())]
  exporting(one, 'unsaved.jsonl')
  const [unsaved] = read('unsaved.jsonl')
  expect(fold(newConversation(CHOICES), unsaved!.events).turns[0]).toMatchObject({
    question: 'Why do the tides turn?',
    answer: 'The moon.',
    cost: state.turns[0]!.cost,
  })
  const history = await one.history()
  const id = put(history, turn('Why do the tides turn?', 'The moon.', NOW))
  exporting(one, 'saved.jsonl', { history, id })
  const [saved] = read('saved.jsonl')
  expect(saved).toMatchObject({ uid: history.one(id)!.uid, events: turn('Why do the tides turn?', 'The moon.', NOW) })
})

test('an empty conversation is not exported', async () => {
  await using one = shelf()
  const nothing = {
    argument: '',
    state: newConversation(CHOICES),
    origin: 0,
    saved: null,
    folder: one.home,
    nowMs: NOW,
  }
  expect(exportConversation(nothing)).toBe('There is nothing to export yet.')
  expect(readdirSync(one.home)).toEqual([])
})
