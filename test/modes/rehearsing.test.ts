import { expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { rehearse } from '../../src/modes/rehearsing.ts'
import { CHOICES } from '../kit/choices.ts'

test('a turn is gone through to its end, and nobody has said or asked anything', async () => {
  const begun = newConversation(CHOICES)
  const state = await rehearse(begun, () => performance.now())
  expect(state.turns).toMatchObject([{ answer: 'word word word ', end: { type: 'finished' } }])
  expect(begun.turns).toEqual([])
})
