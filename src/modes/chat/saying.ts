/** What a key said, beyond the draft: a message goes out, an answer stops, the screen is drawn again, the chat ends. */

import { createInterrupts } from '../../core/chat/interrupts.ts'
import type { Said } from '../../core/composer/composer.ts'
import type { Event, State } from '../../core/conversation.ts'
import type { LateDrafting } from '../late/drafting.ts'
import type { LateEnclosing } from '../late/enclosing.ts'
import type { LatePicking } from '../late/picking.ts'
import type { LateRemembering } from '../late/remembering.ts'
import type { Reading } from './reading.ts'

export interface SayingParts {
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly memory: Pick<LateRemembering, 'offer'>
  /** Sends a message, with what lies beside it. */
  readonly enclosing: Pick<LateEnclosing, 'send' | 'recall'>
  readonly drafting: Pick<LateDrafting, 'open'>
  readonly reading: Pick<Reading, 'redraw' | 'unfold'>
  readonly lists: Pick<LatePicking, 'escape'>
  /** Obeys a command; false: it is a message. */
  readonly commanded: (line: string) => boolean
  /** Whether a recording is played, not a conversation held. */
  readonly isReplay: () => boolean
  /** Shows a line for the moment. */
  readonly notice: (text: string | null) => void
  readonly quit: () => void
}

/** @returns a function to be called with what each key said, also when it was nothing */
export function createSaying(parts: SayingParts): (said: Said | null) => void {
  const { runtime, memory, enclosing, drafting, reading, lists, commanded, notice, quit } = parts
  const interrupts = createInterrupts()

  const interrupt = () => {
    // Whoever watches has nothing to stop but the watching.
    if (parts.isReplay()) return quit()
    switch (interrupts.press(runtime.state.live?.number ?? null)) {
      case 'stop':
        return runtime.dispatch({ type: 'stopAsked' })
      case 'warn':
        return notice('Press Ctrl+C again to quit, or Ctrl+D.')
      case 'quit':
        return quit()
    }
  }

  return (said) => {
    if (said?.type === 'interrupt') return interrupt()
    interrupts.calm()
    switch (said?.type) {
      case 'send':
        return commanded(said.text) ? undefined : enclosing.send(said.text.replace(/^ (?=\/)/, ''))
      case 'stop':
        if (enclosing.recall()) return
        return runtime.state.live ? runtime.dispatch({ type: 'stopAsked' }) : notice(lists.escape())
      case 'cleared':
        return notice('Draft cleared. Up brings it back.')
      case 'quit':
        return quit()
      case 'editor':
        return void drafting.open().then(({ edit }) => edit())
      case 'redraw':
        return reading.redraw()
      case 'thinking':
        return notice(reading.unfold())
      case 'unhandled':
        // A Tab that may have been meant for a file name must not send anything.
        if (said.key.type === 'key' && said.key.name === 'tab' && memory.offer)
          notice('Tab goes on when nothing is typed: Ctrl+C clears the draft, Up brings it back.')
    }
  }
}
