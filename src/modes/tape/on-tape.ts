/**
 * A chat and its recording. While one is made it is told all that happens; while one is played the recorded person holds
 * the conversation, and whoever watches can look but not speak.
 */

import { spelledOut } from '../../core/attachments.ts'
import type { Event, State } from '../../core/conversation.ts'
import { count } from '../../core/figures/words.ts'
import { modelCard } from '../../core/models.ts'
import type { Runtime } from '../../runtime.ts'
import type { Setup } from '../../setup.ts'

export interface OnTapeParts {
  /** Asked for each time: the first screen may bring another one. */
  readonly setup: () => Setup
  /** A remark of the program in the transcript. */
  readonly say: (line: string) => void
  /** Paints what was said, soon. */
  readonly draw?: () => void
  /** Shows what the recorded person asks, where nothing else does. */
  readonly asked?: (text: string, queued: boolean) => void
}

/** The runtime for the chat to use. */
export function onTape(runtime: Runtime, { setup, draw, ...parts }: OnTapeParts): Runtime {
  const say = (line: string) => {
    parts.say(line)
    draw?.()
  }
  const { taping, replay } = setup()
  if (replay) return played(runtime, replay, say, parts.asked)
  if (runtime.state.turns.length > 0) taping?.resumed(runtime.state)
  let listening: Setup['taping'] = null
  runtime.subscribe((state, event) => {
    const { taping } = setup()
    taping?.follow(state, event)
    if (listening !== taping) taping?.onTrouble(say)
    listening = taping
  })
  return runtime
}

const WATCHED = 'This is a replay: nothing is sent, and Ctrl+C leaves it.'

function played(
  runtime: Runtime,
  replay: NonNullable<Setup['replay']>,
  say: OnTapeParts['say'],
  asked: OnTapeParts['asked'],
): Runtime {
  let before = runtime.state
  runtime.subscribe((state, event) => {
    const said = remark(event, before)
    if (event.type === 'asked') asked?.(spelledOut(event), before.live !== null)
    before = state
    if (said) say(said)
  })
  // The chat comes first: it subscribes and draws in this very turn of the event loop.
  setImmediate(() => {
    replay.onNote(say)
    void replay.perform(runtime).then(() => {
      const unasked =
        replay.left > 0 ? ` ${count(replay.left, 'recorded request was', 'recorded requests were')} not asked for.` : ''
      say(`The recording is over.${unasked} Ctrl+C leaves.`)
    })
  })
  return {
    get state() {
      return runtime.state
    },
    subscribe: runtime.subscribe,
    halt: runtime.halt,
    flush: runtime.flush,
    dispatch(event) {
      if (isOfAPerson(event)) say(WATCHED)
      else runtime.dispatch(event)
    },
  }
}

const DEEDS: ReadonlySet<Event['type']> = new Set([
  ...(['asked', 'stopAsked', 'gaveUp', 'hedgeAsked', 'chosen', 'cleared', 'moved', 'resumed'] as const),
])

/** Only the recorded person may do such a thing now. */
const isOfAPerson = (event: Event) => DEEDS.has(event.type) || (event.type === 'titled' && event.by === 'user')

/** What the recorded person did that shows nowhere else. */
function remark(event: Event, { choices, models }: State): string | null {
  switch (event.type) {
    case 'chosen': {
      const { model, system } = event.choices
      const isNewPrompt = system !== undefined && system !== choices.system
      return (
        [
          model !== undefined && model !== choices.model
            ? `From the next message on: ${modelCard(model, models).name}.`
            : '',
          isNewPrompt
            ? system === null
              ? 'No system prompt from here on.'
              : 'Another system prompt from here on.'
            : '',
        ]
          .filter(Boolean)
          .join(' ') || null
      )
    }
    case 'cleared':
      return 'Cleared: the next message starts a new conversation. What was said stays above.'
    case 'moved':
      return 'Back to an earlier turn.'
    case 'summarised':
      return `A summary stands for the conversation up to turn ${event.upTo}.`
    case 'unsummarised':
      return event.isUndone ? 'The summary is taken back.' : 'The summary holds again.'
    case 'titled':
      return `Called: ${event.title}`
    case 'resumed':
      return `Goes on with an earlier conversation of ${count(event.past.turns.length, 'turn')}.`
    default:
      return null
  }
}
