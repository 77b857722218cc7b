/** The words behind `/attachments`: which of the files that wait for the next message are taken away. */

import { quote } from '../problem.ts'

const TAKES =
  '`/attachments drop 1` takes the first file away that waits for your next message, `drop all` all of them.'

/**
 * @param waiting how many wait
 * @returns their places, from 0; a sentence when the words name none
 */
export function droppedFrom(argument: string, waiting: number): readonly number[] | string {
  const [verb, ...words] = argument
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
  if (verb !== 'drop' || words.length === 0) return `${TAKES} ${quote(argument.trim())} came.`
  if (waiting === 0) return 'No file waits for your next message. /attachments alone lists what was sent.'
  if (words.length === 1 && words[0] === 'all') return Array.from({ length: waiting }, (_, i) => i)
  const wrong = words.find((word) => !/^[1-9]\d{0,5}$/.test(word) || Number(word) > waiting)
  if (wrong !== undefined) {
    const known = waiting === 1 ? 'One file, number 1, waits' : `Files 1 to ${waiting} wait`
    return `${known} for your next message; ${quote(wrong)} came.`
  }
  return [...new Set(words.map((word) => Number(word) - 1))]
}
