/**
 * The chat: a person at the keyboard, the conversation, and the glass between them. Wires the parts together and turns
 * keys into events; what keys mean to the draft is known to `core/composer`, how rows reach the terminal to `glass`.
 */

import type { Args } from '../args.ts'
import { enclosedIn, isPreparing } from '../core/attachments/enclosures.ts'
import { askingOf, type Question } from '../core/attachments.ts'
import type { Key } from '../core/chat/keys.ts'
import type { Event } from '../core/conversation.ts'
import { Perf } from '../core/figures/perf.ts'
import type { Remark } from '../core/text/remark.ts'
import { BY_SIGNAL, EXIT } from '../core/turn/outcome.ts'
import type { Failure } from '../core/turn.ts'
import { interrupted } from '../core/weather/failures.ts'
import type { EarlyKeys } from '../glass/early-keys.ts'
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
import { createCommanding } from './chat/commanding.ts'
import { greeting, lastWords } from './chat/greeting.ts'
import { createLiveRegion } from './chat/live-region.ts'
import { pressed } from './chat/pressing.ts'
import { createReading } from './chat/reading.ts'
import { createSaying } from './chat/saying.ts'
import { followScreen, hearAnswers } from './chat/screen-changes.ts'
import { createSender, learnModels } from './chat/sending.ts'
import { createShowing } from './chat/showing.ts'
import { createUnsent } from './chat/unsent.ts'
import { draftIn, freshUi, laidIn, layOut, plainDraftIn, type Ui, vimSwitched } from './chat/view.ts'
import { createEntrance } from './chat/welcome.ts'
import { lateDrafting } from './late/drafting.ts'
import { lateEnclosing } from './late/enclosing.ts'
import { latePicking } from './late/picking.ts'
import { latePreviews } from './late/previews.ts'
import { lateRemembering } from './late/remembering.ts'
import { lateThrift } from './late/thrift.ts'
import { keepHeapLean } from './lean-heap.ts'
import { onMistake } from './mistake.ts'
import { onTape } from './tape/on-tape.ts'
import { createGround } from './terminal-theme.ts'

