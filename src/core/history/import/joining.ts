/**
 * What a conversation that arrives brings to the same one that is here: nothing, more turns, or another way from some
 * turn on. What was saved the same is the same; else the turns decide, since not every form tells all that is saved.
 */

import { isSameAttached } from '../../attachments.ts'
import type { SideCall } from '../../conversation/side-calls.ts'
import type { Event, State } from '../../conversation.ts'
import type { Turn } from '../../turn/turns.ts'
import type { Batch } from '../saved.ts'
import { walk } from '../walk.ts'

export type Joining =
  /** Batches to put behind what is here; none: all of it is here. */
  | { readonly more: readonly Batch[] }
  /** The first turn that is another one here, told so that it is the same in every form of export. */
  | { readonly parting: string; readonly from: number }

/** @param here what was saved together, each as the JSON of its events */
export function joining(here: readonly string[], arriving: readonly Batch[]): Joining {
  const same = arriving.findIndex(({ events }, i) => here[i] !== JSON.stringify(events))
  if (same < 0) return { more: [] }
  if (same >= here.length) return { more: arriving.slice(same) }
  const ours = told(here.map((body) => JSON.parse(body) as readonly Event[]))
  const theirs = told(arriving.map(({ events }) => events))
  const other = theirs.turns.findIndex((turn, i) => {
    const known = ours.turns[i]
    return known !== undefined && !isSame(known, turn, i === theirs.turns.length - 1)
  })
  if (other >= 0) {
    const { number, parent, question, answer, times } = theirs.turns[other]!
    const from = arriving.findIndex(({ turn }) => turn === number)
    return { parting: JSON.stringify([number, parent, question, answer, times.asked]), from }
  }
  const next = theirs.turns[ours.turns.length]
  return { more: next ? grown(arriving, next, ours, theirs) : [] }
}

interface Conversation {
  readonly turns: readonly Turn[]
  /** Number of the turn it stands at. */
  readonly last: number | null
  readonly title: State['title']
  readonly sideCalls: readonly SideCall[]
}

function told(rows: Iterable<readonly Event[]>): Conversation {
  const way = walk()
  const turns: Turn[] = []
  for (const events of rows) {
    for (const event of events) {
      const turn = way.take(event)
      if (turn) turns.push(turn)
    }
  }
  const { title, sideCalls, turns: left } = way.state
  return { turns, last: left.at(-1)?.number ?? null, title, sideCalls }
}

/** @param isLast it may have been told while it was still running */
function isSame(here: Turn, there: Turn, isLast: boolean): boolean {
  const { end } = there
  const isCut = isLast && end?.type === 'failed' && end.failure.kind === 'interrupted'
  const says = (part: 'answer' | 'thinking') =>
    isCut ? here[part].startsWith(there[part]) : here[part] === there[part]
  const isAsked =
    here.question === there.question &&
    here.parent === there.parent &&
    isSameAttached(here.attachments, there.attachments)
  return isAsked && here.times.asked === there.times.asked && says('answer') && says('thinking')
}

/** From this turn on, as if it had happened where the one that is here ends. */
function grown(arriving: readonly Batch[], next: Turn, ours: Conversation, theirs: Conversation): readonly Batch[] {
  const first = arriving.findIndex(({ turn }) => turn === next.number)
  const paid = new Set(ours.sideCalls.map(billOf))
  const more = arriving.slice(first).flatMap((batch) => {
    const events = batch.events.filter(
      (event) => !VIEWS.has(event.type) && !(event.type === 'billed' && paid.has(billOf(event))),
    )
    return events.length > 0 ? [{ ...batch, events }] : []
  })
  const before: Event[] = []
  if (ours.last !== next.parent) before.push({ type: 'moved', to: next.parent })
  const { title } = theirs
  const isNew = title && title.text !== ours.title?.text && ours.title?.by !== 'user'
  if (isNew && !more.some(({ events }) => events.some(({ type }) => type === 'titled')))
    before.push({ type: 'titled', title: title.text, by: title.by })
  // What was chosen and called before the first turn is told with it; all of that is here.
  const own = more[0]!.events.slice(more[0]!.events.findIndex(({ type }) => type === 'asked'))
  return [{ ...more[0]!, events: [...before, ...own] }, ...more.slice(1)]
}

/** They speak of each other by numbers that are others here. */
const VIEWS: ReadonlySet<Event['type']> = new Set(['summarised', 'amended', 'unsummarised'])

/** Which call it was: a document tells its time in whole milliseconds. */
const billOf = ({ at, purpose, model, usage, requestId }: Omit<SideCall, 'cost' | 'prices'>): string =>
  JSON.stringify([Math.floor(at), purpose, model, usage, requestId])
