/** `claude-tui demo-server --help`, and the limits of its own that `--limits` gives it. */

import { UsageError } from '../../args.ts'
import { type Kind, PER_MINUTE } from '../../demo/limits.ts'
import { SCRIPT_WORDS, type ScriptWord, type WordGroup } from '../../demo/script-words.ts'

/** Rate limits a minute, from `requests=50,input-tokens=20000`. @throws UsageError */
export function limitsIn(text: string): Readonly<Partial<Record<Kind, number>>> {
  const kinds = Object.keys(PER_MINUTE)
  const pairs = text.split(',').map((part) => {
    const [, kind = '', amount, k] = /^\s*([a-z-]+)=(\d{1,9})(k?)\s*$/.exec(part) ?? []
    if (kinds.includes(kind) && Number(amount) > 0) return [kind, Number(amount) * (k ? 1_000 : 1)] as const
    throw new UsageError(
      `--limits takes ${kinds.join(', ')}, each with a number above 0, such as requests=50,input-tokens=20k; "${part}" came.`,
    )
  })
  return Object.fromEntries(pairs)
}

const GROUPS: Readonly<Record<WordGroup, string>> = {
  content: 'What the answer says, one a line:',
  status: 'An HTTP answer instead, one a line:',
  ending: 'An early end, one a line; after=N counts deltas of text:',
  step: 'On the way, any number of them:',
  manner: 'How all of it is sent:',
}

const FLAGS = [
  ['--port N', 'port to listen on; 0, as without it: any free one'],
  ['--script FILE', 'what it answers, a line a request'],
  ['--speed X', 'X times as fast as the model it plays'],
  [
    '--limits LIST',
    `rate limits a minute, in the place of ${Object.entries(PER_MINUTE)
      .map(([kind, most]) => `${kind}=${most}`)
      .join(',')}`,
  ],
] as const

/** Its flags, and the words of a script by what they do. */
export function demoHelp(): string {
  return `${[
    '  claude-tui demo-server [--port N]    the Messages API without a model, without cost, on 127.0.0.1',
    '',
    ...rows(FLAGS),
    '',
    '  A script has a line for each request; without one, and behind its end, it answers `ok`. A message may bring a line',
    '  of its own: [[demo 529 x2]]. `#` begins a remark, x2 behind a line is for two requests.',
    ...Object.entries(GROUPS).flatMap(([group, head]) => ['', `  ${head}`, ...rows(wordsOf(group as WordGroup))]),
  ].join('\n')}\n`
}

function wordsOf(group: WordGroup): readonly (readonly [string, string])[] {
  const words = Object.entries(SCRIPT_WORDS).filter(([, word]) => word.group === group)
  const statuses = words.filter(([name]) => /^\d+$/.test(name))
  const others = words
    .filter(([name]) => !/^\d+$/.test(name))
    .map(([name, word]) => [named(name, word), word.tells] as const)
  const [first] = statuses
  if (!first) return others
  const all = [statuses.map(([name]) => name).join(' '), `${first[1].tells};${keysOf(first[1])}`] as const
  return [all, ...others]
}

const keysOf = ({ keys, needs = [] }: ScriptWord) =>
  Object.keys(keys)
    .map((key) => (needs.includes(key) ? ` ${key}=` : ` [${key}=]`))
    .join('')
const named = (name: string, word: ScriptWord) => `${name}${keysOf(word)}`

function rows(list: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...list.map(([left]) => left.length))
  return list.map(([left, right]) => `    ${left.padEnd(width)}  ${right}`)
}
