import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type CacheBlock,
  type CacheQuery,
  createPromptCache,
  LIFETIME_MS,
  LOOKBACK_BLOCKS,
  markProblem,
  type PromptCache,
  type Ttl,
} from '../../src/demo/prompt-cache.ts'

const MINUTE = 60_000

const block = (key: string, more: Partial<CacheBlock> = {}): CacheBlock => ({
  layer: 'messages',
  key,
  tokens: 600,
  markable: true,
  mark: null,
  path: key,
  ...more,
})

const query = (blocks: readonly CacheBlock[], more: Partial<CacheQuery> = {}): CacheQuery => ({
  model: 'm',
  minTokens: 512,
  blocks,
  automatic: null,
  salts: {},
  at: 0,
  ...more,
})

/** Asks, and lets the response begin at once. */
function sent(cache: PromptCache, one: CacheQuery) {
  const ticket = cache.ask(one)
  ticket.begin()
  return ticket.use
}

const talk = (turns: number) => Array.from({ length: turns }, (_, i) => block(`turn ${i}`))

test('the first request writes, the next one reads it and writes what is new', () => {
  const cache = createPromptCache()
  expect(sent(cache, query(talk(1), { automatic: '5m' }))).toEqual({ input: 0, read: 0, write5m: 600, write1h: 0 })
  expect(sent(cache, query(talk(3), { automatic: '5m', at: MINUTE }))).toEqual({
    input: 0,
    read: 600,
    write5m: 1200,
    write1h: 0,
  })
})

test('what follows the last breakpoint is plain input', () => {
  const cache = createPromptCache()
  expect(sent(cache, query([block('a', { mark: '5m' }), block('b')]))).toEqual({
    input: 600,
    read: 0,
    write5m: 600,
    write1h: 0,
  })
})

test('an entry is read only once the response that writes it has begun', () => {
  const cache = createPromptCache()
  const first = cache.ask(query(talk(1), { automatic: '5m' }))
  expect(cache.ask(query(talk(1), { automatic: '5m' })).use.read).toBe(0)
  first.begin()
  expect(cache.ask(query(talk(1), { automatic: '5m' })).use.read).toBe(600)
})

test.each(['5m', '1h'] as const)(
  'an entry of %s lives from the start of the request, however late the response begins',
  (ttl) => {
    const cache = createPromptCache()
    const ask = (at: number) => query(talk(1), { automatic: ttl, at })
    const slow = cache.ask(ask(0))
    slow.begin()
    expect(cache.ask(ask(LIFETIME_MS[ttl])).use.read).toBe(0)
    const again = createPromptCache()
    again.ask(ask(0)).begin()
    expect(again.ask(ask(LIFETIME_MS[ttl] - 1)).use.read).toBe(600)
  },
)

test('each read renews an entry', () => {
  const cache = createPromptCache()
  const reads = [0, 4, 8, 12, 17].map(
    (minute) => sent(cache, query(talk(1), { automatic: '5m', at: minute * MINUTE })).read,
  )
  expect(reads).toEqual([0, 600, 600, 600, 0])
})

test('a breakpoint looks back over 20 blocks, its own included', () => {
  for (const [added, read] of [
    [LOOKBACK_BLOCKS - 1, 600],
    [LOOKBACK_BLOCKS, 0],
  ] as const) {
    const cache = createPromptCache()
    sent(cache, query(talk(1), { automatic: '5m' }))
    expect(cache.ask(query(talk(1 + added), { automatic: '5m' })).use.read).toBe(read)
  }
})

test('only positions where an earlier request had a breakpoint can be read', () => {
  const cache = createPromptCache()
  sent(cache, query([block('a'), block('b', { mark: '5m' })]))
  expect(cache.ask(query([block('a', { mark: '5m' }), block('c')])).use.read).toBe(0)
})

test('a prefix of exactly the minimum is cached', () => {
  expect(sent(createPromptCache(), query(talk(1), { automatic: '5m', minTokens: 600 })).write5m).toBe(600)
})

test('a prefix below the minimum is silently neither written nor read', () => {
  const cache = createPromptCache()
  const short = query(talk(1), { automatic: '5m', minTokens: 601 })
  expect(sent(cache, short)).toEqual({ input: 600, read: 0, write5m: 0, write1h: 0 })
  expect(sent(cache, short).read).toBe(0)
})

