/** What the keyboard feels while ten large photographs are made ready beside the draft: from a key to its echo. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyBytes, pasteBytes } from '../test/kit/key-bytes.ts'
import { CLIENT } from '../test/kit/lodging.ts'
import { photo } from '../test/kit/pictures.ts'
import { type Client, client, promptShown, shows, sitDown, type TimedSession } from './driver.ts'
import { pause } from './glass-turn.ts'
import { amountFigure, countFigure, type Figure, monotonicMs, quantile, summary } from './measure.ts'
import type { Server } from './server.ts'

/** As phones take them. */
const SIZE = { width: 4032, height: 3024 } as const
const PICTURES = 10
/** How late the echo of a key may come, 95th percentile. */
const LATE_MS = 16
/** Times that all of them are attached, each by a chat that has never seen them. */
const CHATS = 3
/** Keys of a row before it is erased, so that it never wraps. */
const KEYS_A_ROW = 40
const ALL_READY_MS = 60_000

const isPreparing = shows('preparing…')
/** Some of them may stand in no row of their own; their sum counts those that are ready. */
const areReady = shows(` ${PICTURES} attachments · `)

export async function promptFigures(server: Server, rounds: number): Promise<readonly Figure[]> {
  const ours = client('claude-tui', CLIENT, server.url)
  try {
    const paths: string[] = []
    for (let i = 0; i < PICTURES; i++) {
      const picture = await photo(SIZE.width, SIZE.height, i + 1)
      paths.push(join(ours.lodging.home, `photo-${i}.jpg`))
      writeFileSync(paths[i]!, await picture.jpeg({ quality: 92 }).toBuffer())
    }
    const idle: number[] = []
    const busy: number[] = []
    let ready = 0
    for (let chat = 0; chat < Math.min(CHATS, rounds); chat++) {
      const told = await attached(ours, paths)
      idle.push(...told.idle)
      busy.push(...told.busy)
      ready += told.ready
    }
    const missing = PICTURES * Math.min(CHATS, rounds) - ready
    return [
      amountFigure(
        `key echo, ${PICTURES} photos being prepared, p95`,
        quantile(busy, 0.95),
        'ms',
        LATE_MS,
        `${summary(busy)}, before ${summary(idle)}`,
      ),
      countFigure('photos that did not become ready meanwhile', missing, 0),
    ]
  } finally {
    ours.lodging.remove()
  }
}

interface Typed {
  readonly idle: readonly number[]
  readonly busy: readonly number[]
  /** Photos that stand beside the draft in the end. */
  readonly ready: number
}

async function attached(who: Client, paths: readonly string[]): Promise<Typed> {
  const session = sitDown(who, ['--no-session'])
  try {
    await session.visible(promptShown, 'the prompt')
    await session.quiet(500)
    const idle = await echoes(session, (typed) => typed < KEYS_A_ROW)
    session.type(pasteBytes(paths.join(' '), true))
    await session.visible(isPreparing, 'a photo that is being prepared')
    const until = monotonicMs() + ALL_READY_MS
    const busy = await echoes(session, () => !areReady(session.emulator) && monotonicMs() < until)
    const said = /^ *(\d+) attachments · ~/m.exec(session.emulator.golden())
    return { idle, busy, ready: Number(said?.[1] ?? 0) }
  } finally {
    await session.close()
  }
}

/** Types for as long as it is wanted; milliseconds from each key's write until it stands in its row. */
async function echoes(session: TimedSession, goesOn: (typed: number) => boolean): Promise<readonly number[]> {
  const latencies: number[] = []
  while (goesOn(latencies.length)) {
    // A name would be looked for in the whole screen, paths of files and all.
    let typed = 'ZQ'
    session.type(typed)
    await session.visible(shows(`› ${typed}`), 'the first keys of a row')
    for (let i = 0; i < KEYS_A_ROW && goesOn(latencies.length); i++) {
      // Uneven pauses: a client that draws at fixed times is met at all of them.
      await pause(25 + ((i * 13) % 29))
      typed += String.fromCharCode(97 + ((i * 5) % 26))
      const echo = session.visible(shows(`› ${typed}`), 'a key')
      const at = monotonicMs()
      session.type(typed.at(-1)!)
      latencies.push((await echo) - at)
    }
    for (let i = 0; i < typed.length; i++) session.type(keyBytes('backspace'))
    await session.visible((emulator) => !shows('› ZQ')(emulator), 'an empty row')
  }
  return latencies
}
