/** The help: `-h` fits a screen and teaches by example, `--help` tells everything. */

import { FLAG_GROUPS, FLAGS, type Flag } from './flags.ts'
import { SUBCOMMANDS, type Subcommand } from './subcommands.ts'

/** Columns of the left side; what is longer has its words on the next row. */
const LEFT = 30
const ROW = 100

const EXAMPLES = [
  'claude-tui: a streaming terminal chat for Claude that measures itself',
  '',
  '  claude-tui                             chat',
  '  claude-tui "question"                  one answer on stdout',
  '  git diff | claude-tui "review this"    stdin first, then the prompt',
]
const KEY = 'Key: ANTHROPIC_API_KEY, or `claude-tui config set apiKey`. In the chat: /help.'
const CODES = [
  'Exit codes: 0 ok, 1 unexpected, 2 usage, 3 key or config, 4 overloaded or limited, 5 refused, 6 no',
  '            text, cut, or not as asked, 7 over budget, 8 too late, 9 input too large, 10 not from the cache,',
  '            129, 130, 131, 143 stopped by a signal',
]

function row(left: string, right: string): readonly string[] {
  const whole = `  ${left.padEnd(LEFT)} ${right}`
  return left.length <= LEFT && whole.length <= ROW ? [whole] : [`  ${left}`, `  ${' '.repeat(LEFT)} ${right}`]
}

const flagRow = ({ name, short, takes, tells }: Flag) =>
  row(`${short ? `-${short}, ` : '    '}--${name}${takes ? ` ${takes}` : ''}`, tells)
const commandRow = ({ name, takes, tells }: Subcommand) => row(`${name} ${takes}`, tells)

/** What is needed every day, in one screen. */
export const briefHelp = (): string =>
  [
    ...EXAMPLES,
    '',
    ...SUBCOMMANDS.flatMap((one) => commandRow({ ...one, takes: '' })),
    '',
    ...FLAGS.filter(({ isUsual }) => isUsual).flatMap(flagRow),
    '',
    'claude-tui --help lists every flag, claude-tui COMMAND --help those of a command.',
    KEY,
  ].join('\n')

/** Every subcommand, flag and exit code. */
export const fullHelp = (): string =>
  [
    ...EXAMPLES,
    '',
    ...SUBCOMMANDS.flatMap(commandRow),
    ...FLAG_GROUPS.flatMap(([title, flags]) => ['', `${title}:`, ...flags.flatMap(flagRow)]),
    '',
    KEY,
    ...CODES,
  ].join('\n')
