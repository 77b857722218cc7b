/** Evenings with attachments: the real client, the demo server, a history on disk, one program after the other. */

import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { enclosedPreview } from '../../src/core/attachments/enclosure-words.ts'
import { enclosedAgain } from '../../src/core/attachments/enclosures.ts'
import { type Asking, askingOf, attachedTo, type Question } from '../../src/core/attachments.ts'
import { cacheOutlook } from '../../src/core/cache/outlook.ts'
import { retried, undone } from '../../src/core/conversation/branching.ts'
import { type Event, fold, newConversation, type State } from '../../src/core/conversation.ts'
import { arrivalsIn } from '../../src/core/history/import/arrivals.ts'
import { modelCard, priceFor } from '../../src/core/models.ts'
import { planRequest } from '../../src/core/request/plan.ts'
import { goingOn } from '../../src/core/turn/going-on.ts'
import { promptTokens } from '../../src/core/turn.ts'
import { carriedFacts } from '../../src/core/window/compaction/kept-facts.ts'
import { spanOf } from '../../src/core/window/compaction/span.ts'
import { roomIn } from '../../src/core/window/compaction/when.ts'
import { contextUsed, nextPrompt } from '../../src/core/window/meter.ts'
import { roomReport } from '../../src/core/window/room-report.ts'
import { type Demo, startDemo } from '../../src/demo/server.ts'
import { createApi } from '../../src/io/api.ts'
import { createAside } from '../../src/io/aside.ts'
import { base64From, createShelf } from '../../src/io/attachments/shelf.ts'
import { type History, openHistory } from '../../src/io/history.ts'
import { textOf } from '../../src/modes/history/exporting.ts'
import { newcomer } from '../../src/modes/history/newcomer.ts'
import { recall } from '../../src/modes/history/recall.ts'
import { createRecorder } from '../../src/modes/history/recorder.ts'
import { attachedSource, isSource } from '../../src/modes/picking/attached.ts'
import { travel } from '../../src/road.ts'
import { createRuntime } from '../../src/runtime.ts'
import { count, room } from '../io/history-kit.ts'
import { pdf, photo, type Sample, text } from '../kit/attachments.ts'
import { CHOICES } from '../kit/choices.ts'

const FRESH = newConversation({ ...CHOICES, cacheTtl: '5m' })
const PATIENCE = { attempts: 3, deadlineMs: 60_000, firstDelayMs: 1, maxDelayMs: 1 }
const now = () => performance.now()

let place: ReturnType<typeof room>
let demo: Demo
const open: (() => void)[] = []
beforeEach(async () => {
  place = room()
  demo = await startDemo({ speed: Number.POSITIVE_INFINITY })
})
afterEach(async () => {
  for (const close of open.splice(0)) close()
  await demo.close()
  place[Symbol.dispose]()
})

/** A program that runs: what it is asked goes to the server and into the history. */
async function program(resumed: number | null = null) {
  const history = await openHistory(place.path)
  const shelf = createShelf()
  shelf.back(history)
  const credential = { kind: 'key', secret: 'any', origin: 'test' } as const
  const api = createApi({ baseUrl: demo.url, credential, now, shelf })
  const aside = createAside(place.path, base64From(shelf.get))
  const parts = { kind: 'chat', origin: () => performance.timeOrigin, aside, shelf: () => shelf } as const
  const recorder = createRecorder({ ...parts, onTrouble() {}, onCopied() {}, onTakenOut() {} })
  recorder.attach(history)
  const past =
    resumed === null ? null : await recall(resumed, { history, fresh: FRESH, origin: performance.timeOrigin })
  const send: Parameters<typeof createRuntime>[0]['send'] = (request, signal, emit) =>
    travel(request, signal, emit, { api, patience: PATIENCE, stallAfterMs: 60_000, now, chance: () => 0 })
  const runtime = createRuntime({ state: FRESH, send, frame: (flush) => flush() })
  runtime.subscribe(recorder.follow)
  if (past) {
    recorder.adopt(past.id, past.rows, history.one(past.id)!.uid)
    runtime.dispatch({ type: 'resumed', past: past.state })
  }
  const over = () =>
    new Promise<void>((resolve) => {
      const stop = runtime.subscribe((state) => {
        if (state.live) return
        stop()
        resolve()
      })
    })
  const dispatch = (question: Question) => runtime.dispatch({ type: 'asked', at: now(), ...askingOf(question) })
  const close = () => {
    recorder.close()
    api.close()
    history.close()
  }
  open.push(close)
  return {
    ...{ history, shelf, runtime, recorder, dispatch, over, api },
    get state() {
      return runtime.state
    },
    /** Lays the bytes on the shelf, as whoever attaches them does. */
    with(words: string, ...samples: readonly Sample[]): Asking {
      for (const { attachment, bytes } of samples) shelf.put(attachment.hash, bytes)
      return { text: words, attachments: samples.map(({ attachment }) => attachment) }
    },
    async ask(question: Question) {
      const done = over()
      dispatch(question)
      await done
      return runtime.state.turns.at(-1)!
    },
    leave() {
      open.splice(open.indexOf(close), 1)
      close()
    },
  }
}

