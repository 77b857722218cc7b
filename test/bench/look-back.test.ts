import { expect, test } from 'vitest'
import { lookBack } from '../../bench/look-back.ts'

const SIZE = { columns: 20, rows: 4 }
const look = (...writes: readonly (readonly [at: number, text: string])[]) =>
  lookBack(
    writes.map(([at, text]) => ({ at, bytes: Buffer.from(text) })),
    SIZE,
    /w\d/g,
  )

test('a word is seen at the end of the chunk that completes it', async () => {
  const { seenAt } = await look([1, 'w1 w'], [2, '2 '], [3, '\r\nw1 w3'])
  expect([...seenAt]).toEqual([
    ['w1', 1],
    ['w2', 2],
    ['w3', 3],
  ])
})

test('inside a synchronized update nothing is seen', async () => {
  const { seenAt } = await look([1, '\x1b[?2026hw1'], [2, ' w2'], [3, '\x1b[?2026l'])
  expect([...seenAt.values()]).toEqual([3, 3])
})

test('a row that is blank in one frame and back in a later one has flickered', async () => {
  const { flickers } = await look([1, 'a whole row'], [5, '\r\x1b[2K'], [9, 'a whole row'])
  expect(flickers).toEqual([9])
})

test.each([
  [
    'erased and written within one update',
    [
      [1, 'a row'],
      [5, '\x1b[?2026h\r\x1b[2K'],
      [9, 'a row\x1b[?2026l'],
    ],
  ],
  [
    'moved to another place',
    [
      [1, 'a row'],
      [5, '\r\x1b[2K\r\na row'],
      [9, '\x1b[A\ra row'],
    ],
  ],
  [
    'scrolled out of sight',
    [
      [1, 'a row\r\n\r\n\r\n'],
      [5, '\r\n'],
      [9, 'a row'],
    ],
  ],
  [
    'gone for long',
    [
      [1, 'a row'],
      [5, '\r\x1b[2K'],
      [500, 'a row'],
    ],
  ],
] as const)('a row %s has not', async (_, writes) => {
  expect((await look(...writes)).flickers).toEqual([])
})
