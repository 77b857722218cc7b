/** The door to telemetry in a chat: where it is off, as it is at first, there is nothing behind it. */

import type { Event, State } from '../../core/conversation.ts'
import type { Setup } from '../../setup.ts'
import type { Telemetry } from '../lab/telemetry.ts'
import type { ThriftParts } from '../thrift.ts'

/**
 * Of a command that asks on its own. @returns null: it is off
 * @param isBrief it ends after this: a collector has no time for second tries
 */
export async function telemetryFor(
  setup: Setup,
  note: (line: string) => void,
  isBrief = false,
): Promise<Telemetry | null> {
  if (setup.settings.telemetry === 'off') return null
  return (await import('../lab/telemetry.ts')).telemetryOf({ ...setup, env: process.env, note, isBrief })
}

/** @returns null: it is off */
export function lateTelemetry({ setup, say }: ThriftParts): Pick<Telemetry, 'follow' | 'close'> | null {
  if (setup().settings.telemetry === 'off') return null
  /** undefined: it is not loaded yet. */
  let telemetry: Telemetry | null | undefined
  const untold: (readonly [State, Event])[] = []
  const loading = import('../lab/telemetry.ts').then(({ telemetryOf }) => {
    telemetry = telemetryOf({ ...setup(), env: process.env, note: say, isBrief: false })
    for (const [state, event] of untold.splice(0)) telemetry?.follow(state, event)
  })
  return {
    follow(state, event) {
      if (telemetry === undefined) untold.push([state, event])
      else telemetry?.follow(state, event)
    },
    close: () => loading.then(() => telemetry?.close()),
  }
}
