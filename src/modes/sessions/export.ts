/** `sessions export` and `sessions show`: a conversation as a file, or to be read here and now. */

import { UsageError } from '../../args.ts'
import { FORMATS, type Format, formatOfFile } from '../../core/export/formats.ts'
import { Ending, EXIT } from '../../core/outcome.ts'
import { quote } from '../../core/problem.ts'
import { sanitiseLine, sanitiser } from '../../core/sanitise.ts'
import { count } from '../../core/words.ts'
import type { History, Listed } from '../../io/history.ts'
import { portions, textOf, toldFrom, writeFile } from '../exporting.ts'
import { harmlessJson } from '../sink.ts'
import type { Call } from './call.ts'
import { oneMeant } from './found.ts'
import { NONE_YET } from './list.ts'

export async function exportOne(call: Call): Promise<void> {
  const { flags, rest, io } = call
  const file = typeof flags.output === 'string' && flags.output !== '-' ? flags.output : null
  const history = some(call)
  const all = flags.all === true
  const format = formatOf(flags.json === true ? 'json' : flags.format, file, all)
  if (all && rest.length > 0)
    throw new UsageError(`--all exports every conversation; "${rest.join(' ')}" came besides.`)
  const parcel = all ? everything(history) : one(history, oneMeant(history, rest.join(' ')), format, call)
  if (file === null) return written(parcel.pieces, format, call)
  writeOrSay(file, parcel.pieces, flags.force === true)
  io.err(`${parcel.what()} written to ${quote(file, 200)}.`)
}

export async function show(call: Call): Promise<void> {
  const { flags, rest, io } = call
  const history = some(call)
  const conversation = oneMeant(history, rest.join(' '))
  if (flags.json === true)
    return written(textOf(history, conversation, 'json', { branches: true }).pieces, 'json', call)
  if (!io.terminal) return written(textOf(history, conversation, 'md', { branches: false }).pieces, 'md', call)
  const { onTerminal } = await import('./conversation-on-terminal.ts')
  const { told } = toldFrom(history, conversation)
  for await (const piece of onTerminal(told, conversation, { ...io.terminal(), nowMs: io.nowMs() }))
    await io.write(piece)
}

function some({ history }: Call): History {
  if (history) return history
  throw new Ending(EXIT.usage, NONE_YET)
}

interface Parcel {
  readonly pieces: Iterable<string>
  /** What is in it, once it is written. */
  readonly what: () => string
}

function one(history: History, conversation: Listed, format: Format, { flags, io }: Call): Parcel {
  const branches = flags.branches === true
  const { pieces, told } = textOf(history, conversation, format, { branches })
  const { turns, others } = told.survey
  if ((format === 'md' || format === 'html') && others > 0 && !branches)
    io.err(
      `${count(others, 'turn')} of other branches ${others === 1 ? 'is' : 'are'} left out: --branches adds them; json and jsonl hold everything.`,
    )
  const isWhole = branches || format === 'json' || format === 'jsonl'
  const all = count(turns + (isWhole ? others : 0), 'turn')
  return { pieces, what: () => `“${sanitiseLine(conversation.title)}”, ${all},` }
}

/** Every conversation that is not in the bin, the oldest first, one after the other. */
function everything(history: History): Parcel {
  let turns = 0
  let conversations = 0
  function* pieces(): Generator<string> {
    const ids = [...everyId(history)].reverse()
    for (const id of ids) {
      const conversation = history.one(id)
      if (!conversation) continue
      conversations++
      turns += conversation.turns
      yield* textOf(history, conversation, 'jsonl', { branches: true }).pieces
    }
  }
  return { pieces: pieces(), what: () => `${count(conversations, 'conversation')}, ${count(turns, 'turn')},` }
}

const PAGE = 500

function* everyId(history: History): Generator<number> {
  for (let offset = 0; ; offset += PAGE) {
    const page = history.list({ limit: PAGE, offset })
    for (const { id } of page) yield id
    if (page.length < PAGE) return
  }
}

function formatOf(wanted: string | true | undefined, file: string | null, all: boolean): Format {
  const byName = file === null ? null : formatOfFile(file)
  const format = FORMATS.find((one) => one === wanted) ?? byName ?? (all ? 'jsonl' : 'md')
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
