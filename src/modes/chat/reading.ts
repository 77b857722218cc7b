/** Reading back in the chat: the last turn once more, its thinking, and the errands that need the whole terminal. */

import type { State, Turn } from '../../core/conversation.ts'
import type { Perf } from '../../core/figures/perf.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { Theme } from '../../core/text/theme.ts'
import type { Painter } from '../../glass/painter.ts'
import type { Stage } from '../../glass/stage.ts'
import type { Transcript } from '../../glass/transcript.ts'
import type { Tty } from '../../glass/tty.ts'
import type { Runtime } from '../../runtime.ts'
import type { Errand } from './commands.ts'

export interface Reading {
  /** The last turn goes with the next frame, below whatever has happened to the screen. */
  redraw(): void
  /** The same of any turn, drawn now. */
  show(turn: Turn | null): void
  /** Shows thinking from now on, that of the last turn at once, or folds it. @returns a notice that says so */
  unfold(): string
  /** @param say takes what there is to say about it, possibly a while later */
  run(errand: Errand, say: (remark: Remark) => void): Promise<void>
}

export function createReading(parts: {
  readonly tty: Tty
  readonly painter: Painter
  readonly stage: Stage
  readonly transcript: Transcript
  readonly runtime: Runtime
  readonly perf: Perf
  readonly theme: () => Theme
  /** Lays out and paints, now. */
  readonly draw: () => void
}): Reading {
  const { tty, painter, stage, transcript, runtime, perf } = parts

  const again = (turn: Turn | null) => {
    painter.resized(tty.columns)
    if (turn) stage.settle(transcript.again(turn))
  }
  return {
    redraw() {
      runtime.flush()
      again(lastTurn(runtime.state))
    },
    show(turn) {
      again(turn)
      parts.draw()
    },
    unfold() {
      const on = !transcript.unfolded
      const turn = lastTurn(runtime.state)
      stage.settle(transcript.unfold(on, turn))
      if (!on) return 'Thinking is folded from now on.'
      const soFar =
        turn?.end && turn.thinking === ''
          ? ' The last turn had none to show.'
          : transcript.isHolding
            ? ' That of this turn follows below this part of the answer.'
            : ''
      return `Thinking is shown from now on.${soFar}`
    },
    async run(errand, say) {
      const { runErrand } = await import('./errands.ts')
      await runErrand(errand, {
        state: runtime.state,
        env: process.env,
        columns: tty.columns,
        theme: parts.theme(),
        write: tty.write,
        say(remark) {
          say(remark)
          parts.draw()
        },
        reader: {
          lend(use) {
            stage.clear()
            painter.leave()
            return tty.lend(use)
          },
        },
        perf: () => perf.report(process.memoryUsage()),
      })
    },
  }
}

const lastTurn = ({ live, turns }: State): Turn | null => live ?? turns.at(-1) ?? null
