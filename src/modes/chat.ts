/**
 * The chat: a person at the keyboard, the conversation, and the glass between them. Wires the parts together and turns
 * keys into events; what keys mean to the draft is known to `core/composer`, how rows reach the terminal to `glass`.
 */

import type { Args } from '../args.ts'
import { completeCommand } from '../core/commands.ts'
import { type Composer, emptyComposer, press, type Said, withDraft } from '../core/composer/composer.ts'
import type { Event, State } from '../core/conversation.ts'
import type { Key } from '../core/keys.ts'
import { EXIT } from '../core/outcome.ts'
import { CHAT_PATIENCE } from '../core/resilience.ts'
import { sanitise } from '../core/sanitise.ts'
import { isEnd, type TurnEvent } from '../core/turn.ts'
import { WELCOME } from '../core/welcome.ts'
import { InputDecoder } from '../glass/input.ts'
import { createPacer } from '../glass/pacer.ts'
import { Painter } from '../glass/painter.ts'
import { reflowOf } from '../glass/reflow.ts'
import { Stage } from '../glass/stage.ts'
import { createTranscript } from '../glass/transcript.ts'
import { openTty } from '../glass/tty.ts'
import type { Api } from '../io/api.ts'
import { travel } from '../road.ts'
import { createRuntime } from '../runtime.ts'
import { type Setup, setUp } from '../setup.ts'
import { modelChoices, obey } from './chat-commands.ts'
import { layOut, type Ui } from './chat-view.ts'
import { farewell, greeting } from './greeting.ts'
import { keepHeapLean } from './lean-heap.ts'
import { createLiveRegion } from './live-region.ts'
import { terminalTheme } from './terminal-theme.ts'
import { onWelcomeKey } from './welcome.ts'

