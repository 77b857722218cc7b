/**
 * The chat: a person at the keyboard, the conversation, and the glass between them. Wires the parts together and turns
 * keys into events; what keys mean to the draft is known to `core/composer`, how rows reach the terminal to `glass`.
 */

import type { Args } from '../args.ts'
import { completeCommand } from '../core/commands.ts'
import { type Composer, emptyComposer, type Pressed, press, type Said } from '../core/composer/composer.ts'
import { pressVim, VIM, type Vim } from '../core/composer/vim.ts'
import type { Event, State } from '../core/conversation.ts'
import type { Key } from '../core/keys.ts'
import { EXIT } from '../core/outcome.ts'
import { Perf } from '../core/perf.ts'
import { sanitise } from '../core/sanitise.ts'
import { isEnd } from '../core/turn.ts'
import { WELCOME } from '../core/welcome.ts'
import { createFollower } from '../glass/follower.ts'
import { InputDecoder } from '../glass/input.ts'
import { createPacer } from '../glass/pacer.ts'
import { Painter } from '../glass/painter.ts'
import { reflowOf } from '../glass/reflow.ts'
import { BACKGROUND_QUERY } from '../glass/replies.ts'
import { Stage } from '../glass/stage.ts'
import { createTranscript } from '../glass/transcript.ts'
import { openTty } from '../glass/tty.ts'
import { createHighlighter } from '../io/highlighter.ts'
import { createRuntime } from '../runtime.ts'
import { type Setup, setUp } from '../setup.ts'
import { modelChoices, obey } from './chat-commands.ts'
import { layOut, type Ui } from './chat-view.ts'
import { farewell, greeting } from './greeting.ts'
import { lateDrafting } from './late-drafting.ts'
import { keepHeapLean } from './lean-heap.ts'
import { createLiveRegion } from './live-region.ts'
import { onTape } from './on-tape.ts'
import { createReading } from './reading.ts'
import { createSender, learnModels } from './sending.ts'
import { asksForGround, groundTold, terminalTheme } from './terminal-theme.ts'
import { giveBack } from './unsent.ts'
import { onWelcomeKey } from './welcome.ts'

/** As a shell counts a death by signal: 128 and its number. */
const BY_SIGNAL = { SIGHUP: 129, SIGINT: EXIT.sigint, SIGTERM: EXIT.sigterm } as const

