/** Starts a part of the attachments' bench in a process of its own, bundled as the client is, so that memory compares. */

import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const run = promisify(execFile)

/** @returns starts it with arguments, and gives what its last line says */
export async function bundled(name: string): Promise<<Told>(...args: readonly string[]) => Promise<Told>> {
  const folder = fileURLToPath(new URL('results/dist/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const outfile = `${folder}${name}.mjs`
  const entry = fileURLToPath(new URL(`${name}.ts`, import.meta.url))
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node22.13' },
    ...{ external: ['sharp'], logLevel: 'warning' },
  })
  return async (...args) => {
    const { stdout } = await run(process.execPath, [outfile, ...args], { maxBuffer: 64_000_000 })
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
  }
}
