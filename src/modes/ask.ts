/**
 * One question, or a pipe: the answer on stdout as it comes, everything else on stderr, and an exit code.
 * Loads neither Ink nor React. On a terminal the answer is rendered (`modes/answer-on-glass`), else it is byte-exact.
 */

import type { Args } from '../args.ts'
import { UsageError, wantsPast } from '../args.ts'
import { hasBudget } from '../core/budget.ts'
import { fits, MAX_BODY_BYTES } from '../core/context.ts'
import { type Event, update } from '../core/conversation.ts'
import { type ModelCard, modelCard } from '../core/models.ts'
import { Ending, EXIT } from '../core/outcome.ts'
import { planRequest } from '../core/plan.ts'
import { SCRIPT_PATIENCE } from '../core/resilience.ts'
import { sanitise } from '../core/sanitise.ts'
import { endedWith } from '../core/told-to-end.ts'
import type { Api } from '../io/api.ts'
import { readPiped } from '../io/stdin.ts'
import { travel } from '../road.ts'
import type { Setup } from '../setup.ts'
import { checkLevers } from '../setup-levers.ts'
import { heldTo } from './allowance.ts'
import { flagsFirst } from './flags-first.ts'
import { type PrintIo, printedTurn } from './printed-turn.ts'
import { savingOf } from './saving.ts'

/** How long an open but silent stdin is waited for when there is a prompt already. */
const STDIN_GRACE_MS = 3_000

export interface AskIo extends PrintIo {
  readonly stdin: NodeJS.ReadStream
}

/** Asks and answers; resolves with the exit code. @throws UsageError */
export async function ask(
  args: Args,
  setup: Setup & { readonly api: Api },
  io: AskIo,
  signal: AbortSignal,
): Promise<number> {
  const { flags } = args
  const quiet = flags.quiet === true
  const note = (line: string) => {
    if (!quiet) io.note(sanitise(line))
  }
  // The first request needs the SDK and a connection: both get ready while stdin is read.
  setup.api.warm()
  const question = await readQuestion(args, io)
  for (const line of setup.notes) note(line)
  const saving = savingOf(args, setup, note)
  const found = await saving.past()
  const chosen = wantsPast(args) ? flagsFirst(args, setup) : null
  const past = chosen ? update(found, { type: 'chosen', choices: chosen }).state : found
  const { taping } = setup
  taping?.onTrouble(note)
  if (past.turns.length > 0) taping?.resumed(past)

  const card = modelCard(past.choices.model, past.models)
  if (wantsPast(args) && flags.model === undefined)
    for (const line of checkLevers(past.choices, past.models, args, setup.origin)) note(line)
  const room = await checkRoom(question, { ...setup, state: past }, card, signal)
  if (flags['dry-run'] === true) {
    const { dryRun } = await import('./ask-budget.ts')
    return dryRun(args, setup, past, question, { io, tooLarge: room })
  }
  if (room) throw new Ending(EXIT.tooLarge, room)
  let state = past
  const budget = hasBudget(setup.settings)
    ? await (await import('./ask-budget.ts')).heldToBudget(setup, past, question, {
        note,
        attemptsInVain: () => state.live?.wasted.length ?? 0,
      })
    : null
  const happened = (event: Event) => {
    state = update(state, event).state
    saving.follow(state, event)
    taping?.follow(state, event)
  }
  // Saved as well: a later call asks with the same, or the cache would not know what this one has sent.
  if (chosen) happened({ type: 'chosen', choices: chosen })
  if (past.turns.length > 0) {
    const { makeRoom } = await import('./making-room.ts')
    await makeRoom(past, question, { api: setup.api, now: () => performance.now(), signal, note, happened })
  }
  const before = state
  happened({ type: 'asked', at: performance.now(), text: question })
  const printed = await printedTurn(flags, io, setup.settings)

  await travel(
    planRequest(before, question),
    signal,
    (one) => {
      const event = one.type === 'stopped' ? endedWith(io.stoppedBy(), one.at) : one
      // The answer goes out before anything is counted: the first byte is what a reader waits for.
      printed.event(event)
      happened(event)
    },
    {
      api: budget ? heldTo(setup.api, budget.allow, () => performance.now()) : setup.api,
      patience: SCRIPT_PATIENCE,
      stallAfterMs: setup.settings.stallAfterMs,
      now: () => performance.now(),
      chance: Math.random,
    },
  )

  const turn = state.live ?? state.settled!
  const code = printed.end(turn, card)
  await saving.close()
  budget?.close()
  return code
}

