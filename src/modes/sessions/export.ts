/** `sessions export` and `sessions show`: a conversation as a file, or to be read here and now. */

import { UsageError } from '../../args.ts'
import { LONGEST, quoted } from '../../core/conversation/title.ts'
import { count, turnsInWords } from '../../core/figures/words.ts'
import { FORMATS, type Format, formatOfFile } from '../../core/history/export/formats.ts'
import { quote } from '../../core/problem.ts'
import { sanitiser } from '../../core/text/sanitise.ts'
import { Ending } from '../../core/turn/outcome.ts'
import type { History, Listed } from '../../io/history.ts'
import { portions, textOf, toldFrom, writeFile } from '../history/exporting.ts'
import { harmlessJson } from '../shell/sink.ts'
import type { Call } from './call.ts'
import { oneMeant, some } from './found.ts'
import { conversationInJson, documentOf } from './json.ts'

/**
 * Without a file the export goes to stdout, and `--json` is its form there. With one, the form is that of the file, and
 * `--json` tells on stdout what was written.
 */
export async function exportOne(call: Call): Promise<void> {
  const { flags, rest, io } = call
  const file = typeof flags.output === 'string' && flags.output !== '-' ? flags.output : null
  const history = some(call)
  const all = flags.all === true
  const format = formatOf(call, file)
  if (all && rest.length > 0)
    throw new UsageError(`--all exports every conversation; ${quote(rest.join(' '), LONGEST)} came besides.`)
  const parcel = all ? everything(history) : one(history, oneMeant({ ...call, history }, rest.join(' ')), format, call)
  if (file === null) return written(parcel.pieces, format, call)
  writeOrSay(file, parcel.pieces, flags.force === true)
  if (flags.json !== true) return io.err(`${parcel.what()} written to ${quote(file, 200)}.`)
  for (const piece of documentOf(parcel.conversations.map(conversationInJson), { file, format })) await io.write(piece)
}

export async function show(call: Call): Promise<void> {
  const { flags, rest, io } = call
  const history = some(call)
  const conversation = oneMeant({ ...call, history }, rest.join(' '))
  if (flags.json === true)
    return written(textOf(history, conversation, 'json', { branches: true }).pieces, 'json', call)
  if (!io.terminal) return written(textOf(history, conversation, 'md', { branches: false }).pieces, 'md', call)
  const { onTerminal } = await import('./conversation-on-terminal.ts')
  const { told } = toldFrom(history, conversation)
  for await (const piece of onTerminal(told, conversation, { ...io.terminal(), nowMs: io.nowMs() }))
    await io.write(piece)
}

interface Parcel {
  readonly pieces: Iterable<string>
  /** What is in it, once it is written. */
  readonly what: () => string
  readonly conversations: readonly Listed[]
}

function one(history: History, conversation: Listed, format: Format, { flags, io }: Call): Parcel {
  const branches = flags.branches === true
  const { pieces, told } = textOf(history, conversation, format, { branches })
  const { turns, others } = told.survey
  const isWhole = branches || format === 'json' || format === 'jsonl'
  if (!isWhole && others > 0 && flags.json !== true)
    io.err(
      `${count(others, 'turn on another branch is', 'turns on other branches are')} left out: --branches adds them; json and jsonl hold everything.`,
    )
  const what = () => `${quoted(conversation.title)}, ${turnsInWords(turns, isWhole ? others : 0)},`
  return { pieces, what, conversations: [conversation] }
}

/** Every conversation that is not in the bin, the oldest first, one after the other. */
function everything(history: History): Parcel {
  let turns = 0
  let others = 0
  const conversations: Listed[] = []
  function* pieces(): Generator<string> {
    const ids = [...everyId(history)].reverse()
    for (const id of ids) {
      const conversation = history.one(id)
      if (!conversation) continue
      conversations.push(conversation)
      const { pieces: some, told } = textOf(history, conversation, 'jsonl', { branches: true })
      turns += told.survey.turns
      others += told.survey.others
      yield* some
    }
  }
  const what = () => `${count(conversations.length, 'conversation')}, ${turnsInWords(turns, others)},`
  return { pieces: pieces(), what, conversations }
}

const PAGE = 500

function* everyId(history: History): Generator<number> {
  for (let offset = 0; ; offset += PAGE) {
    const page = history.list({ limit: PAGE, offset })
    for (const { id } of page) yield id
    if (page.length < PAGE) return
  }
}

function formatOf({ flags }: Call, file: string | null): Format {
  const all = flags.all === true
  const wanted = FORMATS.find((one) => one === flags.format) ?? null
  const toJson = flags.json === true && file === null
  if (toJson && wanted !== null && wanted !== 'json')
    throw new UsageError(
      `--json and --format ${wanted} ask for two forms on stdout. Leave one of them out, or name a file: -o FILE --json tells what was written.`,
    )
  const format = toJson ? 'json' : (wanted ?? (file === null ? null : formatOfFile(file)) ?? (all ? 'jsonl' : 'md'))
  if (!all || format === 'jsonl') return format
  throw new UsageError(
    `--all writes events (jsonl), one conversation after the other; ${format} holds one. Leave out --all, or name the file .jsonl.`,
  )
}

function writeOrSay(file: string, pieces: Iterable<string>, replaces: boolean): void {
  try {
    writeFile(file, pieces, replaces)
  } catch (error) {
    if (error instanceof Ending && !replaces && /is there already/.test(error.message))
      throw new Ending(error.code, `${error.message} --force replaces it.`)
    throw error
  }
}

/** To stdout: byte for byte into a pipe, harmless on a terminal. */
async function written(pieces: Iterable<string>, format: Format, { io }: Call): Promise<void> {
  const isJson = format === 'json' || format === 'jsonl'
  const clean = io.terminal && !isJson ? sanitiser() : null
  for (const portion of portions(pieces))
    await io.write(clean ? clean.push(portion) : io.terminal ? harmlessJson(portion) : portion)
  if (clean) await io.write(clean.end())
}
