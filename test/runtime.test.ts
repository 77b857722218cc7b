import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newConversation } from '../src/core/conversation.ts'
import type { TurnEvent } from '../src/core/turn.ts'
import { interrupted } from '../src/core/weather/failures.ts'
import { createRuntime } from '../src/runtime.ts'
import { CHOICES } from './kit/choices.ts'

/** A runtime whose frames come when the test says so, and whose server is the test. */
function stage() {
  let due: (() => void) | null = null
  const seen: string[] = []
  const sent: { emit: (event: TurnEvent) => void; signal: AbortSignal }[] = []
  const runtime = createRuntime({
    state: newConversation(CHOICES),
    frame: (flush) => {
      expect(due).toBeNull()
      due = flush
    },
    send: async (_request, signal, emit) => void sent.push({ signal, emit }),
  })
  runtime.subscribe((_, event) => seen.push(event.type === 'delta' ? `delta:${event.text}` : event.type))
  const frame = () => {
    const flush = due
    due = null
    flush?.()
  }
  return { runtime, seen, sent, frame }
}
const delta = (text: string): TurnEvent => ({ type: 'delta', at: 1, text })
const finished: TurnEvent = { type: 'finished', at: 2, stopReason: 'end_turn', explanation: null }

test('the first token shows at once, the next ones together with the frame', () => {
  const { runtime, seen, sent, frame } = stage()
  runtime.dispatch({ type: 'asked', at: 0, text: 'q' })
  for (const text of ['a', 'b', 'c']) sent[0]!.emit(delta(text))
  expect(seen).toEqual(['asked', 'delta:a'])
  frame()
  expect(seen).toEqual(['asked', 'delta:a', 'delta:bc'])
})

test('an ending lets the waiting pieces through first', () => {
  const { runtime, seen, sent } = stage()
  runtime.dispatch({ type: 'asked', at: 0, text: 'q' })
  for (const event of [delta('a'), delta('b'), finished]) sent[0]!.emit(event)
  expect(seen).toEqual(['asked', 'delta:a', 'delta:b', 'finished'])
  expect(runtime.state.turns[0]?.answer).toBe('ab')
})

test('asking to stop aborts the request that runs', () => {
  const { runtime, sent } = stage()
  runtime.dispatch({ type: 'asked', at: 0, text: 'q' })
  runtime.dispatch({ type: 'stopAsked' })
  expect(sent[0]!.signal.aborted).toBe(true)
})

test('halting ends what runs at once: as stopped by the user, or as failed for a reason', () => {
  for (const trouble of [null, interrupted()]) {
    const { runtime, seen, sent } = stage()
    runtime.halt(1, trouble)
    runtime.dispatch({ type: 'asked', at: 0, text: 'q' })
    for (const text of ['a', 'b']) sent[0]!.emit(delta(text))
    runtime.halt(1, trouble)
    sent[0]!.emit(finished)
    expect(sent[0]!.signal.aborted).toBe(true)
    expect(seen).toEqual(['asked', 'delta:a', 'delta:b', trouble ? 'failed' : 'stopped'])
    expect(runtime.state.turns[0]).toMatchObject({
      answer: 'ab',
      end: trouble ? { type: 'failed', failure: { kind: 'interrupted' } } : { type: 'stopped' },
    })
  }
})

test('what a request says after its end is not heard', () => {
  const { runtime, sent } = stage()
  runtime.dispatch({ type: 'asked', at: 0, text: 'q' })
  sent[0]!.emit(finished)
  runtime.dispatch({ type: 'asked', at: 0, text: 'next' })
  sent[0]!.emit(delta('late'))
  expect(runtime.state.live?.answer).toBe('')
})

test('LAW: whatever the frames, no piece is lost, doubled or moved', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ minLength: 1 }), fc.constant(null))), (steps) => {
      const { runtime, sent, frame } = stage()
      runtime.dispatch({ type: 'asked', at: 0, text: 'q' })
      for (const step of steps) step === null ? frame() : sent[0]!.emit(delta(step))
      sent[0]!.emit(finished)
      expect(runtime.state.turns[0]?.answer).toBe(steps.filter((step) => step !== null).join(''))
    }),
  )
})
