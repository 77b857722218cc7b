/** A recorded session with attachments: it plays without their bytes, which are on no tape. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { type Head, TAPE_FORMAT } from '../../src/core/tape/tape.ts'
import { startDemo } from '../../src/demo/server.ts'
import { createApi } from '../../src/io/api.ts'
import { createShelf } from '../../src/io/attachments/shelf.ts'
import { travel } from '../../src/road.ts'
import { createRuntime } from '../../src/runtime.ts'
import { redacted } from '../../src/tape/redact.ts'
import { loadTape } from '../../src/tape/setup.ts'
import { createTaping } from '../../src/tape/taping.ts'
import { pdf, photo, type Sample, text } from '../kit/attachments.ts'
import { CHOICES } from '../kit/choices.ts'
import { type Lodging, lodge } from '../kit/lodging.ts'
import { replayed } from '../kit/replay.ts'

const now = () => performance.now()
const SAMPLES = [photo('harbour.png'), pdf('chart.pdf'), text('notes.txt', 'The pilot is called Annika.')]

let home: Lodging
beforeEach(() => {
  home = lodge()
})
afterEach(() => home.remove())

/** Two questions, the first with attachments. @returns the file, and what was answered */
async function recorded(redact: boolean, words = 'What is this?') {
  const path = join(home.home, redact ? 'redacted.jsonl' : 'tape.jsonl')
  const head: Head = {
    type: 'claude-tui-recording',
    ...{ format: TAPE_FORMAT, version: '1.2.3', started: '2026-11-21T10:00:00.000Z' },
    mode: 'chat',
    ...{ redacted: redact, choices: CHOICES, stallAfterMs: 90_000, models: [] },
  }
  const taping = createTaping({ path, head, redact, secrets: [], now })
  const demo = await startDemo({ speed: Number.POSITIVE_INFINITY })
  const shelf = createShelf()
  for (const { attachment, bytes } of SAMPLES) shelf.put(attachment.hash, bytes)
  const credential = { kind: 'key', secret: 'any', origin: 'test' } as const
  const api = createApi({ baseUrl: demo.url, credential, now, around: taping.around, shelf })
  const runtime = createRuntime({
    state: newConversation(CHOICES),
    frame: (flush) => flush(),
    send: (request, signal, emit) =>
      travel(request, signal, emit, {
        ...{ api, patience: { attempts: 1, deadlineMs: 1, firstDelayMs: 1, maxDelayMs: 1 } },
        ...{ stallAfterMs: 60_000, now, chance: () => 0 },
      }),
  })
  runtime.subscribe(taping.follow)
  const attachments = SAMPLES.map(({ attachment }) => attachment)
  for (const asking of [{ text: words, attachments }, { text: 'And that?' }]) {
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = runtime.subscribe((state) => state.live ?? resolve())
    runtime.dispatch({ type: 'asked', at: now(), ...asking })
    await promise
    stop()
  }
  taping.close()
  api.close()
  await demo.close()
  return { path, content: readFileSync(path, 'utf8'), state: runtime.state }
}

const base64 = ({ bytes }: Sample) => Buffer.from(bytes).toString('base64')

test('plays as it was, from a file without a byte of what was attached', async () => {
  const { path, content, state } = await recorded(false)
  expect(state.turns.map(({ end }) => end?.type)).toEqual(['finished', 'finished'])
  for (const sample of SAMPLES) expect(content).not.toContain(base64(sample).slice(0, 40))
  expect(content).not.toContain('Annika')
  const evening = await replayed(path)
  expect(evening).toMatchObject({ notes: [], left: 0 })
  expect(evening.state.turns.map(({ answer }) => answer)).toEqual(state.turns.map(({ answer }) => answer))
  expect(evening.state.turns[0]!.attachments).toEqual(SAMPLES.map(({ attachment }) => attachment))
})

test.each(['while it was made', 'later'])('redacted %s names nothing of it, and plays', async (when) => {
  const made = await recorded(when === 'while it was made')
  if (when === 'later') {
    writeFileSync(`${made.path}.2`, redacted(await loadTape(made.path)).join(''))
    made.path += '.2'
  }
  const content = readFileSync(made.path, 'utf8')
  for (const { attachment } of SAMPLES) {
    expect(content).not.toContain(attachment.hash)
    expect(content).not.toContain(attachment.name)
  }
  const evening = await replayed(made.path)
  expect(evening).toMatchObject({ notes: [], left: 0 })
  expect(evening.state.turns[0]!.attachments).toMatchObject([{ kind: 'image' }, { kind: 'pdf' }, { kind: 'text' }])
})

test('with nothing but an attachment asked is a question as well', async () => {
  const { path } = await recorded(false, '')
  expect(await replayed(path)).toMatchObject({ notes: [], left: 0 })
})
