/** `claude-tui advise`: advice from this person's own figures, and the change that followed advice has made. */

import { readFileSync } from 'node:fs'
import { type Args, UsageError } from '../../args.ts'
import { usualModel } from '../../core/lab/advisor/evidence.ts'
import { sayChange } from '../../core/lab/advisor/measured.ts'
import { paragraphLines } from '../../core/lab/advisor/parts.ts'
import { adviceReport, type Found, findings, leverInWords } from '../../core/lab/advisor/report.ts'
import { CATALOGUE, modelCard, overlay } from '../../core/models.ts'
import type { Remark } from '../../core/text/remark.ts'
import { EXIT } from '../../core/turn/outcome.ts'
import { apply, changesOf, evidenceOf } from '../lab/advise.ts'
import { settingsOf, written } from '../lab/shell.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { openIfThere } from '../sessions/found.ts'
import { inShell } from './frame.ts'
import { asJson } from './sink.ts'

/** Resolves to the exit code. */
export const runAdvise = (args: Args, io: SessionsIo): Promise<number> =>
  inShell(args, io, { name: 'advise', asIn: 'claude-tui advise --apply 1', work: () => tell(args, io) })

async function tell({ flags }: Args, io: SessionsIo): Promise<number> {
  const settings = settingsOf(io)
  const models = overlay(CATALOGUE, settings.models)
  const history = await openIfThere(io.path)
  try {
    if (!history) {
      if (flags.apply !== undefined) throw notThere(flags.apply, 0)
      if (flags.json === true)
        await io.write(`${asJson({ type: 'advise', turns: 0, days: 0, findings: [], changes: [], waiting: [] })}\n`)
      else await io.write(`Nothing was asked yet, so there are no figures to advise from.\n`)
      return EXIT.ok
    }
    const system = systemOf(settings.system)
    const evidence = evidenceOf({ history, settings, models, nowMs: io.nowMs(), system, images: [] })
    const found = findings(evidence)
    if (flags.apply !== undefined) {
      const numbered = found.filter(isSet)
      const one = numbered[Number(flags.apply) - 1]
      if (!one) throw notThere(flags.apply, numbered.length)
      await io.write(`${await apply(one, history, process.env, io.nowMs())}\n`)
      return EXIT.ok
    }
    const { told, waiting } = changesOf(history)
    for (const one of told) history.forgetFollowed(one)
    if (flags.json === true) {
      const numbered = found.filter(isSet)
      const list = found.map((one) => ({
        ...one,
        apply: leverInWords(one.lever),
        number: isSet(one) ? numbered.indexOf(one) + 1 : null,
      }))
      const changes = told.map((one) => ({ ...one, says: sayChange(one) }))
      await io.write(
        `${asJson({ type: 'advise', turns: evidence.turns.length, days: evidence.days, findings: list, changes, waiting })}\n`,
      )
      return EXIT.ok
    }
    const report = adviceReport(
      found,
      isSet,
      evidence,
      told,
      waiting,
      'claude-tui advise --apply 1 sets the first, and measures what it changes.',
    )
    const model = usualModel(evidence)
    const parts = system === null || model === null ? [] : paragraphLines(system, modelCard(model, models))
    const carried =
      parts.length === 0 ? [] : ['', 'The system prompt by its paragraphs, the largest first:', { list: parts }]
    await io.write(written([...(Array.isArray(report) ? report : [report]), ...carried] as Remark, io))
    return EXIT.ok
  } finally {
    history?.close()
  }
}

/** What a shell can do by itself. */
const isSet = ({ lever }: Found) => lever.type === 'setting'

const notThere = (came: string | true, numbers: number) =>
  new UsageError(
    `--apply takes the number of some advice, ${numbers === 0 ? 'and there is none to be applied' : `1 to ${numbers}`}; "${came}" came.`,
  )

/** The text of the setting; null: there is none, or its file cannot be read. */
function systemOf(setting: string | null): string | null {
  if (!setting?.startsWith('@')) return setting
  try {
    return readFileSync(setting.slice(1), 'utf8')
  } catch {
    return null
  }
}
