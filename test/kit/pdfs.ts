/** PDFs made up for tests and benches, in the ways that programs write them. */

import { deflateSync } from 'node:zlib'

export interface PdfWays {
  readonly pages: number
  /** How its objects are listed: in a plain table, or packed in streams as since 2003. */
  readonly way?: 'table' | 'streams'
  readonly isLocked?: boolean
  /** Lines before its head. */
  readonly before?: string
}

/** Pages in groups of ten, each with a line on it. */
export function pdf({ pages, way = 'table', isLocked = false, before = '' }: PdfWays): Buffer {
  const objects = new Map<number, string>()
  const groups = Math.ceil(pages / 10)
  objects.set(1, '<< /Type /Catalog /Pages 2 0 R >>')
  const groupAt = (i: number) => 10 + i * 20
  const refs = (numbers: readonly number[]) => numbers.map((number) => `${number} 0 R`).join(' ')
  const all = Array.from({ length: groups }, (_, i) => groupAt(i))
  objects.set(2, `<< /Type /Pages /Kids [${refs(all)}] /Count ${pages} >>`)
  for (let i = 0; i < groups; i++) {
    const own = Array.from({ length: Math.min(10, pages - i * 10) }, (_, k) => groupAt(i) + 1 + k)
    objects.set(groupAt(i), `<< /Type /Pages /Parent 2 0 R /Kids [${refs(own)}] /Count ${own.length} >>`)
    for (const page of own)
      objects.set(page, `<< /Type /Page /Parent ${groupAt(i)} 0 R /MediaBox [0 0 595 842] /Note (a \\) b (c)) >>`)
  }
  if (isLocked) objects.set(3, '<< /Filter /Standard /V 2 /R 3 /O (x) /U (y) /P -44 >>')
  const ends = `/Root 1 0 R${isLocked ? ' /Encrypt 3 0 R' : ''}`
  return Buffer.concat([Buffer.from(before), way === 'table' ? withTable(objects, ends) : withStreams(objects, ends)])
}

function withTable(objects: ReadonlyMap<number, string>, ends: string): Buffer {
  let body = '%PDF-1.4\n%\u00e2\u00e3\n'
  const size = Math.max(...objects.keys()) + 1
  const rows = Array<string>(size).fill('0000000000 65535 f \n')
  for (const [number, text] of objects) {
    rows[number] = `${String(body.length).padStart(10, '0')} 00000 n \n`
    body += `${number} 0 obj\n${text}\nendobj\n`
  }
  const start = body.length
  body += `xref\n0 ${size}\n${rows.join('')}trailer\n<< /Size ${size} ${ends} >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(body, 'latin1')
}

function withStreams(objects: ReadonlyMap<number, string>, ends: string): Buffer {
  const packedAt = 5
  const tableAt = 6
  const parts: Buffer[] = [Buffer.from('%PDF-1.5\n')]
  const length = () => parts.reduce((sum, part) => sum + part.length, 0)
  let heads = ''
  let bodies = ''
  // What unlocks the rest is never packed.
  const plain = [...objects].filter(([number]) => number === 3)
  const inside = [...objects].filter(([number]) => number !== 3)
  const places = new Map<number, readonly [number, number, number]>()
  for (const [number, text] of plain) {
    places.set(number, [1, length(), 0])
    parts.push(Buffer.from(`${number} 0 obj\n${text}\nendobj\n`))
  }
  for (const [i, [number, text]] of inside.entries()) {
    heads += `${number} ${bodies.length} `
    bodies += `${text}\n`
    places.set(number, [2, packedAt, i])
  }
  const stream = (number: number, dict: string, data: Buffer) => {
    const packed = deflateSync(data)
    places.set(number, [1, length(), 0])
    const head = `${number} 0 obj\n<< ${dict} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`
    parts.push(Buffer.from(head), packed, Buffer.from('\nendstream\nendobj\n'))
  }
  stream(packedAt, `/Type /ObjStm /N ${inside.length} /First ${heads.length}`, Buffer.from(heads + bodies))
  const start = length()
  places.set(tableAt, [1, start, 0])
  const size = Math.max(...objects.keys(), tableAt) + 1
  // Rows of one, four and two bytes, each written as its difference from the one above.
  const rows = Buffer.alloc(size * 7)
  for (const [number, [kind, second, third]] of places) {
    rows[number * 7] = kind
    rows.writeUInt32BE(second, number * 7 + 1)
    rows.writeUInt16BE(third, number * 7 + 5)
  }
  const predicted = Buffer.alloc(size * 8)
  for (let y = 0; y < size; y++) {
    predicted[y * 8] = 2
    for (let x = 0; x < 7; x++) predicted[y * 8 + 1 + x] = rows[y * 7 + x]! - (y > 0 ? rows[(y - 1) * 7 + x]! : 0)
  }
  const parms = '/DecodeParms << /Predictor 12 /Columns 7 >>'
  stream(tableAt, `/Type /XRef /Size ${size} /W [1 4 2] ${parms} ${ends}`, predicted)
  parts.push(Buffer.from(`startxref\n${start}\n%%EOF\n`))
  return Buffer.concat(parts)
}
