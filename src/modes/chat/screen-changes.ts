/** What has to be done when the window changes, the screen comes back from another program, or the terminal answers. */

import type { Theme } from '../../core/text/theme.ts'
import type { Follower } from '../../glass/follower.ts'
import type { Painter } from '../../glass/painter.ts'
import type { TerminalReply } from '../../glass/replies.ts'
import type { Transcript } from '../../glass/transcript.ts'
import type { Tty } from '../../glass/tty.ts'
import type { LiveRegion } from './live-region.ts'

export function followScreen(parts: {
  readonly tty: Pick<Tty, 'onResize' | 'onResume' | 'columns'>
  readonly painter: Painter
  readonly transcript: Transcript
  readonly follower: Pick<Follower, 'catchUp'>
  readonly live: LiveRegion
}): void {
  const { tty, painter, transcript, follower, live } = parts
  tty.onResize((oldColumns) => {
    painter.resized(oldColumns)
    transcript.resize(tty.columns)
    follower.catchUp()
    live.draw()
  })
  tty.onResume((column) => {
    // Who else writes on a screen leaves the cursor somewhere else; a shell, at the start of a row.
    if (column === live.caretColumn) painter.resized()
    else painter.forget()
    live.draw()
  })
}

/** Hands an answer to everyone who may have asked; another background changes what everything looks like. */
export function hearAnswers(parts: {
  readonly tty: Pick<Tty, 'onReply'>
  readonly painter: Pick<Painter, 'told'>
  readonly previews: { told(reply: TerminalReply): void }
  readonly ground: { readonly theme: Theme; told(reply: TerminalReply): boolean }
  readonly transcript: Pick<Transcript, 'restyle'>
  readonly live: Pick<LiveRegion, 'draw'>
}): (reply: TerminalReply) => void {
  const { tty, painter, previews, ground, transcript, live } = parts
  return (reply) => {
    tty.onReply(reply)
    painter.told(reply)
    previews.told(reply)
    if (!ground.told(reply)) return
    transcript.restyle(ground.theme)
    live.draw()
  }
}
