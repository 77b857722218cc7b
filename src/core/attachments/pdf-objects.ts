/** Where the objects of a PDF are: by its tables (ISO 32000-1, 7.5), or by looking for them where those are broken. */

import { type Dict, isDict, isName, Ref, Syntax, type Value } from './pdf-syntax.ts'

/** Unpacks zlib data. @throws when it is damaged, or larger than anybody needs */
export type Inflate = (packed: Uint8Array) => Promise<Uint8Array>

type Place = { readonly at: number } | { readonly within: number }

export interface Objects {
  readonly trailer: Dict
  /** What a value stands for: itself, or the object it refers to; null when there is none. */
  resolve(value: Value | undefined): Promise<Value>
}

/** Tables that follow on one another: one for each time it was saved. */
const MOST_TABLES = 1_000
const MOST_OBJECTS = 2_000_000
/** In one stream; programs put some hundred into each. */
const MOST_PACKED = 100_000

/** @throws Error when the tables are damaged */
export async function byTables(bytes: Uint8Array, inflate: Inflate): Promise<Objects> {
  const start = lastIndex(bytes, 'startxref')
  if (start === -1) throw new SyntaxError('no startxref')
  // Places are counted from the head, which may have lines before it.
  const head = Math.max(0, indexOf(bytes, '%PDF-', 0))
  const own = bytes.subarray(head)
  const places = new Map<number, Place | null>()
  const trailer = new Map<string, Value>()
  const todo = [new Syntax(bytes, start + 9).value()]
  const seen = new Set<number>()
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    if (typeof next !== 'number' || seen.has(next)) continue
    if (seen.add(next).size > MOST_TABLES) throw new SyntaxError('too many tables')
    const syntax = new Syntax(own, next)
    const dict = syntax.takes('xref') ? table(syntax, places) : await streamTable(own, next, places, inflate)
    for (const [key, value] of dict) if (!trailer.has(key)) trailer.set(key, value)
    todo.push(dict.get('XRefStm') ?? null, dict.get('Prev') ?? null)
  }
  return objects(own, places, trailer, inflate)
}

/** @throws Error when there is nothing to be found */
export async function bySearch(bytes: Uint8Array, inflate: Inflate, breathe: () => Promise<unknown>): Promise<Objects> {
  const places = new Map<number, Place | null>()
  const trailer = new Map<string, Value>()
  const take = (dict: Value) => {
    if (isDict(dict)) for (const key of ['Root', 'Encrypt']) if (dict.has(key)) trailer.set(key, dict.get(key)!)
  }
  const found = objects(bytes, places, trailer, inflate)
  const packed: number[] = []
  for (let at = indexOf(bytes, ' obj', 0), i = 0; at !== -1; at = indexOf(bytes, ' obj', at + 4), i++) {
    if (i % 2_000 === 1_999) await breathe()
    const [, digits, generation] = /(\d{1,10}) (\d{1,5})$/.exec(latin(bytes.subarray(Math.max(0, at - 17), at))) ?? []
    if (!digits || !generation) continue
    const number = Number(digits)
    places.set(number, { at: at - generation.length - 1 - digits.length })
    const dict = await found.resolve(new Ref(number)).catch(() => null)
    if (!isDict(dict)) continue
    if (isName(dict.get('Type'), 'ObjStm')) packed.push(number)
    if (isName(dict.get('Type'), 'XRef')) take(dict)
    if (isName(dict.get('Type'), 'Catalog') && !trailer.has('Root')) trailer.set('Root', new Ref(number))
  }
  for (const number of packed) {
    const inside = await contents(bytes, places, number, inflate).catch(() => null)
    for (const own of inside?.keys() ?? []) if (!places.has(own)) places.set(own, { within: number })
  }
  for (let at = indexOf(bytes, 'trailer', 0); at !== -1; at = indexOf(bytes, 'trailer', at + 7)) {
    try {
      take(new Syntax(bytes, at + 7).value())
    } catch {
      // The next one may be whole.
    }
  }
  for (const [number] of trailer.has('Root') ? [] : places) {
    const dict = await found.resolve(new Ref(number)).catch(() => null)
    if (isDict(dict) && isName(dict.get('Type'), 'Catalog')) trailer.set('Root', new Ref(number))
  }
  return found
}