test('an hour and five minutes are written apart, and each lives its own time', () => {
  const cache = createPromptCache()
  const mixed = (at: number) =>
    query([block('system', { layer: 'system', mark: '1h' }), block('hello')], { automatic: '5m', at })
  expect(sent(cache, mixed(0))).toEqual({ input: 0, read: 0, write5m: 600, write1h: 600 })
  expect(sent(cache, mixed(10 * MINUTE))).toEqual({ input: 0, read: 600, write5m: 600, write1h: 0 })
})

test('models do not share, and neither do salts of a layer', () => {
  const cache = createPromptCache()
  const blocks = [block('system', { layer: 'system', mark: '5m' }), block('hello', { mark: '5m' })]
  sent(cache, query(blocks, { salts: { messages: 'effort high' } }))
  expect(cache.ask(query(blocks, { salts: { messages: 'effort high' } })).use.read).toBe(1200)
  expect(cache.ask(query(blocks, { salts: { messages: 'effort low' } })).use.read).toBe(600)
  expect(cache.ask(query(blocks, { salts: { system: 'fast', messages: 'effort high' } })).use.read).toBe(0)
  expect(cache.ask(query(blocks, { model: 'other', salts: { messages: 'effort high' } })).use.read).toBe(0)
})

test('marks that the API refuses are refused with their reason', () => {
  const marked = (...marks: readonly Ttl[]) => marks.map((mark, i) => block(`block ${i}`, { mark }))
  expect(markProblem(marked('5m', '5m', '5m', '5m'), null)).toBeNull()
  expect(markProblem(marked('5m', '5m', '5m', '5m', '5m'), null)).toContain('A maximum of 4 blocks')
  expect(markProblem([...marked('5m', '5m', '5m', '5m'), block('last')], '5m')).toContain('Found 5')
  expect(markProblem(marked('5m', '5m', '5m', '5m'), '5m')).toBeNull()
  expect(markProblem(marked('1h', '5m'), null)).toBeNull()
  expect(markProblem(marked('5m', '1h'), null)).toContain('must not come after')
  expect(markProblem(marked('1h'), '5m')).toContain('automatic caching')
  expect(markProblem([block('thought', { markable: false, mark: '5m' })], null)).toContain('cannot be set')
  expect(markProblem([block('hello'), block('thought', { markable: false })], '5m')).toBeNull()
})

const arbitraryBlock = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  tokens: fc.nat(900),
  mark: fc.constantFrom(null, null, '5m' as const),
})
const arbitraryQuery = fc
  .record({
    blocks: fc.array(arbitraryBlock, { minLength: 1, maxLength: 30 }),
    automatic: fc.constantFrom(null, '5m' as const, '1h' as const),
    later: fc.nat(8 * MINUTE),
  })
  .map(({ blocks, automatic, later }) => ({
    later,
    one: query(
      blocks.map(({ key, ...more }) => block(key, more)),
      { automatic },
    ),
  }))

test('law: the parts of a prompt are never negative and always add up to it', () => {
  fc.assert(
    fc.property(fc.array(arbitraryQuery, { maxLength: 12 }), (queries) => {
      const cache = createPromptCache()
      let at = 0
      for (const { one, later } of queries) {
        at += later
        const { input, read, write5m, write1h } = sent(cache, { ...one, at })
        const total = one.blocks.reduce((sum, { tokens }) => sum + tokens, 0)
        if (Math.min(input, read, write5m, write1h) < 0 || input + read + write5m + write1h !== total) return false
      }
      return true
    }),
  )
})

test('law: the same request again, within its lifetime, reads all that it cached and writes nothing', () => {
  fc.assert(
    fc.property(arbitraryQuery, fc.nat(5 * MINUTE - 1), ({ one }, later) => {
      const cache = createPromptCache()
      const first = cache.ask(one)
      first.begin()
      const second = cache.ask({ ...one, at: later }).use
      return second.read === first.cachedTokens && second.write5m + second.write1h === 0
    }),
  )
})

test('law: nothing is ever read past the first block that differs', () => {
  fc.assert(
    fc.property(arbitraryQuery, fc.nat(29), ({ one }, at) => {
      const cache = createPromptCache()
      cache.ask(one).begin()
      const changed = at % one.blocks.length
      const blocks = one.blocks.map((each, i) => (i === changed ? { ...each, key: 'changed' } : each))
      const kept = one.blocks.slice(0, changed).reduce((sum, { tokens }) => sum + tokens, 0)
      return cache.ask({ ...one, blocks }).use.read <= kept
    }),
  )
})
