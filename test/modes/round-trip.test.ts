/** What leaves as a file and comes back: the same document again, in a history that knew nothing and in one that did. */

import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readArgs } from '../../src/args.ts'
import type { Event } from '../../src/core/conversation.ts'
import { batchesOf } from '../../src/core/history/import/batches.ts'
import { condensed, shifted } from '../../src/core/history/record.ts'
import type { Brought, History } from '../../src/io/history.ts'
import { textOf } from '../../src/modes/history/exporting.ts'
import { runImport } from '../../src/modes/shell/import.ts'
import { conversation } from '../kit/conversations.ts'
import { type Shelf, shelf, turn } from '../kit/histories.ts'
import { fresh, lived } from '../kit/lived.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

type Form = 'json' | 'jsonl'

/** Puts events on a shelf under a name. */
function held(history: History, uid: string, events: readonly Event[], more = {}): void {
  const newcomer = { uid, kind: 'chat', createdMs: NOW - 9_000.5, batches: batchesOf(events), isUnbilled: false }
  history.bring([{ ...newcomer, ...more }], NOW)
}

function file(history: History, uid: string, form: Form): string {
  return [...textOf(history, history.meant(uid)[0]!, form, { branches: true }).pieces].join('')
}

async function brought(one: Shelf, text: string): Promise<readonly Brought[]> {
  let out = ''
  const code = await runImport(readArgs(['import', '-', '--json']), {
    write: (piece) => {
      out += piece
    },
    err: () => {},
    path: one.path,
    nowMs: () => NOW,
    stdin: Readable.from([Buffer.from(text)]) as NodeJS.ReadStream,
  })
  expect({ code, out: code === 0 ? '' : out }).toEqual({ code: 0, out: '' })
  return (JSON.parse(out) as { conversations: Brought[] }).conversations
}

const fates = async (one: Shelf, text: string) => (await brought(one, text)).map(({ fate }) => fate)

let uids = 0
const nextUid = () => `${String(++uids).padStart(8, '0')}-0000-4000-8000-000000000000`

describe.each<Form>(['json', 'jsonl'])('%s', (form) => {
  let here: Shelf
  let there: Shelf
  beforeAll(() => {
    here = shelf()
    there = shelf()
  })
  afterAll(async () => {
    await here[Symbol.asyncDispose]()
    await there[Symbol.asyncDispose]()
  })

  test('LAW: an export that is imported elsewhere is exported there as the same document, branches and all', async () => {
    const [from, to] = [await here.history(), await there.history()]
    const run = fc.asyncProperty(conversation, async (events) => {
      const uid = nextUid()
      const { saved, state } = lived(events)
      // A turn that is still running is told as it stands, and is over where it comes to.
      fc.pre(state.live === null && state.next > 1)
      const whole = [{ type: 'chosen', choices: fresh().choices } as const, ...condensed(saved)]
      held(
        from,
        uid,
        whole.map((event) => shifted(event, NOW - 1e7)),
        { updatedMs: NOW - 0.25 },
      )
      const text = file(from, uid, form)
      expect(await fates(there, text)).toEqual(['new'])
      expect(file(to, uid, form)).toBe(text)
      expect(await fates(there, text)).toEqual(['here'])
      expect(await fates(here, text)).toEqual(['here'])
    })
    await fc.assert(run, { numRuns: 60 })
  }, 60_000)

  const A = turn('a', 'A', NOW - 9_000)
  const B = turn('b', 'B', NOW - 6_000)
  const C = turn('c', 'C', NOW - 3_000)

  test('grows what is here by what is new, on whichever branch, and once', async () => {
    const [from, to] = [await here.history(), await there.history()]
    const uid = nextUid()
    const call = {
      type: 'billed',
      at: NOW - 5_000,
      purpose: 'title',
      model: 'claude-haiku-5-5',
      requestId: 'r',
    } as const
    const usage = { input: 9, output: 3, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, thinking: null }
    held(to, uid, [...A, { ...call, usage }])
    held(from, uid, [...A, { ...call, usage }, ...B, { type: 'moved', to: 1 }, ...C])
    const text = file(from, uid, form)
    expect(await brought(there, text)).toMatchObject([{ fate: 'grown', turns: 2 }])
    expect(JSON.parse(file(to, uid, 'json'))).toEqual(JSON.parse(file(from, uid, 'json')))
    expect(await fates(there, text)).toEqual(['here'])
    // What is older than what is here is nothing to do either.
    const less = nextUid()
    held(from, less, A)
    expect(await fates(there, file(from, less, form).replaceAll(less, uid))).toEqual(['here'])
  })

  test('that went on in both places comes beside what is here, once, and grows there', async () => {
    const [from, to] = [await here.history(), await there.history()]
    const uid = nextUid()
    held(to, uid, [...A, ...C])
    held(from, uid, [...A, ...B])
    const [copy] = await brought(there, file(from, uid, form))
    expect(copy).toMatchObject({ fate: 'copied', origin: uid, turns: 2 })
    expect(to.meant(uid)).toMatchObject([{ turns: 2 }])
    held(from, uid, [...A, ...B, ...C])
    expect(await brought(there, file(from, uid, form))).toMatchObject([{ uid: copy!.uid, fate: 'grown', turns: 1 }])
    expect(to.meant(copy!.uid)).toMatchObject([{ turns: 3 }])
  })

  test('that was given another name there is no other conversation', async () => {
    const [from, to] = [await here.history(), await there.history()]
    const uid = nextUid()
    held(to, uid, [...A, { type: 'titled', title: 'Mine', by: 'user' }])
    held(from, uid, [...A, { type: 'titled', title: 'Theirs', by: 'model' }, ...B])
    expect(await fates(there, file(from, uid, form))).toEqual(['grown'])
    expect(to.meant(uid)).toMatchObject([{ title: 'Mine', turns: 2 }])
  })

  test('that was written while an answer ran is here once that is over', async () => {
    const [from, to] = [await here.history(), await there.history()]
    const uid = nextUid()
    held(to, uid, [...A, ...B])
    const half = nextUid()
    held(from, half, A)
    const flying = B.slice(0, 4).map((event) => (event.type === 'delta' ? { ...event, text: '' } : event))
    from.note(from.meant(half)[0]!.id, 1, flying, NOW)
    expect(await fates(there, file(from, half, form).replaceAll(half, uid))).toEqual(['here'])
  })

  test('keeps when it was begun and touched last', async () => {
    const [from, to] = [await here.history(), await there.history()]
    const uid = nextUid()
    held(from, uid, A, { createdMs: NOW - 20_000, updatedMs: NOW - 7_000 })
    await brought(there, file(from, uid, form))
    expect(to.meant(uid)).toMatchObject([{ createdMs: NOW - 20_000, updatedMs: NOW - 7_000 }])
  })
})

test('one form is known again in the other', async () => {
  await using here = shelf()
  await using there = shelf()
  const [from, uid] = [await here.history(), nextUid()]
  held(from, uid, [...turn('a', 'A', NOW - 90), { type: 'moved', to: null }, ...turn('b', 'B', NOW - 60)])
  expect(await fates(there, file(from, uid, 'json'))).toEqual(['new'])
  expect(await fates(there, file(from, uid, 'jsonl'))).toEqual(['here'])
  expect(await fates(here, file(await there.history(), uid, 'json'))).toEqual(['here'])
})
