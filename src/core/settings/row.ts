/** One row of the settings' table, made from a key and a kind: its variable, its schema, and how a value of it is read. */

import { describe, type Problem, quote } from '../problem.ts'
import { type Misfit, misfit, type Shape, shapeInWords } from '../schema/shape.ts'
import type { Reading } from '../server/api-key.ts'
import { type Kind, nearest } from './kinds.ts'
import type { SettingKey, Settings } from './table.ts'

export interface SettingRow {
  readonly key: SettingKey
  /** Variables that set it, strongest first; the first that is not empty counts. */
  readonly env: readonly string[]
  readonly default: Settings[SettingKey]
  /** One line for help and documentation. */
  readonly tells: string
  readonly secret: boolean
  /** How null is spelled in flags and variables; absent where it has no spelling. */
  readonly none?: string
  readonly shape: Shape
  /** The value a text means. Problems name the setting as their place. */
  parse(text: string): Reading<unknown>
  /** The proper form of a JSON value, or why it is not legal. */
  check(value: unknown): Reading<unknown>
}

export function row<K extends SettingKey>(
  key: K,
  fallback: Settings[K],
  tells: string,
  kind: Kind,
  alsoEnv: readonly string[] = [],
): SettingRow {
  const { shape, none, secret = false } = kind
  const check = (value: unknown): Reading<unknown> => {
    const tidied = kind.tidy?.(value, key) ?? { value }
    if ('problem' in tidied) return tidied
    const found = misfit(shape, tidied.value)
    if (found) return { problem: sayMisfit(key, kind, found) }
    const broken = kind.law?.(tidied.value, key)
    return broken ? { problem: broken } : tidied
  }
  return {
    key,
    // A key has the usual variables, which are `io/credentials`' business, and none of ours.
    env: [...(secret ? [] : [`CLAUDE_TUI_${snake(key)}`]), ...alsoEnv],
    default: fallback,
    tells,
    secret,
    ...(none === undefined ? {} : { none }),
    shape,
    parse: (text) => check(none !== undefined && text.trim() === none ? null : (kind.read?.(text) ?? text)),
    check,
  }
}

function snake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

function sayMisfit(key: SettingKey, kind: Kind, { at, why, name, value, shape }: Misfit): Problem {
  const where = `${key}${at}`
  const fields = shape.properties ?? {}
  if (why === 'missing') {
    return { where: `${where}.${name}`, expected: shapeInWords(fields[name]!), came: 'nothing', wayOut: '' }
  }
  if (why === 'unknown') {
    const wayOut = nearest(name, Object.keys(fields))
    return { where, expected: 'the name of a field', came: quote(name), wayOut }
  }
  // A wrong number in place of a key may still be a key someone forgot to quote.
  const came = kind.secret ? `a ${typeof value}` : describe(value)
  return { where, expected: at === '' ? kind.expected : shapeInWords(shape), came, wayOut: '' }
}
