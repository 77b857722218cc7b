/**
 * What the lab costs whoever does not use it: the start of a chat and a call through a pipe, against the program as it was
 * before there was a lab, built from the repository's own history, in the same minutes.
 */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CLIENT } from '../test/kit/lodging.ts'
import { client } from './driver.ts'
import { type Figure, interleaved, ratioFigure } from './measure.ts'
import { oneShot, start } from './road.ts'
import type { Server } from './server.ts'

/** The last commit without a lab. */
const BEFORE = 'f85555f'
const SLOWER = 1.05
const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** @param rounds how often each is timed */
export async function startFigures(server: Server, rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-before-'))
  const now = client('now', CLIENT, server.url)
  const before = client('before', buildBefore(folder), server.url)
  try {
    const both = [now, before]
    for (const one of both) {
      await start(one)
      await oneShot(one, server, 10, { rate: 0, ttftMs: 0 })
    }
    const [chats = [], formerChats = []] = await interleaved(rounds, both, start)
    const [calls = [], formerCalls = []] = await interleaved(rounds, both, (one) =>
      oneShot(one, server, 100, { rate: 0, ttftMs: 0 }),
    )
    const prompts = (all: typeof chats) => all.map(({ promptMs }) => promptMs)
    const walls = (all: typeof calls) => all.map(({ wallMs }) => wallMs)
    return [
      ratioFigure('start of a chat, to before the lab', prompts(chats), prompts(formerChats), SLOWER),
      ratioFigure('a call, to before the lab', walls(calls), walls(formerCalls), SLOWER),
    ]
  } finally {
    for (const { lodging } of [now, before]) lodging.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns the path of its entry. @throws Error when the history of the repository does not reach back so far */
function buildBefore(folder: string): string {
  try {
    const tree = execFileSync('git', ['archive', BEFORE], { cwd: ROOT, maxBuffer: 1e9 })
    execFileSync('tar', ['-x', '-C', folder], { input: tree })
  } catch (error) {
    throw new Error(`The program as it was before the lab (${BEFORE}) is not in this clone: fetch its whole history.`, {
      cause: error,
    })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  execFileSync(process.execPath, ['.config/build.mjs'], { cwd: folder, stdio: 'pipe' })
  return join(folder, 'dist/cli.js')
}
