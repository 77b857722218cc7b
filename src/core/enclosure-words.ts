/**
 * A row for each file beside a draft: what it is, what is sent of it, tokens, what it costs with every further turn; and
 * what all of it costs now. As much of that as there is room for.
 */

import { type Attachment, attachmentTokens, bytesSent } from './attachments.ts'
import type { State } from './conversation.ts'
import { attachmentOf, type Enclosure, isPreparing, readyIn, refusalOf } from './enclosures.ts'
import { estimated, type Figure, mark, reported } from './figures.ts'
import { modelCard } from './models.ts'
import { USUAL_PACE } from './pace.ts'
import { type Rent, rentOf } from './room.ts'
import { usd } from './room-report.ts'
import { sanitiseLine } from './sanitise.ts'
import { clipSpans, roomOfSpans, type Span, span } from './spans.ts'
import { fitted } from './steps.ts'
import type { Basis } from './turns.ts'
import { roomOf } from './width.ts'
import { bytes, count, money, tokens } from './words.ts'
import { clip } from './wrap.ts'

/** What one costs: tokens now, dollars with the next question and with every one after it. */
export interface Price {
  readonly tokens: Figure
  readonly usd: Figure | null
  readonly rent: Figure | null
}

type PriceOf = (attachment: Attachment) => Price

/** Looked for once, not with every key. */
const found = new WeakMap<State['turns'], Basis & Pick<State, 'models'> & { readonly priceOf: PriceOf }>()

/** Prices of attachments in a conversation. */
export function pricesIn(state: State): PriceOf {
  const { turns, choices, models, summaries, marks } = state
  const known = found.get(turns)
  const isKnown =
    known?.choices === choices && known.models === models && known.summaries === summaries && known.marks === marks
  if (isKnown) return known.priceOf
  const priceOf = priced(state)
  found.set(turns, { choices, models, summaries, marks, priceOf })
  return priceOf
}

function priced(state: State): PriceOf {
  const card = modelCard(state.choices.model, state.models)
  const rent = rentOf(state, 0)
  return (attachment) => {
    const size = attachmentTokens(attachment, card)
    const { warm, cold }: Rent = rent(size, USUAL_PACE)
    // Of an image the API documents how it counts; a PDF and a text are guessed at.
    const figure = attachment.kind === 'image' ? reported(size) : estimated(size)
    return { tokens: figure, usd: cold, rent: warm }
  }
}

/** `1,344 tok`, in full, for people compare sizes by it. */
export const sayTokens = (figure: Figure): string =>
  `${mark(figure)}${Math.round(figure.value).toLocaleString('en-US')} tok`

/** `4032x3024 → 1176x882`, or one of the two where they are the same; `12 pages`; `3.4 kB`. */
export function sayShape({ image, pages, bytes: size, kind }: Attachment): readonly [long: string, short: string] {
  if (kind === 'pdf' && pages !== undefined) return [count(pages, 'page'), `${pages} p.`]
  if (!image) return [bytes(size), bytes(size)]
  const px = `${image.width}x${image.height}`
  const from = `${image.from.width}x${image.from.height}`
  return from === px ? [px, px] : [`${from} → ${px}`, `→ ${px}`]
}

/** A row of at most `width` columns. @param price null: it is not known yet */
export function enclosureRow(
  enclosure: Enclosure,
  price: Price | null,
  width: number,
  isPointed: boolean,
): readonly Span[] {
  const name = sanitiseLine(enclosure.name)
  const named = (text: string) => span(text, isPointed ? 'selected' : 'strong')
  const refused = refusalOf(enclosure)
  if (refused !== null) {
    // Its first words are its name already.
    const why = sanitiseLine(refused)
    const rest = why.startsWith(name) ? why.slice(name.length) : `: ${why}`
    return clipSpans([named(name), span(rest, 'warn')], width)
  }
  const attachment = attachmentOf(enclosure)
  if (isPreparing(enclosure) || !attachment || !price)
    return clipSpans([named(shortName(name, width - 13)), span(' · preparing…', 'dim')], width)
  const [long, short] = sayShape(attachment)
  const size = sayTokens(price.tokens)
  const rent = `${usd(price.rent)}/turn`
  const notes = (attachment.notes ?? []).map((note) => ` · ${sanitiseLine(note)}`).join('')
  const forms = [
    ...(notes === '' ? [] : [` ${long} · ${size} · ${rent}${notes}`]),
    ` ${long} · ${size} · ${rent}`,
    ` ${short} · ${size} · ${rent}`,
    ` · ${size} · ${rent}`,
    ` · ${size}`,
  ]
  // A long name gives way before any of the figures does, but keeps its end.
  const form = forms.find((text) => roomOf(name) + roomOf(text) <= width) ?? forms.at(-2)!
  const left = Math.max(8, width - roomOf(form))
  return clipSpans([named(shortName(name, left)), span(form, 'dim')], width)
}

