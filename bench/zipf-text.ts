/**
 * Text with the statistics of real text, made of nothing: 50,000 words whose frequencies fall with their rank (Zipf's law
 * as Mandelbrot corrected it), and Chinese in the same manner. The same seed gives the same text.
 */

/** Distinct words; a large newspaper has about as many. */
const VOCABULARY = 50_000
/** Mandelbrot's correction for the most frequent words. */
const SHIFT = 2.7
/** Words are drawn from a table of so many places. */
const TABLE = 2 ** 20

const SYLLABLES =
  'th er on an re he in ed nd ha at en es of or nt ea ti to it st io le is ou ar as de rt ve ka mo lu pi zo qu xy bel gra tsch'.split(
    ' ',
  )
/** Common characters, the most frequent first. */
const CHARACTERS = [
  ...'的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从',
]

export interface Text {
  /** A number from 0 up to 1. */
  chance(): number
  words(count: number): string
  chinese(count: number): string
  /** The word with this rank, from 0: the most frequent one. */
  word(rank: number): string
  character(rank: number): string
}

export function zipfText(seed: number): Text {
  let state = seed
  // Xorshift: quick, and good enough for words.
  const chance = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const vocabulary = inventWords(chance)
  const table = tableOf(vocabulary.length)
  return {
    chance,
    words(count) {
      let text = ''
      for (let i = 1; i <= count; i++)
        text += vocabulary[table[Math.floor(chance() * TABLE)]!]! + (i % 17 ? ' ' : '.\n')
      return text
    },
    chinese(count) {
      let text = ''
      for (let i = 1; i <= count; i++)
        text += CHARACTERS[Math.floor(chance() * chance() * CHARACTERS.length)]! + (i % 23 ? '' : '。')
      return text
    },
    word: (rank) => vocabulary[rank]!,
    character: (rank) => CHARACTERS[rank]!,
  }
}

/** Frequent words are short. */
function inventWords(chance: () => number): readonly string[] {
  const words = new Set<string>()
  while (words.size < VOCABULARY) {
    const syllables = 1 + Math.floor(chance() * 3) + (words.size > 1_000 ? 1 : 0) + (words.size > 20_000 ? 1 : 0)
    let word = ''
    for (let i = 0; i < syllables; i++) word += SYLLABLES[Math.floor(chance() * SYLLABLES.length)]!
    words.add(word)
  }
  return [...words]
}

function tableOf(words: number): Uint16Array {
  const weights = Array.from({ length: words }, (_, rank) => 1 / (rank + SHIFT))
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const table = new Uint16Array(TABLE)
  let rank = 0
  let upTo = weights[0]!
  for (let i = 0; i < TABLE; i++) {
    while (upTo < ((i + 0.5) / TABLE) * whole && rank < words - 1) upTo += weights[++rank]!
    table[i] = rank
  }
  return table
}
