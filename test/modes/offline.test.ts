/** A message that found no network, over the wire: the real client, and a server that comes up later. */

import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Question } from '../../src/core/attachments.ts'
import { type Event, newConversation } from '../../src/core/conversation.ts'
import { fitted, inFull } from '../../src/core/text/steps.ts'
import { type Demo, startDemo } from '../../src/demo/server.ts'
import { type Api, createApi } from '../../src/io/api.ts'
import { networkKeeper } from '../../src/modes/thrift/offline.ts'
import type { Keeper, ThriftParts } from '../../src/modes/thrift.ts'
import { createRuntime, type Runtime } from '../../src/runtime.ts'
import { CHOICES } from '../kit/choices.ts'

const CTRL_S = { type: 'chord', char: 's', ctrl: true, alt: false, shift: false } as const
const ESCAPE = { type: 'key', name: 'escape', ctrl: false, alt: false, shift: false } as const

let port = 0
let clock = 0
let demo: Demo | null = null
let api: Api
let runtime: Runtime
let keeper: Keeper
let draft: Question
let said: unknown[]
/** Called when something is drawn. */
let drawn: () => void

const OFFER = 'Ctrl+S sends it by itself as soon as the network is back.'
const tag = () => inFull(keeper.tag?.() ?? '')

const until = async (isSo: () => boolean) => {
  while (!isSo()) {
    await new Promise<void>((resolve) => {
      drawn = resolve
    })
  }
}
const ask = (text: Question) => runtime.dispatch({ type: 'asked', at: clock, text: text as string })
const isOver = () => runtime.state.live === null && runtime.state.turns.length > 0
/** The time of the next look comes, and the look is over. */
const nextLook = async () => {
  clock += 60_000
  vi.runOnlyPendingTimers()
  await until(() => !tag().includes('looking'))
}
const networkReturns = async (script = 'text "here"') => {
  demo = await startDemo({ port, speed: Number.POSITIVE_INFINITY, script })
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const free = createServer()
  await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening))
  ;({ port } = free.address() as { port: number })
  await new Promise((closed) => free.close(closed))
  clock = 0
  said = []
  draft = ''
  drawn = () => {}
  const baseUrl = `http://127.0.0.1:${port}`
  api = createApi({ baseUrl, credential: { kind: 'key', secret: 'any', origin: 'test' }, now: () => clock })
  runtime = createRuntime({
    state: newConversation(CHOICES),
    send: (request, signal, emit) => api.attempt(request, 1, signal, emit),
    frame: (flush) => void setImmediate(flush),
  })
  keeper = networkKeeper({
    ...{ runtime, now: () => clock, ask, say: (remark: unknown) => said.push(remark), draw: () => drawn() },
    draft: () => draft,
    setup: () => ({ api, replay: null }),
  } as unknown as ThriftParts)
  runtime.subscribe((state, event: Event) => {
    keeper.follow?.(state, event)
    // As the screen does: what was not sent goes back to the composer.
    if (event.type === 'failed') draft = state.turns.at(-1)!.question
    if (event.type === 'asked') draft = ''
    drawn()
  })
})
afterEach(async () => {
  keeper.close?.()
  api.close()
  await demo?.close()
  demo = null
  vi.useRealTimers()
})

test('waits if the person says so, looks now and then, and is sent once when the network is back', async () => {
  ask('Are you there?')
  await until(isOver)
  expect(keeper.tag?.()).toBe(OFFER)
  expect(keeper.onKey?.(CTRL_S)).toBe(true)
  expect(tag()).toMatch(/^Waiting for the network, next look in 1s\. It is sent by itself then/)
  expect(fitted(keeper.tag?.() ?? '', 60)).toBe('Waiting for the network, next look in 1s. Esc stops.')
  await nextLook()
  expect(tag()).toMatch(/next look in 2s/)
  await nextLook()
  expect(tag()).toMatch(/next look in 4s/)
  await networkReturns()
  clock += 60_000
  vi.runOnlyPendingTimers()
  await until(() => runtime.state.turns.at(-1)?.answer === 'here')
  expect(said).toEqual(['The network is back after 3 minutes: sent.'])
  expect(keeper.tag?.()).toBeNull()
  expect(demo!.requests.filter(({ path }) => path === '/v1/messages').length).toBe(1)
})

test('a login page in place of the API is waited out, and never shown the key again', async () => {
  const seen: IncomingHttpHeaders[] = []
  const portal = createHttpServer(({ headers }, response) => {
    seen.push(headers)
    response.setHeader('content-type', 'text/html').end('<html>Welcome to the hotel</html>')
  })
  await new Promise<void>((listening) => portal.listen(port, '127.0.0.1', listening))
  ask('Are you there?')
  await until(isOver)
  expect(tag()).toBe('Ctrl+S sends it by itself as soon as the API itself answers.')
  expect(keeper.onKey?.(CTRL_S)).toBe(true)
  await nextLook()
  expect(tag()).toMatch(/^Waiting for the API itself, next look in 2s/)
  expect(seen.length).toBe(2)
  expect(JSON.stringify(seen[1])).not.toMatch(/x-api-key|authorization/)
  await new Promise((closed) => {
    portal.close(closed)
    portal.closeAllConnections()
  })
  await networkReturns()
  clock += 60_000
  vi.runOnlyPendingTimers()
  await until(() => runtime.state.turns.at(-1)?.answer === 'here')
  expect(said).toEqual(['The API answers after 2 minutes: sent.'])
})

test('Esc stops waiting; the message is still there, and so is the offer', async () => {
  ask('Are you there?')
  await until(isOver)
  keeper.onKey?.(CTRL_S)
  expect(keeper.onKey?.(ESCAPE)).toBe(true)
  expect(keeper.onKey?.(ESCAPE)).toBe(false)
  expect({ draft, tag: keeper.tag?.() }).toEqual({ draft: 'Are you there?', tag: OFFER })
  await networkReturns()
  vi.runOnlyPendingTimers()
  expect(demo!.requests).toEqual([])
})

test('whoever changes it has taken it back', async () => {
  ask('Are you there?')
  await until(isOver)
  keeper.onKey?.(CTRL_S)
  draft = 'Are you there at all?'
  keeper.drawn?.()
  expect(said).toEqual(['No longer waiting for the network: what you wrote is yours to send.'])
  // It is not offered again: what was taken back is not sent by itself.
  expect(keeper.tag?.()).toBeNull()
})

test('another question takes its place', async () => {
  ask('Are you there?')
  await until(isOver)
  keeper.onKey?.(CTRL_S)
  await networkReturns()
  ask('And you?')
  expect(keeper.tag?.()).toBeNull()
  await until(() => runtime.state.turns.at(-1)?.answer === 'here')
  vi.runOnlyPendingTimers()
  expect(runtime.state.turns.length).toBe(2)
})

test('what is wrong for good is not waited for', async () => {
  await networkReturns('401')
  ask('Are you there?')
  await until(isOver)
  expect(keeper.tag?.()).toBeNull()
  expect(keeper.onKey?.(CTRL_S)).toBe(false)
  const tell = vi.fn()
  void keeper.commands?.wait?.('', tell)
  expect(tell).toHaveBeenCalledWith(expect.stringContaining('Nothing waits for the network'))
})
