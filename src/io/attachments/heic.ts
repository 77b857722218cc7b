/** HEIC, as phones write it: patents keep its decoder out of the image library, so a program of the system is asked. */

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const TAKES_MS = 10_000

/** Programs that make a JPEG of it, upright: part of macOS, of libheif, of ImageMagick 7 and 6. */
const PROGRAMS: readonly (readonly [program: string, args: (from: string, to: string) => readonly string[]])[] = [
  ['sips', (from, to) => ['-s', 'format', 'jpeg', '-s', 'formatOptions', '95', from, '--out', to]],
  ['heif-dec', (from, to) => ['-q', '95', from, to]],
  ['heif-convert', (from, to) => ['-q', '95', from, to]],
  ['magick', (from, to) => [from, '-auto-orient', '-quality', '95', to]],
  ['convert', (from, to) => [`heic:${from}`, '-auto-orient', '-quality', '95', to]],
]

export const HEIC_WAY_OUT =
  process.platform === 'darwin'
    ? 'Export it as JPEG.'
    : 'Export it as JPEG, or install heif-dec (in the package libheif-examples), which is then used.'

/** A JPEG of it; null: no program here can. @throws the signal's reason */
export async function jpegOfHeic(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array | null> {
  const folder = await mkdtemp(join(tmpdir(), 'claude-tui-heic-'))
  try {
    const from = join(folder, 'image.heic')
    const to = join(folder, 'image.jpg')
    await writeFile(from, bytes, { mode: 0o600 })
    for (const [program, args] of PROGRAMS) {
      await run(program, args(from, to), signal)
      signal.throwIfAborted()
      const jpeg = await readFile(to).catch(() => null)
      if (jpeg && jpeg.length > 0) return jpeg
    }
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const run = (program: string, args: readonly string[], signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    execFile(program, args, { timeout: TAKES_MS, killSignal: 'SIGKILL', signal }, () => resolve())
  })
