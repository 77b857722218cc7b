/** `/advise`: advice from this person's own figures, followed with one key, and what it has changed after ten turns. */

import { attachmentTokens, isNothing } from '../../core/attachments.ts'
import { habitIn } from '../../core/cache/pauses.ts'
import type { Key } from '../../core/chat/keys.ts'
import type { Choices } from '../../core/conversation/choices.ts'
import type { State } from '../../core/conversation.ts'
import { onceEach, readingPace } from '../../core/figures/pace.ts'
import { DAY_MS } from '../../core/history/retention.ts'
import type { Evidence } from '../../core/lab/advisor/evidence.ts'
import { type Change, changeSince, type Followed, sayChange } from '../../core/lab/advisor/measured.ts'
import { partsOfPrompt } from '../../core/lab/advisor/parts.ts'
import { adviceReport, type Found, findings, leverInWords, spelled } from '../../core/lab/advisor/report.ts'
import { hourAt, sumOf } from '../../core/lab/tally/tally.ts'
import { type Models, modelCard } from '../../core/models.ts'
import type { SettingKey, Settings } from '../../core/settings.ts'
import type { Remark } from '../../core/text/remark.ts'
import { writeSetting } from '../../io/config.ts'
import { settingsPath } from '../../io/files/folders.ts'
import type { History } from '../../io/history.ts'
import { dayStart } from '../../io/process/wall-clock.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** Days that are looked at, and turns at most: the latest. */
const DAYS = 30
const TURNS = 2_000
/** Answers whose pauses, and whose pace, are looked at. */
const ANSWERS = { pauses: 300, pace: 60 } as const
/** What of the settings holds for a conversation that is open: the others wait for the next start. */
const AT_ONCE: readonly SettingKey[] = ['effort', 'concise', 'cacheTtl', 'summariseAt', 'fallback', 'model']

type Ledger = Pick<
  History,
  'recentTurns' | 'sent' | 'days' | 'answers' | 'past' | 'followed' | 'follow' | 'forgetFollowed'
>

export interface EvidenceParts extends Pick<Evidence, 'settings' | 'system' | 'images'> {
  readonly history: Pick<Ledger, 'recentTurns' | 'sent' | 'days' | 'answers' | 'past'>
  readonly models: Models
  readonly nowMs: number
}

export function evidenceOf({ history, nowMs, ...rest }: EvidenceParts): Evidence {
  const turns = history.recentTurns(dayStart(nowMs, DAYS - 1), TURNS)
  const firstMs = turns[0]?.sentMs ?? nowMs
  const purposes = Map.groupBy(history.days(hourAt(firstMs)), ({ purpose }) => purpose)
  return {
    ...{ ...rest, turns, rows: history.sent(firstMs), days: Math.max(1, Math.ceil((nowMs - firstMs) / DAY_MS)) },
    byPurpose: Object.fromEntries([...purposes].map(([purpose, rows]) => [purpose, sumOf(rows).answers])),
    habit: habitIn(history.answers(ANSWERS.pauses)),
    paceOf: onceEach((model) => readingPace(history.past(ANSWERS.pace, model))),
  }
}

/** What of the advice that was followed can be told by now, and what has to wait. Told once it is forgotten. */
export function changesOf(history: Pick<Ledger, 'recentTurns' | 'followed'>): {
  readonly told: readonly Change[]
  readonly waiting: readonly Followed[]
} {
  const followed = history.followed()
  if (followed.length === 0) return { told: [], waiting: [] }
  const turns = history.recentTurns(0, TURNS)
  const told = followed.flatMap((one) => changeSince(one, turns) ?? [])
  return { told, waiting: followed.filter((one) => !told.some(({ id, atMs }) => id === one.id && atMs === one.atMs)) }
}

/** Writes the setting, and remembers when, so that its change can be measured. */
export async function apply(
  { id, lever, measure }: Found,
  history: Pick<Ledger, 'follow'>,
  env: Readonly<Record<string, string | undefined>>,
  nowMs: number,
): Promise<string> {
  if (lever.type !== 'setting') return leverInWords(lever)
  await writeSetting(settingsPath(env), lever.key, lever.value)
  const did = `${lever.key} ${spelled(lever.value)}`
  history.follow({ id, did, measure, atMs: nowMs })
  return `${did} is set, for this chat and the next ones. After ten turns the change is measured and told; claude-tui config unset ${lever.key} undoes it.`
}

export interface Advisor extends Pick<Keeper, 'tag' | 'onKey'> {
  run(argument: string, say: (remark: Remark) => void): Promise<void>
  /** A question was asked: nobody is choosing any more. */
  asked(): void
  /** Says what advice that was followed has changed, once there are ten turns behind it. @returns whether some waits */
  follow(): Promise<boolean>
}

