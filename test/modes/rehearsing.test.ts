import { expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { createApi } from '../../src/io/api.ts'
import { rehearse } from '../../src/modes/chat/rehearsing.ts'
import { CHOICES } from '../kit/choices.ts'

test('a turn is gone through to its end, and nobody has said or asked anything', async () => {
  const begun = newConversation(CHOICES)
  const credential = { kind: 'key', secret: 'any', origin: 'test' } as const
  const api = createApi({ baseUrl: 'http://127.0.0.1:9', credential, now: () => performance.now() })
  const state = await rehearse(begun, api, () => performance.now())
  api.close()
  expect(state.turns).toMatchObject([{ answer: 'word word word ', end: { type: 'finished' } }])
  expect(begun.turns).toEqual([])
})
