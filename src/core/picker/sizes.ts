/** The list of sizes in which an image can be sent, and of parts of a text: what each takes and costs. */

import { type ImageSizeChoice, readImageSize, sentSize } from '../attachments/image-size.ts'
import { type ImageSize, imageTokens } from '../attachments/images.ts'
import type { WantedPart } from '../attachments/prepared.ts'
import { summaryPrice } from '../attachments/summary.ts'
import { money, tokens as short } from '../figures/words.ts'
import type { ModelCard } from '../models.ts'
import { span } from '../text/spans.ts'
import type { Looks } from './layout.ts'
import type { Kind, Row } from './picker.ts'

export interface SizeRow extends Row {
  readonly says: string
  readonly means: string
  readonly tokens: number
  /** An image's follow from its pixels; how large a text is in tokens is a guess. */
  readonly isKnown: boolean
  /** US dollars that it costs to be made, before it is sent at all; null: unknown; absent: nothing. */
  readonly firstUsd?: number | null
  readonly size?: ImageSizeChoice
  readonly part?: WantedPart
}

/** US dollars for a token, with the next question and with every one after it; null: unknown. */
export interface PerToken {
  readonly now: number | null
  readonly later: number | null
}

export const SIZES: Kind<SizeRow> = { takes: 'use', begins: 'first', name: ({ says }) => says, acts: [] }

const NAMED: readonly ImageSizeChoice[] = ['auto', 'native', '1080p', '720p', '640x640', '320x320']

/**
 * @param own pixels of the original
 * @param auto pixels that `auto` has made of it, where it has; else a guess stands there
 */
export function imageSizes(
  own: ImageSize,
  card: Pick<ModelCard, 'images'>,
  typed: string,
  auto: ImageSize | null,
): readonly SizeRow[] {
  const wanted = readImageSize(typed)
  const choices = wanted && !NAMED.includes(wanted) ? [wanted] : NAMED.filter((one) => one.includes(typed.trim()))
  return choices.map((size, i) => {
    const px = size === 'auto' && auto ? auto : sentSize(own, size, card)
    return {
      ...{ id: NAMED.includes(size) ? NAMED.indexOf(size) : NAMED.length + i, says: size, size },
      means: `${px.width}x${px.height}`,
      tokens: imageTokens(px.width, px.height, card),
      // What it does with letters shows once it has looked at it.
      isKnown: size !== 'auto' || auto !== null,
    }
  })
}

const PARTS = [2_000, 10_000, 50_000, 200_000]

/** @param typed a number of tokens, or the beginning of `head` or `tail` */
export function textParts(window: number | null, typed: string): readonly SizeRow[] {
  const own = Number(/\d[\d,]*/.exec(typed)?.[0].replaceAll(',', '') ?? 0)
  const sizes = (own > 0 ? [own] : PARTS).filter((tokens) => window === null || tokens < window)
  const ends = (['head', 'tail'] as const).filter((end) => end.startsWith(typed.replace(/[^a-z]/gi, '').toLowerCase()))
  return ends.flatMap((end, e) =>
    sizes.map((tokens, i) => ({
      ...{ id: e * 100 + i, says: `${end} ${short(tokens)}`, tokens, isKnown: false },
      ...{ means: end === 'head' ? 'its beginning' : 'its end', part: { end, tokens } },
    })),
  )
}

/**
 * The row for a summary, which a model writes first.
 * @param chars of the whole text; null: unknown, as only a part of it is at hand
 */
export function summaryRow(chars: number | null, card: ModelCard, typed: string): readonly SizeRow[] {
  if (!'summary'.startsWith(typed.trim().toLowerCase())) return []
  const { usd, tokens, pieces } = summaryPrice(chars ?? 0, card)
  const parts = pieces === 1 ? '' : `, ${pieces} pieces`
  const means = `by ${card.name.replace(/^Claude /, '')}${parts}`
  const firstUsd = chars === null ? null : usd
  return [{ id: 1_000, says: 'summary', means, firstUsd, tokens, isKnown: false, part: 'summary' }]
}

export function sizeLooks(name: string, placeholder: string, perToken: PerToken): Looks<SizeRow> {
  const figures = ({ tokens, isKnown, firstUsd = 0 }: SizeRow) => {
    const usd = (each: number | null, more: number | null) => {
      if (each === null || more === null) return '$?'
      const said = money(tokens * each + more)
      return isKnown || said.startsWith('<') ? said : `~${said}`
    }
    const size = `${isKnown ? '' : '~'}${tokens.toLocaleString('en-US')} tok`
    return [size, `${usd(perToken.now, firstUsd)} now`, `${usd(perToken.later, 0)}/turn`]
  }
  return {
    head: name,
    placeholder,
    empty: 'There is no such size.',
    leastText: 9,
    columns: [
      { align: 'right', rank: 0 },
      { align: 'right', rank: 1 },
      { align: 'right', rank: 2 },
    ],
    cells: (row) => ({
      text: [span(row.says)],
      beside: span(row.means, 'dim'),
      columns: figures(row).map((figure) => span(figure, 'dim')),
    }),
    aloud: (row) => [row.says, row.means, ...figures(row)].join(', '),
    preview: () => [],
  }
}
