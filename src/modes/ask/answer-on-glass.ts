/** One answer on a terminal without a chat around it: rendered and sanitised, settled above, its open tail below. */

import { answerRows } from '../../core/markdown/answer.ts'
import type { Theme } from '../../core/text/theme.ts'
import { createPacer } from '../../glass/pacer.ts'
import { Painter } from '../../glass/painter.ts'
import { reflowOf } from '../../glass/reflow.ts'
import { createHighlighter } from '../../io/highlighter.ts'
import type { Sink } from '../shell/sink.ts'

export function answerOnGlass(stdout: NodeJS.WriteStream, theme: Theme): Sink {
  const size = {
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    write: (data: string) => void stdout.write(data),
  }
  const painter = new Painter(size, { reflows: reflowOf(process.env) })
  const pacer = createPacer(() => performance.now())
  const { highlight, warm } = createHighlighter(() => theme)
  let answer = answerRows({ width: size.columns, theme, highlight })
  let settled: string[] = []
  let open = true

  const draw = () => {
    if (!open) return
    painter.paint({ settled, tail: answer.tail(size.rows - 1), chrome: [], caret: null })
    settled = []
  }
  let columns = size.columns
  stdout.on('resize', () => {
    painter.resized(columns)
    columns = size.columns
    answer.resize(columns)
    draw()
  })
  return {
    event(event) {
      if (event.type === 'sent') {
        void warm()
      } else if (event.type === 'waiting' || event.type === 'fellBack' || event.type === 'escalated') {
        answer = answerRows({ width: size.columns, theme, highlight })
      } else if (event.type === 'delta') {
        settled.push(...answer.push(event.text))
        pacer.request(draw)
      }
    },
    end() {
      settled.push(...answer.end())
      draw()
      open = false
      painter.leave()
    },
  }
}
