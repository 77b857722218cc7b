/** The numbered words of the demo server (`qaaa00001 qaaa00002 …`): asking for them, and finding each of them again. */

export interface Words {
  readonly tag: string
  readonly count: number
}

let asked = 0

/** A tag that no other turn of this run has: `qaaa`, `qaab`, … */
export function freshTag(): string {
  const letters = [26 ** 2, 26, 1].map((place) => String.fromCharCode(97 + (Math.floor(asked / place) % 26)))
  asked++
  return `q${letters.join('')}`
}

export interface Pace {
  /** Words a second; 0 is a burst. */
  readonly rate: number
  readonly ttftMs: number
}

/** A question that makes the demo server answer with these words. */
export function questionFor({ tag, count }: Words, { rate, ttftMs }: Pace): string {
  return `[[demo words n=${count} rate=${rate} ttft=${ttftMs} thinking=0 tag=${tag}]]`
}

/** The word with this number, from 1. */
export function word(tag: string, number: number): string {
  return tag + String(number).padStart(5, '0')
}

export interface Tally {
  readonly missing: number
  readonly doubled: number
  /** Places where a word comes after a later one. */
  readonly disordered: number
}

/** Finds every word in a text: how many are missing, how often one comes again, and whether they are in order. */
export function tally(text: string, { tag, count }: Words): Tally {
  const numbers = [...text.matchAll(new RegExp(`${tag}(\\d{5})`, 'g'))].map((match) => Number(match[1]))
  const distinct = new Set(numbers.filter((number) => number >= 1 && number <= count))
  return {
    missing: count - distinct.size,
    doubled: numbers.length - distinct.size,
    disordered: numbers.filter((number, i) => number < (numbers[i - 1] ?? 0)).length,
  }
}