interface Body {
  readonly messages: readonly {
    readonly content: readonly { readonly type: string; readonly [key: string]: unknown }[]
  }[]
}
const bodies = () => demo.requests.filter(({ path }) => path === '/v1/messages').map(({ body }) => body as Body)
const kinds = (body: Body, message = 0) => body.messages[message]!.content.map(({ type }) => type)
/** Without marks: they are no part of what is cached. */
const sha = (value: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(value, (name, part) => (name === 'cache_control' ? undefined : part)))
    .digest('hex')

describe('a question with attachments', () => {
  test('goes out as the API takes it, before its words, and is counted', async () => {
    const chat = await program()
    const asking = chat.with('What is this?', photo(), pdf(), text())
    const guess = nextPrompt(chat.state, asking)
    const turn = await chat.ask(asking)
    expect(turn.end?.type).toBe('finished')
    expect(kinds(bodies()[0]!)).toEqual(['image', 'document', 'document', 'text'])
    const [image, paper, notes] = bodies()[0]!.messages[0]!.content
    expect(image).toMatchObject({ source: { type: 'base64', media_type: 'image/png' } })
    expect(paper).toMatchObject({ title: 'paper.pdf', source: { type: 'base64', media_type: 'application/pdf' } })
    expect(notes).toMatchObject({
      title: 'notes.txt',
      source: { type: 'text', media_type: 'text/plain', data: 'The harbour opens at six.' },
    })
    // The estimate before, the server's count after.
    expect(guess.from).toBe('estimate')
    expect(contextUsed(chat.state, '').from).toBe('server')
    expect(promptTokens(turn.usage!)).toBeGreaterThan(42 * 32)
    expect(Math.abs(promptTokens(turn.usage!) - guess.value)).toBeLessThan(0.2 * guess.value)
  })

  test('of one image is estimated to a few tokens of the server’s count', async () => {
    const chat = await program()
    const asking = chat.with('And?', photo('a.png', 1920, 1080))
    const guess = nextPrompt(chat.state, asking).value
    expect(Math.abs(promptTokens((await chat.ask(asking)).usage!) - guess)).toBeLessThan(10)
  })

  test('may be nothing but an attachment', async () => {
    const chat = await program()
    expect((await chat.ask(chat.with('', photo()))).end?.type).toBe('finished')
    expect(kinds(bodies()[0]!)).toEqual(['image'])
    expect(chat.history.list({ limit: 1 })[0]!.title).toBe('photo.png')
    expect(chat.history.search('photo.png', 5)).toHaveLength(1)
  })

  test('waits in the queue, and is tried again, with all of it', async () => {
    const chat = await program()
    demo.enqueue('529')
    const first = chat.over()
    chat.dispatch(chat.with('One?', photo('one.png')))
    chat.dispatch(chat.with('Two?', text('two.txt')))
    expect(chat.state.queue.map(attachedTo)).toMatchObject([[{ name: 'two.txt' }]])
    await first
    expect(bodies().map((body) => kinds(body))).toEqual([
      ['image', 'text'],
      ['image', 'text'],
      ['image', 'text'],
    ])
    expect(kinds(bodies()[2]!, 2)).toEqual(['document', 'text'])
    expect(chat.state.turns.map(({ attachments }) => attachments?.[0]?.name)).toEqual(['one.png', 'two.txt'])
  })

  test('is asked again, taken back and gone on from with what went with it', async () => {
    const chat = await program()
    const asking = chat.with('What?', photo())
    await chat.ask(asking)
    const [again, back] = [retried(chat.state, '', now()), undone(chat.state, now())]
    expect(again).toMatchObject({ asks: asking })
    expect(back).toMatchObject({ draft: asking })
    demo.enqueue('cut after=0')
    chat.runtime.dispatch({ type: 'moved', to: null })
    await chat.ask(asking)
    expect(chat.state.branches[0]!.attachments).toEqual(asking.attachments)
    const cut = {
      ...chat.state,
      turns: [{ ...chat.state.turns[0]!, answer: '', end: { type: 'stopped', at: 1 } as const }],
    }
    expect(goingOn(cut)?.question).toEqual(asking)
  })
})

