/** A recording played in a pipe: what was answered goes to stdout, as fast as it came then. */

import type { Args } from '../../args.ts'
import { wordsWithNames } from '../../core/attachments.ts'
import { count } from '../../core/figures/words.ts'
import { modelCard } from '../../core/models.ts'
import { endpoint } from '../../core/tape/tape.ts'
import { sanitise } from '../../core/text/sanitise.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { isEnd } from '../../core/turn.ts'
import { SCRIPT_PATIENCE } from '../../core/weather/resilience.ts'
import { travel } from '../../road.ts'
import { createRuntime } from '../../runtime.ts'
import type { Setup } from '../../setup.ts'
import { outputFormat, type PrintIo, printedTurn } from '../ask/printed-turn.ts'
import { learnModels } from '../chat/sending.ts'
import { standingIn } from '../late/weather.ts'
import { asJson } from '../shell/sink.ts'

/**
 * Plays it; resolves with the exit code that the recorded call had, 0 for a chat. In a chat there are many answers, so
 * each has its question before it.
 */
export async function printReplay(args: Args, setup: Setup, io: PrintIo, signal: AbortSignal): Promise<number> {
  const { flags } = args
  const { settings, road } = setup
  const api = setup.api!
  const replay = setup.replay!
  const isChat = replay.tape.head.mode === 'chat'
  const format = outputFormat(flags)
  let code: number | null = null

  const note = (line: string) => {
    if (flags.quiet !== true) io.note(sanitise(line))
  }
  for (const line of setup.notes) note(line)
  replay.onNote(note)

  const question = (text: string, at: number) => {
    if (!isChat || format === 'json') return
    const said = format === 'text' ? `› ${text}\n\n` : `${asJson({ type: 'asked', at, text })}\n`
    io.stdout.write(io.stdout.isTTY ? sanitise(said) : said)
  }

  const runtime = createRuntime({
    state: setup.state,
    frame: (flush) => flush(),
    async send(request, stop, emit) {
      const asked = runtime.state.live!
      const printed = await printedTurn(flags, io, settings)
      question(wordsWithNames(asked), asked.times.asked ?? 0)
      await travel(
        request,
        AbortSignal.any([stop, signal]),
        (event) => {
          printed.event(event)
          emit(event)
          if (!isEnd(event)) return
          const { settled, models } = runtime.state
          code = printed.end(settled!, modelCard(settled!.model, models), runtime.state)
          if (isChat && format === 'text') io.stdout.write('\n')
        },
        {
          api,
          patience: SCRIPT_PATIENCE,
          // An earlier answer came from a history; a recording has that answer alone.
          instead: standingIn({
            state: () => runtime.state,
            api: () => api,
            history: async () => null,
            recalled: replay.recalledIn,
          }),
          stallAfterMs: settings.stallAfterMs,
          now: () => performance.now(),
          chance: Math.random,
          ...road,
        },
      )
    },
  })
  // As in the chat: what was queued behind an answer that ended early is not sent.
  runtime.subscribe((state, event) => {
    if (isEnd(event) && event.type !== 'finished' && state.queue.length > 0) runtime.dispatch({ type: 'unqueued' })
  })
  if (replay.tape.exchanges.some(({ request }) => endpoint(request.path) === '/v1/models'))
    await learnModels(setup, runtime.dispatch)
  signal.addEventListener('abort', () => replay.close(), { once: true })
  await replay.perform(runtime)
  if (signal.aborted) return io.stoppedBy()
  if (replay.left > 0) {
    note(`${count(replay.left, 'recorded request was', 'recorded requests were')} not asked for.`)
  }
  if (code === null && !isChat) throw new Ending(EXIT.cut, 'The recording ends before anything was asked.')
  return isChat ? EXIT.ok : code!
}
