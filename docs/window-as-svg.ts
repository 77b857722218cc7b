/**
 * Draws the cells of a terminal as a window in SVG: text stays text, frames and blocks become lines and boxes so that
 * they meet in every font. What stands in the cells is the business of `picture`.
 */

import type { IBuffer, IBufferCell } from '@xterm/headless'
import { boxShape } from './box-shapes.ts'

/** The sixteen ANSI colours, then the window's own. Chosen to be told apart on the dark ground; each reads well on it. */
const ANSI = [
  '#3b4252',
  '#f07a85',
  '#9fd08c',
  '#e6c37b',
  '#7fb0f5',
  '#c79bf0',
  '#76cfd0',
  '#d5d9e2',
  '#7b8494',
  '#ff98a1',
  '#b8e6a6',
  '#f5d99b',
  '#a3c8ff',
  '#dcbcff',
  '#9ce6e4',
  '#ffffff',
] as const
const GROUND = '#15181f'
const INK = '#d5d9e2'
const BAR = '#1e222b'
const EDGE = '#323846'
const BUTTONS = ['#f07a85', '#e6c37b', '#9fd08c'] as const

const FONT = `ui-monospace,'SF Mono','Cascadia Mono','JetBrains Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace`
const SIZE = 14
const CELL = { width: 8.4, height: 19 } as const
const BASELINE = 14
const MARGIN = 16
const BAR_HEIGHT = 32
/** How much of the ink is left in dim text: 5.4 to 1 against the ground, where WCAG 2.2 (1.4.3) asks for 4.5. */
const DIM = 0.62

interface Style {
  readonly ink: string
  readonly ground: string | null
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly struck: boolean
}

interface Run extends Style {
  readonly column: number
  readonly text: string
  /** In columns. */
  readonly width: number
}

export interface Window {
  readonly buffer: IBuffer
  readonly columns: number
  readonly rows: number
  /** In the bar above, and what a screen reader says. */
  readonly title: string
  readonly cursor: { readonly column: number; readonly row: number } | null
}

