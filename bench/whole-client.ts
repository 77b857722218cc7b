/**
 * The client without a screen: wire, road, runtime, recorder and a history of its own on disk, against some server. What
 * is asked, and what is then looked at, is for others.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Choices } from '../src/core/conversation/choices.ts'
import { newConversation } from '../src/core/conversation.ts'
import { isEnd } from '../src/core/turn.ts'
import type { Patience } from '../src/core/weather/resilience.ts'
import { type Api, createApi } from '../src/io/api.ts'
import { createAside } from '../src/io/aside.ts'
import { type History, openHistory } from '../src/io/history.ts'
import { createRecorder } from '../src/modes/history/recorder.ts'
import { travel } from '../src/road.ts'
import { createRuntime, type Runtime } from '../src/runtime.ts'
import { CHOICES } from '../test/kit/choices.ts'

export interface WholeClientOptions {
  readonly url: string
  readonly choices?: Partial<Choices>
  readonly patience: Patience
  /** Silence that counts as a stall, in ms. */
  readonly stallAfterMs: number
  /** From 0 to 1, for the jitter of retries. */
  readonly chance: () => number
  /** Wall clock, ms. */
  readonly wallMs: () => number
  /** What is asked for in place of what was planned. */
  readonly around?: (api: Pick<Api, 'attempt'>) => Pick<Api, 'attempt'>
  /** The road of a turn; absent: the straight one. */
  readonly road?: (client: { readonly runtime: Runtime; readonly history: History }) => typeof travel
}

export interface WholeClient {
  readonly runtime: Runtime
  readonly history: History
  readonly api: Pick<Api, 'attempt'>
  /** Asks, and resolves when the turn is over. */
  ask(text: string): Promise<void>
  /** Resolves at the next end of a turn. */
  ended(): Promise<void>
  /** Saves what is left. @throws Error when it could not be */
  settle(): void
  close(): void
}

export async function openWholeClient(options: WholeClientOptions): Promise<WholeClient> {
  const { url, choices, patience, stallAfterMs, chance, wallMs, around = (api) => api } = options
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-bench-'))
  const now = () => performance.now()
  const client = createApi({ baseUrl: url, credential: { kind: 'key', secret: 'a-key', origin: 'bench' }, now })
  const api = around(client)
  const path = join(folder, 'history.db')
  const history = await openHistory(path)
  const recorder = createRecorder({
    ...{ kind: 'chat', origin: () => wallMs() - now(), onCopied: () => {}, onTakenOut: () => {} },
    aside: createAside(path),
    onTrouble(trouble) {
      if (trouble) throw trouble
    },
  })
  recorder.attach(history)
  const runtime: Runtime = createRuntime({
    state: newConversation({ ...CHOICES, ...choices }),
    send: (request, signal, emit) =>
      (options.road?.({ runtime, history }) ?? travel)(request, signal, emit, {
        ...{ api, patience, stallAfterMs, now, chance },
      }),
    frame: (flush) => void setImmediate(flush),
  })
  runtime.subscribe((state, event) => recorder.follow(state, event))
  const ended = () =>
    new Promise<void>((resolve) => {
      const leave = runtime.subscribe((_, event) => {
        if (!isEnd(event)) return
        leave()
        resolve()
      })
    })
  return {
    ...{ runtime, history, api, ended },
    ask(text) {
      const over = ended()
      runtime.dispatch({ type: 'asked', at: now(), text })
      return over
    },
    settle() {
      const left = recorder.close()
      if (left) throw new Error(`Not all of it was saved: ${left.problem}`)
    },
    close() {
      history.close()
      client.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
