import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { statusBar } from '../../../src/core/chat/status.ts'
import { newConversation, type State, type Turn } from '../../../src/core/conversation.ts'
import { NO_TIMES } from '../../../src/core/figures/metrics.ts'
import { estimated, reported } from '../../../src/core/figures.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { CHOICES } from '../../kit/choices.ts'

const empty = newConversation(CHOICES)
const turn: Turn = {
  number: 2,
  parent: 1,
  question: 'q',
  answer: 'x'.repeat(500),
  thinking: '',
  phase: 'done',
  model: 'claude-sonnet-5-5',
  effort: null,
  messageId: 'm',
  usage: { ...NO_USAGE, input: 100, cacheRead: 900, output: 400 },
  prices: null,
  cacheMiss: null,
  requestId: 'r',
  times: { ...NO_TIMES, sent: 0, firstText: 812, lastOutput: 4_812, ended: 4_900 },
  attempt: 1,
  wasted: [],
  retry: null,
  end: { type: 'finished', at: 4_900, stopReason: 'end_turn', explanation: null },
  cost: reported(0.0042),
}
const settled: State = { ...empty, turns: [turn], spent: { known: reported(0.18), unknown: 0, turns: 2 }, next: 3 }
const live = (more: Partial<Turn>): State => ({ ...empty, live: { ...turn, end: null, phase: 'answering', ...more } })
const text = (state: State, columns = 200, draft = '', now = 0) =>
  statusBar(state, draft, now, columns)
    .map((piece) => piece.text)
    .join('')

describe('the status bar', () => {
  test('shows model, TTFT, speed, both costs, context with its tick, and cache share', () => {
    expect(text(settled)).toBe(
      'Sonnet 5.5  ttft 812ms  100 tok/s  turn $0.0042  session $0.18  ctx 0.1% ────────┼─  cache 90%',
    )
  })

  test('counts the TTFT up until the first token, then keeps it', () => {
    const waiting = live({ times: { ...NO_TIMES, sent: 1_000 }, answer: '', usage: null, cost: null })
    expect(text(waiting, 200, '', 2_500)).toContain('ttft 1.5s…')
    expect(text(live({}), 200, '', 9_999)).toContain('ttft 812ms')
  })

  test('marks every estimate, and nothing that was measured or reported', () => {
    const running = text(live({ cost: estimated(0.002), times: { ...turn.times, ended: null } }))
    expect(running).toContain('~50 tok/s')
    expect(running).toContain('turn ~$0.0020')
    expect(text(settled)).not.toContain('~')
    expect(text(settled, 200, 'a draft of some length')).toContain('ctx ~')
  })

  test('counts the seconds for which the model is left alone, and that of no other', () => {
    const resting = { 'claude-sonnet-5-5': 30_000 }
    expect(text({ ...settled, resting }, 200, '', 4_200)).toContain('Sonnet 5.5  resting 26s  ')
    expect(text({ ...settled, resting }, 200, '', 31_000)).toContain('resting, probe next')
    expect(text({ ...settled, resting: { 'claude-opus-5-5': 30_000 } })).not.toContain('resting')
  })

  test('names the model that is left alone beside the figures of another one, and leaves it out where there is no room', () => {
    const instead = [
      { from: 'claude-sonnet-5-5', to: 'claude-haiku-5-5', before: 1 },
    ] as unknown as Turn['instead'] & {}
    const standIn = { ...live({ model: 'claude-haiku-5-5', instead }), resting: { 'claude-sonnet-5-5': 30_000 } }
    expect(text(standIn, 200, '', 4_200)).toMatch(/^Haiku [\d.]+ {2}Sonnet 5\.5 resting 26s {2}/)
    expect(text(standIn, 200, '', 31_000)).toContain('Sonnet 5.5 resting, probe next')
    // Before its first word, too.
    const asked = { ...standIn, live: { ...standIn.live!, usage: null } }
    expect(text(asked, 200, '', 31_000)).toMatch(/^Haiku [\d.]+ {2}Sonnet 5\.5 resting, probe next/)
    for (let columns = 10; columns < 120; columns++)
      expect(text(standIn, columns, '', 31_000).replace(/Sonnet 5\.5 (resting, )?probe/, '')).not.toContain('probe')
  })

  test('says that a price is unknown, never $0', () => {
    const foreign = text({
      ...settled,
      turns: [{ ...turn, model: 'llama-9', cost: null }],
      spent: { known: reported(0), unknown: 1, turns: 2 },
    })
    expect(foreign).toContain('turn price unknown')
    expect(foreign).toContain('session unknown')
  })

  test('fills the meter with the context', () => {
    const half = { ...turn, usage: { ...NO_USAGE, input: 500_000 } }
    expect(text({ ...settled, turns: [half] })).toContain('ctx 50% ━━━━━───┼─')
  })

  test('narrows step by step: labels go first, the model and the cost of the turn stay longest', () => {
    expect(text(settled, 73)).toBe('Sonnet 5.5  ttft 812ms  100 t/s  $0.0042  Σ $0.18  ctx 0.1%  cache 90%')
    expect(text(settled, 38)).toMatch(/^Son 5\.5 {2}.*\$0\.0042/)
  })

  test('LAW: never wider than the window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 220 }), fc.constantFrom(empty, settled, live({})), (columns, state) => {
        expect(text(state, columns).length).toBeLessThanOrEqual(columns)
      }),
    )
  })
})
