/**
 * A small file that all our programs share, of named rows in JSON. What cannot be read is taken for nothing, and a row that
 * is not of its shape for none.
 */

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { misfit, type Shape } from '../../core/schema/shape.ts'
import { makeFolder } from '../files/private-folder.ts'

/** Larger than such a file ever gets, in bytes: what is larger is not ours. */
const LARGEST = 64 * 1024
/** More rows than anybody has models. */
const MOST = 100

export function readRows<T extends object>(path: string, shape: Shape): Map<string, T> {
  try {
    if (statSync(path).size > LARGEST) return new Map()
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const rows = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
    return new Map(rows.filter((row): row is [string, T] => misfit(shape, row[1]) === null).slice(-MOST))
  } catch {
    return new Map()
  }
}

/** Renamed into its place, so that nobody reads half of it. Without anything to say there is no file. @throws I/O errors */
export function writeRows(path: string, all: ReadonlyMap<string, object>): void {
  if (all.size === 0) {
    rmSync(path, { force: true })
    return
  }
  makeFolder(dirname(path))
  const fresh = `${path}.${process.pid}.new`
  try {
    writeFileSync(fresh, `${JSON.stringify(Object.fromEntries(all))}\n`, { mode: 0o600 })
    renameSync(fresh, path)
  } catch (error) {
    try {
      rmSync(fresh, { force: true })
    } catch {
      // What could not be written is not there.
    }
    throw error
  }
}