function objects(bytes: Uint8Array, places: Map<number, Place | null>, trailer: Dict, inflate: Inflate): Objects {
  const unpacked = new Map<number, Promise<ReadonlyMap<number, Value>>>()
  const resolve = async (value: Value | undefined): Promise<Value> => {
    let now = value ?? null
    for (let hops = 0; now instanceof Ref; hops++) {
      const place = places.get(now.number)
      if (!place || hops > 20) return null
      if ('at' in place) now = objectAt(bytes, place.at, now.number).value
      else {
        if (!unpacked.has(place.within)) unpacked.set(place.within, contents(bytes, places, place.within, inflate))
        now = (await unpacked.get(place.within)!).get(now.number) ?? null
      }
    }
    return now
  }
  return { trailer, resolve }
}

/** `n g obj value`. @throws SyntaxError when it is not what is there */
function objectAt(bytes: Uint8Array, at: number, number: number | null): { value: Value; end: number } {
  const syntax = new Syntax(bytes, at)
  const found = syntax.value()
  if (typeof found !== 'number' || typeof syntax.value() !== 'number' || !syntax.takes('obj'))
    throw new SyntaxError('no object')
  if (number !== null && found !== number) throw new SyntaxError('another object')
  return { value: syntax.value(), end: syntax.at }
}

/** The data of a stream, unpacked. */
async function streamAt(
  bytes: Uint8Array,
  at: number,
  number: number | null,
  inflate: Inflate,
): Promise<{ dict: Dict; data: Uint8Array }> {
  const { value: dict, end } = objectAt(bytes, at, number)
  const syntax = new Syntax(bytes, end)
  if (!isDict(dict) || !syntax.takes('stream')) throw new SyntaxError('no stream')
  const start =
    syntax.at +
    (bytes[syntax.at] === 0x0d ? 1 : 0) +
    (bytes[syntax.at] === 0x0a || bytes[syntax.at + 1] === 0x0a ? 1 : 0)
  const length = dict.get('Length')
  const told = typeof length === 'number' && new Syntax(bytes, start + length).takes('endstream') ? start + length : -1
  const stop = told === -1 ? indexOf(bytes, 'endstream', start) : told
  if (stop === -1) throw new SyntaxError('a stream without an end')
  const packed = bytes.subarray(start, stop)
  const [filter, ...others] = [dict.get('Filter') ?? []].flat() as Value[]
  if (others.length > 0 || (filter !== undefined && !isName(filter, 'FlateDecode')))
    throw new SyntaxError('an unknown filter')
  const data = filter === undefined ? packed : await inflate(packed)
  return { dict, data: unpredicted(data, [dict.get('DecodeParms') ?? null].flat()[0] as Value) }
}

