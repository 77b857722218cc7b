import { describe, expect, test } from 'vitest'
import { droppedFrom } from '../../../src/core/attachments/waiting.ts'

describe('files that wait for the next message', () => {
  test('are taken away by their numbers, or all', () => {
    expect(droppedFrom('drop 2', 3)).toEqual([1])
    expect(droppedFrom(' Drop 3, 1 3', 3)).toEqual([2, 0])
    expect(droppedFrom('drop all', 2)).toEqual([0, 1])
  })
  test.each([
    ['drop 4', 3, 'Files 1 to 3 wait for your next message; "4" came.'],
    ['drop 0', 1, 'One file, number 1, waits for your next message; "0" came.'],
    ['drop 1', 0, 'No file waits'],
    ['drop', 2, 'takes the first file away'],
    ['away 1', 2, '"away 1" came.'],
  ])('%j of %d takes none', (words, waiting, why) => expect(droppedFrom(words, waiting)).toContain(why))
})
