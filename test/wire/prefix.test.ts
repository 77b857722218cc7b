/** The bytes of a prompt, as they go over the wire: what the prompt cache stands or falls with. */

import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import { toParams } from '../../src/io/wire.ts'
import { CHOICES } from '../kit/choices.ts'
import { conversation } from '../kit/conversations.ts'
import { lived } from '../kit/lived.ts'

const SYSTEM = 'You know the seas. '.repeat(200)
const fresh = () => newConversation({ ...CHOICES, system: SYSTEM })

/** A hash for each beginning of the prompt: model, system and manner first, then a message more each time. Marks are no content. */
function hashes(state: State, question: string): readonly string[] {
  const { messages, system, model, thinking, output_config } = toParams(planRequest(state, question))
  const plain = (value: unknown) => JSON.stringify(value, (name, part) => (name === 'cache_control' ? undefined : part))
  let digest = plain({ model, system, thinking, output_config })
  return [digest, ...messages.map(plain)].map((part) => {
    digest = createHash('sha256').update(`${digest}\n${part}`).digest('hex')
    return digest
  })
}

/** Nothing that changes what was said before: no branch, no other choice, no summary. */
const straight = conversation.map((events) =>
  events.filter(({ type }) => !['moved', 'chosen', 'marked', 'summarised', 'amended', 'unsummarised'].includes(type)),
)

describe('LAW', () => {
  test('the bytes of a prompt are the beginning of those of the next, whatever happened to the turns between', () => {
    fc.assert(
      fc.property(straight, (events) => {
        let state = fresh()
        let before: readonly string[] = []
        for (const event of events) {
          state = fold(state, [event])
          if (state.live) continue
          // Up to the question, which differs.
          const now = hashes(state, 'and?').slice(0, -1)
          expect(now.slice(0, before.length)).toEqual(before)
          before = now
        }
      }),
    )
  })

  test('a conversation that was saved, and is gone on with in another program, is asked in the same bytes', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { state, saved } = lived(events, fresh())
        fc.pre(state.live === null)
        const again = fold(fresh(), JSON.parse(JSON.stringify(saved)) as Event[])
        expect(hashes(again, 'and?')).toEqual(hashes(state, 'and?'))
      }),
    )
  })

  test('thinking is never sent back, nor anything else than texts', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { messages } = toParams(planRequest(fold(fresh(), events), 'and?'))
        for (const { content } of messages) {
          expect((content as { type: string }[]).map(({ type }) => type)).toEqual(['text'])
        }
      }),
    )
  })
})

test('an anchor is spelled at its message, and the end at the request', () => {
  const request = planRequest(fresh(), 'hello')
  const { messages, cache_control, system } = toParams({
    ...request,
    cache: { system: '1h', anchors: [{ message: 0, ttl: '1h' }], end: '5m' },
    messages: [...request.messages, { role: 'assistant', text: 'hi' }, { role: 'user', text: 'go on' }],
  })
  expect(messages[0]?.content).toEqual([
    { type: 'text', text: 'hello', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ])
  expect(messages[2]?.content).toEqual([{ type: 'text', text: 'go on' }])
  expect([cache_control, system]).toMatchObject([{ ttl: '5m' }, [{ cache_control: { ttl: '1h' } }]])
})