/** Undoes what made rows easier to pack: each byte was written as its difference from those left of it and above. */
function unpredicted(data: Uint8Array, parms: Value): Uint8Array {
  const field = (key: string, absent: number) => {
    const value = isDict(parms) ? parms.get(key) : undefined
    return typeof value === 'number' ? value : absent
  }
  if (field('Predictor', 1) < 10) return data
  const columns = Math.ceil((field('Columns', 1) * field('Colors', 1) * field('BitsPerComponent', 8)) / 8)
  if (!(columns >= 1 && columns <= data.length)) throw new SyntaxError('rows of no length')
  const rows = Math.floor(data.length / (columns + 1))
  const out = new Uint8Array(rows * columns)
  for (let y = 0; y < rows; y++) {
    const kind = data[y * (columns + 1)]
    for (let x = 0; x < columns; x++) {
      const at = y * columns + x
      const left = x > 0 ? out[at - 1]! : 0
      const up = y > 0 ? out[at - columns]! : 0
      const corner = x > 0 && y > 0 ? out[at - columns - 1]! : 0
      const guess =
        kind === 1 ? left : kind === 2 ? up : kind === 3 ? (left + up) >> 1 : kind === 4 ? paeth(left, up, corner) : 0
      out[at] = data[y * (columns + 1) + 1 + x]! + guess
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

/** The objects in a stream of them, with their numbers. */
async function contents(
  bytes: Uint8Array,
  places: ReadonlyMap<number, Place | null>,
  number: number,
  inflate: Inflate,
): Promise<ReadonlyMap<number, Value>> {
  const place = places.get(number)
  if (!place || !('at' in place)) throw new SyntaxError('no such stream')
  const { dict, data } = await streamAt(bytes, place.at, number, inflate)
  const first = dict.get('First')
  const count = dict.get('N')
  if (typeof first !== 'number' || typeof count !== 'number' || count > MOST_PACKED) throw new SyntaxError('no objects')
  const heads = new Syntax(data, 0)
  const found = new Map<number, Value>()
  for (let i = 0; i < count; i++) {
    const own = heads.value()
    const offset = heads.value()
    if (typeof own !== 'number' || typeof offset !== 'number') throw new SyntaxError('no object')
    found.set(own, new Syntax(data, first + offset).value())
  }
  return found
}

function table(syntax: Syntax, places: Map<number, Place | null>): Dict {
  while (!syntax.takes('trailer')) {
    const from = syntax.value()
    const count = syntax.value()
    if (typeof from !== 'number' || typeof count !== 'number' || count > MOST_OBJECTS) throw new SyntaxError('no table')
    for (let i = 0; i < count; i++) {
      const at = syntax.value()
      syntax.value()
      const isUsed = syntax.takes('n')
      if (!isUsed && !syntax.takes('f')) throw new SyntaxError('no entry')
      // The newest table is read first, and holds.
      if (typeof at === 'number' && !places.has(from + i)) places.set(from + i, isUsed ? { at } : null)
    }
  }
  const dict = syntax.value()
  if (!isDict(dict)) throw new SyntaxError('no trailer')
  return dict
}

async function streamTable(
  bytes: Uint8Array,
  at: number,
  places: Map<number, Place | null>,
  inflate: Inflate,
): Promise<Dict> {
  const { dict, data } = await streamAt(bytes, at, null, inflate)
  const widths = dict.get('W')
  const size = dict.get('Size') ?? 0
  const sections = dict.get('Index') ?? [0, size]
  if (!Array.isArray(widths) || !Array.isArray(sections)) throw new SyntaxError('no table')
  const [kindWidth, secondWidth, thirdWidth] = widths as readonly number[]
  if (![kindWidth, secondWidth, thirdWidth].every((width) => typeof width === 'number' && width >= 0 && width <= 8)) {
    throw new SyntaxError('no widths')
  }
  let place = 0
  const number = (width: number, absent: number) => {
    if (width === 0) return absent
    let value = 0
    for (let i = 0; i < width; i++) value = value * 256 + (data[place++] ?? 0)
    return value
  }
  for (let i = 0; i + 1 < sections.length; i += 2) {
    const [from, count] = [sections[i], sections[i + 1]]
    if (typeof from !== 'number' || typeof count !== 'number') throw new SyntaxError('no section')
    for (let k = 0; k < count && place < data.length; k++) {
      const kind = number(kindWidth!, 1)
      const second = number(secondWidth!, 0)
      number(thirdWidth!, 0)
      if (places.has(from + k)) continue
      places.set(from + k, kind === 1 ? { at: second } : kind === 2 ? { within: second } : null)
    }
  }
  return dict
}

const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes)

export function indexOf(bytes: Uint8Array, word: string, from: number): number {
  const first = word.charCodeAt(0)
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let i = 1
    while (i < word.length && bytes[at + i] === word.charCodeAt(i)) i++
    if (i === word.length) return at
  }
  return -1
}

function lastIndex(bytes: Uint8Array, word: string): number {
  let found = -1
  const from = Math.max(0, bytes.length - 4_096)
  for (let at = indexOf(bytes, word, from); at !== -1; at = indexOf(bytes, word, at + 1)) found = at
  return found
}
