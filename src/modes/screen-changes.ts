/** What has to be done when the window changes, or when the screen comes back from another program. */

import type { Follower } from '../glass/follower.ts'
import type { Painter } from '../glass/painter.ts'
import type { Transcript } from '../glass/transcript.ts'
import type { Tty } from '../glass/tty.ts'
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
