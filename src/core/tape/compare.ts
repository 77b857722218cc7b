/** What differs between a request and the recorded one it is answered as: in words, without repeating what was said. */

import { count } from '../figures/words.ts'
import { describe } from '../problem.ts'
import type { RequestHead } from './tape.ts'

type Fields = Readonly<Record<string, unknown>>

export function isSame(a: RequestHead, b: RequestHead): boolean {
  return a.method === b.method && a.path === b.path && spelled(a.body) === spelled(b.body)
}

/** Empty: nothing does. */
export function differences(now: RequestHead, recorded: RequestHead): readonly string[] {
  const found: string[] = []
  if (now.path !== recorded.path) found.push('the path differs')
  const [a, b] = [fields(now.body), fields(recorded.body)]
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (name !== MARK && spelled(a[name]) !== spelled(b[name])) found.push(difference(name, a[name], b[name]))
  }
  return found
}

function difference(name: string, now: unknown, recorded: unknown): string {
  if (now === undefined) return `no ${name}`
  if (recorded === undefined) return `${name} is new`
  if (name === 'messages' && Array.isArray(now) && Array.isArray(recorded)) {
    if (now.length !== recorded.length) return `${count(now.length, 'message')}, not ${recorded.length}`
    const at = now.findIndex((message, i) => spelled(message) !== spelled(recorded[i]))
    return `message ${at + 1} of ${now.length} differs`
  }
  const told = (value: unknown) => typeof value === 'number' || typeof value === 'boolean' || name === 'model'
  if (told(now) && told(recorded)) return `${name} is ${describe(now)}, not ${describe(recorded)}`
  return `${name} differs`
}

/** Cache marks are no content, and how long they ask for depends on pauses and on other conversations. */
const MARK = 'cache_control'

const spelled = (value: unknown): string | undefined =>
  JSON.stringify(value, (name, part) => (name === MARK ? undefined : part))

const fields = (body: unknown): Fields =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {}
