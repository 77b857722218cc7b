import { expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { createFollower } from '../../src/glass/follower.ts'
import { CHOICES } from '../kit/choices.ts'

test('what happens while the window is dragged is laid out once it rests, in order, for the width it then has', () => {
  const state = newConversation(CHOICES)
  const settled: string[] = []
  let width = 100
  let resizing = false
  const transcript = { follow: (_: unknown, event: { type: string }) => [`${event.type} at ${width}`] }
  const { follow, catchUp } = createFollower(
    transcript,
    { settle: (rows) => void settled.push(...rows) },
    () => resizing,
  )
  follow(state, { type: 'cleared' })
  resizing = true
  follow(state, { type: 'unqueued' })
  follow(state, { type: 'stopAsked' })
  expect(settled).toEqual(['cleared at 100'])
  width = 60
  resizing = false
  catchUp()
  expect(settled).toEqual(['cleared at 100', 'unqueued at 60', 'stopAsked at 60'])
  follow(state, { type: 'cleared' })
  expect(settled).toHaveLength(4)
})
