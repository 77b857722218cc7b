/** `sessions delete`, `restore`, `rename` and `prune`: what changes the history, each saying how it is undone. */

import { UsageError } from '../../args.ts'
import { LONGEST, quoted } from '../../core/conversation/title.ts'
import { count } from '../../core/figures/words.ts'
import { BIN_DAYS, binEnd, daysOf, keptSince } from '../../core/history/retention.ts'
import { quote } from '../../core/problem.ts'
import { sanitiseLine } from '../../core/text/sanitise.ts'
import { theme } from '../../core/text/theme.ts'
import { clip } from '../../core/text/wrap.ts'
import type { History, Listed } from '../../io/history.ts'
import type { Call } from './call.ts'
import { allMeant, noneYet, oneMeant, some } from './found.ts'
import { conversationInJson, documentOf } from './json.ts'
import { shortId, table } from './table.ts'

/** Characters of a name somebody gives: more than any list shows. */
const LONGEST_NAME = 200
/** How many conversations a sentence names. */
const MOST_NAMED = 5

const named = ({ title, uid }: Listed) => `${quoted(title)} (${shortId(uid)})`

function allNamed(found: readonly Listed[]): string {
  const more = found.length - MOST_NAMED
  return `${found.slice(0, MOST_NAMED).map(named).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

export async function remove(call: Call): Promise<void> {
  const { io, program } = call
  const history = some(call)
  const found = allMeant({ history, program }, call.rest)
  history.together(() => {
    for (const { id } of found) history.bin(id, io.nowMs())
  })
  const ids = found.map(({ uid }) => shortId(uid)).join(' ')
  const [them, they] = found.length === 1 ? ['it', 'it is'] : ['them', 'they are']
  await told(
    call,
    asNow(history, found),
    `In the bin: ${allNamed(found)}. \`${program} sessions restore ${ids}\` takes ${them} out again; after ${BIN_DAYS} days there ${they} gone for good.`,
  )
}

export async function restore(call: Call): Promise<void> {
  const { program } = call
  const history = some(call)
  const found = allMeant({ history, program }, call.rest, { deleted: true })
  history.together(() => {
    for (const { id } of found) history.bin(id, null)
  })
  await told(call, asNow(history, found), `Out of the bin again: ${allNamed(found)}.`)
}

export async function rename(call: Call): Promise<void> {
  const { io, program } = call
  const history = some(call)
  const [which = '', ...words] = call.rest
  const title = [...words.join(' ').replace(/\s+/g, ' ').trim()].slice(0, LONGEST_NAME).join('')
  if (title === '')
    throw new UsageError(
      `Expected an id and a title: ${program} sessions rename ID TITLE. A title of several words that names the conversation goes in quotes.`,
    )
  const one = oneMeant({ history, program }, which)
  history.retitle(one.id, title, io.nowMs())
  await told(call, asNow(history, [one]), `${named(one)} is ${quoted(title)} now.`)
}

/** What is known of these conversations after something was done to them. */
const asNow = (history: History, found: readonly Listed[]): readonly Listed[] =>
  found.flatMap(({ id }) => history.one(id) ?? [])

export async function prune(call: Call): Promise<void> {
  const { flags, rest, io, program } = call
  if (rest.length > 0)
    throw new UsageError(
      `\`sessions prune\` takes no words, but ${quote(rest[0]!)} came. \`${program} sessions delete ${clip(sanitiseLine(rest.join(' ')), LONGEST)}\` deletes one conversation.`,
    )
  const olderThan = flags['older-than']
  const days = typeof olderThan === 'string' ? daysOf(olderThan) : io.keepDays()
  if (typeof olderThan === 'string' && days === null) {
    throw new UsageError(`--older-than takes a time such as 90d, 12w, 6m or 2y; ${quote(olderThan)} came.`)
  }
  if (olderThan !== undefined && days === 0) {
    throw new UsageError(
      `--older-than takes a time above nothing; ${quote(String(olderThan))} would remove everything for good, the conversation of a moment ago included. Whoever means that deletes the file: ${io.path}`,
    )
  }
  if (!call.history) return told(call, [], noneYet(call))
  const history = call.history
  const now = io.nowMs()
  const before = keptSince(days, now)
  const binned = flags.bin === true ? now + 1 : binEnd(now)
  const found = history.outdated(before, binned)
  const isTrial = flags['dry-run'] === true
  if (!isTrial) {
    history.prune(before, binned)
    // It may be of what was removed: made again, it is the same.
    await io.forgetPrepared?.()
  }
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