/** A name in so many columns: its middle goes first, for the end says what it is. */
export function shortName(name: string, width: number): string {
  if (roomOf(name) <= width || width < 4) return name
  const tail = Array.from(name).slice(-Math.floor((width - 1) / 2))
  while (roomOf(tail.join('')) > Math.floor((width - 1) / 2)) tail.shift()
  const end = tail.join('')
  return `${clip(name, width - 1 - roomOf(end))}…${end}`
}

/**
 * All rows: at most `most`, the pointed one among them, and below them what all of it takes and costs.
 */
export function enclosureRows(
  enclosed: readonly Enclosure[],
  { pointed, width, most }: { readonly pointed: number | null; readonly width: number; readonly most: number },
  priceOf: PriceOf,
): readonly (readonly Span[])[] {
  if (enclosed.length === 0) return []
  const at = enclosed.findIndex(({ id }) => id === pointed)
  const shown = enclosed.length <= most ? most : Math.max(1, most - 1)
  const from = Math.max(0, Math.min(at < 0 ? enclosed.length - shown : at - shown + 1, enclosed.length - shown))
  const rows = enclosed.slice(from, from + shown).map((one) => {
    const attachment = attachmentOf(one)
    return enclosureRow(one, attachment && priceOf(attachment), width, one.id === pointed)
  })
  const hidden = enclosed.length - rows.length
  const more = hidden > 0 ? [[span(clip(`… ${hidden} more`, width), 'dim')]] : []
  return [...rows, ...more, [span(fitted(totalSteps(enclosed, priceOf, at >= 0), width), 'dim')]]
}

/** What all of it takes and costs, and which keys change it; the longest form first. */
function totalSteps(
  enclosed: readonly Enclosure[],
  priceOf: PriceOf,
  isPointed: boolean,
): readonly string[] {
  const keys = isPointed
    ? ['Enter size · Backspace removes · Esc back to the text', 'Enter size · Backspace removes', 'Backspace removes']
    : ['← at the start of the text: size, remove', '← size, remove', '←']
  const ready = readyIn(enclosed)
  if (ready.length === 0) return keys
  const all = ready.map(priceOf)
  const whole = sum(all.map((one) => one.tokens))
  const now = sum(all.map((one) => one.usd))
  const rent = sum(all.map((one) => one.rent))
  const size = bytes(ready.reduce((total, one) => total + bytesSent(one), 0))
  const tok = whole ? `${mark(whole)}${tokens(whole.value)} tok` : ''
  const cost = `${usd(now)} to send`
  const then = `then ${usd(rent)}/turn`
  const what = count(ready.length, 'attachment')
  const long = [what, tok, size, cost, then].join(' · ')
  const short = [tok, cost, then].join(' · ')
  return [
    ...keys.map((key) => `${long} · ${key}`),
    ...keys.map((key) => `${short} · ${key}`),
    short,
    [tok, cost].join(' · '),
    tok,
  ]
}

function sum(figures: readonly (Figure | null)[]): Figure | null {
  const known = figures.filter((one) => one !== null)
  if (known.length < figures.length) return null
  const from = known.every((one) => one.from === 'server') ? 'server' : 'estimate'
  return { value: known.reduce((total, { value }) => total + value, 0), from }
}

/** The same in a line for people who hear it: `photo.jpg: image, 1176x882, 1,344 tokens, …`. */
export function enclosureAloud(enclosure: Enclosure, priceOf: PriceOf): string {
  const refused = refusalOf(enclosure)
  if (refused !== null) return refused
  const attachment = attachmentOf(enclosure)
  if (!attachment) return `${enclosure.name} is being prepared.`
  const { tokens: size, usd: now, rent } = priceOf(attachment)
  const notes = (attachment.notes ?? []).map((note) => `, ${note}`).join('')
  const dollars = now ? `${mark(now)}${money(now.value)}` : '$?'
  const shape = sayShape(attachment)[0].replace('→', 'made')
  return `${enclosure.name}: ${attachment.kind}, ${shape}, ${sayTokens(size)}ens, ${dollars} to send, ${usd(rent)} with every further turn${notes}.`
}