export function createAdvisor(parts: ThriftParts): Advisor {
  /** What can be chosen by its number just now; empty: nothing. */
  let offered: readonly Found[] = []

  const choose = async (at: number, say: (remark: Remark) => void) => {
    const found = offered[at]
    if (!found)
      return say(
        offered.length === 0
          ? 'There is nothing to follow yet: /advise looks.'
          : `The numbers go from 1 to ${offered.length}.`,
      )
    if (found.lever.type === 'command') return parts.compose(found.lever.line)
    const open = await parts.history()
    if (!open || parts.setup().replay) return say('Nothing is kept here, so nothing was changed.')
    try {
      const told = await apply(found, open.history, process.env, Date.now())
      if (found.lever.type === 'setting' && AT_ONCE.includes(found.lever.key))
        parts.runtime.dispatch({
          type: 'chosen',
          choices: { [found.lever.key]: found.lever.value } as Partial<Choices>,
        })
      offered = []
      say(told)
    } catch (error) {
      say((error as Error).message)
    }
    parts.draw()
  }

  const isFree = () => offered.length > 0 && isNothing(parts.draft()) && !parts.isInLines

  return {
    async run(argument, say) {
      const number = Number(argument)
      if (argument !== '' && Number.isInteger(number) && offered.length > 0) return choose(number - 1, say)
      if (argument !== '')
        return say(`/advise takes nothing, or the number of what it has just advised; "${argument}" came.`)
      const open = await parts.history()
      if (!open)
        return say(
          'No history is kept, so there are no figures to advise from. The setting history, or --no-session, says so.',
        )
      const { history } = open
      const { state } = parts.runtime
      const evidence = evidenceOf({
        ...{ history, settings: chosenNow(parts.setup().settings, state), models: state.models, nowMs: Date.now() },
        ...{ system: state.choices.system, images: imagesIn(state) },
      })
      const found = findings(evidence)
      offered = found.filter(isApplied)
      const { told, waiting } = changesOf(history)
      for (const one of told) history.forgetFollowed(one)
      const how = parts.isInLines
        ? '/advise 1 follows the first.'
        : 'Press its number to follow one, Enter for the first; Esc leaves.'
      const card = modelCard(state.choices.model, state.models)
      const carried = partsOfPrompt(state, card, evidence.paceOf(card.id))
      const report = adviceReport(found, isApplied, evidence, told, waiting, how)
      say([
        ...(Array.isArray(report) ? (report as readonly string[]) : [report as string]),
        ...(carried
          ? [
              '',
              'Carried along with every turn, the largest first:',
              carried,
              'Leave turns out with /context; claude-tui bench --vs trim measures a shorter system prompt.',
            ]
          : []),
      ])
      parts.draw()
    },
    asked() {
      offered = []
    },
    tag() {
      return isFree() ? `advice: 1 to ${offered.length} follows it · Enter the first · Esc leaves` : null
    },
    onKey(key: Key) {
      if (!isFree()) return false
      const at = numberOf(key)
      if (at === null) {
        const isLeaving = key.type === 'key' && key.name === 'escape'
        if (isLeaving) offered = []
        return isLeaving
      }
      if (at >= offered.length) return false
      void choose(at, parts.say)
      return true
    },
    async follow() {
      const open = await parts.history()
      if (!open) return false
      const { told, waiting } = changesOf(open.history)
      for (const one of told) {
        parts.say(sayChange(one))
        open.history.forgetFollowed(one)
      }
      return waiting.length > 0
    },
  }
}

const isApplied = ({ lever }: Found) => lever.type !== 'person'

/** Which of the list a key means, from 0; null: none. */
function numberOf(key: Key): number | null {
  if (key.type === 'key') return key.name === 'enter' && !key.shift && !key.alt && !key.ctrl ? 0 : null
  return key.type === 'text' && /^[1-9]$/.test(key.text) ? Number(key.text) - 1 : null
}

/** The settings as this conversation has them: a lever may have been pulled since. */
function chosenNow(settings: Settings, { choices }: State): Settings {
  const { effort, concise = settings.concise, cacheTtl = settings.cacheTtl, summariseAt } = choices
  return { ...settings, effort, concise, cacheTtl, summariseAt }
}

function imagesIn({ turns, choices, models }: State): readonly number[] {
  const card = modelCard(choices.model, models)
  return turns.flatMap(({ attachments = [] }) =>
    attachments.flatMap((one) => (one.kind === 'image' ? [attachmentTokens(one, card)] : [])),
  )
}
