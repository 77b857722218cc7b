/**
 * The slash commands as a table: what they are called, how a typed line names one, how Tab completes it. Who obeys is
 * the chat.
 */

import { suggest } from '../models.ts'

export interface Command {
  /** Without the slash. */
  readonly name: string
  /** What may follow, as help writes it: `[model]`; empty when nothing does. */
  readonly takes: string
  readonly tells: string
}

export const COMMANDS: readonly Command[] = [
  { name: 'help', takes: '', tells: 'commands and keys' },
  { name: 'model', takes: '[model]', tells: 'show the models, or answer with another one' },
  {
    name: 'lever',
    takes: '[name value]',
    tells: 'effort, length, presets and more: what each costs here, and change it',
  },
  { name: 'system', takes: '[text]', tells: 'show the system prompt and whether it is cached, or set it' },
  { name: 'vim', takes: '', tells: "switch vim's keys on or off; the setting keys makes it last" },
  { name: 'sessions', takes: '[text]', tells: 'earlier conversations: search, go on with one' },
  { name: 'rename', takes: 'title', tells: 'give this conversation a name' },
  { name: 'retry', takes: '[model|effort]', tells: 'ask the last question again, also of another model' },
  {
    name: 'continue',
    takes: '',
    tells: 'go on from where an answer was cut off; Tab in an empty composer does the same',
  },
  { name: 'now', takes: '[model]', tells: 'while it waits: try again at once, or ask another model in its place' },
  {
    name: 'fallback',
    takes: '[models|off|ask]',
    tells: 'who answers when the model cannot, in order: on, names, off, or ask',
  },
  {
    name: 'again',
    takes: '',
    tells: 'give up a silent answer and try again; what came is kept. Ctrl+X when it is offered',
  },
  {
    name: 'hedge',
    takes: '',
    tells: 'ask a second time beside an answer without a word; the first with text wins. Ctrl+S when it is offered',
  },
  {
    name: 'race',
    takes: '[models: text]',
    tells: 'ask two to four models at once, side by side, and keep one answer; alone: who has won how often',
  },
  {
    name: 'cascade',
    takes: '[models|off]',
    tells: 'ask the cheap model first, check its answer, and the next one where it is not good enough',
  },
  { name: 'undo', takes: '', tells: 'take the last turn back; its question goes into the composer' },
  {
    name: 'turns',
    takes: '',
    tells: 'earlier turns: edit one and ask again, or branch after it; Esc Esc does the same',
  },
  { name: 'tree', takes: '', tells: 'the branches of this conversation; go to another one' },
  {
    name: 'compact',
    takes: '[focus]',
    tells: 'let a summary stand for the beginning of this conversation; keep: with the facts it lost',
  },
  { name: 'uncompact', takes: '', tells: 'send what was summarised word for word again; again: the summary' },
  {
    name: 'attach',
    takes: '[path]',
    tells: 'attach an image, a PDF or a text to the next message; without a path: a list',
  },
  {
    name: 'attachments',
    takes: '[drop n]',
    tells: 'what is attached here, what it costs, and leave it out; drop n: a file beside the next message',
  },
  { name: 'export', takes: '[file]', tells: 'write this conversation into a file: .md, .html, .json or .jsonl' },
  { name: 'delete', takes: '', tells: 'move this conversation to the bin' },
  { name: 'restore', takes: '', tells: 'take this conversation back out of the bin' },
  { name: 'clear', takes: '', tells: 'start a new conversation' },
  { name: 'copy', takes: '[n|all]', tells: 'copy the last answer, its code block n, or everything' },
  { name: 'show', takes: '[n]', tells: 'read answer n in your pager; /show code n: a code block' },
  { name: 'find', takes: 'text', tells: 'search this conversation' },
  { name: 'redraw', takes: '', tells: 'draw the last turn again' },
  { name: 'cost', takes: '', tells: 'what the turn, the conversation and today cost, and what the cache saved' },
  {
    name: 'stats',
    takes: '[span] [day|model|session|hour]',
    tells: 'spend, speed, cache and promises of the last days',
  },
  { name: 'advise', takes: '[n]', tells: 'which lever to pull, by your own figures; n follows it, and measures it' },
  { name: 'quote', takes: '[text]', tells: 'what a message would cost, and how long it would take' },
  { name: 'context', takes: '[drop n]', tells: 'what fills the window and what it costs; drop, pin or keep turns' },
  { name: 'cache', takes: '[warm]', tells: 'the prompt cache: what is held, saved and missed; warm: keep it so' },
  { name: 'limits', takes: '', tells: "the server's rate limits: how much is used, and when they are full again" },
  {
    name: 'bench',
    takes: 'here [n] [models]',
    tells: 'ask this conversation n more times, and measure; the price first',
  },
  { name: 'wait', takes: '', tells: 'send the message that found no network as soon as there is one' },
  {
    name: 'why',
    takes: '[n] [all]',
    tells: 'what the time of the last turn, or of turn n, went to, beside what is usual; all: each phase',
  },
  { name: 'explain', takes: '[name]', tells: 'what a figure means, its formula, and the last turn put into it' },
  { name: 'perf', takes: '', tells: 'how fast this program itself is' },
  { name: 'quit', takes: '', tells: 'leave' },
]

