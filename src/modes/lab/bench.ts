/**
 * `/bench here`: this conversation, with its cache marks, asked again and again of one model or two. The price is said
 * first; nothing is sent before `/bench yes`. None of the answers becomes part of the conversation.
 */

import type { State } from '../../core/conversation.ts'
import { expectedFrom, USUAL_OUTPUT } from '../../core/figures/pace.ts'
import { count, money } from '../../core/figures/words.ts'
import { type Figure, reported, sum } from '../../core/figures.ts'
import { benchDocument } from '../../core/lab/bench/document.ts'
import { likelyUsd } from '../../core/lab/bench/quote.ts'
import { hereReport } from '../../core/lab/bench/report.ts'
import { seeded } from '../../core/lab/stats/seeded.ts'
import { pulled } from '../../core/models/levers.ts'
import { modelCard, shortName } from '../../core/models.ts'
import { about, budgetsOf, hasBudget, leftOf } from '../../core/money/budget.ts'
import { planRequest } from '../../core/request/plan.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Remark } from '../../core/text/remark.ts'
import { questionIn } from '../../core/turn/turns.ts'
import { dayStart } from '../../io/process/wall-clock.ts'
import { VERSION } from '../../version.ts'
import { conduct } from '../bench/conduct.ts'
import { sayProgress } from '../bench/progress.ts'
import type { ThriftParts } from '../thrift.ts'

export interface BenchHere {
  run(argument: string, say: (remark: Remark) => void): Promise<void>
  /** A line above the status bar while it measures; null: it does not. */
  readonly tag: string | null
  close(): void
}

const USUAL_RUNS = 10
const MOST_RUNS = 100
const MOST_MODELS = 2
const WARM_UPS = 1
/** Answers that a likely length rests on. */
const PAST_ANSWERS = 200

const HOW = '/bench here [runs] [models] asks this conversation again, as in /bench here 10 fast; /bench stop ends it.'

/** What was quoted, and waits for a yes. */
interface Ready {
  readonly names: readonly string[]
  readonly requests: readonly TurnRequest[]
  readonly runs: number
  /** The conversation as it was then: another turn makes another price. */
  readonly turns: State['turns']
}

