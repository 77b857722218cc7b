/**
 * The chain of models to fall back to, in the chat: asked about once, when a failure has lasted, and remembered in the
 * settings; `/fallback` shows and changes it.
 */

import type { Key } from '../../core/chat/keys.ts'
import { retried } from '../../core/conversation/branching.ts'
import type { State } from '../../core/conversation.ts'
import { shortName } from '../../core/models.ts'
import { sayProblem } from '../../core/problem.ts'
import { settingRow } from '../../core/settings.ts'
import type { Ms } from '../../core/turn.ts'
import { isChord, NOW_KEY, OTHER_KEY } from '../../core/weather/countdown.ts'
import { type Fallback, fallbackOf, isOfTheModel, offered } from '../../core/weather/resilience.ts'
import { writeSetting } from '../../io/config.ts'
import { settingsPath } from '../../io/files/folders.ts'
import { modelSlip } from '../../setup-levers.ts'
import type { Keeper, ThriftParts } from '../thrift.ts'

/** How long the question stands before a key answers it, in ms: whoever presses a key again and again was not asked yet. */
export const STANDS_MS = 1_000

export function keepChain(parts: ThriftParts): Keeper {
  const { runtime, now, say, draw } = parts
  /** The person has not said yet whether others may answer. */
  let isAsking = false
  /** Since when the question has stood and no key was pressed at it. */
  let stoodSince: Ms = 0
  let timer: NodeJS.Timeout | undefined

  /** The keys are offered, and taken, only once nobody can have pressed them for what stood there before. */
  const isOffered = () => isAsking && now() - stoodSince >= STANDS_MS
  const stand = () => {
    stoodSince = now()
    clearTimeout(timer)
    timer = setTimeout(draw, STANDS_MS + 1)
    timer.unref()
  }

  const names = (chain: readonly string[]) => chain.map((name) => shortName(name, runtime.state.models)).join(', then ')

  /** Whoever else may answer here, but for the model itself. */
  const others = ({ choices, models }: State) => {
    const own = shortName(choices.model, models)
    return offered(choices).filter((name) => shortName(name, models) !== own)
  }

  /** Whether the last turn failed for want of its model, before a word came, and nobody was named who could answer. */
  const isWorthAsking = (state: State): boolean => {
    const turn = state.settled
    const isFailed = turn?.end?.type === 'failed' && turn.answer === '' && isOfTheModel(turn.end.failure)
    return isFailed && state.choices.fallback === 'ask' && others(state).length > 0 && !parts.setup().replay
  }

  const set = async (fallback: Fallback): Promise<string> => {
    runtime.dispatch({ type: 'chosen', choices: { fallback } })
    // What is agreed to in a chat holds for chats: a call falls back when it is told to.
    const inChats = fallback === 'on'
    const said = typeof fallback !== 'string' ? fallback.join(',') : inChats ? 'chat' : fallback
    try {
      await writeSetting(settingsPath(process.env), 'fallback', said)
      return inChats
        ? 'It is kept in the setting fallback, for chats alone (calls take --fallback); /fallback changes it.'
        : 'It is kept in the setting fallback; /fallback changes it.'
    } catch (error) {
      return `It holds for this chat: ${(error as Error).message}`
    }
  }

  const agree = async () => {
    isAsking = false
    const chain = others(runtime.state)
    const kept = set('on')
    say(`From now on ${names(chain)} may answer when the model cannot, and it is said each time. ${await kept}`)
    const again = retried(runtime.state, '', now())
    if (typeof again === 'string' || !again.asks) return
    for (const event of again.events) runtime.dispatch(event)
    parts.ask(again.asks)
    draw()
  }

  const decline = async () => {
    isAsking = false
    say(`No other model answers. ${await set('off')}`)
    draw()
  }

  const told = ({ choices }: State): string => {
    const { fallback = 'off' } = choices
    if (fallback === 'off') return 'No other model answers when this one cannot. /fallback on names the usual ones.'
    if (fallback === 'ask') return 'When the model cannot answer you are asked whether another one may.'
    const chain = others(runtime.state)
    if (chain.length === 0) return 'There is no other model to ask when this one cannot answer.'
    return `When the model cannot answer, ${names(chain)} may, and it is said each time. /fallback off ends that.`
  }

  const choose = async (argument: string): Promise<string> => {
    const reading = settingRow('fallback').parse(argument.trim().replace(/[\s,]+/g, ','))
    if ('problem' in reading) return sayProblem({ ...reading.problem, where: '/fallback' })
    const fallback = fallbackOf(reading.value as string)
    const { models, choices } = runtime.state
    const slips =
      typeof fallback === 'string' ? [] : fallback.map((name) => modelSlip(name, models, choices.features === 'full'))
    const slip = slips.find((one) => one !== null)
    if (slip) return slip
    isAsking = false
    const kept = await set(fallback)
    return `${told(runtime.state)} ${kept}`
  }

  return {
    follow(state, event) {
      if (event.type === 'asked' || event.type === 'cleared' || event.type === 'resumed') isAsking = false
      if (event.type !== 'failed' || !isWorthAsking(state)) return
      isAsking = true
      if (!parts.isInLines) stand()
      else say(`${question(state)} /fallback on says yes, /fallback off says no; you are not asked again.`)
    },
    tag() {
      if (!isAsking || parts.isInLines) return null
      return isOffered() ? offer(runtime.state) : bare(runtime.state)
    },
    onKey(key) {
      if (!isAsking || !isOurs(key)) return false
      if (!isOffered()) stand()
      else if (isChord(key, NOW_KEY)) void agree()
      else void decline()
      return true
    },
    onMissed(key) {
      if (isAsking && isOurs(key)) stand()
    },
    commands: {
      async fallback(argument, tell) {
        tell(argument === '' ? told(runtime.state) : await choose(argument))
      },
    },
    close: () => clearTimeout(timer),
  }

  /** Without its keys. */
  function bare(state: State): readonly string[] {
    return [question(state), `${shortName(others(state)[0] ?? '', state.models)} instead?`]
  }

  function offer(state: State): readonly string[] {
    const name = shortName(others(state)[0] ?? '', state.models)
    return [
      `${question(state)} ${NOW_KEY} yes, from now on, and asks again · ${OTHER_KEY} no, and never ask`,
      `${question(state)} ${NOW_KEY} always, and asks again · ${OTHER_KEY} never`,
      `${name} instead? ${NOW_KEY} always, and asks again · ${OTHER_KEY} never`,
      `${NOW_KEY} always, asks ${name} now · ${OTHER_KEY} never`,
      `${NOW_KEY} asks ${name} · ${OTHER_KEY} never`,
    ]
  }

  function question(state: State): string {
    const [first] = others(state)
    return `May ${shortName(first ?? '', state.models)} answer when ${shortName(state.choices.model, state.models)} cannot?`
  }
}

const isOurs = (key: Key) => isChord(key, NOW_KEY) || isChord(key, OTHER_KEY)
