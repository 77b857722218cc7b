/**
 * A row for each file beside a draft: what it is, what is sent of it, tokens, what it costs with every further turn; and
 * what the request takes and costs with all of them. As much of that as there is room for.
 */

import { type Attachment, isSameAttached, questionOf } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { money, tokens } from '../figures/words.ts'
import { mark, withMark } from '../figures.ts'
import { sanitiseLine } from '../text/sanitise.ts'
import { clipSpans, type Span, span } from '../text/spans.ts'
import { fitted } from '../text/steps.ts'
import { roomOf } from '../text/width.ts'
import { clip, wrapText } from '../text/wrap.ts'
import type { Basis, Turn } from '../turn/turns.ts'
import type { Ms } from '../turn.ts'
import { attachmentOf, type Enclosure, readyIn, refusalOf } from './enclosures.ts'
import { type Preview, type Previewed, previewOf, sayPreviewTotal, sayShape } from './preview.ts'

/** What a preview was made of. */
interface Known extends Basis, Pick<State, 'models' | 'counted'> {
  readonly enclosed: readonly Enclosure[]
  readonly words: string
  /** Of the turn that runs: its answer grows, but that weighs little. */
  readonly running: number | null
  readonly usage: Turn['usage']
  readonly at: Ms
  readonly preview: Preview
}

/** Looked for once, not with every key: what is typed beside it weighs little. */
const found = new WeakMap<State['turns'], Known>()
/** The prompt cache goes cold meanwhile. */
const HOLDS_MS = 10_000

/** What lies beside a draft takes and costs, were it sent now. @param typed what is typed beside it */
export function enclosedPreview(
  state: State,
  enclosed: readonly Enclosure[],
  now: Ms,
  typed: () => string = () => '',
): Preview {
  const { turns, choices, models, summaries, marks, counted, live } = state
  const known = found.get(turns)
  const ready = readyIn(enclosed)
  const words = wordsAgain(state, ready, typed)
  const [running, usage] = [live?.number ?? null, live?.usage ?? null]
  const isKnown =
    known?.choices === choices && known.models === models && known.summaries === summaries && known.marks === marks
  const isSame = known?.enclosed === enclosed && known.words === words && known.counted === counted
  if (isKnown && isSame && known.running === running && known.usage === usage && now - known.at < HOLDS_MS)
    return known.preview
  const preview = previewOf(state, questionOf(words, ready), now)
  found.set(turns, { choices, models, summaries, marks, counted, enclosed, words, running, usage, at: now, preview })
  return preview
}

/** Words matter where they make it the very question that was asked here before: its prompt is read from the cache. */
function wordsAgain({ branches, turns }: State, ready: readonly Attachment[], typed: () => string): string {
  const parent = turns.at(-1)?.number ?? null
  const twins = branches.filter((turn) => turn.parent === parent && isSameAttached(turn.attachments, ready))
  if (twins.length === 0) return ''
  const words = typed()
  return twins.some(({ question }) => question === words) ? words : ''
}

/** Where rows begin, and the sign of the one that keys mean. */
const INDENT = '  '
const POINTED = '› '

export interface Shown {
  /** The one that keys mean; null: they mean the text. */
  readonly pointed: number | null
  /** Columns of a row, and rows at most: the total has one more. */
  readonly width: number
  readonly most: number
}

/** All rows, the pointed one among them, and below them what all of it takes and costs. */
export function enclosureRows(
  enclosed: readonly Enclosure[],
  { pointed, width: columns, most }: Shown,
  preview: Preview,
): readonly (readonly Span[])[] {
  if (enclosed.length === 0) return []
  const width = Math.max(1, columns - INDENT.length)
  const at = enclosed.findIndex(({ id }) => id === pointed)
  const shown = enclosed.length <= most ? most : Math.max(1, most - 1)
  const from = Math.max(0, Math.min(at < 0 ? enclosed.length - shown : at - shown + 1, enclosed.length - shown))
  // Why one cannot go, and the way out, is told whole: of the one that is meant, or the latest.
  let spare = most - Math.min(shown, enclosed.length)
  const visible = enclosed.slice(from, from + shown)
  const told = visible.find(({ id }) => id === pointed) ?? visible.findLast((one) => refusalOf(one) !== null)
  const rows = visible.flatMap((one) => {
    const attachment = attachmentOf(one)
    const previewed = preview.rows.find((row) => row.attachment === attachment) ?? null
    const isPointed = one.id === pointed
    const sign = span(isPointed ? POINTED : INDENT, 'accent')
    if (one !== told || refusalOf(one) === null) return [[sign, ...enclosureRow(one, previewed, width, isPointed)]]
    const [first = [], ...others] = refusedRows(one, width, isPointed).slice(0, 1 + spare)
    spare -= others.length
    return [[sign, ...first], ...others.map((row) => [span(INDENT), ...row])]
  })
  const hidden = enclosed.length - visible.length
  const more = hidden > 0 && most > 1 ? [[span(`${INDENT}${clip(`… ${hidden} more`, width)}`, 'dim')]] : []
  return [...rows, ...more, [span(INDENT + fitted(totalSteps(preview, at >= 0), width), 'dim')]]
}

