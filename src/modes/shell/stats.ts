/** `claude-tui stats`: what the ledger tells of the last days: money, times, speeds, the cache, and whether promises were kept. */

import { type Args, UsageError } from '../../args.ts'
import { count } from '../../core/figures/words.ts'
import type { LookBack } from '../../core/lab/tally/look-back.ts'
import type { By } from '../../core/lab/tally/report.ts'
import { saySlo } from '../../core/lab/tally/slo.ts'
import { CATALOGUE, overlay } from '../../core/models.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import { settingsOf, written } from '../lab/shell.ts'
import { sinceOf, wholeDays } from '../lab/since.ts'
import { gathered, inWords, USUAL_SPAN } from '../lab/stats.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { openIfThere } from '../sessions/found.ts'
import { inShell } from './frame.ts'
import { asJson } from './sink.ts'

/** Resolves to the exit code. */
export const runStats = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, { name: 'stats', asIn: 'claude-tui stats --since 7d', work: () => tell(args, io) })

async function tell({ flags }: Args, io: SessionsIo): Promise<number> {
  const nowMs = io.nowMs()
  const since = wholeDays(sinceOf((flags.since as string | undefined) ?? USUAL_SPAN, nowMs))
  if (typeof since === 'string') throw new UsageError(`--since takes ${since}.`)
  const by = (flags.by ?? null) as By | null
  const settings = settingsOf(io)
  const models = overlay(CATALOGUE, settings.models)
  const history = await openIfThere(io.path)
  try {
    if (!history) {
      if (flags.json === true) await io.write(`${asJson({ type: 'stats', answers: 0 })}\n`)
      else
        await io.write(
          `Nothing was answered yet. ${io.demoPath === undefined ? '' : 'The demo: claude-tui stats --demo'}`
            .trim()
            .concat('\n'),
        )
      return EXIT.ok
    }
    const look = gathered({ history, settings, models, nowMs }, since.fromMs)
    if (flags.json === true) await io.write(`${asJson(inJson(look))}\n`)
    else
      await io.write(
        written(
          inWords(
            look,
            { settings, models },
            by,
            settings.screenReader ? null : (io.terminal?.().columns ?? null),
            settings.screenReader,
          ),
          io,
        ),
      )
    const missed = look.slos.filter(({ isKept }) => isKept === false)
    if (flags['fail-on-slo'] !== true || missed.length === 0) return EXIT.ok
    io.err(`${count(missed.length, 'promise')} missed: ${missed.map((slo) => saySlo(slo, models)).join('; ')}.`)
    return EXIT.late
  } finally {
    history?.close()
  }
}

/** Every figure, under the names it has here. Money is rounded to a billionth of a dollar: what is behind it is noise. */
function inJson({ all, ...look }: LookBack) {
  const exact = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 1e9) / 1e9 || 0 : value)
  return JSON.parse(JSON.stringify({ type: 'stats', ...all, ...look }, exact)) as object
}
