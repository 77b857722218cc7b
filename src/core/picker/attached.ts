/** The list of what a conversation holds besides its words: each with its rent, and what leaving it out would do. */

import { sayShape } from '../attachments/preview.ts'
import type { Attachment } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { USUAL_PACE } from '../figures/pace.ts'
import { count, tokens } from '../figures/words.ts'
import type { Figure } from '../figures.ts'
import { marked, placesOf, wordsOf } from '../history/said-words.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { span } from '../text/spans.ts'
import { wrapText } from '../text/wrap.ts'
import type { Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import { leaveOut } from '../window/marking.ts'
import { type Rent, rentOf, roomOf } from '../window/room.ts'
import { nameOf, usd } from '../window/room-report.ts'
import { leftOutBy } from '../window/window.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'

export interface AttachedRow extends Row {
  readonly turn: Turn
  readonly attachment: Attachment
  readonly tokens: number
  readonly rent: Rent
  /** Why it does not go along, in a word or two; null: it does. */
  readonly away: string | null
}

export const ATTACHED: Kind<AttachedRow> = {
  takes: 'drop, or keep',
  begins: 'last',
  name: ({ attachment }) => attachment.name,
  acts: [],
}

/** Why a turn is not sent. */
const PLACES = { dropped: 'dropped', summarised: 'summarised', nothing: 'no answer' } as const

/** Each attachment of the branch that is shown, in the order in which they are sent. */
export function attachedRows(state: State, typed = ''): readonly AttachedRow[] {
  const { parts, whole } = roomOf(state)
  const rent = rentOf(state, whole.value)
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return parts
    .flatMap(({ turn, attached, place, mark }) =>
      attached.map(({ attachment, tokens: { value: size }, isSent }) => {
        const isOut = leftOutBy(mark).includes(attachment.hash)
        const away = isSent
          ? null
          : [...(place === 'sent' ? [] : [PLACES[place]]), ...(isOut ? ['dropped'] : [])].join(', ')
        return { turn: turn!, attachment, tokens: size, rent: rent(size, USUAL_PACE), away }
      }),
    )
    .map((row, id) => ({ ...row, id }))
    .filter(({ attachment, turn }) => {
      const text = `${attachment.name} ${turn.question}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
}

const about = ({ attachment }: AttachedRow) => (attachment.kind === 'image' ? '' : '~')

/** All of them together, in a line. */
export function sayAttached(rows: readonly AttachedRow[]): string {
  const sent = rows.filter(({ away }) => away === null)
  const size = sent.reduce((sum, row) => sum + row.tokens, 0)
  const rent = total(sent.map((row) => row.rent.warm))
  const away = rows.length - sent.length
  const others = away > 0 ? `, ${away} not sent` : ''
  return `${count(sent.length, 'attachment')}, ~${tokens(size)} tokens, ${usd(rent)} a turn${others}`
}

function total(figures: readonly (Figure | null)[]): Figure | null {
  const known = figures.filter((one) => one !== null)
  if (known.length < figures.length) return null
  return { value: known.reduce((sum, { value }) => sum + value, 0), from: 'estimate' }
}

export function attachedLooks(state: () => State, now: () => Ms): Looks<AttachedRow> {
  return {
    head: 'Attachments',
    amount: (typed) => sayAttached(attachedRows(state(), typed)),
    placeholder: 'type to search them',
    empty: 'Nothing is attached to this conversation.',
    columns: [
      { align: 'right', rank: 3 },
      { align: 'right', rank: 0 },
      { align: 'right', rank: 1 },
    ],
    cells(row, typed) {
      const name = sanitiseLine(row.attachment.name)
      const text = row.away === null ? marked(name, placesOf(name, wordsOf(typed), true)) : [span(name, 'dim')]
      return {
        text: [span(`${row.turn.number} `, 'dim'), ...text],
        beside: row.away === null ? null : span(row.away, 'dim'),
        columns: [
          span(sayShape(row.attachment), 'dim'),
          span(`${about(row)}${row.tokens.toLocaleString('en-US')} tok`, 'dim'),
          row.away === null ? span(`${usd(row.rent.warm)}/turn`, 'dim') : null,
        ],
      }
    },
    aloud: (row) =>
      `${row.attachment.name} of turn ${row.turn.number}, ${sayShape(row.attachment)}, ${about(row)}${row.tokens.toLocaleString('en-US')} tokens, ${row.away ?? `${usd(row.rent.warm)} a turn`}`,
    preview(row, _, { width, rows }) {
      const { turn, attachment, rent } = row
      const asked = `Turn ${turn.number}: ${nameOf({ kind: 'turn', turn, summary: null } as Parameters<typeof nameOf>[0])}`
      const deed = leaveOut(state(), turn.number, attachment, now())
      const does = leftOutBy(state().marks[turn.number]).includes(attachment.hash) ? 'takes it in again' : 'drops it'
      const what = typeof deed === 'string' ? deed : `Enter ${does}: ${deed.steps[0]}`
      // What stays away whatever is done costs nothing.
      const would = row.away === null ? '' : ' it would be'
      const isNear = row.away === null || row.away === 'dropped'
      const cost = `With every turn${would} ${usd(rent.warm)} from the cache, ${usd(rent.cold)} anew.`
      const told = [asked, what, ...(isNear ? [cost] : [])]
      return told
        .flatMap((text) => wrapText(text, width))
        .slice(0, rows)
        .map((text) => [span(text, 'dim')])
    },
  }
}

/** `/attachments` in words. */
export function attachedReport(state: State) {
  const rows = attachedRows(state)
  // What may be left out of later requests is listed once its own turn is over.
  const running = state.live?.attachments ?? []
  if (rows.length === 0 && running.length > 0)
    return `${running.map(({ name }) => sanitiseLine(name)).join(', ')} went with the question that is being answered. /attachments lists it when that is over.`
  if (rows.length === 0)
    return 'Nothing is attached to this conversation. /attach PATH attaches a file to your next message.'
  const list = rows.map((row) => {
    const rent = row.away ?? `${usd(row.rent.warm)} a turn, ${usd(row.rent.cold)} cold`
    return [
      `${row.turn.number} ${sanitiseLine(row.attachment.name)}`,
      `${sayShape(row.attachment)} · ${about(row)}${row.tokens.toLocaleString('en-US')} tok · ${rent}`,
    ] as const
  })
  return [
    `Attachments: ${sayAttached(rows)}.`,
    '',
    { list },
    '',
    '/context drop N leaves a turn out with what was attached to it.',
  ]
}
