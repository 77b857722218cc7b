/** What the slash commands do: a choice for the conversation, or a remark in the transcript. */

import type { Question } from '../../core/attachments.ts'
import { systemCacheable } from '../../core/cache.ts'
import { COMMANDS, parseCommand } from '../../core/chat/commands.ts'
import { BUSY, type Going, NOTHING, retried, undone } from '../../core/conversation/branching.ts'
import type { Event, State } from '../../core/conversation.ts'
import { money, tokens } from '../../core/figures/words.ts'
import { sayUnsent } from '../../core/models/levers.ts'
import {
  ALIASES,
  isKnown,
  type Models,
  modelCard,
  modelNames,
  priceFor,
  resolveModel,
  suggest,
} from '../../core/models.ts'
import type { Remark } from '../../core/text/remark.ts'
import type { Ms } from '../../core/turn.ts'
import { estimateTokens } from '../../core/window/context.ts'
import type { EnclosingCommand } from '../late/enclosing.ts'
import type { ThriftCommand } from '../thrift.ts'

export interface Doing {
  readonly events: readonly Event[]
  /** For the transcript; null: nothing to say. */
  readonly remark: Remark | null
  readonly quit: boolean
  /** What has to be done beyond the conversation: with the clipboard, a pager, the screen. */
  readonly errand?: Errand
  /** Vim's keys are to be switched on or off. */
  readonly vim?: true
  /** What has to be done with the history. */
  readonly memory?: Memory
  /** What has to be done with files. */
  readonly enclosing?: EnclosingCommand
  /** What has to be done for the sake of money and room. */
  readonly thrift?: ThriftCommand
  /** A question to ask after the events, and events after that. */
  readonly asks?: { readonly question: Question; readonly after: readonly Event[] }
  /** For the composer. */
  readonly draft?: Question
  /** A list to choose from is to be opened. */
  readonly list?: 'turns' | 'branches' | 'room'
}

export interface Memory {
  readonly name: 'sessions' | 'continue' | 'rename' | 'export' | 'delete' | 'restore'
  readonly argument: string
}

export interface Errand {
  readonly name: 'copy' | 'show' | 'find' | 'perf' | 'redraw'
  readonly argument: string
}

const doing = (remark: Remark | null, ...events: Event[]): Doing => ({ events, remark, quit: false })

/**
 * What a line that begins with a slash asks for; null: it is a message after all.
 * @param now on the clock of the turns' times
 * @param keys what the keyboard does here, for `/help`
 */
export function obey(line: string, state: State, now: Ms, keys = KEYS): Doing | null {
  const parsed = parseCommand(line)
  if (!parsed) return null
  if (parsed.type === 'unknown') {
    const near = parsed.near.length > 0 ? ` Did you mean /${parsed.near[0]}?` : ''
    return doing(
      `There is no command /${parsed.name}.${near} /help lists them. To send it as a message, begin with a space.`,
    )
  }
  const { argument } = parsed
  switch (parsed.command.name) {
    case 'help':
      return doing(help(keys))
    case 'model':
      return argument === '' ? doing(listModels(state)) : chooseModel(argument, state)
    case 'system':
      return system(argument, state)
    case 'clear':
      return doing('Cleared: the next message starts a new conversation. What was said stays above.', {
        type: 'cleared',
      })
    case 'copy':
    case 'show':
    case 'find':
    case 'perf':
    case 'redraw':
      return { ...doing(null), errand: { name: parsed.command.name, argument: argument.trim() } }
    case 'sessions':
    case 'continue':
    case 'rename':
    case 'export':
    case 'delete':
    case 'restore':
      return { ...doing(null), memory: { name: parsed.command.name, argument: argument.trim() } }
    case 'attach':
    case 'attachments':
      return { ...doing(null), enclosing: { name: parsed.command.name, argument: argument.trim() } }
    case 'context':
      if (argument.trim() === '' && !isBusy(state)) return { ...doing(null), list: 'room' }
      return { ...doing(null), thrift: { name: 'context', argument: argument.trim() } }
    case 'lever':
    case 'bench':
    case 'cache':
    case 'compact':
    case 'uncompact':
    case 'cost':
    case 'stats':
    case 'advise':
    case 'fallback':
    case 'now':
    case 'quote':
    case 'limits':
    case 'again':
    case 'hedge':
    case 'wait':
    case 'race':
    case 'cascade':
    case 'why':
    case 'explain':
      return { ...doing(null), thrift: { name: parsed.command.name, argument: argument.trim() } }
    case 'turns':
      return listing('turns', state)
    case 'tree':
      return listing('branches', state)
    case 'retry':
      return going(retried(state, argument, now))
    case 'undo':
      return going(undone(state, now))
    case 'vim':
      return { events: [], remark: null, quit: false, vim: true }
    case 'quit':
      return { events: [], remark: null, quit: true }
    default:
      return doing(`/${parsed.command.name} is not at hand here.`)
  }
}

/** There is nothing to choose from, or not now. */
const isBusy = ({ live, turns }: State) => live !== null || turns.length === 0

function listing(list: 'turns' | 'branches', { live, turns, branches }: State): Doing {
  if (live) return doing(BUSY)
  return turns.length + branches.length === 0 ? doing(NOTHING) : { ...doing(null), list }
}

function going(way: Going | string): Doing {
  if (typeof way === 'string') return doing(way)
  const { events, asks, after, draft, remark } = way
  return {
    ...doing(remark, ...events),
    ...(asks === null ? {} : { asks: { question: asks, after } }),
    ...(draft === null ? {} : { draft }),
  }
}