/** As a shell counts a death by signal: 128 and its number. */
const BY_SIGNAL = { SIGHUP: 129, SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm } as const
/** Runs the chat until the person leaves; resolves with the exit code. @throws UsageError */
export async function runChat(args: Args): Promise<number> {
  const now = () => performance.now()
  let setup: Setup = await setUp(args, process.env, { kind: 'chat' })
  let ui: Ui = { composer: emptyComposer(), notice: null, welcome: setup.api ? null : WELCOME }
  let left = false
  const { promise: done, resolve: leave } = Promise.withResolvers<number>()

  const tty = openTty({
    stdin: process.stdin,
    stdout: process.stdout,
    onBytes: (bytes) => decoder.feed(bytes),
    onSignal: (signal) => quit(BY_SIGNAL[signal]),
    onGone: () => quit(EXIT.ok),
    kitty: true,
  })
  const theme = terminalTheme(process.env, setup.settings.theme)
  const painter = new Painter(tty, { reflows: reflowOf(process.env) })
  const pacer = createPacer(now)
  const transcript = createTranscript(theme, tty.columns)
  const stage = new Stage({
    size: tty,
    painter,
    now,
    tail: (rows) => transcript.tail(rows),
    resizing: () => tty.resizing,
    took: pacer.took,
  })

  const send = async (
    request: Parameters<Api['attempt']>[0],
    signal: AbortSignal,
    emit: (event: TurnEvent) => void,
  ) => {
    const { api } = setup
    if (!api) return
    await travel(request, signal, emit, {
      api,
      now,
      patience: CHAT_PATIENCE,
      stallAfterMs: setup.settings.stallAfterMs,
      chance: Math.random,
    })
  }
  const runtime = createRuntime({ state: setup.state, send, frame: (flush) => pacer.request(flush) })

  const live = createLiveRegion({
    size: tty,
    stage,
    now,
    layOut: () => layOut(runtime.state, ui, now(), tty, theme),
    onLoaded: () => {
      keepHeapLean()
      setup.api?.warm()
      void learnModels(setup)
    },
  })

  runtime.subscribe((state, event) => {
    stage.settle(transcript.follow(state, event))
    if (isTurnEnd(event)) comeBack(state, event)
    live.count(state.live !== null && state.live.phase !== 'answering')
    // Words are painted at once; what is said about them may follow a moment later.
    if (event.type === 'delta' || isTurnEnd(event)) live.flow()
    // Thinking is counted, not shown: the seconds' own pace is enough.
    if (event.type !== 'delta' && !(event.type === 'thinking' && event.phase === 'more')) live.refresh()
    if (event.type === 'delta' && state.live?.times.firstText === event.at) live.refresh()
  })

  /** Nothing typed is lost: what failed before a word came, and what was queued behind it, returns to the composer. */
  const comeBack = (state: State, event: Event) => {
    if (event.type === 'finished') return
    const turn = state.turns.at(-1)
    const lost = [...(turn && turn.answer === '' ? [turn.question] : []), ...state.queue]
    if (state.queue.length > 0) runtime.dispatch({ type: 'unqueued' })
    if (lost.length > 0 && ui.composer.text === '') ui = { ...ui, composer: withDraft(ui.composer, lost.join('\n\n')) }
  }

  const remark = (text: string) => stage.settle(transcript.remark(text))

  const onSaid = (said: Said | null, wasArmed: boolean) => {
    const idle = runtime.state.live === null
    switch (said?.type) {
      case 'send': {
        const deed = obey(said.text, runtime.state)
        if (!deed) return runtime.dispatch({ type: 'asked', at: now(), text: said.text.replace(/^ (?=\/)/, '') })
        stage.settle(transcript.remark(said.text))
        if (deed.remark) remark(deed.remark)
        for (const event of deed.events) runtime.dispatch(event)
        if (deed.quit) quit(EXIT.ok)
        return
      }
      case 'stop':
        return runtime.dispatch({ type: 'stopAsked' })
      case 'cleared':
        ui = { ...ui, notice: 'Draft cleared. Up brings it back.' }
        return
      case 'interrupt':
        if (!idle) return runtime.dispatch({ type: 'stopAsked' })
        if (wasArmed) return quit(EXIT.ok)
        armed = true
        ui = { ...ui, notice: 'Press Ctrl+C again to quit, or Ctrl+D.' }
        return
      case 'quit':
        return quit(EXIT.ok)
      case 'redraw':
        painter.resized(tty.columns)
        return
    }
  }

  /** The last key was a Ctrl+C with nothing to clear: the next one quits. */
  let armed = false
  const onKey = (key: Key) => {
    if (left) return
    if (ui.welcome) return welcomeKey(key)
    // The connection is opened while the message is being typed: after a pause it has gone cold.
    if (ui.composer.text === '') setup.api?.preconnect()
    const complete = (composer: Composer) =>
      completeCommand(composer.text, composer.cursor, modelChoices(runtime.state.models))
    const { composer, said } = press(ui.composer, key, { complete, width: Math.max(2, tty.columns - 3) })
    const wasArmed = armed
    armed = false
    ui = { ...ui, composer, notice: null }
    onSaid(said, wasArmed)
    // A message is on its way before its echo is drawn.
    if (said?.type === 'send') live.refresh()
    else live.draw()
  }

  /** One key after the other: storing a key or starting the demo takes a moment, and the next key may be there already. */
  let welcoming = Promise.resolve()
  const welcomeKey = (key: Key) => {
    welcoming = welcoming.then(() => enterBy(key))
  }
  const enterBy = async (key: Key) => {
    if (left) return
    if (!ui.welcome) return onKey(key)
    const next = await onWelcomeKey(ui, key, args)
    if (next === 'leave') return quit(EXIT.key)
    ui = next.ui
    if (next.setup) {
      setup.close()
      setup = next.setup
      runtime.dispatch({ type: 'chosen', choices: setup.state.choices })
      stage.settle(greetingRows())
      void learnModels(setup)
    }
    live.draw()
  }
  const decoder = new InputDecoder(onKey, { onReply: (reply) => tty.onReply(reply) })

  function quit(code: number): void {
    if (left) return
    left = true
    runtime.dispatch({ type: 'stopAsked' })
    stage.draw()
    live.close()
    painter.leave({ eraseChrome: true })
    tty.release()
    const bye = farewell(runtime.state)
    if (bye) process.stdout.write(`${bye}\n`)
    setup.close()
    leave(code)
  }

  tty.onResize((oldColumns) => {
    painter.resized(oldColumns)
    transcript.resize(tty.columns)
    live.draw()
  })
  tty.onResume(() => {
    painter.forget()
    live.draw()
  })

  // A mistake of ours must not leave a raw terminal behind; what was said stays in the scrollback.
  process.once('uncaughtException', (error) => {
    quit(EXIT.unexpected)
    process.stderr.write(`${sanitise(`Unexpected: ${error.stack ?? error.message}`)}\n`)
  })
  const greetingRows = () => transcript.greet(greeting(setup))
  if (setup.api) stage.settle(greetingRows())
  for (const line of setup.notes) remark(line)
  live.draw()
  return done

  async function learnModels({ api }: Setup): Promise<void> {
    if (!api) return
    const rows = await api.models(AbortSignal.timeout(10_000))
    if (rows.length > 0 && !left) runtime.dispatch({ type: 'modelsLearned', rows })
  }
}

const isTurnEnd = (event: Event): boolean => 'at' in event && event.type !== 'asked' && isEnd(event)
