/** Time and memory of preparing images, against the bare image library doing the same resize in a process of its own. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { photo } from '../test/kit/pictures.ts'
import { bundled } from './attachments-process.ts'
import type { Told } from './attachments-work.ts'
import { amountFigure, type Figure, interleaved, median, ratioFigure } from './measure.ts'

/** 12 megapixels, as phones have them. */
const WIDTH = 4032
const HEIGHT = 3024

/** At most so much more than the bare library: time, memory. */
const WALL = 1.15
const MEMORY = 1.3
/** How late a key may be heard, 95th percentile. */
const LATE_MS = 16

/** @param rounds how often each is timed, one after the other */
export async function pipelineFigures(rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-attachments-'))
  try {
    const path = join(folder, 'photo.jpg')
    const picture = await photo(WIDTH, HEIGHT)
    writeFileSync(path, await picture.jpeg({ quality: 92 }).toBuffer())
    const start = await bundled('attachments-work')
    const sideBySide = (times: number, count: '1' | '10') =>
      interleaved(times, ['ours', 'bare'] as const, (mode) => start<Told>(mode, count, path)) as Promise<
        [Told[], Told[]]
      >
    // One is over so soon that a neighbour's breath is a tenth of it.
    const [one, bareOne] = await sideBySide(3 * rounds, '1')
    const [ten, bareTen] = await sideBySide(rounds, '10')
    const ms = (all: readonly Told[]) => all.map((each) => each.ms)
    const memory = (name: string, ours: readonly Told[], bare: readonly Told[]): Figure => {
      const [mb, bareMb] = [ours, bare].map((all) => median(all.map(({ peakMb }) => peakMb))) as [number, number]
      const detail = `peak of the process: ours ${mb.toFixed(0)} MB, bare ${bareMb.toFixed(0)} MB`
      return amountFigure(name, mb / bareMb, 'x', MEMORY, detail)
    }
    return [
      ratioFigure('12-megapixel JPEG against bare sharp', ms(one), ms(bareOne), WALL),
      ratioFigure('ten of them in parallel', ms(ten), ms(bareTen), WALL),
      memory('memory, one', one, bareOne),
      memory('memory, ten in parallel', ten, bareTen),
      amountFigure(
        'keys heard late meanwhile, p95',
        median(ten.map(({ lateMs }) => lateMs)),
        'ms',
        LATE_MS,
        'of the event loop, ten in parallel',
      ),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
