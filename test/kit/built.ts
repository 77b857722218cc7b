/**
 * Sees to it that the built client is there and not older than what it is made from.
 * Vitest runs this once before the tests that start the client; how to build, `.config/build.mjs` knows.
 */

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const BUILD = '.config/build.mjs'
const SOURCES = ['src', 'components', '.config', 'package.json', 'package-lock.json', 'tsconfig.json']

/** Builds when `dist/cli.js` is missing or stale. @throws Error with the build's own words when it fails */
export default function setup(): void {
  const built = join(ROOT, 'dist/cli.js')
  if (existsSync(built) && statSync(built).mtimeMs >= newest(SOURCES.map((name) => join(ROOT, name)))) return
  try {
    execFileSync(process.execPath, [BUILD], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`The client could not be built, so nothing that starts it can be tested.\n${stdout}${stderr}`)
  }
}

/** The latest change among files and folders, in ms since the epoch. */
export function newest(paths: readonly string[]): number {
  const times = paths.filter(existsSync).map((path) => {
    const { mtimeMs } = statSync(path)
    // A folder's own time counts: it changes when a file goes.
    return statSync(path).isDirectory()
      ? Math.max(mtimeMs, newest(readdirSync(path).map((name) => join(path, name))))
      : mtimeMs
  })
  return Math.max(0, ...times)
}
