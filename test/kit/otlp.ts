/** A collector on loopback: takes OTLP as http/protobuf, and reads as much of it as the plays look at. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Value = string | number | boolean | readonly Value[] | null

export interface CollectedSpan {
  readonly name: string
  readonly kind: number
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Readonly<Record<string, Value>>
  /** 2: an error. */
  readonly status: number
  readonly statusMessage: string
}

export interface CollectedPoint {
  readonly metric: string
  readonly unit: string
  readonly attributes: Readonly<Record<string, Value>>
  /** The sum of a counter or of a histogram, and how many values a histogram has. */
  readonly sum: number
  readonly count: number
  readonly bounds: readonly number[]
}

export interface Collector extends AsyncDisposable {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** The latest of each series: they are cumulative. */
  readonly points: readonly CollectedPoint[]
  /** Of the resource of the last request. */
  readonly resource: Readonly<Record<string, Value>>
  /** Paths that were asked for, with their headers. */
  readonly requests: readonly { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[]
  /** Everything that came, as bytes. */
  readonly bytes: Buffer
}

/** A field of a message: a number (varint), eight or four bytes, or a piece that may be a message. */
type Fields = ReadonlyMap<number, readonly (bigint | Buffer)[]>

function fieldsOf(bytes: Buffer): Fields {
  const fields = new Map<number, (bigint | Buffer)[]>()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const key = varint()
    const [field, wire] = [Number(key >> 3n), Number(key & 7n)]
    const size = wire === 2 ? Number(varint()) : wire === 1 ? 8 : wire === 5 ? 4 : 0
    const value = wire === 0 ? varint() : bytes.subarray(at, at + size)
    at += size
    fields.set(field, [...(fields.get(field) ?? []), value])
  }
  return fields
}

const messages = (fields: Fields, field: number): readonly Fields[] =>
  (fields.get(field) ?? []).map((bytes) => fieldsOf(bytes as Buffer))
const text = (fields: Fields, field: number): string => (fields.get(field)?.[0] as Buffer | undefined)?.toString() ?? ''
const double = (bytes: bigint | Buffer | undefined): number => (bytes ? (bytes as Buffer).readDoubleLE() : 0)
const fixed = (fields: Fields, field: number): bigint =>
  (fields.get(field)?.[0] as Buffer | undefined)?.readBigUInt64LE() ?? 0n
const nanos = (fields: Fields, field: number): number => Number(fixed(fields, field) / 1000n) / 1000

/** AnyValue. */
function anyValue(fields: Fields): Value {
  if (fields.has(1)) return text(fields, 1)
  if (fields.has(2)) return fields.get(2)![0] === 1n
  if (fields.has(3)) return Number(BigInt.asIntN(64, fields.get(3)![0] as bigint))
  if (fields.has(4)) return double(fields.get(4)![0])
  return messages(fields, 5).flatMap((list) => messages(list, 1).map(anyValue))
}

/** KeyValue pairs. */
const attributesOf = (fields: Fields, field: number) =>
  Object.fromEntries(
    messages(fields, field).map((pair) => [text(pair, 1), anyValue(messages(pair, 2)[0] ?? new Map())]),
  )

function spanOf(span: Fields): CollectedSpan {
  const [status] = messages(span, 15)
  return {
    name: text(span, 5),
    kind: Number(span.get(6)?.[0] ?? 0n),
    startMs: nanos(span, 7),
    endMs: nanos(span, 8),
    attributes: attributesOf(span, 9),
    status: Number(status?.get(3)?.[0] ?? 0n),
    statusMessage: status ? text(status, 2) : '',
  }
}

function pointsOf(metric: Fields): readonly CollectedPoint[] {
  const named = { metric: text(metric, 1), unit: text(metric, 3) }
  const sums = messages(metric, 7).flatMap((sum) => messages(sum, 1))
  const histograms = messages(metric, 9).flatMap((histogram) => messages(histogram, 1))
  return [
    ...sums.map((point) => ({
      ...{ ...named, attributes: attributesOf(point, 7), count: 0, bounds: [] },
      sum: point.has(4) ? double(point.get(4)![0]) : Number(fixed(point, 6)),
    })),
    ...histograms.map((point) => {
      const bounds = (point.get(7) ?? []) as readonly Buffer[]
      const packed = Buffer.concat(bounds)
      return {
        ...{ ...named, attributes: attributesOf(point, 9), sum: double(point.get(5)?.[0]) },
        count: Number(fixed(point, 4)),
        bounds: Array.from({ length: packed.length / 8 }, (_, i) => packed.readDoubleLE(i * 8)),
      }
    }),
  ]
}

/** @param answer the status of every answer; `never`: it takes requests and says nothing */
export async function collector(answer: number | 'never' = 200): Promise<Collector> {
  const spans: CollectedSpan[] = []
  const points = new Map<string, CollectedPoint>()
  const requests: { path: string; headers: Record<string, unknown> }[] = []
  const all: Buffer[] = []
  let resource: Collector['resource'] = {}
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    requests.push({ path: request.url ?? '', headers: request.headers })
    all.push(body)
    for (const part of messages(fieldsOf(body), 1)) {
      resource = attributesOf(messages(part, 1)[0]!, 1)
      for (const scope of messages(part, 2)) {
        if (request.url?.endsWith('/traces')) spans.push(...messages(scope, 2).map(spanOf))
        else
          for (const point of messages(scope, 2).flatMap(pointsOf))
            points.set(JSON.stringify([point.metric, point.attributes]), point)
      }
    }
    if (answer !== 'never') response.writeHead(answer, { 'content-type': 'application/x-protobuf' }).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    get points() {
      return [...points.values()]
    },
    get resource() {
      return resource
    },
    get bytes() {
      return Buffer.concat(all)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
