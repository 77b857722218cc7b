/** Writes `weather.md`, the table of bad days as a page: `npm run weather`. What stands in it is `src/core/weather/weather`'s. */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type LedgerMark, patienceOf, WEATHER, type Weather, WORDS } from '../src/core/weather/table.ts'

export const WEATHER_PAGE = fileURLToPath(new URL('weather.md', import.meta.url))

const HEAD = `# Weather

What a server may do, and what becomes of it, as the first and as the fifth question, in the chat and in a call. Made by
\`npm run weather\` from \`src/core/weather/table.ts\`; \`npm run bench -- weather\` makes every row of it happen, at a terminal and in
a pipe, and compares: the sentence, the number of requests, the exit code, the words that are kept in the history (and on
stdout), the rows of the ledger beside the server's own bill, the terminal, and whether the next question is answered.

Every answer has ${WORDS} words. In the chat the terminal is left as it was, and the next turn works, after every one of
these. Where several requests are made, each wait is told with its reason; \`all\` is ${patienceOf('chat')} in the chat and
${patienceOf('script')} in a call. The code is a call's. A \`~\` in the ledger marks an estimate; \`retry\` is an attempt that began and came to
nothing, \`unheard\` one that was given up before the server had said anything. Where the way out differs, the chat's comes
first and the call's after a slash. Five rate limits or overloads in a row leave the model alone for a while: the next
question is laid back, and goes out when it is sent once more.

`

const LEDGER: Readonly<Record<LedgerMark, string>> = {
  turn: 'turn',
  'turn~': 'turn ~',
  'retry~': 'retry ~',
  'unheard~': 'unheard ~',
}

/** The page as it should be. */
export function weatherPage(): string {
  const head = ['weather', 'requests', 'what is said', 'code', 'kept', 'ledger']
  const rows = [head, head.map(() => '---'), ...WEATHER.map(cells)]
  return `${HEAD}${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`
}

function cells({ name, tries, says, todo, code, kept, ledger }: Weather): readonly string[] {
  const ways = todo ? [...new Set([todo.chat, todo.script])].join(' / ') : ''
  const said = `${says?.replace('#', 'n') ?? ''} ${ways}`.trim()
  const words = kept === 'all' ? 'all' : kept === 0 ? 'nothing' : `${kept} words`
  return [name, String(tries), said, String(code), words, ledger.map((row) => LEDGER[row]).join(', ') || 'nothing']
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(WEATHER_PAGE, weatherPage())
