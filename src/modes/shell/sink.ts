/** Where an answer goes when nobody renders it: text as it came, or JSON. */

import type { Event, Turn } from '../../core/conversation.ts'
import { resultOf } from '../../core/scripting/result.ts'
import { inAScript } from '../../core/turn/outcome.ts'
import type { TurnEvent } from '../../core/turn.ts'

/** Takes in one turn's events, and its end. */
export interface Sink {
  event(event: TurnEvent): void
  /** What happened to no turn; absent: nobody reads it here. */
  aside?(event: Event): void
  /** @param beside more fields of a result in JSON */
  end(turn: Turn, code: number, beside?: object): void
}

/**
 * JSON that is harmless on a terminal, too: what JSON itself leaves as it is (C1 controls, line separators, marks that
 * turn the direction of text or cannot be seen) is escaped. Any JSON reader gets the same value.
 */
export function asJson(value: unknown): string {
  return harmlessJson(JSON.stringify(value))
}

const UNSEEN = /[\u007f-\u009f\u2028\u2029\ufff9-\ufffb]|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{DI}/gu

/** The same for a JSON text that is written already. */
export function harmlessJson(json: string): string {
  const code = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return json.replace(UNSEEN, (char) => char.split('').map(code).join(''))
}

const PASSING: ReadonlySet<TurnEvent['type']> = new Set(['alive', 'connecting', 'connected'])

/** Every event as a line (`stream-json`), and the result last, with what stands beside it. */
export function jsonSink(stdout: NodeJS.WriteStream, format: 'json' | 'stream-json', beside: object = {}): Sink {
  const say = (value: unknown) => void stdout.write(`${asJson(value)}\n`)
  return {
    event(event) {
      // A sign of life carries nothing a script could use; whether a connection stood ready is chance.
      if (format === 'stream-json' && !PASSING.has(event.type))
        say('failure' in event ? { ...event, failure: inAScript(event.failure) } : event)
    },
    aside(event) {
      if (format === 'stream-json') say(event)
    },
    end: (turn, code, more) => say({ ...resultOf(turn, code), ...beside, ...more }),
  }
}

/**
 * The answer as it comes, byte for byte unless `clean` makes it harmless for a terminal that can't be drawn on. A text
 * file ends with a line end, so one is added where it lacks.
 */
export function plainSink(stdout: NodeJS.WriteStream, clean?: { push(text: string): string; end(): string }): Sink {
  let lastChar = '\n'
  return {
    event(event) {
      if (event.type !== 'delta') return
      stdout.write(clean ? clean.push(event.text) : event.text)
      lastChar = event.text.at(-1) ?? lastChar
    },
    end() {
      const rest = clean?.end() ?? ''
      if (rest !== '' || lastChar !== '\n') stdout.write(`${rest}\n`)
    },
  }
}
