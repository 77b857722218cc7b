/** What becomes of words that were not sent, and of those that were after all. */

import { expect, test } from 'vitest'
import { emptyComposer, withDraft } from '../../src/core/composer/composer.ts'
import { type Event, type State, update } from '../../src/core/conversation.ts'
import { enclosedAgain, enclosedIn, readyIn } from '../../src/core/enclosures.ts'
import { failure, interrupted } from '../../src/core/failures.ts'
import type { Key } from '../../src/core/keys.ts'
import { draftIn, type Ui } from '../../src/modes/chat-view.ts'
import { pressed } from '../../src/modes/pressing.ts'
import { createUnsent } from '../../src/modes/unsent.ts'
import { begun, NOON } from '../io/history-kit.ts'
import { PHOTO } from '../kit/attachments.ts'
import { fresh } from '../kit/lived.ts'

/** A chat with a draft in it. */
function desk(draft = '') {
  let ui: Ui = { composer: withDraft(emptyComposer(), draft), notice: null, welcome: null, vim: null }
  let state: State = fresh()
  const runtime = {
    get state() {
      return state
    },
    dispatch(event: Event) {
      state = update(state, event).state
      unsent.follow(state, event)
    },
  }
  const show = (next: Ui) => {
    ui = next
  }
  const unsent = createUnsent({ runtime, ui: () => ui, show, changed() {} })
  return {
    unsent,
    happen: (...events: readonly Event[]) => events.forEach(runtime.dispatch),
    get draft() {
      return ui.composer.text
    },
    get notice() {
      return ui.notice
    },
    get attached() {
      return readyIn(enclosedIn(ui))
    },
    get queue() {
      return state.queue
    },
  }
}
const queue = (text: string): Event => ({ type: 'asked', at: NOON + 450, text })
const cut: Event = { type: 'failed', at: NOON + 500, failure: failure('cut', 'Cut.') }

test('a question without an answer comes back, and what was queued behind it', () => {
  const one = desk()
  one.happen(...begun('why?', ''), queue('second'), cut)
  expect(one).toMatchObject({
    draft: 'why?',
    notice: '1 message was not sent. Up brings back what you wrote.',
    queue: [],
  })
})

test('what went with a question comes back with it, and stays beside it whatever is typed', () => {
  const one = desk()
  const [asked, ...rest] = begun('why?', '')
  one.happen({ ...(asked as Event & { type: 'asked' }), attachments: [PHOTO] }, ...rest, cut)
  expect(one).toMatchObject({ draft: 'why?', attached: [PHOTO] })
  const ui: Ui = {
    composer: withDraft(emptyComposer(), 'why?'),
    notice: null,
    welcome: null,
    vim: null,
    enclosed: enclosedAgain([PHOTO]),
  }
  const context = { columns: 80, state: fresh(), presets: [], files: () => [] }
  const typed = pressed(ui, { type: 'text', text: '!' } as Key, context).ui
  expect(draftIn(typed)).toEqual({ text: 'why?!', attachments: [PHOTO] })
})

test('asked again by the key that goes on, it is no draft any more; another one stays', () => {
  const one = desk()
  one.happen(...begun('why?', ''), cut)
  one.happen({ type: 'asked', at: NOON + 900, text: 'why?' })
  expect(one.draft).toBe('')
  const other = desk('a thought')
  other.happen({ type: 'asked', at: NOON, text: 'why?' })
  expect(other.draft).toBe('a thought')
})

test('when the program ends the queue is kept aside; a question that is offered at the next start is no draft', () => {
  const one = desk()
  one.happen(...begun('why?', ''), queue('second'))
  one.unsent.leave()
  one.happen({ type: 'failed', at: NOON + 500, failure: interrupted() })
  expect(one).toMatchObject({ draft: '', queue: [], unsent: { queue: ['second'] } })
})

test('when its user leaves before a word came, the question is the draft of the next start', () => {
  const one = desk()
  one.happen(...begun('why?', ''), queue('second'))
  one.unsent.leave()
  one.happen({ type: 'stopped', at: NOON + 500 })
  expect(one).toMatchObject({ draft: 'why?', queue: [], unsent: { queue: ['second'] } })
})