/** Runs the chat until the person leaves; resolves with the exit code. @throws UsageError */
export async function runChat(args: Args): Promise<number> {
  const now = () => performance.now()
  let setup: Setup = await setUp(args, process.env, { kind: 'chat' })
  // Where the cursor cannot move, or should not, there are lines.
  if (setup.settings.screenReader || process.env.TERM === 'dumb') {
    const { runPlainChat } = await import('./plain-chat.ts')
    return runPlainChat(args, setup)
  }
  const still = setup.settings.motion === 'reduced'
  let ui: Ui = {
    composer: emptyComposer(),
    notice: null,
    welcome: setup.api ? null : WELCOME,
    vim: setup.settings.keys === 'vim' ? VIM : null,
  }
  let left = false
  const perf = new Perf(new Date())
  const { promise: done, resolve: leave } = Promise.withResolvers<number>()

  const tty = openTty({
    stdin: process.stdin,
    stdout: process.stdout,
    onBytes(bytes) {
      perf.keyCame(now())
      decoder.feed(bytes)
      perf.keyDone()
    },
    onSignal: (signal) => quit(BY_SIGNAL[signal]),
    onGone: () => quit(EXIT.ok),
    kitty: true,
  })
  let theme = terminalTheme(process.env, setup.settings.theme)
  const painter = new Painter(tty, { reflows: reflowOf(process.env) })
  const pacer = createPacer(now)
  const code = createHighlighter(theme)
  const transcript = createTranscript(theme, tty.columns, code.highlight)
  const stage = new Stage({
    size: tty,
    painter,
    now,
    tail: (rows) => transcript.tail(rows),
    resizing: () => tty.resizing || tty.lent,
    took(ms, bytes) {
      pacer.took(ms)
      perf.framed(ms, bytes, now())
    },
  })

  const send = createSender({ setup: () => setup, now, pieceCame: () => perf.pieceCame() })
  const learn = (event: Event) => void (left || runtime.dispatch(event))
  const untaped = createRuntime({ state: setup.state, send, frame: (flush) => pacer.request(flush) })
  const runtime = onTape(untaped, { setup: () => setup, say: (line) => remark(line), draw: () => live.refresh() })

  const live = createLiveRegion({
    size: tty,
    stage,
    now,
    layOut: () => layOut(runtime.state, ui, now(), tty, theme, still),
    still,
    onLoaded: () => {
      keepHeapLean()
      setup.api?.warm()
      void learnModels(setup, learn)
      if (!ui.welcome) void drafting.open()
    },
  })

  /** A welcome, where a key may be typed, is none of its business. */
  const drafting = lateDrafting(process.env, () => setup.settings.history === 'on', {
    composer: () => ui.composer,
    show(composer, notice = ui.notice) {
      ui = { ...ui, composer, notice }
      live.draw()
    },
    async lend(use) {
      painter.leave({ eraseChrome: true })
      return tty.lend(use)
    },
  })

  const reading = createReading({
    ...{ tty, painter, stage, transcript, runtime, perf },
    theme: () => theme,
    draw: () => live.draw(),
  })

  const follower = createFollower(transcript, stage, () => tty.resizing)
  runtime.subscribe((state, event) => {
    if (left) return
    // Loaded while the first word is awaited: nobody waits for it then.
    if (event.type === 'sent') void code.warm()
    follower.follow(state, event)
    if (isEnd(event)) comeBack(state, event)
    live.count(state.live !== null && state.live.phase !== 'answering')
    // Words are painted at once; what is said about them may follow a moment later.
    if (event.type === 'delta' || isEnd(event) || (event.type === 'thinking' && transcript.unfolded)) live.flow()
    // Thinking is counted, not shown: the seconds' own pace is enough.
    if (event.type !== 'delta' && !(event.type === 'thinking' && event.phase === 'more')) live.refresh()
    if (event.type === 'delta') {
      perf.piecesDrawn()
      if (state.live?.times.firstText !== event.at) return
      perf.firstWord(now() - event.at)
      live.refresh()
    }
  })

  const comeBack = (state: State, event: Event) => {
    const given = event.type === 'finished' ? null : giveBack(ui, state)
    if (!given) return
    if (state.queue.length > 0) runtime.dispatch({ type: 'unqueued' })
    ui = given
    drafting.changed()
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
        if (deed.errand) void reading.run(deed.errand)
        for (const event of deed.events) runtime.dispatch(event)
        if (deed.vim) ui = { ...ui, vim: ui.vim ? null : VIM, notice: `Vim's keys are ${ui.vim ? 'off' : 'on'}.` }
        if (deed.quit) quit(EXIT.ok)
        return
      }
      case 'stop':
        return runtime.dispatch({ type: 'stopAsked' })
      case 'cleared':
        ui = { ...ui, notice: 'Draft cleared. Up brings it back.' }
        return
      case 'interrupt':
        if (!idle && !setup.replay) return runtime.dispatch({ type: 'stopAsked' })
        if (wasArmed || setup.replay) return quit(EXIT.ok)
        armed = true
        ui = { ...ui, notice: 'Press Ctrl+C again to quit, or Ctrl+D.' }
        return
      case 'quit':
        return quit(EXIT.ok)
      case 'editor':
        return void drafting.open().then(({ edit }) => edit())
      case 'redraw':
        return reading.redraw()
      case 'thinking':
        ui = { ...ui, notice: reading.unfold() }
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
    const complete = (composer: Composer) => {
      const isCommand = composer.text.startsWith('/')
      const commands = isCommand
        ? completeCommand(composer.text, composer.cursor, modelChoices(runtime.state.models))
        : []
      return commands.length > 0 ? commands : drafting.complete(composer)
    }
    const context = { complete, width: Math.max(2, tty.columns - 3) }
    const pressed: Pressed & { readonly vim?: Vim } = ui.vim
      ? pressVim(ui.vim, ui.composer, key, context)
      : press(ui.composer, key, context)
    const { composer, said } = pressed
    const wasArmed = armed
    armed = false
    ui = { ...ui, composer, vim: pressed.vim ?? null, notice: null }
    onSaid(said, wasArmed)
    // A message is on its way before its echo is drawn.
    if (said?.type === 'send') live.refresh()
    else live.draw()
    drafting.changed()
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
      void learnModels(setup, learn)
      void drafting.open()
    }
    live.draw()
  }
  const decoder = new InputDecoder(onKey, {
    onReply(reply) {
      tty.onReply(reply)
      const ground = reply.type === 'colour' && asksForGround(theme, setup.settings.theme) ? groundTold(reply) : null
      if (!ground || left) return
      theme = terminalTheme(process.env, ground)
      transcript.restyle(theme)
      live.draw()
    },
  })

  function quit(code: number): void {
    if (left) return
    // What still runs ends here and now: its last word, its mark and its cost belong above the goodbye.
    runtime.halt(now())
    left = true
    drafting.close()
    follower.catchUp()
    stage.draw(true)
    live.close()
    painter.leave({ eraseChrome: true })
    tty.release()
    const bye = setup.replay ? null : farewell(runtime.state)
    if (bye) process.stdout.write(`${bye}\n`)
    setup.close()
    leave(code)
  }

  tty.onResize((oldColumns) => {
    painter.resized(oldColumns)
    transcript.resize(tty.columns)
    follower.catchUp()
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
  if (asksForGround(theme, setup.settings.theme)) tty.write(BACKGROUND_QUERY)
  return done
}
