/** `sessions delete`, `restore`, `rename` and `prune`: what changes the history, each saying how it is undone. */

import { UsageError } from '../../args.ts'
import { Ending, EXIT } from '../../core/outcome.ts'
import { BIN_DAYS, binEnd, daysOf, keptSince } from '../../core/retention.ts'
import { sanitiseLine } from '../../core/sanitise.ts'
import { theme } from '../../core/theme.ts'
import { count } from '../../core/words.ts'
import type { Listed } from '../../io/history.ts'
import type { Call } from './call.ts'
import { allMeant, oneMeant } from './found.ts'
import { conversationInJson, documentOf } from './json.ts'
import { NONE_YET } from './list.ts'
import { shortId, table } from './table.ts'

/** Characters of a name somebody gives: more than any list shows. */
const LONGEST_TITLE = 200

const named = ({ title, uid }: Listed) => `“${sanitiseLine(title)}” (${shortId(uid)})`

export async function remove(call: Call): Promise<void> {
  const { history, io } = some(call)
  const found = allMeant(history, call.rest)
  for (const { id } of found) history.bin(id, io.nowMs())
  const ids = found.map(({ uid }) => shortId(uid)).join(' ')
  await told(
    call,
    found,
    `In the bin: ${found.map(named).join(', ')}. \`claude-tui sessions restore ${ids}\` takes ${found.length === 1 ? 'it' : 'them'} out again; after ${BIN_DAYS} days there ${found.length === 1 ? 'it is' : 'they are'} gone for good.`,
  )
}

export async function restore(call: Call): Promise<void> {
  const { history } = some(call)
  const found = allMeant(history, call.rest, { deleted: true })
  for (const { id } of found) history.bin(id, null)
  await told(call, found, `Out of the bin again: ${found.map(named).join(', ')}.`)
}

export async function rename(call: Call): Promise<void> {
  const { history, io } = some(call)
  const [which = '', ...words] = call.rest
  const title = [...words.join(' ').replace(/\s+/g, ' ').trim()].slice(0, LONGEST_TITLE).join('')
  if (title === '')
    throw new UsageError(
      'Expected an id and a title: claude-tui sessions rename ID TITLE. A title of several words that names the conversation goes in quotes.',
    )
  const one = oneMeant(history, which)
  history.retitle(one.id, title, io.nowMs())
  await told(call, [{ ...one, title, titleBy: 'user' }], `${named(one)} is “${sanitiseLine(title)}” now.`)
}

export async function prune(call: Call): Promise<void> {
  const { flags, rest } = call
  if (rest.length > 0)
    throw new UsageError(
      `\`sessions prune\` takes no words, but "${rest[0]}" came. \`sessions delete ${rest.join(' ')}\` deletes one conversation.`,
    )
  const olderThan = flags['older-than']
  const days = typeof olderThan === 'string' ? daysOf(olderThan) : call.io.keepDays()
  if (typeof olderThan === 'string' && days === null) {
    throw new UsageError(`--older-than takes a time such as 90d, 12w, 6m or 2y; "${olderThan}" came.`)
  }
  if (!call.history) return told(call, [], NONE_YET)
  const { history, io } = some(call)
  const now = io.nowMs()
  const before = keptSince(days, now)
  const binned = flags.bin === true ? now + 1 : binEnd(now)
  const found = history.outdated(before, binned)
  const isTrial = flags['dry-run'] === true
  if (!isTrial) history.prune(before, binned)
  if (isTrial && flags.json !== true && found.length > 0) {
    const { columns, theme: look } = io.terminal?.() ?? {
      columns: null,
      theme: theme({ colour: 'none', links: false }),
    }
    const lines = table(found, { columns, theme: look, nowMs: now, headed: columns !== null })
    await io.write(lines.map((line) => `${line}\n`).join(''))
  }
  const why = days === null ? ' Nothing is too old: keepDays is forever, and no --older-than came.' : ''
  const what =
    found.length === 0
      ? `Nothing to remove.${why}`
      : `${count(found.length, 'conversation')} ${isTrial ? 'would be' : found.length === 1 ? 'is' : 'are'} gone for good${isTrial ? ': nothing was removed' : ''}. What they cost stays in the ledger.`
  await told(call, found, what, { dryRun: isTrial })
}

function some(call: Call) {
  const { history, io } = call
  if (history) return { history, io }
  throw new Ending(EXIT.usage, NONE_YET)
}

/** A program gets the conversations, a person a sentence. */
async function told(
  { flags, io }: Call,
  conversations: readonly Listed[],
  sentence: string,
  more: object = {},
): Promise<void> {
  if (flags.json !== true) return io.err(sentence)
  for (const piece of documentOf(conversations.map(conversationInJson), more)) await io.write(piece)
}
