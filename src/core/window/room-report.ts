/** What is said of the window: what fills it, what each part costs with every turn, and what can be done about it. */

import { wordsWithNames } from '../attachments.ts'
import { promptOf } from '../conversation/title.ts'
import type { State } from '../conversation.ts'
import type { ReadingPace } from '../figures/pace.ts'
import { count, duration, money, percent, tokens } from '../figures/words.ts'
import { type Figure, mark, withMark } from '../figures.ts'
import type { Remark } from '../text/remark.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { type Part, type Rent, type Room, rentOf, roomOf } from './room.ts'

/** Parts that are listed one by one; of more, the largest are. */
const LISTED = 20
/** UTF-16 units of a question that name its turn. */
const NAME_CHARS = 36

const amount = (figure: Figure) => `${mark(figure)}${tokens(figure.value)}`
export const usd = (figure: Figure | null) => (figure ? withMark(figure, money) : '$?')

/** How full the window is, in one line. */
export function sayRoom({ used, window }: Pick<Room, 'used' | 'window'>): string {
  if (window === null) return `${amount(used)} tokens; how many this model takes is not known`
  return `${amount(used)} of ${tokens(window)} tokens (${withMark({ ...used, value: used.value / window }, percent)})`
}

/** What a part is called; a turn by its question, in one line. */
export function nameOf({ kind, turn, summary }: Part): string {
  if (kind === 'system') return 'system prompt'
  if (kind === 'summary') return summary?.kind === 'omitted' ? 'note on what was left out' : 'summary'
  return sanitiseLine(promptOf(wordsWithNames(turn!)).trim().replace(/\s+/g, ' '))
}

/** Why a part is not simply sent, in a word; null: it is. */
export function placeOf({ place, mark: marked }: Part): string | null {
  if (place === 'dropped') return 'dropped'
  if (place === 'nothing') return 'no answer'
  if (place === 'summarised') return 'summarised'
  return marked === 'pinned' ? 'pinned' : marked ? 'in part' : null
}

/** The rent of one part, in full. @param isSent else it is what it would be */
export function sayRent({ warm, warmMs, cold, coldMs }: Rent, isSent: boolean): string {
  const wait = (ms: number) => `~${duration(ms)}`
  return `With every turn ${isSent ? '' : 'it would be '}${usd(warm)} and ${wait(warmMs)} from the cache, ${usd(cold)} and ${wait(coldMs)} anew`
}

/** `/context` in words. @param pace how long the model takes to read a token anew */
export function roomReport(state: State, pace: ReadingPace): Remark {
  const room = roomOf(state)
  const rent = rentOf(state, room.whole.value)
  const sent = room.parts.filter(({ place }) => place === 'sent')
  if (sent.length === 0 && room.parts.length === 0) return `Nothing fills the window yet: ${sayRoom(room)}.`
  const shown = new Set([...room.parts].sort((a, b) => b.tokens.value - a.tokens.value).slice(0, LISTED))
  const rest = sent.filter((part) => !shown.has(part))
  const restTokens = rest.reduce((sum, part) => sum + part.tokens.value, 0)
  const row = (name: string, size: Figure, isSent: boolean): readonly [string, string] => {
    const { warm, warmMs, cold } = rent(size.value, pace)
    const share = room.whole.value > 0 ? percent(size.value / room.whole.value) : '0%'
    const each = `${usd(warm)} and ~${duration(warmMs)} a turn, ${usd(cold)} cold`
    return [name, `${amount(size)} tokens, ${isSent ? `${share} · ${each}` : `not sent · would be ${each}`}`]
  }
  const rows = room.parts
    .filter((part) => shown.has(part))
    .flatMap((part) => {
      const place = placeOf(part)
      const name = short(`${part.turn ? `${part.id} ` : ''}${nameOf(part)}`)
      const isSent = part.place === 'sent'
      return [
        row(`${name}${place ? ` (${place})` : ''}`, part.tokens, isSent),
        ...part.attached.map((one) => row(`  ${short(one.attachment.name)}`, one.tokens, one.isSent)),
      ]
    })
  const others =
    rest.length === 0 ? [] : [row(count(rest.length, 'smaller part'), { value: restTokens, from: 'estimate' }, true)]
  return [`Context: ${sayRoom(room)}.`, '', { list: [...rows, ...others] }, '', ...notes(room, pace)]
}

function notes({ thinking, whole }: Room, { msPerToken, answers }: ReadingPace): readonly string[] {
  const from = answers === 0 ? 'a usual figure' : `from ${count(answers, 'answer')} of yours`
  return [
    ...(thinking > 0
      ? [
          `${count(Math.round(thinking), 'token')} of it are the last answer's thinking, which is not sent back: ${amount(whole)} are.`,
        ]
      : []),
    `A turn: what it costs, and how much later the first word comes, while the cache holds it; cold: read anew. 10k tokens read anew take ~${duration(msPerToken * 10_000)} (${from}).`,
    '/context drop N leaves a turn out, pin N keeps it word for word, keep N takes either back. Nothing is deleted.',
  ]
}

const short = (name: string) => (name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS - 1)}…` : name)
