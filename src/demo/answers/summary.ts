/** A summary as a script can write it: what was asked, and most of the facts that can be found. Some are lost, as in life. */

import { factsIn, KINDS } from '../../core/window/compaction/facts.ts'

/** Questions that are named, and UTF-16 units of each. */
const QUESTIONS = 12
const QUESTION_CHARS = 80
/** Facts of a kind; one in so many is left out. */
const FACTS = 12
const LOST_ONE_IN = 6

const HEADS = {
  decision: 'Decisions',
  path: 'Files and addresses',
  command: 'Commands',
  number: 'Numbers',
  name: 'Names',
}

export function summaryText(said: readonly { readonly text: string; readonly by: 'user' | 'model' }[]): string {
  const [instruction, ...before] = [...said].reverse()
  const brought = instruction?.text.match(/<user>\n[\s\S]*?\n<\/user>/g) ?? []
  const asked =
    brought.length > 0
      ? brought.map((one) => one.slice(7, -8))
      : before.reverse().flatMap(({ text, by }) => (by === 'user' ? [text] : []))
  const facts = factsIn(brought.length > 0 ? [{ text: asked.join('\n'), by: 'user' }] : said.slice(0, -1))
  while (facts.readOn());
  const found = facts.found.filter((_, i) => i % LOST_ONE_IN !== LOST_ONE_IN - 1)
  const questions = asked.slice(-QUESTIONS).map((text) => `- ${text.replace(/\s+/g, ' ').slice(0, QUESTION_CHARS)}`)
  return [
    'This is the demo server: a script wrote this summary, and no model.',
    ['## Asked so far', ...questions].join('\n'),
    ...KINDS.flatMap((kind) => {
      const some = found.filter((fact) => fact.kind === kind).slice(0, FACTS)
      return some.length === 0 ? [] : [[`## ${HEADS[kind]}`, ...some.map(({ text }) => `- ${text}`)].join('\n')]
    }),
  ].join('\n\n')
}
