/** A bench that was kept, read again: only what is compared, and nothing that is not what it should be. */

import { misfit, type Shape, shapeInWords } from '../../schema/shape.ts'
import { BENCH_VERSION, type BenchDocument } from './document.ts'

const number: Shape = { type: ['number', 'null'] }
const within: Shape = {
  type: 'object',
  required: ['value', 'low', 'high'],
  properties: { value: { type: 'number' }, low: number, high: number },
}
const summary: Shape = {
  type: ['object', 'null'],
  properties: { n: { type: 'integer' }, p50: within, p90: within, p95: within, p99: within, mean: within },
}
const SAVED: Shape = {
  type: 'object',
  required: ['type', 'version', 'arms', 'runs'],
  properties: {
    type: { enum: ['bench'] },
    version: { enum: [BENCH_VERSION] },
    arms: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'metrics', 'runs', 'failed'],
        properties: {
          name: { type: 'string' },
          runs: { type: 'integer' },
          failed: { type: 'integer' },
          metrics: {
            type: 'object',
            required: ['ttft', 'ttlt', 'otps', 'cost'],
            properties: { ttft: summary, ttlt: summary, otps: summary, cost: summary },
          },
        },
      },
    },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['arm', 'end', 'attempts', 'ttftMs', 'ttltMs', 'otps', 'costUsd'],
        properties: {
          arm: { type: 'integer' },
          end: { type: 'string' },
          attempts: { type: 'integer' },
          ttftMs: number,
          ttltMs: number,
          otps: number,
          costUsd: number,
        },
      },
    },
  },
}

/** @returns a sentence when it is no bench */
export function savedBench(json: string): Pick<BenchDocument, 'arms' | 'runs'> | string {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return 'it is no JSON'
  }
  const found = misfit(SAVED, value)
  if (!found) return value as BenchDocument
  const at = found.at === '' ? 'the document' : found.at
  if (found.why !== 'value') return `"${found.name}" is missing in ${at}`
  return `expected ${shapeInWords(found.shape)} at ${at}`
}
