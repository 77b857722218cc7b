/** What the lab's shell commands share: the settings that hold, and a remark written for a terminal or a pipe. */

import { resolveSettings, type Settings } from '../../core/settings.ts'
import { type Remark, remarkRows } from '../../core/text/remark.ts'
import { theme } from '../../core/text/theme.ts'
import type { SessionsIo } from '../sessions/call.ts'

/** Columns of a page that is no terminal. */
const PAGE = 100

export const settingsOf = (io: Pick<SessionsIo, 'settings'>): Settings =>
  io.settings?.() ?? resolveSettings({ flags: {}, env: {}, file: {} }).settings

export function written(remark: Remark, { terminal }: Pick<SessionsIo, 'terminal'>): string {
  const { columns, theme: look } = terminal?.() ?? { columns: PAGE, theme: theme({ colour: 'none', links: false }) }
  return `${remarkRows(remark, columns, look).join('\n')}\n`
}
