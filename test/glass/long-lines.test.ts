/** What is selected with the mouse is what the model wrote: lines that are wider than the window, as a terminal keeps them. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, newConversation, update } from '../../src/core/conversation.ts'
import type { Highlight } from '../../src/core/markdown/answer.ts'
import { theme } from '../../src/core/text/theme.ts'
import { expandTabs } from '../../src/core/text/wrap.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { Stage } from '../../src/glass/stage.ts'
import { createTranscript } from '../../src/glass/transcript.ts'
import { cutAt } from '../core/markdown/kit.ts'
import { CHOICES } from '../kit/choices.ts'
import { bench, lines } from './glass-kit.ts'

const LOOK = theme({ colour: 'ansi16', links: false })
const CHROME = ['› ', 'model · 0.8s']

/** As for the painter's laws, `PAINTER_RUNS=5000` looks longer. */
const LOOK_AT = { numRuns: Number(process.env.PAINTER_RUNS ?? 120) }
const PATIENCE_MS = process.env.PAINTER_RUNS ? 1_000_000 : 120_000

/** Every word in a colour of its own. */
const bright: Highlight = () => {
  const line = (text: string) => text.replace(/[a-z]+/g, (word) => `\x1b[3${1 + (word.length % 6)}m${word}\x1b[m`)
  return { line, peek: line }
}

/** A chat without a process, in a window of this size. */
function chat(columns: number, rows: number) {
  const at = bench(columns, rows, { reflows: 'xterm.js' })
  let state = newConversation(CHOICES)
  const transcript = createTranscript(LOOK, columns, bright)
  const stage = new Stage({
    size: at,
    painter: at.painter,
    tail: (most) => transcript.tail(most),
    resizing: () => false,
    now: () => 0,
    took: () => {},
  })
  stage.chrome(CHROME, { row: 0, col: 2 })
  const happen = (event: Event) => {
    state = update(state, event).state
    stage.settle(transcript.follow(state, event))
    stage.draw()
  }
  happen({ type: 'asked', at: 0, text: 'go' })
  happen({ type: 'sent', at: 1, attempt: 1, model: 'm' })
  happen({ type: 'began', at: 2, model: 'm', messageId: 'm', usage: NO_USAGE, cacheMiss: null })
  return {
    at,
    say: (text: string) => happen({ type: 'delta', at: 3, text }),
    finish: () => happen({ type: 'finished', at: 9, stopReason: 'end_turn', explanation: null }),
    async resize(wide: number, high: number) {
      await at.resize(wide, high)
      transcript.resize(wide)
      stage.draw()
    },
    redraw() {
      at.painter.resized(at.columns)
      stage.settle(transcript.again(state.live ?? state.turns.at(-1)!))
      stage.draw()
    },
    /** The lines of the answer as a selection of all of them would have them. */
    async answer() {
      await at.seen()
      const all = lines(at.emulator)
      const chrome = all.lastIndexOf(CHROME[0]!)
      return all.slice(all.lastIndexOf('› go') + 2, chrome)
    },
  }
}

const word = fc.constantFrom('const ', 'x', ' = ', '"text", ', '{}', '(a, b) => ', '漢字', 'é', '    ', '\t', '…', '─')
/** A line of code that ends with something to see: blanks behind a line are not shown. */
const codeLine = (most: number) => fc.array(word, { maxLength: most }).map((words) => `${words.join('')}x`)
const size = fc.record({ columns: fc.integer({ min: 24, max: 90 }), rows: fc.integer({ min: 34, max: 45 }) })

describe('a line of code', () => {
  test(
    'is one line of the terminal, however wide, coloured and cut on its way',
    async () => {
      const anyLine = fc.oneof(
        { weight: 8, arbitrary: codeLine(60) },
        // So long that it settles before its end. Tabs in it stand where they may.
        { weight: 1, arbitrary: codeLine(30).map((line) => line.replaceAll('\t', ' ').repeat(80).slice(0, 4000)) },
      )
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 20, max: 90 }),
          fc.integer({ min: 6, max: 30 }),
          fc.array(anyLine, { minLength: 1, maxLength: 12 }),
          fc.array(fc.nat(), { maxLength: 30 }),
          async (columns, rows, code, cuts) => {
            const here = chat(columns, rows)
            for (const piece of cutAt(`\`\`\`ts\n${code.join('\n')}\n\`\`\`\n\nEnd.`, cuts)) here.say(piece)
            here.finish()
            expect(await here.answer()).toEqual(['ts', ...code.map(expandTabs), '', 'End.'])
            here.at.emulator.dispose()
          },
        ),
        LOOK_AT,
      )
    },
    PATIENCE_MS,
  )

  test(
    'stays one line in a window that changes its size while it is written',
    async () => {
      const act = fc.tuple(fc.nat(400), fc.array(size, { maxLength: 3 }))
      await fc.assert(
        fc.asyncProperty(
          size,
          fc.array(codeLine(50), { minLength: 1, maxLength: 12 }),
          fc.array(act, { minLength: 1, maxLength: 6 }),
          async (first, code, acts) => {
            const here = chat(first.columns, first.rows)
            let text = `\`\`\`ts\n${code.join('\n')}\n\`\`\`\n\nEnd.`
            for (const [length, sizes] of acts) {
              if (length > 0) here.say(text.slice(0, length))
              text = text.slice(length)
              for (const next of sizes) await here.resize(next.columns, next.rows)
            }
            if (text !== '') here.say(text)
            here.finish()
            expect(await here.answer()).toEqual(['ts', ...code.map(expandTabs), '', 'End.'])
            here.at.emulator.dispose()
          },
        ),
        LOOK_AT,
      )
    },
    PATIENCE_MS,
  )
})
