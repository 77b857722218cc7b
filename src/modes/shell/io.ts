/** The process's own streams, folders and settings, as the commands around the history take them. */

import type { Args } from '../../args.ts'
import { sayProblem } from '../../core/problem.ts'
import { resolveSettings, type Settings } from '../../core/settings.ts'
import { readSettingsFile } from '../../io/config.ts'
import { preparedFolder, settingsPath } from '../../io/files/folders.ts'
import { historyPath } from '../../io/history.ts'
import type { SessionsIo } from '../sessions/call.ts'
import { terminalTheme } from '../terminal-theme.ts'

/** @param note takes a line for people */
export function shellIo({ flags }: Args, note: (line: string) => void): SessionsIo {
  const { env, stdout, stderr } = process
  let known: Settings | null = null
  const settings = (): Settings => {
    if (known) return known
    const { values, problem } = readSettingsFile(settingsPath(env))
    const resolved = resolveSettings({ flags: {}, env, file: values })
    for (const one of [...(problem ? [problem] : []), ...resolved.problems]) note(sayProblem(one))
    known = resolved.settings
    return known
  }
  return {
    write(text) {
      if (stdout.write(text)) return
      return new Promise((resolve) => stdout.once('drain', resolve))
    },
    err: note,
    errColumns: stderr.isTTY ? stderr.columns || 80 : null,
    terminal: stdout.isTTY
      ? () => ({ columns: stdout.columns || 80, theme: terminalTheme(env, settings().theme) })
      : null,
    path: historyPath(env, flags.demo === true),
    ...(flags.demo === true ? {} : { demoPath: historyPath(env, true) }),
    async forgetPrepared() {
      const { forgetKept } = await import('../../io/attachments/kept.ts')
      await forgetKept(preparedFolder(env))
    },
    settings,
    keepDays: () => settings().keepDays,
    nowMs: Date.now,
  }
}