describe('the prompt cache', () => {
  test('is counted on before a question that was taken back is asked again', async () => {
    const chat = await program()
    const asking = chat.with('What is this?', photo('big.png', 1900, 1900))
    await chat.ask(asking)
    chat.runtime.dispatch({ type: 'moved', to: null })
    const told = (typed: string) =>
      enclosedPreview(chat.state, enclosedAgain(asking.attachments!), now(), () => typed).usd!.value
    const [again, other] = [told('What is this?'), told('What else?')]
    expect(other).toBeGreaterThan(20 * again)
    const { usage, model } = await chat.ask(asking)
    const { read, write5m } = priceFor(modelCard(model), usage!.cacheRead)!
    expect(usage!.cacheWrite5m).toBe(0)
    expect(again).toBeLessThan(1.2 * ((usage!.cacheRead * read + 20 * write5m) / 1e6))
  })

  test('finds what was attached before, and marks it', async () => {
    const chat = await program()
    await chat.ask(chat.with('What is this?', photo('big.png', 1900, 1900)))
    const second = await chat.ask('And that?')
    expect(second.usage!.cacheRead).toBeGreaterThan(4_000)
    await chat.ask('And then?')
    const [message] = bodies()[2]!.messages
    expect(message!.content.map(({ cache_control: mark }) => mark)).toEqual([
      undefined,
      { type: 'ephemeral', ttl: '5m' },
    ])
  })

  test('is lost when an image comes, and the outlook says so before', async () => {
    const chat = await program()
    await chat.ask(chat.with('What is this?', photo('big.png', 1900, 1900)))
    const another = chat.with('And this?', photo('other.png', 800, 600))
    expect(cacheOutlook(chat.state, 1, 'And?', now()).held).toMatchObject({ turn: 1 })
    expect(cacheOutlook(chat.state, 1, another, now()).held).toBeNull()
    expect((await chat.ask(another)).usage!.cacheRead).toBe(0)
  })
})

describe('another program', () => {
  test('that goes on with a conversation sends the same bytes again', async () => {
    const first = await program()
    await first.ask(first.with('What is this?', photo('big.png', 1900, 1900), pdf(), text()))
    const { conversation } = first.recorder
    first.leave()
    const second = await program(conversation)
    const turn = await second.ask('And now?')
    const [before, after] = bodies()
    expect(sha(after!.messages.slice(0, 1))).toBe(sha(before!.messages))
    expect(turn.usage!.cacheRead).toBeGreaterThan(4_000)
  })

  test('that finds a file gone says so to the model, and asks nothing about one that is', async () => {
    const first = await program()
    const asking = first.with('What is this?', photo())
    await first.ask(asking)
    const { conversation } = first.recorder
    first.leave()
    const { rawly } = await import('../io/history-kit.ts')
    rawly(place.path, (db) => db.exec('delete from blobs'))
    const second = await program(conversation)
    await second.ask('And now?')
    expect(bodies()[1]!.messages[0]!.content[0]).toEqual({
      type: 'text',
      text: '[photo.png was attached here and is no longer at hand.]',
    })
    const refused = await second.ask(asking)
    expect(refused.end).toMatchObject({ type: 'failed', failure: { kind: 'invalid' } })
    expect(refused.end?.type === 'failed' && refused.end.failure.remedy).toBe('Attach it again and ask once more.')
    expect(bodies()).toHaveLength(2)
  })

  test('takes in what the history could not be told, bytes and all', async () => {
    const first = await program()
    const lone = createShelf()
    const sample = photo()
    lone.put(sample.attachment.hash, sample.bytes)
    const aside = createAside(place.path, base64From(lone.get))
    const events: readonly Event[] = [{ type: 'asked', at: 1, text: 'q', attachments: [sample.attachment] }]
    aside.write([{ uid: '00000000-0000-4000-8000-000000000001', kind: 'chat', createdMs: 1, after: 0, events }])
    const { readFileSync } = await import('node:fs')
    const read = [...arrivalsIn(readFileSync(aside.path), 'aside', Date.now())]
    first.history.bring(
      read.map((one) => newcomer(one)),
      Date.now(),
    )
    expect(first.history.blob(sample.attachment.hash)).toEqual(new Uint8Array(sample.bytes))
  })
})

