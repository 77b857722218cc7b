/** Frames and blocks (U+2500 to U+259F) as paths that fill their cell, so that neighbours meet whatever the font does. */

export interface CellPlace {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface BoxShape {
  /** Lines are stroked, fills are filled. */
  readonly kind: 'line' | 'fill'
  /** SVG path commands. */
  readonly path: (cell: CellPlace) => string
}

/** Arms from the middle of the cell: up, right, down, left. */
const ARMS: Readonly<Record<string, string>> = {
  '─': 'rl',
  '━': 'rl',
  '═': 'rl',
  '│': 'ud',
  '┃': 'ud',
  '║': 'ud',
  '┌': 'rd',
  '┐': 'dl',
  '└': 'ur',
  '┘': 'ul',
  '├': 'urd',
  '┤': 'udl',
  '┬': 'rdl',
  '┴': 'url',
  '┼': 'urdl',
  '┏': 'rd',
  '┓': 'dl',
  '┗': 'ur',
  '┛': 'ul',
  '╞': 'urd',
  '╡': 'udl',
  '╪': 'urdl',
  '╴': 'l',
  '╵': 'u',
  '╶': 'r',
  '╷': 'd',
}

/** Corners that are round, by the two sides they join: x and y of the ends as shares of the cell. */
const ROUND: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '╭': [0.5, 1, 1, 0.5],
  '╮': [0.5, 1, 0, 0.5],
  '╰': [0.5, 0, 1, 0.5],
  '╯': [0.5, 0, 0, 0.5],
}

/** Blocks as shares of the cell: left, top, width, height. */
const BLOCKS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  '█': [0, 0, 1, 1],
  '▀': [0, 0, 1, 0.5],
  '▐': [0.5, 0, 0.5, 1],
  '▔': [0, 0, 1, 0.125],
  '▕': [0.875, 0, 0.125, 1],
  ...Object.fromEntries([...'▁▂▃▄▅▆▇'].map((block, i) => [block, [0, 1 - (i + 1) / 8, 1, (i + 1) / 8] as const])),
  ...Object.fromEntries([...'▏▎▍▌▋▊▉'].map((block, i) => [block, [0, 0, (i + 1) / 8, 1] as const])),
}

const round = (value: number) => Math.round(value * 100) / 100

/** How to draw a character; null: it is text. */
export function boxShape(character: string): BoxShape | null {
  const arms = ARMS[character]
  if (arms) return { kind: 'line', path: (cell) => armPath(arms, cell) }
  const corner = ROUND[character]
  if (corner) return { kind: 'line', path: (cell) => cornerPath(corner, cell) }
  const block = BLOCKS[character]
  if (block) return { kind: 'fill', path: (cell) => blockPath(block, cell) }
  return null
}

function armPath(arms: string, { x, y, width, height }: CellPlace): string {
  const middle = { x: round(x + width / 2), y: round(y + height / 2) }
  const [has, side] = [(arm: string) => arms.includes(arm), { left: round(x), right: round(x + width) }]
  const across =
    has('l') || has('r') ? `M${has('l') ? side.left : middle.x} ${middle.y}H${has('r') ? side.right : middle.x}` : ''
  const upright =
    has('u') || has('d') ? `M${middle.x} ${has('u') ? y : middle.y}V${has('d') ? round(y + height) : middle.y}` : ''
  return across + upright
}

function cornerPath([fromX, fromY, toX, toY]: readonly [number, number, number, number], cell: CellPlace): string {
  const at = (x: number, y: number) => `${round(cell.x + x * cell.width)} ${round(cell.y + y * cell.height)}`
  return `M${at(fromX, fromY)}Q${at(0.5, 0.5)} ${at(toX, toY)}`
}

function blockPath([left, top, wide, high]: readonly [number, number, number, number], cell: CellPlace): string {
  const start = `M${round(cell.x + left * cell.width)} ${round(cell.y + top * cell.height)}`
  return `${start}h${round(wide * cell.width)}v${round(high * cell.height)}h${-round(wide * cell.width)}z`
}
