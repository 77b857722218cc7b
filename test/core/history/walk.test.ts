import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold } from '../../../src/core/conversation.ts'
import { summaryOf } from '../../../src/core/history/saved.ts'
import { walk } from '../../../src/core/history/walk.ts'
import type { Turn } from '../../../src/core/turn/turns.ts'
import { conversation } from '../../kit/conversations.ts'
import { fresh, lived } from '../../kit/lived.ts'

const choices = { type: 'chosen', choices: fresh().choices } as const

test('LAW: walking through a conversation meets the same turns as folding it, on the same branches', () => {
  fc.assert(
    fc.property(conversation, (events) => {
      const { saved } = lived(events)
      const state = fold(fresh(), saved)
      const way = walk(fresh().models)
      const met: Turn[] = []
      for (const event of [choices, ...saved]) {
        const turn = way.take(event)
        if (turn) met.push(turn)
      }
      const byNumber = [...state.turns, ...state.branches].sort((a, b) => a.number - b.number)
      expect(met).toEqual(byNumber)
      expect([...way.shown()].sort((a, b) => a - b)).toEqual(state.turns.map(({ number }) => number))
      expect(way.summary()).toEqual(summaryOf(state))
      expect(way.state.live).toEqual(state.live)
      expect(way.state.spent).toEqual(state.spent)
      expect(way.state.choices).toEqual(state.choices)
      expect(way.state.sideCalls).toEqual(state.sideCalls)
    }),
  )
})

test('what it holds does not grow with the conversation', () => {
  const way = walk()
  for (let at = 0; at < 30; at += 3) {
    way.take({ type: 'asked', at, text: 'q'.repeat(1_000) })
    way.take({ type: 'delta', at: at + 1, text: 'a'.repeat(10_000) })
    way.take({ type: 'finished', at: at + 2, stopReason: 'end_turn', explanation: null })
  }
  expect(JSON.stringify(way.state).length).toBeLessThan(JSON.stringify(walk().state).length + 2_000)
})
