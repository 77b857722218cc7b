/**
 * The door to `thrift`, which is loaded after the first paint: until then what happens is noted for it, and a question
 * that comes that early is kept from nobody.
 */

import type { Event, State } from '../core/conversation.ts'
import type { Key } from '../core/keys.ts'
import type { Remark } from '../core/remark.ts'
import type { Thrift, ThriftCommand, ThriftParts } from './thrift.ts'

export interface LateThrift extends Pick<Thrift, 'follow' | 'run' | 'mayAsk' | 'close'> {
  /** Loads it, once. */
  open(): Promise<void>
  readonly tag: string | null
  onKey(key: Key): boolean
}

export function lateThrift(parts: ThriftParts): LateThrift {
  let thrift: Thrift | null = null
  let loading: Promise<Thrift> | null = null
  let isClosed = false
  const untold: (readonly [State, Event])[] = []

  const load = () => {
    loading ??= import('./thrift.ts').then(({ createThrift }) => {
      const made = createThrift(parts)
      for (const [state, event] of untold.splice(0)) made.follow(state, event)
      if (isClosed) made.close()
      thrift = made
      return made
    })
    return loading
  }
  return {
    follow(state, event) {
      if (thrift) return thrift.follow(state, event)
      untold.push([state, event])
      if (event.type === 'sent') void load()
    },
    open: () => load().then(() => {}),
    run: (command: ThriftCommand, say: (remark: Remark) => void) => load().then((made) => made.run(command, say)),
    get tag() {
      return thrift?.tag ?? null
    },
    onKey: (key) => thrift?.onKey(key) ?? false,
    mayAsk: (question) => thrift?.mayAsk(question) ?? true,
    close() {
      isClosed = true
      thrift?.close()
    },
  }
}
