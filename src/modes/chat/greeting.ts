/** The first and the last line of a chat. */

import type { State } from '../../core/conversation.ts'
import { count, money } from '../../core/figures/words.ts'
import { withMark } from '../../core/figures.ts'
import { modelCard } from '../../core/models.ts'
import { sanitise } from '../../core/text/sanitise.ts'
import { wrapText } from '../../core/text/wrap.ts'
import { ANTHROPIC_URL } from '../../io/api.ts'
import type { Setup } from '../../setup.ts'
import type { Replay } from '../../tape/replay.ts'
import { VERSION } from '../../version.ts'

/** What runs, with which model, where. */
export function greeting({ state, baseUrl, credential, isDemo, replay }: Setup): string {
  const model = modelCard(state.choices.model, state.models).name
  const server = isDemo ? 'demo server: scripted, free' : baseUrl === ANTHROPIC_URL ? null : new URL(baseUrl).host
  const where = replay ? describeReplay(replay) : server
  const key = credential && 'note' in credential && credential.note ? `\n${credential.note}` : ''
  return [`claude-tui ${VERSION}`, model, where].filter(Boolean).join(' · ') + key
}

/** What is played, from when, how fast. */
function describeReplay({ name, speed, tape }: Replay): string {
  const { started, redacted } = tape.head
  const pace = speed === 1 ? '' : speed === Number.POSITIVE_INFINITY ? ', without waiting' : `, ${speed} times as fast`
  const when = started.slice(0, 16).replace('T', ' ')
  return `replay of ${name}, recorded ${when} UTC${redacted ? ', redacted' : ''}${pace}: free, nothing is sent`
}

/** What is left on the shell's screen, in rows of a width: what the session came to, and what of it is not saved. */
export function lastWords(
  { replay }: Pick<Setup, 'replay'>,
  state: State,
  unsaved: string | null,
  columns = Number.POSITIVE_INFINITY,
): string {
  const lines = [replay ? null : farewell(state), unsaved].filter((line) => line !== null)
  return lines.flatMap((line) => wrapText(sanitise(line), columns, columns).map((row) => `${row}\n`)).join('')
}

/** What the session came to; null when nothing was asked. */
function farewell({ spent }: State): string | null {
  const { turns } = spent
  if (turns === 0) return null
  const unknown = spent.unknown > 0 ? ` and ${count(spent.unknown, 'turn')} of unknown price` : ''
  if (spent.unknown > 0 && spent.known.value === 0) return `${count(turns, 'turn')} of unknown price`
  return `${count(turns, 'turn')} · ${withMark(spent.known, money)}${unknown}`
}