/** Runs the chat until the person leaves; resolves with the exit code. @throws UsageError */
export async function runChat(args: Args, early: EarlyKeys): Promise<number> {
  const now = () => performance.now()
  let setup: Setup = await setUp(args, process.env, { kind: 'chat' }, early.lend)
  // Where the cursor cannot move, or should not, there are lines.
  if (setup.settings.screenReader || process.env.TERM === 'dumb') {
    const { runPlainChat } = await import('./plain-chat.ts')
    await early.heard()
    early.giveBack(process.env.TERM === 'dumb')
    return runPlainChat(args, setup)
  }
  const still = setup.settings.motion === 'reduced'
  let ui = freshUi(setup)
  if (args.many?.attach)
    ui = laidIn(ui, await (await import('./attachments/first-attached.ts')).firstAttached(args, setup))
  const put = (given: Ui) => {
    ui = given
  }
  const lay = (given: Ui, soon?: 'soon') => {
    put(given)
    soon ? live.refresh() : live.draw()
  }
  /** What others have to show beside the draft. */
  const around = () => ({ offer: memory.offer, tag: thrift.tag, beside: enclosing.rows, waiting: enclosing.waiting })
  let left = false
  const perf = new Perf(new Date())
  const { promise: done, resolve: leave } = Promise.withResolvers<number>()

  await early.heard()
  const tty = openTty({
    stdin: process.stdin,
    stdout: process.stdout,
    onBytes(bytes) {
      perf.keyCame(now())
      decoder.feed(bytes)
      perf.keyDone()
    },
    onSignal: (signal) => quit(BY_SIGNAL[signal], interrupted()),
    onGone: () => quit(EXIT.ok, interrupted()),
    kitty: true,
  })
  const typedAhead = early.handOver()
  const ground = createGround(process.env, setup.settings.theme)
  const painter = new Painter(tty, { reflows: reflowOf(process.env) })
  const pacer = createPacer(now)
  const code = createHighlighter(() => ground.theme)
  const previews = latePreviews(process.env, {
    ...{ tty, ground, setup: () => setup, state: () => runtime.state },
    show: (turn) => stage.settle(transcript.pictured(turn)),
  })
  const transcript = createTranscript(ground.theme, tty.columns, code.highlight, previews.rows)
  const stage = new Stage({
    size: tty,
    painter,
    now,
    tail: (rows) => thrift.tail(rows) ?? transcript.tail(rows),
    resizing: () => tty.resizing || tty.lent,
    took(ms, bytes) {
      pacer.took(ms)
      perf.framed(ms, bytes, now())
    },
  })

  const learn = (event: Event) => void (left || runtime.dispatch(event))
  const { send, attempts } = createSender({ setup: () => setup, now, perf, beside: () => thrift })
  const untaped = createRuntime({ state: setup.state, send, frame: (flush) => pacer.request(flush) })
  const runtime = onTape(untaped, { setup: () => setup, say: (line) => desk.say(line) })

  const live = createLiveRegion({
    ...{ size: tty, stage, now, still },
    layOut() {
      previews.prepare(enclosedIn(ui))
      return lists.over(layOut(runtime.state, { ...ui, ...around() }, now(), tty, ground.theme, still))
    },
    onLoaded: () => {
      keepHeapLean()
      setup.api?.warm()
      void learnModels(setup, learn)
      if (!ui.welcome) openDesk()
    },
  })
  const openDesk = () => {
    void drafting.open()
    void memory.open()
    void thrift.open()
    if (args.flags.resume !== undefined) lists.hold(memory.chosen())
  }

  /** A welcome, where a key may be typed, is none of its business. */
  const drafting = lateDrafting(process.env, () => setup.settings.history === 'on', {
    ui: () => ui,
    ...{ queue: () => enclosing.before(unsent.queue), unready: () => enclosing.unready, shelf: () => setup.shelf },
    again: (all) => enclosing.again(all),
    show: lay,
    async lend(use) {
      painter.leave({ eraseChrome: true })
      return tty.lend(use)
    },
  })

  const reading = createReading({
    ...{ tty, painter, stage, transcript, runtime, perf },
    ...{ theme: () => ground.theme, draw: () => live.draw() },
  })

  const desk = {
    ...{ runtime, now, history: () => memory.history(), draft: () => plainDraftIn(ui) },
    say(remark: Remark) {
      stage.settle(transcript.remark(remark))
      live.draw()
    },
    ...{ showLast: () => previews.before(reading.show), screen: { size: tty, theme: () => ground.theme } },
    compose: (question: Question) => put(laidIn(ui, question)),
  }
  const memory = lateRemembering(args, {
    ...{ ...desk, args, env: process.env, setup: () => setup, goesOn: 'Tab' },
    choose: (typed, open) => lists.conversations(typed, open),
  })
  const asked = (question: Question) => runtime.dispatch({ type: 'asked', at: now(), ...askingOf(question) })
  const thrift = lateThrift({
    ...{ ...desk, attempts, halt: runtime.halt, setup: () => setup, draw: () => live.draw() },
    ...{ draft: () => draftIn(ui), isPreparing: () => enclosedIn(ui).some(isPreparing), ask: asked },
  })
  const ask = (question: Question) => void (thrift.mayAsk(question) && asked(question))
  const lists = latePicking(
    { ...desk, resume: (id) => void memory.resume(id), size: tty, draw: () => live.draw(), pass: (key) => onKey(key) },
    args.flags.resume,
  )

  const enclosing = lateEnclosing({
    ...{ runtime, now, lists, setup: () => setup, ui: () => ui, say: desk.say, write: (key) => write(key) },
    ...{ ask: (question) => memory.whenReady(() => ask(question)), allow: (request) => thrift.allow(request) },
    show(next, soon) {
      lay(next, soon)
      drafting.changed()
    },
  })

  const follower = createFollower(transcript, stage, () => tty.resizing)
  const show = createShowing({ live, transcript, perf, now })
  runtime.subscribe((state, event) => {
    if (left) return
    // Loaded while the first word is awaited, once the request is on its way: nobody waits for it then.
    if (event.type === 'sent') setImmediate(() => void code.warm())
    previews.follow(state, event)
    follower.follow(state, event)
    memory.follow(state, event)
    thrift.follow(state, event)
    unsent.follow(state, event)
    show(state, event)
  })

  const unsent = createUnsent({ runtime, now, ui: () => ui, changed: drafting.changed, show: put })

  const notice = (text: string | null) => put({ ...ui, notice: text })
  const commanded = createCommanding({
    ...{ runtime, transcript, stage, reading, notice, ask, draft: desk.compose, quit: () => quit(EXIT.ok) },
    enclosing: (command, say) => void enclosing.run(command, say).finally(() => live.draw()),
    remember(asked, say) {
      const done = memory.run(asked, say).finally(() => live.draw())
      if (asked.name === 'sessions') lists.hold(done)
    },
    list: lists.list,
    // What is said late is drawn by nobody's key.
    thrift: (command, say) => void thrift.run(command, say).finally(() => live.draw()),
    switchVim: () => put(vimSwitched(ui)),
  })

  const saying = createSaying({
    ...{ runtime, memory, enclosing, drafting, reading, lists, commanded },
    ...{ notice, quit: () => quit(EXIT.ok), isReplay: () => setup.replay !== null },
  })

  const onKey = (key: Key) => {
    if (left) return
    if (ui.welcome) return welcomeKey(key)
    if (lists.onKey(key) || thrift.onKey(key) || enclosing.onKey(key)) return live.draw()
    write(key)
  }
  const write = (key: Key) => {
    // The connection is opened while the message is being typed: after a pause it has gone cold.
    if (!runtime.state.live) setup.api?.preconnect()
    if (key.type === 'key' && key.name === 'tab' && unsent.goOn(drafting.isUntouched(ui.composer), memory.goOn))
      return live.refresh()
    const known = { state: runtime.state, presets: setup.settings.presets, files: drafting.complete }
    const { said, ...after } = pressed(ui, key, { columns: tty.columns, ...known })
    ui = after.ui
    saying(said)
    // A message is on its way before its echo is drawn.
    if (said?.type === 'send') live.refresh()
    else live.draw()
    drafting.changed()
  }

  const welcomeKey = createEntrance(args, {
    ui: () => ui,
    pass: (key) => onKey(key),
    leave: () => quit(EXIT.key),
    show(next, entered) {
      if (left) return
      ui = next
      if (entered) {
        setup.close()
        setup = entered
        runtime.dispatch({ type: 'chosen', choices: setup.state.choices })
        stage.settle(greetingRows())
        void learnModels(setup, learn)
        openDesk()
      }
      live.draw()
    },
  })
  const onReply = hearAnswers({ tty, painter, ground, previews, transcript, live })
  const decoder = new InputDecoder(onKey, { onReply })

  /** @param trouble why, when nobody here asked for it */
  function quit(code: number, trouble: Failure | null = null): void {
    if (left) return
    // What still runs ends here and now: its last word, its mark and its cost belong above the goodbye.
    unsent.leave()
    runtime.halt(now(), trouble)
    const settled = thrift.close()
    lists.leave(write)
    enclosing.close()
    left = true
    const kept = drafting.close().catch(() => {})
    follower.catchUp()
    stage.draw(true)
    live.close()
    painter.leave({ eraseChrome: true })
    tty.release()
    process.stdout.write(lastWords(setup, runtime.state, memory.close(), process.stdout.columns))
    setup.close()
    void Promise.all([kept, settled]).then(() => leave(code))
  }

  followScreen({ tty, painter, transcript, follower, live })
  onMistake(() => quit(EXIT.unexpected, interrupted()))
  const greetingRows = () => transcript.greet(greeting(setup))
  if (setup.api) stage.settle(greetingRows())
  for (const line of setup.notes) stage.settle(transcript.remark(line))
  live.draw()
  if (args.flags.resume === true && setup.api) lists.hold(memory.chosen())
  decoder.feed(typedAhead)
  tty.write((ground.isAsked ? BACKGROUND_QUERY : '') + painter.query)
  return done
}
