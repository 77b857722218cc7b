/** The list of what fills the window: how much of it each part takes, its rent, and what leaving it out would do. */

import { shortName } from '../attachments/enclosure-words.ts'
import { sayAttachment } from '../attachments/words.ts'
import type { State } from '../conversation.ts'
import type { ReadingPace } from '../figures/pace.ts'
import { count, duration, percent, tokens } from '../figures/words.ts'
import { mark } from '../figures.ts'
import { marked, placesOf, wordsOf } from '../history/said-words.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { type Span, span } from '../text/spans.ts'
import { fitted, type Steps } from '../text/steps.ts'
import { clip, wrapText } from '../text/wrap.ts'
import type { Ms } from '../turn.ts'
import { markingOf, markingSteps } from '../window/marking.ts'
import { type Part, type Rent, rentOf, roomOf } from '../window/room.ts'
import { nameOf, placeOf, sayRent, sayRoom, usd } from '../window/room-report.ts'
import { leftOutBy } from '../window/window.ts'
import type { Cells, Column } from './columns.ts'
import { excerpt } from './excerpt.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'
import { toldOf } from './turns.ts'

export interface RoomRow extends Row {
  readonly part: Part
  readonly rent: Rent
  /** Of each attachment. */
  readonly rents: readonly Rent[]
  /** Of what is sent. */
  readonly share: number
}

export const ROOM: Kind<RoomRow> = {
  takes: 'drop, or keep',
  begins: 'last',
  name: ({ part }) => nameOf(part),
  acts: [{ name: 'pin', keys: ['tab', 'ctrl+b'], tells: 'pin' }],
}

const COLUMNS: readonly Column[] = [
  { align: 'right', rank: 0 },
  { align: 'right', rank: 2 },
  { align: 'right', rank: 1 },
  { align: 'right', rank: 3 },
]

/** The parts in whose text all typed words occur, in the order in which they are sent. */
export function roomRows(state: State, typed: string, pace: ReadingPace): readonly RoomRow[] {
  const { parts, whole } = roomOf(state)
  const rent = rentOf(state, whole.value)
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const says = (part: Part) => {
    const text = `${nameOf(part)}\n${part.turn?.answer ?? part.summary?.text ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return parts.filter(says).map((part) => ({
    ...{ id: part.id, part, rent: rent(part.tokens.value, pace) },
    rents: part.attached.map((one) => rent(one.tokens.value, pace)),
    share: part.place === 'sent' && whole.value > 0 ? part.tokens.value / whole.value : 0,
  }))
}

export function roomLooks(state: () => State, now: () => Ms): Looks<RoomRow> {
  return {
    head: 'Context',
    amount: (typed) => (typed === '' ? sayRoom(roomOf(state())) : undefined),
    placeholder: 'type to search it',
    empty: 'Nothing has been said yet.',
    columns: COLUMNS,
    cells,
    aloud: ({ part, rent }) => `${nameOf(part)}, ${size(part)} tokens, ${usd(rent.warm)} a turn`,
    preview(row, typed, { width, rows }) {
      const { part, rent } = row
      const rented = `${sayRent(rent, part.place === 'sent')}.`
      const does = outlook(part.turn ? whatIf(state(), part, now()) : [], rented, { width, rows })
      // What it does comes first: that is to be known before the key is pressed.
      const below = [...does, ...files(row, { width, rows: rows - does.length })]
      const text = part.turn
        ? { ...toldOf(part.turn), ...(rows - below.length < 4 ? { question: '' } : {}) }
        : { question: '', answer: part.summary?.text ?? state().choices.system ?? '', note: null }
      const room = rows - below.length
      const above = room > 0 ? excerpt(text, typed, { width, rows: room }) : []
      return [...above, ...below.map((line) => [span(line, 'dim')])]
    },
  }
}

interface Space {
  readonly width: number
  readonly rows: number
}

/** A row for each file of a turn, as far as there is room, and how many more there are. */
function files({ part: { attached, mark: is }, rents }: RoomRow, { width, rows }: Space): readonly string[] {
  const told = attached.map((one, i) => fitted(fileSteps(one, is, rents[i]!), width))
  if (told.length <= rows) return told
  const shown = Math.max(0, rows - 1)
  const more = attached.slice(shown)
  const size = more.reduce((sum, one) => sum + one.tokens.value, 0)
  const rest = shown === 0 ? `With it: ${count(more.length, 'attachment')}` : `… ${more.length} more`
  return rows < 1 ? [] : [...told.slice(0, shown), clip(`${rest} · ~${tokens(size)} tokens`, width)]
}

/** Columns that a long name is content with. */
const NAME_COLUMNS = 14

function fileSteps(
  { attachment, tokens: figure, isSent }: Part['attached'][number],
  is: Part['mark'],
  { warm }: Rent,
): Steps {
  const where = isSent ? 'With it' : leftOutBy(is).includes(attachment.hash) ? 'Left out' : 'Not sent'
  const size = `${mark(figure)}${tokens(figure.value)} tokens`
  const rent = isSent ? ` · ${usd(warm)}/turn` : ''
  const name = sanitiseLine(attachment.name)
  const short = shortName(name, NAME_COLUMNS)
  return [
    `${where}: ${sayAttachment(attachment)} · ${size}${rent}`,
    `${where}: ${sayAttachment({ ...attachment, name: short })} · ${size}${rent}`,
    `${where}: ${short} · ${size}${rent}`,
    `${where}: ${short} · ${size}`,
  ]
}

/** What Enter would do, the longest form first. */
function whatIf(state: State, { id, mark: is }: Part, now: Ms): readonly string[] {
  const as = is === 'dropped' ? null : 'dropped'
  const steps = markingSteps(markingOf(state, [id], as, now))
  return steps.map((step) => `Enter ${as ? 'drops' : 'keeps'} it: ${step.replace(/^What/, 'what')}`)
}

/** What Enter would do and the rent, as much of it in whole sentences as there are rows; one is left for the text, or for files. */
function outlook(steps: readonly string[], rent: string, size: Space) {
  const room = Math.max(1, size.rows - 1)
  const forms = steps.length === 0 ? [[rent]] : steps.flatMap((step) => [[step, rent], [step]])
  const all = forms.map((form) => form.flatMap((text) => wrapText(text, size.width)))
  return all.find(({ length }) => length <= room) ?? all.at(-1)!.slice(0, size.rows)
}

function cells({ part, rent, share }: RoomRow, typed: string): Cells {
  const name = nameOf(part)
  const isSent = part.place === 'sent'
  const place = placeOf(part)
  const text: readonly Span[] = isSent ? marked(name, placesOf(name, wordsOf(typed), true)) : [span(name, 'dim')]
  return {
    text: [...(part.turn ? [span(`${part.id} `, 'dim')] : []), ...text],
    beside: place === null ? null : span(place, place === 'pinned' ? 'accent' : 'dim'),
    columns: [
      span(size(part), 'dim'),
      isSent ? span(percent(share), 'dim') : null,
      isSent ? span(`${usd(rent.warm)}/turn`, 'dim') : null,
      isSent ? span(`~${duration(rent.warmMs)}`, 'dim') : null,
    ],
  }
}

const size = ({ tokens: figure }: Part) => `${mark(figure)}${tokens(figure.value)}`