/** Prompt and stdin as one question; @throws Ending */
async function readQuestion(args: Args, io: AskIo): Promise<string> {
  const prompt = args.rest.join(' ')
  const piped = io.stdin.isTTY
    ? ({ kind: 'none', silent: false } as const)
    : await readPiped(io.stdin, MAX_BODY_BYTES, prompt === '' ? null : STDIN_GRACE_MS)
  switch (piped.kind) {
    case 'binary':
      throw new UsageError(`stdin is ${piped.looksLike}; expected UTF-8 text. Convert it to text first.`)
    case 'too-large':
      throw new Ending(
        EXIT.tooLarge,
        `Input too large: more than ${megabytes(piped.bytes)} came on stdin, a request carries at most 32 MB. Send a part of it.`,
      )
    case 'unreadable':
      throw new UsageError(`stdin could not be read: ${piped.why}. Expected text.`)
    case 'none':
      // Also with -q: whoever meant to send something has to learn that it was not there in time.
      if (piped.silent)
        io.note(
          `Nothing came on stdin within ${STDIN_GRACE_MS / 1000} s: went on without it. (\`< /dev/null\` saves the wait.)`,
        )
      if (prompt.trim() === '')
        throw new UsageError('Nothing to ask: expected a prompt, or text on stdin. `claude-tui --help` shows how.')
      return prompt
    case 'text':
      if (prompt.trim() === '' && piped.text.trim() === '')
        throw new UsageError('Nothing to ask: stdin holds only white space.')
      if (prompt.trim() === '') return piped.text
      return piped.text.trim() === '' ? prompt : tagged(piped.text, prompt)
  }
}

/** Both, told apart: what came on stdin is material, the prompt is what to do with it. */
export function tagged(input: string, prompt: string): string {
  return `<stdin>\n${input.replace(/\n$/, '')}\n</stdin>\n\n<prompt>\n${prompt}\n</prompt>`
}

const megabytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MB`

/** A sentence when the question cannot fit the model's window, else null. Asks the server to count only when unsure. */
async function checkRoom(
  question: string,
  setup: Setup & { readonly api: Api },
  card: ModelCard,
  signal: AbortSignal,
): Promise<string | null> {
  const system = setup.state.choices.system ?? ''
  const bytes = Buffer.byteLength(question) + Buffer.byteLength(system)
  const answer = fits(question.length + system.length, bytes, card)
  if (answer === 'yes') return null
  const window = card.window === null ? 'unknown' : card.window.toLocaleString('en-US')
  const wayOut = 'Send a part of it, or choose a model with a larger window.'
  if (bytes > MAX_BODY_BYTES) return `Input too large: ${megabytes(bytes)}, a request carries at most 32 MB. ${wayOut}`
  const counted = answer === 'unsure' ? await setup.api.count(planRequest(setup.state, question), signal) : null
  if (counted !== null && card.window !== null && counted <= card.window) return null
  if (counted === null && answer === 'unsure') return null
  const tokens = (counted ?? Math.ceil(question.length / 6)).toLocaleString('en-US')
  return `Input too large: ${counted === null ? `at least ~${tokens}` : tokens} tokens, the window of ${card.name} holds ${window}. ${wayOut}`
}
