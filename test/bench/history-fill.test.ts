import { expect, test } from 'vitest'
import { fill, LONGEST } from '../../bench/history-fill.ts'
import { zipfText } from '../../bench/zipf-text.ts'
import { recall } from '../../src/modes/history/recall.ts'
import { count, opened, room, soundness } from '../io/history-kit.ts'
import { fresh } from '../kit/lived.ts'

test('a history is filled with conversations as a chat saves them, the long one last', async () => {
  using place = room()
  using history = await opened(place.path)
  const conversations = fill(history, zipfText(3), { answers: 300, words: 20, longest: 120 })
  expect(history.list({ limit: 1_000 })).toHaveLength(conversations)
  expect(count(place.path, 'answers')).toBe(300)
  const [latest] = history.list({ limit: 1 })
  expect(latest).toMatchObject({ title: LONGEST, turns: 120 })
  const { state } = await recall(latest!.id, { history, fresh: fresh(), origin: 0 })
  expect(state.turns).toHaveLength(120)
  expect(state.turns.every(({ cost, end }) => cost !== null && end?.type === 'finished')).toBe(true)
  expect(history.search(zipfText(3).word(0), 50).length).toBeGreaterThan(conversations / 2)
  expect(soundness(place.path)).toBe('ok')
})
