/** Small pictures under the question: made beside everything else, drawn only if they are there when it is asked. */

import { blockRows } from '../../core/attachments/pictures/blocks.ts'
import { beside, type Cells, fitted, picturesIn, roomIn, USUAL_CELL } from '../../core/attachments/pictures/fit.ts'
import type { Drawing, Jobs, Small } from '../../core/attachments/workshop-jobs.ts'
import type { Attachment } from '../../core/attachments.ts'
import type { Colour } from '../../core/text/theme.ts'
import { askGraphics, type Graphics } from '../../glass/graphics.ts'
import {
  type Drawn,
  drawnStrip,
  itermDrawing,
  kittyRows,
  type Written,
  writtenStrip,
} from '../../glass/picture-rows.ts'
import type { TerminalReply } from '../../glass/replies.ts'

export interface Previews {
  /** The pictures that are ready, beside each other; no rows when none is. */
  rows(attached: readonly Attachment[]): readonly string[]
  /** Resolves when those of them that can be made are ready. Never fails: a look is worth no trouble. */
  make(attached: readonly Attachment[]): Promise<void>
  told(reply: TerminalReply): void
}

export interface PreviewParts {
  readonly bytesOf: (hash: string) => Uint8Array | null
  /** Makes a small picture of the bytes of an image. */
  readonly drawn: <K extends Drawing>(kind: K, asks: Small) => Promise<Jobs[K]['gives']>
  readonly colour: () => Colour
  readonly size: Cells
  readonly write: (data: string) => void
  /** Nothing but blocks: it was wished, or somebody between us and the terminal does not pass pictures on. */
  readonly blocksOnly: boolean
}

type Picture = { readonly way: 'written'; readonly is: Written } | { readonly way: 'drawn'; readonly is: Drawn }

/** Pictures kept for questions to come. */
const KEPT = 50

export function createPreviews({ bytesOf, drawn, colour, size, write, blocksOnly }: PreviewParts): Previews {
  const asked = blocksOnly ? null : askGraphics(write)
  let graphics: Graphics | null = blocksOnly ? { way: 'blocks', cell: null } : null
  const known = asked?.known.then((told) => {
    graphics = told
  })
  const ready = new Map<string, Picture>()
  const making = new Map<string, Promise<void>>()

  const keyOf = ({ hash }: Attachment, { columns, rows }: Cells) => `${hash} ${columns}x${rows} ${colour()}`

  const draw = async (one: Attachment, room: Cells, { way, cell }: Graphics): Promise<Picture | null> => {
    const bytes = bytesOf(one.hash)
    const now = colour()
    if (!bytes || !one.image) return null
    const px = cell ?? USUAL_CELL
    const cells = fitted(one.image, room, px)
    const asks = { bytes, cells, cell: px }
    if (way === 'sixel') {
      const drawing = await drawn('sixel', asks)
      return drawing === null ? null : { way: 'drawn', is: { cells, drawing } }
    }
    if (way === 'blocks') {
      if (now !== 'truecolor' && now !== 'ansi256') return null
      const grid = await drawn('grid', asks)
      return grid && { way: 'written', is: { cells, rows: blockRows(grid, now) } }
    }
    const png = await drawn('png', asks)
    if (!png) return null
    return way === 'kitty'
      ? { way: 'written', is: kittyRows(png, cells, numberOf(one, cells)) }
      : { way: 'drawn', is: { cells, drawing: itermDrawing(png, cells) } }
  }

  const makeOne = async (one: Attachment, room: Cells): Promise<void> => {
    const key = keyOf(one, room)
    const picture = graphics && (await draw(one, room, graphics).catch(() => null))
    making.delete(key)
    if (!picture) return
    ready.set(key, picture)
    const [first] = ready.keys()
    if (ready.size > KEPT && first !== undefined) ready.delete(first)
  }

  return {
    rows(attached) {
      const room = roomIn(size)
      if (!room) return []
      const found = picturesIn(attached).flatMap((one) => ready.get(keyOf(one, room)) ?? [])
      const written = found.flatMap(({ way, is }) => (way === 'written' ? [is] : []))
      const drawn = found.flatMap(({ way, is }) => (way === 'drawn' ? [is] : []))
      // A terminal draws all of them in one way.
      return written.length > 0
        ? writtenStrip(beside(written, size.columns))
        : drawn.length > 0
          ? drawnStrip(beside(drawn, size.columns))
          : []
    },
    async make(attached) {
      const pictures = picturesIn(attached)
      if (pictures.length === 0 || colour() === 'none') return
      await known
      const room = roomIn(size)
      if (!room) return
      // One after the other: what is being prepared to be sent goes first.
      for (const one of pictures) {
        const key = keyOf(one, room)
        if (ready.has(key)) continue
        if (!making.has(key)) making.set(key, makeOne(one, room))
        await making.get(key)
      }
    },
    told: (reply) => asked?.told(reply),
  }
}

/** A number for the terminal, the same for the same picture: 24 bits, never 0. */
const numberOf = ({ hash }: Attachment, { columns, rows }: Cells): number =>
  Number.parseInt(hash.slice(0, 6), 16) ^ (columns << 8) ^ rows || 1
