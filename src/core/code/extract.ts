/** One code block out of an answer: what a script wants to have of it. */

import { count } from '../figures/words.ts'
import { type CodeBlock, codeBlocks } from './blocks.ts'
import { languageOf } from './languages.ts'

/** Which block: the nth, counted from 1; the first of a language; or the last there is. */
export type Wanted =
  | { readonly by: 'number'; readonly number: number }
  | { readonly by: 'language'; readonly language: string }
  | { readonly by: 'last' }

/** What `--extract` was given; true: nothing. A sentence when no block can be meant. */
export function wantedBlock(given: string | true): Wanted | string {
  if (given === true) return { by: 'last' }
  if (!/^-?\d/.test(given)) return { by: 'language', language: given.toLowerCase() }
  const number = Number(given)
  if (Number.isInteger(number) && number > 0) return { by: 'number', number }
  return `--extract takes the number of a code block from 1, or a language such as python; "${given}" came.`
}

/** What a fence says of the language, without what editors add to it. */
const nameOf = ({ language }: CodeBlock) =>
  language
    .trim()
    .split(/[\s,{]/, 1)[0]!
    .toLowerCase()

const isIn = (block: CodeBlock, language: string) => {
  const name = nameOf(block)
  return name === language || (languageOf(name) ?? name) === (languageOf(language) ?? language)
}

/** The block that is wanted, or a sentence that names those there are. */
export function extracted(answer: string, wanted: Wanted): CodeBlock | string {
  const blocks = codeBlocks(answer)
  const found =
    wanted.by === 'number'
      ? blocks[wanted.number - 1]
      : wanted.by === 'language'
        ? blocks.find((block) => isIn(block, wanted.language))
        : blocks.at(-1)
  if (found) return found
  if (blocks.length === 0) return 'The answer has no code block.'
  const which = wanted.by === 'number' ? `code block ${wanted.number}` : `${sayLanguage(wanted)} block`
  const all = blocks.map((block, i) => {
    const lines = count(block.text.split('\n').length, 'line')
    return `${i + 1} (${nameOf(block) || 'no language'}, ${lines})`
  })
  return `The answer has no ${which}. It has ${all.join(', ')}.`
}

const sayLanguage = (wanted: Wanted) => (wanted.by === 'language' ? wanted.language : 'code')