export type Keys = readonly (readonly [keys: string, means: string])[]

const KEYS: Keys = [
  ['Enter', 'send'],
  ['Shift+Enter, Alt+Enter, Ctrl+J, \\ Enter', 'new line'],
  ['Esc', 'stop the answer; what came stays'],
  ['Esc Esc', 'earlier turns: edit one and ask again, or branch after it'],
  ['Up, Down', 'earlier messages'],
  ['Tab', 'complete a command, or a file after @'],
  ['Ctrl+C', 'clear the draft (Up brings it back), or stop the answer; after that twice: quit'],
  ['Ctrl+D', 'quit'],
  ['Ctrl+L', 'draw the last turn again'],
  ['Ctrl+T', 'show thinking, or fold it'],
  ['Ctrl+Z, Ctrl+Shift+Z', 'undo, redo'],
  ['Ctrl+R', 'search earlier messages, those of other sessions too'],
  ['Ctrl+G', 'write the draft in $VISUAL or $EDITOR'],
  ['Ctrl+X', 'what the line above says: try a failed or a silent answer again, or keep the prompt cache warm'],
  [
    'Ctrl+S',
    'while it waits for another attempt: ask another model; while its first word takes long: ask a second time beside it; after a message found no network: send it once there is one',
  ],
  ['Ctrl+O', 'unfold a large paste in the draft'],
  ['Ctrl+V', 'attach the image, or the files, on the clipboard; a dropped file, its path or @file do the same'],
  ['Left at the start', 'to what is attached: Backspace removes it, Enter chooses its size'],
]

const help = (keys: Keys): Remark => [
  { list: COMMANDS.map(({ name, takes, tells }) => [`/${name} ${takes}`.trimEnd(), tells] as const) },
  '',
  { list: keys },
]

/** What `/model` completes to: the aliases first, then every id. */
export function modelChoices(models: Models): readonly { readonly name: string; readonly tells: string }[] {
  const tell = (id: string) => {
    const card = modelCard(id, models)
    const price = priceFor(card, 0)
    // Blanks that never break, within what belongs together on a narrow row.
    const cost = price
      ? `${money(price.input)}\u00a0in, ${money(price.output)}\u00a0out per\u00a0M`
      : 'price\u00a0unknown'
    const window = card.window ? [`${tokens(card.window)}\u00a0window`] : []
    return [card.name.replace(/^Claude /, ''), cost, ...window].join('\u00a0· ')
  }
  const aliases = Object.entries(ALIASES).map(([name, id]) => ({ name, tells: tell(id) }))
  return [...aliases, ...models.map(({ id }) => ({ name: id, tells: tell(id) }))]
}

function listModels(state: State): Remark {
  const current = state.choices.model
  const list = modelChoices(state.models).map(
    ({ name, tells }) => [`${name === current ? '›' : ' '} ${name}`, tells] as const,
  )
  return [{ list }, '', 'Choose with /model NAME. Any other id the server knows works, too.']
}

function chooseModel(name: string, state: State): Doing {
  const known = isKnown(name, state.models)
  const card = modelCard(name, state.models)
  if (!known && state.choices.features === 'full' && !name.startsWith('claude-')) {
    const near = suggest(
      name,
      modelChoices(state.models).map((choice) => choice.name),
    )
    return doing(
      `Unknown model "${name}".${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''} /model lists them.`,
    )
  }
  const cold = state.turns.length > 0 && resolveModel(name) !== resolveModel(state.choices.model)
  const cache = cold ? ' The prompt cache belongs to a model: the next turn reads the whole conversation anew.' : ''
  const [near] = known ? [] : suggest(name, modelNames(state.models))
  const unknown = known
    ? ''
    : ` Its price and window are unknown here, and will be shown as unknown.${near ? ` Did you mean ${near}?` : ''}`
  const retires = card.retires ? ` It retires on ${card.retires}.` : ''
  const unsent = sayUnsent({ ...state, choices: { ...state.choices, model: name } })
  const words = [`From the next message on: ${card.name}.${cache}${unknown}${retires}`, unsent].filter(Boolean)
  return doing(words.join(' '), {
    type: 'chosen',
    choices: { model: name },
  })
}

function system(argument: string, state: State): Doing {
  if (argument === '') return doing(describeSystem(state))
  if (argument === 'off')
    return doing('No system prompt from the next message on.', { type: 'chosen', choices: { system: null } })
  const next = { ...state, choices: { ...state.choices, system: argument } }
  return doing(describeSystem(next), { type: 'chosen', choices: { system: argument } })
}

/** The prompt itself, its size, and whether the server will cache it. */
export function describeSystem({ choices, models }: State): string {
  const { system, features } = choices
  if (system === null) return 'There is no system prompt. /system TEXT sets one, /system off removes it.'
  const card = modelCard(choices.model, models)
  const cacheable = systemCacheable(card, system)
  const size = `~${tokens(estimateTokens(system))} tokens`
  const cache =
    features === 'plain'
      ? 'this server is sent no cache marks'
      : cacheable === null
        ? `the shortest prefix ${card.name} caches is unknown`
        : cacheable
          ? `long enough for the prompt cache (${card.name} caches from ${tokens(card.minCache!)} tokens on)`
          : `too short to be cached alone: ${card.name} caches from ${tokens(card.minCache!)} tokens on; with the conversation it will be`
  return `System prompt, ${size}, ${cache}:\n${system}`
}