/** The whole drawing, without anything from outside: no fonts, no images, no scripts. */
export function windowAsSvg({ buffer, columns, rows, title, cursor }: Window): string {
  const width = round(columns * CELL.width + 2 * MARGIN)
  const height = rows * CELL.height + BAR_HEIGHT + 2 * MARGIN
  const drawn = Array.from({ length: rows }, (_, row) => drawRow(readRow(buffer, buffer.baseY + row, columns), row))
  const buttons = BUTTONS.map(
    (fill, i) => `<circle cx="${20 + i * 18}" cy="${BAR_HEIGHT / 2}" r="5.5" fill="${fill}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>text{font:${SIZE}px ${FONT};fill:${INK};white-space:pre}.b{font-weight:700}.i{font-style:italic}` +
      `.d{fill-opacity:${DIM}}.u{text-decoration:underline}.s{text-decoration:line-through}path{fill:none}</style>`,
    `<rect x=".5" y=".5" width="${round(width - 1)}" height="${height - 1}" rx="9.5" fill="${GROUND}" stroke="${EDGE}"/>`,
    `<path d="M1 ${BAR_HEIGHT}V10a9 9 0 0 1 9-9H${round(width - 10)}a9 9 0 0 1 9 9V${BAR_HEIGHT}z" style="fill:${BAR}"/>`,
    ...buttons,
    `<text x="${round(width / 2)}" y="${BAR_HEIGHT / 2 + 4.5}" text-anchor="middle" class="d" style="font-size:12px">${escaped(title)}</text>`,
    `<g transform="translate(${MARGIN} ${BAR_HEIGHT + MARGIN})">`,
    ...drawn.flat(),
    ...(cursor ? [cursorBar(cursor)] : []),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** Neighbouring cells of one style and one width become one run; blank ones without a ground become nothing. */
function readRow(buffer: IBuffer, y: number, columns: number): Run[] {
  const line = buffer.getLine(y)
  const runs: Run[] = []
  let lastKey = ''
  for (let column = 0; column < columns; column++) {
    const cell = line?.getCell(column)
    const width = cell?.getWidth() ?? 1
    // The second half of a wide character.
    if (!cell || width === 0) continue
    const style = styleOf(cell)
    const text = cell.getChars() || ' '
    // Wide characters are set one by one: their advance is the font's own, and seldom two columns.
    const key = width === 2 ? `wide ${column}` : JSON.stringify([style, boxShape(text) ? 'box' : 'text'])
    const open = key === lastKey ? runs.pop() : undefined
    runs.push(open ? { ...open, text: open.text + text, width: open.width + width } : { ...style, column, text, width })
    lastKey = key
  }
  return runs.filter(({ text, ground, underline }) => text.trim() !== '' || ground || underline)
}

function drawRow(runs: readonly Run[], row: number): string[] {
  const top = row * CELL.height
  return runs.flatMap((run) => {
    const shapes: string[] = []
    const x = round(run.column * CELL.width)
    if (run.ground) {
      shapes.push(
        `<rect x="${x}" y="${top}" width="${round(run.width * CELL.width)}" height="${CELL.height}" fill="${run.ground}"/>`,
      )
    }
    if (boxShape(run.text[0] ?? '')) shapes.push(...drawBoxes(run, top))
    else if (run.text.trim() !== '') shapes.push(drawText(run, top))
    return shapes
  })
}

/** Blanks at both ends are left out: the place says where they were. */
function drawText(run: Run, top: number): string {
  const lead = run.text.length - run.text.trimStart().length
  const text = run.underline ? run.text : run.text.trim()
  const column = run.column + (run.underline ? 0 : lead)
  const width = run.underline ? run.width : run.width - (run.text.length - text.length)
  const names = [run.bold && 'b', run.dim && 'd', run.italic && 'i', run.underline && 'u', run.struck && 's'].filter(
    Boolean,
  )
  const shape = [
    `x="${round(column * CELL.width)}" y="${top + BASELINE}"`,
    `textLength="${round(width * CELL.width)}"`,
    [...text].length > 1 && 'lengthAdjust="spacingAndGlyphs"',
    names.length > 0 && `class="${names.join(' ')}"`,
    run.ink !== INK && `style="fill:${run.ink}"`,
    / {2}/.test(text) && 'xml:space="preserve"',
  ]
  return `<text ${shape.filter(Boolean).join(' ')}>${escaped(text)}</text>`
}

function drawBoxes(run: Run, top: number): string[] {
  const lines: string[] = []
  const fills: string[] = []
  for (const [i, character] of [...run.text].entries()) {
    const shape = boxShape(character)
    const at = { x: (run.column + i) * CELL.width, y: top, ...CELL }
    if (shape) (shape.kind === 'line' ? lines : fills).push(shape.path(at))
  }
  const opacity = run.dim ? ` opacity="${DIM}"` : ''
  return [
    ...(lines.length > 0 ? [`<path d="${joined(lines)}" stroke="${run.ink}" stroke-width="1.2"${opacity}/>`] : []),
    ...(fills.length > 0 ? [`<path d="${fills.join('')}" style="fill:${run.ink}"${opacity}/>`] : []),
  ]
}

/** A row of horizontal strokes as one: a rule of eighty cells need not be eighty commands. */
function joined(paths: readonly string[]): string {
  const merged: string[] = []
  for (const path of paths) {
    const horizontal = /^M([\d.]+) ([\d.]+)H([\d.]+)$/
    const [, from, y, to] = horizontal.exec(path) ?? []
    const [, before, sameY, end] = horizontal.exec(merged.at(-1) ?? '') ?? []
    if (from && y === sameY && Math.abs(Number(end) - Number(from)) < 0.02)
      merged[merged.length - 1] = `M${before} ${y}H${to}`
    else merged.push(path)
  }
  return merged.join('')
}

function cursorBar({ column, row }: { readonly column: number; readonly row: number }): string {
  return `<rect x="${round(column * CELL.width)}" y="${row * CELL.height + 1}" width="${CELL.width}" height="${CELL.height - 2}" fill="${INK}" opacity=".75"/>`
}

function styleOf(cell: IBufferCell): Style {
  const ink = cell.isFgDefault() ? null : colour(cell.isFgRGB(), cell.getFgColor())
  const ground = cell.isBgDefault() ? null : colour(cell.isBgRGB(), cell.getBgColor())
  const inverse = cell.isInverse() !== 0
  const plain = { ink: ink ?? INK, ground }
  return {
    ...(inverse ? { ink: ground ?? GROUND, ground: ink ?? INK } : plain),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    struck: cell.isStrikethrough() !== 0,
  }
}

/** A number of the palette, or an RGB value, as hex. 16 to 231 are a cube of six steps, 232 to 255 a ramp of greys. */
function colour(isRgb: boolean, value: number): string {
  const hex = (rgb: number) => `#${rgb.toString(16).padStart(6, '0')}`
  if (isRgb) return hex(value)
  const own = ANSI[value]
  if (own) return own
  if (value >= 232) return hex((8 + (value - 232) * 10) * 0x010101)
  const step = (place: number) => [0, 95, 135, 175, 215, 255][Math.floor((value - 16) / place) % 6] ?? 0
  return hex((step(36) << 16) | (step(6) << 8) | step(1))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
