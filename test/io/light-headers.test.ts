/** The light header fields are the platform's own, as far as anybody can tell. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Headers as Light } from '../../src/io/transport/light-headers.ts'

const name = fc.oneof(
  fc.constantFrom(
    'content-type',
    'Content-Type',
    'x-api-key',
    'Set-Cookie',
    'set-cookie',
    'retry-after',
    '',
    'a b',
    'é',
  ),
  fc.stringMatching(/^[A-Za-z0-9-]{1,8}$/),
)
const value = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(' padded\t', 'a\r\nb', 'ü', '\u{1f600}', ''))
const deed = fc.oneof(
  fc.tuple(fc.constantFrom('append' as const, 'set' as const), name, value),
  fc.tuple(fc.constantFrom('delete' as const, 'get' as const, 'has' as const), name),
)

/** What a deed gives back, or that it was refused. */
function outcome(deed: () => unknown): unknown {
  try {
    return deed() ?? null
  } catch (error) {
    return error instanceof TypeError ? 'TypeError' : error
  }
}

describe('header fields', () => {
  test('law: after whatever was done to them they hold what the platform’s hold, in its order', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 12 }), (deeds) => {
        const [light, native] = [new Light(), new Headers()]
        for (const [verb, ...given] of deeds) {
          const act = (on: object) => () => (on as Record<string, (...all: string[]) => unknown>)[verb]!(...given)
          expect(outcome(act(light))).toEqual(outcome(act(native)))
        }
        expect([...light]).toEqual([...native])
        expect([...light.keys()]).toEqual([...native.keys()])
        expect(light.getSetCookie()).toEqual(native.getSetCookie())
      }),
    )
  })
  test('are made of pairs, of a record, of others like them, and of the platform’s', () => {
    const pairs: [string, string][] = [
      ['B', '2'],
      ['a', '1'],
    ]
    for (const init of [pairs, { B: '2', a: '1' }, new Light(pairs), new Headers(pairs)])
      expect([...new Light(init)]).toEqual([
        ['a', '1'],
        ['b', '2'],
      ])
  })
  test('a value that cannot be sent is not quoted: it may be a key', () => {
    expect(() => new Light({ 'x-api-key': 'sk-ant-1\nsecret' })).toThrow(/^[^1]*$/)
  })
})