export function benchHere({ setup, runtime, now, say: remark, draw, history, isInLines }: ThriftParts): BenchHere {
  let ready: Ready | null = null
  let stop: AbortController | null = null
  let tag: string | null = null

  const quoted = async (words: readonly string[]): Promise<Remark> => {
    const { state } = runtime
    const last = state.turns.at(-1)
    if (state.live)
      return 'An answer is on its way: what is measured beside it would be worth little. Ask again after it.'
    if (!last)
      return 'There is no turn yet that could be asked again. `claude-tui bench` in a shell measures any prompt.'
    const numbers = words.filter((word) => /^\d+$/.test(word))
    const models = words.filter((word) => !/^\d+$/.test(word))
    const runs = Number(numbers[0] ?? USUAL_RUNS)
    if (numbers.length > 1 || runs < 1 || runs > MOST_RUNS)
      return `Expected a number of runs from 1 to ${MOST_RUNS}. ${HOW}`
    if (models.length > MOST_MODELS) return `Expected one model or two; ${models.length} came. ${HOW}`
    const states: State[] = []
    for (const name of models.length > 0 ? models : [state.choices.model]) {
      const change = pulled(state, 'model', name, [])
      if (typeof change === 'string') return change
      states.push({ ...state, turns: state.turns.slice(0, -1), choices: { ...state.choices, ...change } })
    }
    const requests = states.map((one) => {
      const { previousMessageId: _, ...request } = planRequest(one, questionIn(last))
      return request
    })
    const open = await history()
    const costs = requests.map((request) => {
      const past = open?.history.past(PAST_ANSWERS, request.model) ?? []
      const output = expectedFrom(past)?.outputTokens.median ?? USUAL_OUTPUT
      const isMarked = request.cache.end !== null || request.cache.system !== null
      const one = likelyUsd({ cache: isMarked ? 'warm' : 'off' }, request, state.models, output)
      const first = likelyUsd({ cache: isMarked ? 'cold' : 'off' }, request, state.models, output)
      return one === null || first === null ? null : first * WARM_UPS + one * runs
    })
    const usd = costs.reduce<number | null>((sum, one) => (sum === null || one === null ? null : sum + one), 0)
    if (usd === null && hasBudget(setup().settings))
      return 'The price of this model is unknown: no budget can hold it. The setting "models" takes prices of your own.'
    if (usd !== null && usd > left())
      return `This would likely cost ${about(usd)}; the budget has ${money(left())} left. Ask for fewer runs.`
    const names = requests.map(({ model }) => shortName(model, state.models))
    ready = { names, requests, runs, turns: state.turns }
    const price = usd === null ? 'at a price that is unknown' : `for ${about(usd)}`
    return `The last question with all before it, ${count(runs, 'run')} ${names.length > 1 ? 'each ' : ''}of ${names.join(' and ')} and one to warm up, ${price}. /bench yes begins; no answer becomes part of the conversation.`
  }

  let today = 0
  /** What attempts in vain may have cost beyond what is known. */
  let doubtful = 0
  const left = () => {
    const spent = runtime.state.spent.known.value + doubtful
    return leftOf(budgetsOf(setup().settings), {
      turn: reported(0),
      session: reported(spent),
      day: reported(today + doubtful),
    })
  }

  const begin = async ({ names, requests, runs }: Ready, tell: (remark: Remark) => void) => {
    const { api, settings, state, isDemo } = setup()
    if (!api) return tell('There is no key yet: nothing can be measured.')
    const open = await history()
    today = open?.history.spentSince(dayStart(Date.now())) ?? 0
    const own = new AbortController()
    stop = own
    let spent: Figure | null = reported(0)
    const seed = Math.floor(Math.random() * 1e6)
    tell(`Measuring: ${count(runs * requests.length, 'run')}. /bench stop ends it.`)
    const plan = {
      ...{ arms: requests.length, prompts: 1, warmUps: WARM_UPS, models: state.models },
      blocks: () => runs,
      requests: (arm: number) => [requests[arm]!],
      modelsOf: () => state.models,
    }
    const conducted = await conduct(plan, {
      ...{
        api,
        now,
        chance: seeded(seed),
        stallAfterMs: settings.stallAfterMs,
        isRetried: false,
        signal: own.signal,
        left,
      },
      doubt(usd) {
        doubtful += usd
      },
      paid({ event, call }) {
        runtime.dispatch(event)
        today += call.cost?.value ?? 0
        spent = spent === null || call.cost === null ? null : sum(spent, call.cost)
      },
      progress(told) {
        tag = `${sayProgress(told, spent?.value ?? 0)}; /bench stop`
        draw()
      },
    })
    stop = null
    tag = null
    const reason = conducted.stopped?.why === 'failures' ? conducted.stopped.failure.reason : null
    const document = benchDocument({
      ...{ at: new Date().toISOString(), program: VERSION, server: isDemo ? 'demo' : setup().baseUrl, prompts: 1 },
      ...{
        warmUps: WARM_UPS,
        seed,
        runs: conducted.runs,
        spentUsd: spent,
        limits: [],
        against: null,
        isVersus: names.length > 1,
      },
      error: reason,
      stopped: conducted.stopped ? `Stopped before its end${reason === null ? '.' : `: ${reason}`}` : null,
      arms: names.map((name, i) => {
        const { model, effort, cache } = requests[i]!
        return { name, model: modelCard(model, state.models).id, effort, cache: cache.end ? 'warm' : 'off', padding: 0 }
      }),
    })
    remark(hereReport(document))
    draw()
  }

  return {
    get tag() {
      return isInLines ? null : tag
    },
    close() {
      stop?.abort()
    },
    async run(argument, say) {
      const [verb = 'here', ...words] = argument.toLowerCase().split(/\s+/).filter(Boolean)
      if (verb === 'stop') {
        say(stop ? 'The bench is being stopped.' : 'No bench is under way.')
        return stop?.abort()
      }
      if (stop) return say('A bench is under way: /bench stop ends it.')
      if (verb === 'here') return say(await quoted(words))
      if (verb !== 'yes') return say(`Expected here, yes or stop; "${verb}" came. ${HOW}`)
      const agreed = ready
      ready = null
      if (!agreed || agreed.turns !== runtime.state.turns || runtime.state.live)
        return say(`Nothing is quoted that could begin. ${HOW}`)
      // Nobody waits for it: the chat goes on.
      void begin(agreed, say)
    },
  }
}