/** Other words people know for the same commands; understood, but not listed. */
export const COMMAND_ALIASES: Readonly<Record<string, string>> = {
  exit: 'quit',
  q: 'quit',
  new: 'clear',
  '?': 'help',
  resume: 'sessions',
  history: 'sessions',
  rewind: 'turns',
  edit: 'turns',
  branches: 'tree',
}

export type Parsed =
  | { readonly type: 'command'; readonly command: Command; readonly argument: string }
  /** `name` as typed, without the slash; `near` holds the names it may have meant, nearest first. */
  | { readonly type: 'unknown'; readonly name: string; readonly near: readonly string[] }

/** A slash and one word, which ends the text or is followed by white space. A path such as `/usr/bin` is none. */
const LINE = /^\/([\w-]+|\?|)(?:\s+([\s\S]*))?$/

/**
 * The command a sent text names; null when the text is a message. A path or a comment is a message; a single unknown
 * word after the slash is not, for a mistyped command should not cost a turn. A space before the slash makes
 * any text a message.
 */
export function parseCommand(text: string): Parsed | null {
  const found = LINE.exec(text.trimEnd())
  if (!found) return null
  const name = found[1]!
  const command = commandNamed(name)
  if (command) return { type: 'command', command, argument: found[2] ?? '' }
  return { type: 'unknown', name, near: nearTo(name.toLowerCase()) }
}

/** Whether a text is for the program, and not a message: a draft that only begins with a path is one. */
export const isCommand = (text: string): boolean => LINE.test(text.trimEnd())

export interface Completion {
  /** Takes the place of the word at the cursor. Ends with a space when more is to be typed after it. */
  readonly insert: string
  readonly label: string
  readonly tells: string
}

/** A name with what it means. */
interface Named {
  readonly name: string
  readonly tells: string
}

/** What could stand at the cursor: names of commands in the first word, of models in `/model`'s argument. */
export function completeCommand(text: string, cursor: number, modelNames: readonly Named[]): readonly Completion[] {
  const typed = text.slice(0, cursor).toLowerCase()
  if (/^\/[\w?-]*$/.test(typed)) return commandsFrom(typed.slice(1))
  const model = /^\/model[^\S\n]+(\S*)$/.exec(typed)
  return model ? matching(model[1]!, modelNames) : []
}

function commandNamed(name: string): Command | undefined {
  const lower = name.toLowerCase()
  const meant = Object.hasOwn(COMMAND_ALIASES, lower) ? COMMAND_ALIASES[lower] : lower
  return COMMANDS.find((command) => command.name === meant)
}

function nearTo(name: string): readonly string[] {
  if (name === '') return ['help']
  const names = COMMANDS.map((command) => command.name)
  return [...new Set([...names.filter((candidate) => candidate.startsWith(name)), ...suggest(name, names)])]
}

/** An alias typed in full offers the command it stands for; a part of one does not, so that the list stays short. */
function commandsFrom(start: string): readonly Completion[] {
  const alias = start === '' ? undefined : commandNamed(start)
  return COMMANDS.filter((command) => command.name.startsWith(start) || command === alias).map((command) => ({
    insert: command.takes === '' ? `/${command.name}` : `/${command.name} `,
    label: command.takes === '' ? `/${command.name}` : `/${command.name} ${command.takes}`,
    tells: command.tells,
  }))
}

/** Names that begin with what is typed come first, then those that hold it. */
export function matching(part: string, names: readonly Named[]): readonly Completion[] {
  const begins = names.filter(({ name }) => name.toLowerCase().startsWith(part))
  const holds = names.filter((one) => one.name.toLowerCase().includes(part) && !begins.includes(one))
  return [...begins, ...holds].map(({ name, tells }) => ({ insert: name, label: name, tells }))
}