describe('the history', () => {
  const rows = () => ({ blobs: count(place.path, 'blobs'), attached: count(place.path, 'attached') })
  const asked = async (chat: Awaited<ReturnType<typeof program>>, ...samples: readonly Sample[]) => {
    await chat.ask(chat.with('What?', ...samples))
    const id = chat.recorder.conversation!
    chat.runtime.dispatch({ type: 'cleared' })
    return id
  }
  const removed = (history: History, id: number) => {
    history.bin(id, 1)
    return history.prune(null, Date.now() + 1)
  }

  test('holds bytes once, for as long as a conversation refers to them', async () => {
    const chat = await program()
    const one = await asked(chat, photo(), text())
    const two = await asked(chat, photo('the same.png'))
    chat.runtime.dispatch({ type: 'cleared' })
    expect(rows()).toEqual({ blobs: 2, attached: 3 })
    chat.history.bin(one, 1)
    // What only lies in the bin is still there.
    expect(rows()).toEqual({ blobs: 2, attached: 3 })
    // Touched after it was binned: a later time takes it.
    expect(removed(chat.history, one)).toBe(1)
    expect(rows()).toEqual({ blobs: 1, attached: 1 })
    expect(removed(chat.history, two)).toBe(1)
    expect(rows()).toEqual({ blobs: 0, attached: 0 })
  })

  test('holds them from the first moment, and for a copy', async () => {
    const chat = await program()
    demo.enqueue('hold')
    const done = chat.over()
    chat.dispatch(chat.with('What?', photo()))
    await demo.held()
    expect(rows()).toEqual({ blobs: 1, attached: 1 })
    demo.release()
    await done
    const id = chat.recorder.conversation!
    // As long as it is open, nobody removes it.
    chat.history.vacate(id)
    const { summary } = {
      summary: { title: 't', titleBy: 'question', turns: 1, model: 'm', ended: 'finished' } as const,
    }
    const copy = chat.history.copy(id, 1, { summary, costUsd: 0, costIsEstimate: false, unpriced: 0, wallMs: 5 })
    expect(rows()).toEqual({ blobs: 1, attached: 2 })
    removed(chat.history, id)
    expect(rows()).toEqual({ blobs: 1, attached: 1 })
    removed(chat.history, copy.id)
    expect(rows()).toEqual({ blobs: 0, attached: 0 })
  })

  test('gives them away in a file of events, and takes them from one', async () => {
    const chat = await program()
    const sample = photo()
    const id = await asked(chat, sample)
    const listed = chat.history.one(id)!
    const file = (format: 'jsonl' | 'json' | 'md' | 'html') =>
      [...textOf(chat.history, listed, format, { branches: true }).pieces].join('')
    const said = 'photo.png · 1176x882 · '
    expect(file('md')).toContain(said)
    expect(file('html')).toContain(said)
    expect(file('md')).toContain('1,344 tokens')
    const [lines, document] = [file('jsonl'), file('json')]
    expect(JSON.parse(document).turns[0].attachments).toEqual([sample.attachment])
    expect(document.length).toBeLessThan(lines.length)
    removed(chat.history, id)
    const bring = (text: string) =>
      chat.history.bring(
        Array.from(arrivalsIn(Buffer.from(text), 'file', Date.now()), (one) => newcomer(one)),
        Date.now(),
      )
    bring(document)
    expect(rows()).toEqual({ blobs: 0, attached: 1 })
    expect(bring(lines)).toMatchObject([{ fate: 'here' }])
    expect(rows()).toEqual({ blobs: 1, attached: 1 })
    expect(chat.history.blob(sample.attachment.hash)).toEqual(new Uint8Array(sample.bytes))
    expect(() => bring(lines.replace(/"base64":"..../, '"base64":"AAAA'))).toThrow('some with the sha256')
  })
})

describe('what is too large', () => {
  test('is also more than twenty images of which an earlier one is large: nothing is sent', async () => {
    const chat = await program()
    await chat.ask(chat.with('One?', photo('large.png', 2400, 60)))
    const many = Array.from({ length: 20 }, (_, i) => photo(`${i}.png`, 90, 60, i))
    const { end } = await chat.ask(chat.with('And these?', ...many))
    expect(end).toMatchObject({
      failure: { kind: 'too-long', reason: expect.stringMatching(/^Not sent: .* 21 images; .* and large\.png is\./) },
    })
    expect(bodies()).toHaveLength(1)
    expect((await chat.ask(chat.with('And these?', ...many.slice(1)))).end?.type).toBe('finished')
  })

  test('is refused before it is sent, with the way out', async () => {
    const chat = await program()
    const bytes = new Uint8Array(13_000_000)
    const large = (name: string): Sample => ({
      bytes,
      attachment: {
        ...photo(name).attachment,
        hash: createHash('sha256').update(name).digest('hex'),
        bytes: bytes.length,
      },
    })
    const turn = await chat.ask(chat.with('Both?', large('a.png'), large('b.png')))
    expect(turn.end).toMatchObject({ type: 'failed', failure: { kind: 'too-long' } })
    expect(turn.end?.type === 'failed' && `${turn.end.failure.reason} ${turn.end.failure.remedy}`).toBe(
      'Not sent: with its 2 attachments the request has 34.7 MB, and the API takes at most 33.6 MB. Attach fewer or smaller files.',
    )
    expect(turn.times.sent).toBeNull()
    expect(demo.requests).toHaveLength(0)
    // No summary makes it smaller: none is due.
    expect(roomIn(chat.state)).toMatchObject({ isDue: false, isFull: false })
  })
})

describe('the window', () => {
  test('/context names attachments with their rent, and a dropped turn takes its own along', async () => {
    const chat = await program()
    await chat.ask(chat.with('What is this?', photo()))
    await chat.ask('And?')
    const list = (state: State) =>
      (
        roomReport(state, { msPerToken: 0.1, answers: 1 }) as readonly { readonly list?: readonly string[][] }[]
      ).flatMap((one) => one.list ?? [])
    expect(list(chat.state).map(([name]) => name)).toEqual(['1 What is this? [photo.png]', '  photo.png', '2 And?'])
    expect(list(chat.state)[1]![1]).toMatch(/^~1\.3k tokens, /)
    const before = contextUsed(chat.state, '').value
    chat.runtime.dispatch({ type: 'marked', turn: 1, as: 'dropped' })
    expect(planRequest(chat.state, 'q').messages.flatMap(({ attachments = [] }) => attachments)).toEqual([])
    expect(contextUsed(chat.state, '').value).toBeLessThan(before - 1_300)
  })

  test('a summary names what was attached, a pinned turn keeps it', async () => {
    const chat = await program()
    await chat.ask(chat.with('What is this?', photo()))
    await chat.ask(chat.with('And this?', text()))
    await chat.ask('x'.repeat(30_000))
    const span = spanOf(chat.state)!
    expect(carriedFacts(chat.state, span.upTo)).toEqual([
      expect.stringMatching(/^Attached to question 1: photo\.png · 1176x882 · /),
      'Attached to question 2: notes.txt · text · 25 B',
    ])
    const summarised = { type: 'summarised', at: now(), upTo: 2, of: null, kind: 'summary', text: 'All.' } as const
    chat.runtime.dispatch({ type: 'marked', turn: 1, as: 'pinned' })
    chat.runtime.dispatch({ ...summarised, facts: carriedFacts(chat.state, span.upTo) })
    const { messages } = planRequest(chat.state, 'q')
    expect(messages[0]!.text).toContain('photo.png')
    expect(messages[2]!.attachments).toMatchObject([{ name: 'photo.png' }])
    expect(messages.flatMap(({ attachments = [] }) => attachments)).toHaveLength(1)
  })
})

test('/attachments lists while an answer runs, and leaves nothing out meanwhile', () => {
  const { attachment } = photo('wall.png', 10, 10)
  const state = fold(newConversation(CHOICES), [
    { type: 'asked', at: 0, text: 'What is this?', attachments: [attachment] },
    { type: 'sent', at: 1, attempt: 1, model: 'claude-sonnet-5-5' },
  ])
  expect(state.live).not.toBeNull()
  const source = attachedSource({ runtime: { state, dispatch() {} }, now: () => 2, say() {} })
  expect(isSource(source)).toBe(false)
  expect(JSON.stringify(source)).not.toContain('An answer is running')
})
