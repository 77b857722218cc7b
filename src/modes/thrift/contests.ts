/** The door to races and cascades in the chat: what they need is loaded when the first one is asked for. */

import { type Question, wordsOf } from '../../core/attachments.ts'
import { climbs } from '../../core/lab/cascade/choice.ts'
import { modelCard, shortName } from '../../core/models.ts'
import type { Steps } from '../../core/text/steps.ts'
import type { Racing } from '../lab/race.ts'
import type { Keeper, Peers, ThriftParts } from '../thrift.ts'

export function keepContests(parts: ThriftParts, peers: Peers): Keeper {
  let racing: Racing | null = null
  /** While the words of an answer are kept back: why nothing is to be seen. */
  const checking = (): Steps | null => {
    const { live, choices, models } = parts.runtime.state
    if (live?.answer !== '' || live.phase === 'waiting') return null
    const { cascade } = choices
    const ids = (cascade?.models ?? []).map((name) => modelCard(name, models).id)
    if (!ids.slice(0, -1).includes(live.model) || !climbs(cascade, ids[0]!, models)) return null
    const name = shortName(live.model, models)
    return [`The answer of ${name} is checked before it is shown (${cascade.check})`, `${name} is checked first`]
  }
  const hasRules = () => {
    const { settings, replay } = parts.setup()
    return !replay && (settings.route !== 'off' || settings.routeIfSlow !== 'off')
  }
  /** Asks it of the model that a rule says, if one does, and says so. The model that was chosen stays chosen. */
  const followRules = async (question: Question) => {
    const { routeOf } = await import('../lab/route.ts')
    const { runtime, setup, say } = parts
    const { choices, models } = runtime.state
    const { model } = choices
    const asked = { question: wordsOf(question), preset: setup().preset?.name ?? null, model }
    const history = async () => (await parts.history())?.history ?? null
    const route = choices.cascade ? null : await routeOf(setup().settings, asked, models, history)
    // Somebody may have asked, or chosen, meanwhile: then it is the next in the queue, as it was meant.
    if (!route || runtime.state.live || runtime.state.choices.model !== model) return parts.ask(question)
    say(route.said)
    runtime.dispatch({ type: 'chosen', choices: { model: route.model } })
    parts.ask(question)
    runtime.dispatch({ type: 'chosen', choices: { model } })
  }
  return {
    follow: (state, event) => racing?.follow(state, event),
    tag: () => racing?.tag ?? checking(),
    tail: (maxRows) => racing?.tail(maxRows) ?? null,
    onKey: (key) => racing?.onKey(key) ?? false,
    mayAsk(question) {
      if (racing && !racing.mayAsk(question)) return false
      if (!hasRules() || parts.runtime.state.live) return true
      void followRules(question)
      return false
    },
    commands: {
      async race(argument, tell) {
        racing ??= (await import('../lab/race.ts')).createRacing(parts, peers)
        await racing.run(argument, tell)
      },
      async cascade(argument, tell) {
        await (await import('../lab/cascade-command.ts')).commandCascade(argument, tell, parts)
      },
    },
    close: () => racing?.close(),
  }
}
