/** In which way a terminal draws pictures. It is asked; its name alone decides only what no question can find out. */

import type { ImageSize } from '../core/attachments/images.ts'
import { ATTRIBUTES_QUERY, CELL_QUERY, GRAPHICS_QUERY, NAME_QUERY, type TerminalReply } from './replies.ts'

export interface Graphics {
  /** `blocks`: by coloured characters, as every terminal can. */
  readonly way: 'kitty' | 'iterm' | 'sixel' | 'blocks'
  /** A cell in pixels; null: it did not tell. */
  readonly cell: ImageSize | null
}

/** DA1's word for sixel. */
const SIXEL = 4

/** The two that draw kitty's pictures as characters; others know its protocol, but not that part of it. */
const PLACING = /^(kitty|ghostty)\b/i
/** Those that draw iTerm2's pictures, as far as they tell their name. */
const INLINE = /^(iTerm2|WezTerm|mintty)\b/i

/** Longest wait for answers, in ms: one that gives none draws blocks. */
export const ANSWERS_MS = 400

/**
 * Asks what a terminal can do. Every terminal answers the last question, and answers come in order, so it ends the wait.
 * Kitty's own question goes to those alone that can make use of its answer: others print it.
 */
export function askGraphics(write: (data: string) => void): {
  told(reply: TerminalReply): void
  readonly known: Promise<Graphics>
} {
  const { promise: known, resolve } = Promise.withResolvers<Graphics>()
  let name = ''
  let cell: ImageSize | null = null
  let isAsked = false
  let isTaken = false
  const end = (way: Graphics['way']) => {
    clearTimeout(patience)
    resolve({ way, cell })
  }
  const patience = setTimeout(() => end('blocks'), ANSWERS_MS)
  patience.unref()
  write(NAME_QUERY + CELL_QUERY + ATTRIBUTES_QUERY)
  return {
    known,
    told(reply) {
      if (reply.type === 'name') name = reply.name
      else if (reply.type === 'cell') cell = { width: reply.width, height: reply.height }
      else if (reply.type === 'graphics') isTaken = reply.isTaken
      else if (reply.type === 'attributes') {
        if (PLACING.test(name)) {
          if (isAsked) return end(isTaken ? 'kitty' : 'blocks')
          isAsked = true
          write(GRAPHICS_QUERY + ATTRIBUTES_QUERY)
        } else if (INLINE.test(name)) end('iterm')
        else end(reply.attributes.includes(SIXEL) && cell ? 'sixel' : 'blocks')
      }
    },
  }
}