/** All of why it cannot go. */
function refusedRows(one: Enclosure, width: number, isPointed: boolean): readonly (readonly Span[])[] {
  const name = sanitiseLine(one.name)
  const why = sanitiseLine(refusalOf(one)!)
  const [first = '', ...others] = wrapText(why.startsWith(name) ? why : `${name}: ${why}`, width, width)
  const head = first.startsWith(name) ? name : ''
  return [
    [span(head, isPointed ? 'selected' : 'strong'), span(first.slice(head.length), 'warn')],
    ...others.map((row) => [span(row, 'warn')]),
  ]
}

/** A row of at most `width` columns. @param previewed null: nothing is known yet */
function enclosureRow(
  enclosure: Enclosure,
  previewed: Previewed | null,
  width: number,
  isPointed: boolean,
): readonly Span[] {
  const name = sanitiseLine(enclosure.name)
  const named = (text: string) => span(text, isPointed ? 'selected' : 'strong')
  const refused = refusalOf(enclosure)
  if (refused !== null) {
    // Its first words are its name already.
    const why = sanitiseLine(refused)
    return clipSpans([named(name), span(why.startsWith(name) ? why.slice(name.length) : `: ${why}`, 'warn')], width)
  }
  if (!previewed) {
    const preparing = ' · preparing…'
    return clipSpans([named(shortName(name, width - preparing.length)), span(preparing, 'dim')], width)
  }
  const steps = shapeSteps(previewed)
  const fits = (room: number) => steps.find((text) => room + roomOf(text) <= width)
  // A long name gives way before its last figures do.
  const form = fits(roomOf(name)) ?? fits(Math.min(roomOf(name), NAME_COLUMNS)) ?? steps.at(-1)!
  return clipSpans([named(shortName(name, Math.max(8, width - roomOf(form)))), span(form, 'dim')], width)
}

/** A long name keeps so many columns. */
const NAME_COLUMNS = 14

/** All but the name, the longest form first. */
function shapeSteps({ attachment, tokens: size, usdPerTurn }: Previewed): readonly string[] {
  const shape = sayShape(attachment)
  const { from, value } = size
  const tok = `${mark(size)}${value.toLocaleString('en-US')} tok`
  const rent = usdPerTurn === null ? '$?/turn' : `${withMark({ value: usdPerTurn, from }, money)}/turn`
  const notes = (attachment.notes ?? []).map((note) => ` · ${sanitiseLine(note)}`).join('')
  return [
    ` ${shape} · ${tok} · ${rent}${notes}`,
    ` ${shape} · ${tok} · ${rent}`,
    ` ${shape.replace(/^.* → /, '→ ')} · ${tok} · ${rent}`,
    ` · ${tok} · ${rent}`,
    ` · ${mark(size)}${tokens(value)} tok`,
  ]
}

/** A name in so many columns: its middle goes first, for its end says what it is. */
export function shortName(name: string, width: number): string {
  if (roomOf(name) <= width || width < 5) return clip(name, Math.max(1, width))
  const tail = Array.from(name).slice(-Math.floor((width - 1) / 2))
  while (roomOf(tail.join('')) > Math.floor((width - 1) / 2)) tail.shift()
  const end = tail.join('')
  return `${clip(name, width - roomOf(end)).replace(/…$/, '')}…${end}`
}

/** What all of it takes and costs, and which keys change it; the longest form first. */
function totalSteps(preview: Preview, isPointed: boolean): readonly string[] {
  const keys = isPointed
    ? [
        'Enter: size · Backspace: remove · Esc: back to the text',
        'Enter: size · Backspace: remove',
        '⏎ size · ⌫ remove',
      ]
    : ['← at the start of the text: size, remove', '← size, remove', '←']
  if (preview.rows.length === 0) return keys
  const long = sayPreviewTotal(preview)
  const { usd } = preview
  const cost = usd ? withMark(usd, money) : '$?'
  const short = `${mark(preview.tokens)}${tokens(preview.tokens.value)} tok · ${cost}`
  // While it is pointed at, its keys come first.
  const both = [...keys.map((key) => `${long} · ${key}`), ...keys.map((key) => `${short} · ${key}`)]
  return isPointed ? [...both, ...keys] : [...both, long, short]
}
