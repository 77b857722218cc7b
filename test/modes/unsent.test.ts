/** What becomes of words that were not sent, and of those that were after all. */

import { describe, expect, test } from 'vitest'
import { enclosedAgain, enclosedIn, readyIn } from '../../src/core/attachments/enclosures.ts'
import type { Attachment } from '../../src/core/attachments.ts'
import type { Key } from '../../src/core/chat/keys.ts'
import { emptyComposer, withDraft } from '../../src/core/composer/composer.ts'
import { type Event, type State, update } from '../../src/core/conversation.ts'
import { failure, interrupted } from '../../src/core/weather/failures.ts'
import { pressed } from '../../src/modes/chat/pressing.ts'
import { createUnsent } from '../../src/modes/chat/unsent.ts'
import { draftIn, type Ui } from '../../src/modes/chat/view.ts'
import { begun, NOON } from '../io/history-kit.ts'
import { PHOTO, photo } from '../kit/attachments.ts'
import { fresh } from '../kit/lived.ts'

/** A chat with a draft in it. */
function desk(draft = '', attached: readonly Attachment[] = []) {
  let ui: Ui = {
    ...{ composer: withDraft(emptyComposer(), draft), notice: null, welcome: null, vim: null },
    enclosed: enclosedAgain(attached),
  }
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
  const unsent = createUnsent({ runtime, now: () => NOON + 600, ui: () => ui, show, changed() {} })
  return {
    unsent,
    happen: (...events: readonly Event[]) => events.forEach(runtime.dispatch),
    press(...keys: readonly ('up' | 'down' | 'enter')[]) {
      const context = { columns: 80, state, presets: [], files: () => [] }
      for (const name of keys) ui = pressed(ui, { type: 'key', name } as Key, context).ui
    },
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
    notice: '2 messages were not sent. Up brings back what you wrote.',
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

describe('each message that was not sent', () => {
  const [cat, dog] = [photo('cat.png', 10, 10, 1).attachment, photo('dog.png', 10, 10, 2).attachment]
  const lain = (draft: string, ...attached: readonly Attachment[]) => ({ draft, attached })

  test('keeps what went with it: it lies beside the draft whenever its words are on the page', () => {
    const one = desk()
    const [asked, ...rest] = begun('why?', '')
    const queued = (text: string, attachment: Attachment): Event => ({
      ...{ type: 'asked', at: NOON + 450, text, attachments: [attachment] },
    })
    one.happen({ ...(asked as Event & { type: 'asked' }), attachments: [PHOTO] }, ...rest)
    one.happen(queued('what swims?', cat), queued('', dog), cut)
    expect(one).toMatchObject(lain('why?', PHOTO))
    one.press('up')
    expect(one).toMatchObject(lain('[dog.png]', dog))
    one.press('up')
    expect(one).toMatchObject(lain('what swims?', cat))
    one.press('down', 'down')
    expect(one).toMatchObject(lain('why?', PHOTO))
    // Until they are sent, they are kept on disk.
    expect(one.unsent.queue).toEqual([
      { text: 'what swims?', attachments: [cat] },
      { text: '', attachments: [dog] },
    ])
    one.happen(queued('what swims?', cat))
    expect(one.unsent.queue).toEqual([{ text: '', attachments: [dog] }])
    // As it stands in history. It waits for the answer before it, and not a second time.
    one.happen(queued('[dog.png]', dog))
    expect(one.unsent.queue).toEqual([{ text: '[dog.png]', attachments: [dog] }])
  })

  test('waits behind a draft with files of its own, which come back with it', () => {
    const one = desk('a thought', [dog])
    const [asked, ...rest] = begun('why?', '')
    one.happen({ ...(asked as Event & { type: 'asked' }), attachments: [PHOTO] }, ...rest, cut)
    expect(one).toMatchObject(lain('a thought', dog))
    one.press('up')
    expect(one).toMatchObject(lain('why?', PHOTO))
    one.press('down')
    expect(one).toMatchObject(lain('a thought', dog))
    expect(one.unsent.queue).toEqual([{ text: 'why?', attachments: [PHOTO] }])
  })
})

test('what waits is counted once each, with files or without, until it is sent', () => {
  const one = desk()
  one.happen(...begun('why?', 'because'), queue('second'), queue('third'), queue('fourth'), cut)
  expect(one).toMatchObject({ draft: 'second', unsent: { queue: ['third', 'fourth'] } })
  // Turning pages changes nothing of it.
  one.press('up', 'down')
  one.happen(...begun('again?', 'because').map((event) => ({ ...event })), queue('fifth'), cut)
  expect(one.unsent.queue).toEqual(['third', 'fourth', 'fifth'])
  one.happen(queue('fourth'))
  expect(one.unsent.queue).toEqual(['third', 'fifth'])
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

test('what waited behind an answer that was cut off goes out behind the rest of it, by the key that goes on', () => {
  const one = desk()
  const goOn = () => {
    one.happen({ type: 'asked', at: NOON + 550, text: 'Go on.' })
    return true
  }
  one.happen(...begun('why?', 'because'), queue('second'), queue('third'), cut)
  expect(one).toMatchObject({
    draft: 'second',
    queue: [],
    notice: 'Tab goes on with the cut answer first, Enter sends this now. 2 unsent: Up.',
  })
  expect(one.unsent.goOn(false, goOn)).toBe(true)
  expect(one).toMatchObject({ draft: '', queue: ['second', 'third'], notice: null })
  // A row of 80 has both keys in it, one of 40 the first.
  const many = desk()
  many.happen(...begun('why?', 'because'), ...Array.from({ length: 99 }, (_, at) => queue(`${at}`)), cut)
  expect(`  ${many.notice}`.length).toBeLessThan(80)
  expect(`  ${many.notice}`.slice(0, 39)).toMatch(/^ {2}Tab goes on with the cut answer first$/)
  // Another draft is none of its business.
  const other = desk('a thought')
  other.happen(...begun('why?', 'because'), queue('second'), cut)
  expect(other.unsent.goOn(false, () => true)).toBe(false)
  expect(other.draft).toBe('a thought')
})

test('a notice of what was not sent goes once that is on its way, and is about the rest until then', () => {
  const one = desk('a thought')
  one.happen(...begun('why?', ''), queue('second'), cut)
  expect(one.notice).toMatch(/^2 messages were not sent/)
  one.happen({ type: 'asked', at: NOON + 900, text: 'why?' })
  expect(one).toMatchObject({ draft: 'a thought', notice: expect.stringMatching(/^1 message was not sent/) })
  one.happen({ type: 'finished', at: NOON + 950, stopReason: 'end_turn', explanation: null })
  one.happen({ type: 'asked', at: NOON + 960, text: 'another' }, cut)
  one.happen({ type: 'asked', at: NOON + 970, text: 'another' })
  expect(one.notice).toBeNull()
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
