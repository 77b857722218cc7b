/**
 * What a batch remembers of itself in a file beside its answers, so that the same command goes on: which input and which
 * choices it was begun with, and which batches of the server's own run for it.
 */

import { misfit, type Shape } from '../schema/shape.ts'

/** A batch of the server's own. */
export interface Sent {
  readonly id: string
  readonly requests: number
  /** All of its results are in our files. */
  readonly isCollected: boolean
}

/** A batch whose creation was asked for: whether it came to be, nobody has said yet. */
export interface Asked {
  readonly requests: number
  /** Rows up to this one are in it. */
  readonly upTo: number
  /** Milliseconds since 1970. */
  readonly atMs: number
}

export interface Offloaded {
  /** Begins each `custom_id`: tells requests of this run from all others. */
  readonly token: string
  /** Rows up to this one have been sent. */
  readonly upTo: number
  readonly asked: Asked | null
  readonly batches: readonly Sent[]
}

export interface RunFile {
  readonly format: 'claude-tui batch'
  readonly version: 1
  /** SHA-256 of the input, and of what else every request depends on. */
  readonly input: string
  readonly choices: string
  readonly rows: number
  /** Milliseconds since 1970. */
  readonly startedMs: number
  /** null: requests go out from here. */
  readonly offloaded: Offloaded | null
}

const count: Shape = { type: 'integer', minimum: 0 }
const text: Shape = { type: 'string' }
const time: Shape = { type: 'number', minimum: 0 }
const SHAPE: Shape = {
  type: 'object',
  required: ['format', 'version', 'input', 'choices', 'rows', 'startedMs', 'offloaded'],
  properties: {
    ...{ format: { enum: ['claude-tui batch'] }, version: { enum: [1] }, input: text, choices: text, rows: count },
    startedMs: time,
    offloaded: {
      type: ['object', 'null'],
      required: ['token', 'upTo', 'asked', 'batches'],
      properties: {
        ...{ token: { type: 'string', pattern: '^[A-Za-z0-9]{8,32}$' }, upTo: count },
        asked: {
          type: ['object', 'null'],
          required: ['requests', 'upTo', 'atMs'],
          properties: { requests: count, upTo: count, atMs: time },
        },
        batches: {
          type: 'array',
          items: {
            type: 'object',
            required: ['id', 'requests', 'isCollected'],
            properties: {
              ...{ id: { type: 'string', pattern: '^[!-.0-~]{1,200}$' }, requests: count },
              isCollected: { type: 'boolean' },
            },
          },
        },
      },
    },
  },
}

/** null: it is none of ours, or damaged. */
export function runFileIn(json: string): RunFile | null {
  try {
    const value: unknown = JSON.parse(json)
    return misfit(SHAPE, value) === null ? (value as RunFile) : null
  } catch {
    return null
  }
}

/** Why a run cannot go on with what an earlier one began, as a sentence; null: it can. */
export function changedSince(
  before: RunFile,
  now: Pick<RunFile, 'input' | 'choices'> & { readonly isOffloaded: boolean },
): string | null {
  if (before.input !== now.input) return 'The input has changed since this batch was begun.'
  if (before.choices !== now.choices)
    return 'The model, the system prompt, the prefix, the template or another choice has changed since this batch was begun.'
  const wasOffloaded = before.offloaded !== null
  if (wasOffloaded === now.isOffloaded) return null
  return wasOffloaded
    ? 'This batch was begun with --offload: some of it is at the server.'
    : 'This batch was begun without --offload.'
}
