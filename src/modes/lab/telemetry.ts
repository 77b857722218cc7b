/**
 * Telemetry of a running program: listens on the road, and tells each turn and each call beside it once it is over. What
 * sends it is loaded after the first answer, so that no answer waits for it, and the end of the program waits for it no
 * longer than a second.
 */

import type { Event, State } from '../../core/conversation.ts'
import { requestedModel, type Server, type Told, toldOfRow, toldOfTurn } from '../../core/figures/telemetry.ts'
import { type LedgerRow, rowOfSideCall } from '../../core/money/ledger.ts'
import type { Settings } from '../../core/settings.ts'
import type { Turn } from '../../core/turn/turns.ts'
import { isEnd } from '../../core/turn.ts'
import type { Otlp } from '../../io/otlp.ts'
import { wallOrigin } from '../../io/process/wall-clock.ts'

export interface Telemetry {
  follow(state: State, event: Event): void
  /** A turn of no conversation, such as a row of a batch. @param requested the id of the model that was asked */
  turn(turn: Turn, requested: string, rows: readonly LedgerRow[]): void
  /** What was paid for answers that nobody watched come. */
  paid(rows: readonly LedgerRow[]): void
  /** Sends what is left. Never rejects. */
  close(): Promise<void>
}

export interface TelemetryParts {
  readonly settings: Pick<Settings, 'telemetry'>
  readonly baseUrl: string
  /** What is played again happened before, and was told then. */
  readonly replay: object | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** A line for people; there is at most one of a collector that is not there. */
  readonly note: (line: string) => void
  /** The program ends after this: a collector has no time for second tries. */
  readonly isBrief: boolean
}

/** How long the end of the program waits, in ms. */
const LAST_MS = 1_000
/** How long a collector may take, in ms, where nobody goes on waiting. */
const BRIEF_MS = 900

/** @returns null where it is off: nothing is loaded, nothing is noted */
export function telemetryOf(parts: TelemetryParts): Telemetry | null {
  const { settings, env, replay } = parts
  if (settings.telemetry !== 'otlp' || replay || env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return null
  const server = serverOf(parts.baseUrl)
  const origin = wallOrigin()
  let requested = ''
  let isTroubled = false
  let opening: Promise<Otlp> | null = null

  const open = () => {
    opening ??= import('../../io/otlp.ts').then(({ openOtlp }) => {
      const protocol = env.OTEL_EXPORTER_OTLP_PROTOCOL ?? ''
      if (protocol !== '' && protocol !== 'http/protobuf') parts.note(otherProtocol(protocol))
      return openOtlp({
        env,
        ...(parts.isBrief ? { withinMs: BRIEF_MS } : {}),
        onTrouble(why) {
          if (!isTroubled) parts.note(notTaken(why, env))
          isTroubled = true
        },
      })
    })
    return opening
  }
  const tell = (told: Told) => {
    if (told.span === null && told.points.length === 0) return
    // Whoever reads the answer comes first.
    setImmediate(() => void open().then((otlp) => otlp.record(told, origin)))
  }
  return {
    follow(state, event) {
      if (event.type === 'sent' && event.attempt === 1) requested = requestedModel(event.model, state.models)
      if (event.type === 'billed') tell(toldOfRow(rowOfSideCall(state.sideCalls.at(-1)!), server))
      else if (isEnd(event) && state.settled?.end === event) tell(toldOfTurn(state.settled, requested, server))
    },
    turn: (turn, requested, rows) => tell(toldOfTurn(turn, requested, server, rows)),
    paid(rows) {
      for (const row of rows) tell(toldOfRow(row, server))
    },
    async close() {
      // What was told in this very moment is recorded first.
      await new Promise((resolve) => setImmediate(resolve))
      if (!opening) return
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS))
      await Promise.race([late, opening.then((otlp) => otlp.flush())])
    },
  }
}

function serverOf(baseUrl: string): Server {
  const { hostname, port, protocol } = new URL(baseUrl)
  return { address: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
}

/** The host alone: the rest of the address may hold a secret. */
function collectorIn(env: TelemetryParts['env']): string {
  const given = env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? ''
  return URL.canParse(given) ? new URL(given).host : 'localhost:4318'
}

const notTaken = (why: string, env: TelemetryParts['env']) =>
  `Telemetry is not taken at ${collectorIn(env)} (${why}): expected an OTLP collector there. OTEL_EXPORTER_OTLP_ENDPOINT says where it is, \`claude-tui config set telemetry off\` ends it. It is not said again.`

const otherProtocol = (protocol: string) =>
  `OTEL_EXPORTER_OTLP_PROTOCOL is "${protocol.slice(0, 20)}", but telemetry is sent as http/protobuf: the endpoint must be the HTTP one, usually port 4318.`
