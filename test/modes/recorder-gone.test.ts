import { expect, test } from 'vitest'
import { newConversation, update } from '../../src/core/conversation.ts'
import { createRecorder } from '../../src/modes/recorder.ts'
import { CHOICES } from '../kit/choices.ts'
import { put, shelf, turn } from '../kit/histories.ts'

/** A chat that goes on with a saved conversation, and a way to say more in it. */
async function resumed(one: ReturnType<typeof shelf>) {
  const history = await one.history()
  const id = put(history, turn('Before', 'Yes.', 1_000))
  const copied: string[] = []
  const recorder = createRecorder({
    ...{ kind: 'chat', origin: 0, history, onTrouble: () => {}, onCopied: () => copied.push('copied') },
  })
  recorder.adopt(id, history.size(id))
  let state = newConversation(CHOICES)
  const say = (question: string, at: number) => {
    for (const event of turn(question, 'More.', at)) {
      state = update(state, event).state
      recorder.follow(state, event)
    }
  }
  return { history, id, recorder, say, copied }
}

test('a conversation that was removed for good while it lay open here loses nothing that is said from then on', async () => {
  await using one = shelf()
  const { history, id, recorder, say, copied } = await resumed(one)
  expect(history.prune(5_000, 0)).toBe(1)
  say('After', 9_000)
  say('And after that', 19_000)
  expect(recorder.close()).toBe(null)
  expect(history.one(id)).toBe(null)
  expect(history.list({ limit: 9 })).toMatchObject([{ title: 'After', turns: 2 }])
  expect(history.search('that', 5).length).toBe(1)
  expect(copied).toEqual([])
})

test('a name given from outside makes no second conversation of one that is open here', async () => {
  await using one = shelf()
  const { history, id, recorder, say, copied } = await resumed(one)
  history.retitle(id, 'Renamed', 5_000)
  say('After', 9_000)
  say('And after that', 19_000)
  expect(recorder.close()).toBe(null)
  expect(history.list({ limit: 9 })).toMatchObject([{ id, title: 'Renamed', titleBy: 'user' }])
  expect(history.size(id)).toBe(4)
  expect(copied).toEqual([])
})
