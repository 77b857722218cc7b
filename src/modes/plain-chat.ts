/**
 * The chat in plain lines: for screen readers, and for terminals that cannot move the cursor (`TERM=dumb`). Nothing is
 * ever written over; lines are edited by the terminal itself. The road, the runtime and the commands are the chat's.
 */

import { isatty } from 'node:tty'
import type { Args } from '../args.ts'
import { isAboutFiles } from '../core/attachments/dropped.ts'
import { sayAttachment } from '../core/attachments/words.ts'
import { askingOf, type Question, spelledOut, wordsWithNames } from '../core/attachments.ts'
import { createInterrupts } from '../core/chat/interrupts.ts'
import type { State } from '../core/conversation.ts'
import { Perf } from '../core/figures/perf.ts'
import { asLines } from '../core/text/rows.ts'
import { BY_SIGNAL, EXIT } from '../core/turn/outcome.ts'
import { type Failure, isEnd } from '../core/turn.ts'
import { interrupted } from '../core/weather/failures.ts'
import { plainLines, plainTurn, YOU } from '../glass/plain-lines.ts'
import { typedLines } from '../glass/typed-lines.ts'
import { createRuntime, type Runtime } from '../runtime.ts'
import type { Setup } from '../setup.ts'
import { type Keys, obey } from './chat/commands.ts'
import { greeting, lastWords } from './chat/greeting.ts'
import { createSender } from './chat/sending.ts'
import { type LateRemembering, lateRemembering } from './late/remembering.ts'
import { type LateThrift, lateThrift } from './late/thrift.ts'
import { onMistake } from './mistake.ts'
import { plainDeeds } from './plain/deeds.ts'
import type { PlainEnclosing } from './plain/enclosing.ts'
import { plainLists } from './plain/lists.ts'
import { createPlainUnsent, type PlainUnsent } from './plain/unsent.ts'
import { plainVoice } from './plain/voice.ts'
import { enterInLines } from './plain/welcome.ts'
import { onTape } from './tape/on-tape.ts'

/** Lines that come closer together than this, in ms, were pasted, and are one message: nobody types that fast. */
const PASTE_MS = 50

/** Said in place of sending what is not all there. */
const CUT =
  'Not sent: the terminal takes no line longer than 4,095 bytes, and has most likely cut this one. Send it in shorter lines, or pipe it in: claude-tui "your question" < FILE'

const INTRODUCTION =
  'Enter sends. A backslash at the end of a line goes on with the next. Ctrl+C stops the answer, Ctrl+D quits.'

const KEYS: Keys = [
  ['Enter', 'send'],
  ['\\ Enter', 'go on with the next line'],
  ['Ctrl+C', 'stop the answer; after that twice: quit'],
  ['Ctrl+D', 'quit'],
]

/** Runs the chat until the person leaves; resolves with the exit code. */
export async function runPlainChat(args: Args, first: Setup): Promise<number> {
  const { stdin, stdout } = process
  const now = () => performance.now()
  const perf = new Perf(new Date())
  const { promise: done, resolve: leave } = Promise.withResolvers<number>()
  let setup = first
  let runtime: Runtime | null = null
  let memory: LateRemembering | null = null
  let beside: LateThrift | null = null
  let unsent: PlainUnsent | null = null
  let left = false

  const columns = () => stdout.columns || 80
  const voice = plainVoice(stdout, columns)
  const { say, prompt } = voice

  /** @param trouble why, when nobody here asked for it */
  const quit = (code: number, trouble: Failure | null = null) => {
    if (left) return
    left = true
    // What still runs ends here and now, and is saved so.
    if (runtime) unsent?.leave(runtime)
    runtime?.halt(now(), trouble)
    lines.close()
    const settled = beside?.close()
    voice.write(runtime ? lastWords(setup, runtime.state, memory?.close() ?? null) : '')
    setup.close()
    void Promise.resolve(settled).then(() => leave(code))
  }

  /** The line wanted next: by the chat, or by a question of the first screen. */
  let onMessage: (text: string) => void = () => {}
  let gathered: string[] = []
  let pause: NodeJS.Timeout | undefined
  const onLine = (line: string) => {
    clearTimeout(pause)
    gathered.push(line)
    pause = setTimeout(() => {
      if (gathered.at(-1)?.endsWith('\\')) {
        gathered[gathered.length - 1] = gathered.at(-1)!.slice(0, -1)
        voice.heard()
        return voice.wait('Next line: ')
      }
      const text = gathered.join('\n')
      gathered = []
      voice.heard()
      onMessage(text)
    }, PASTE_MS)
  }
  // In the place of what others would do about an error: to end the process at once, with what it has not saved yet.
  stdout.removeAllListeners('error').on('error', () => quit(EXIT.ok, interrupted()))
  onMistake(() => quit(EXIT.unexpected, interrupted()))
  const interrupts = createInterrupts()
  const interrupt = () => {
    if (!runtime || setup.replay) return quit(runtime ? EXIT.ok : EXIT.sigint)
    const { live } = runtime.state
    switch (interrupts.press(live?.number ?? null)) {
      case 'stop':
        say('')
        return runtime.dispatch({ type: 'stopAsked' })
      case 'warn':
        gathered = []
        return say(`${live ? '\n' : ''}Press Ctrl+C again to quit, or Ctrl+D.`)
      case 'quit':
        return quit(EXIT.ok)
    }
  }
  process.on('SIGINT', interrupt)
  const lines = typedLines({
    ...{ stdin, stdout, env: process.env, onLine, onInterrupt: interrupt },
    onCut: () => say(CUT),
    onEnd() {
      // Ctrl+D; or a terminal that is no terminal any more.
      const isGone = stdin.isTTY && !isatty(stdin.fd)
      quit(EXIT.ok, isGone ? interrupted() : null)
    },
  })
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)
    process.once(signal, () => quit(BY_SIGNAL[signal], interrupted()))

  for (const note of setup.notes) say(note)
  const askInLine = (question: string) =>
    new Promise<string>((resolve) => {
      voice.wait(question)
      onMessage = resolve
    })
  if (!setup.api) {
    const entered = await enterInLines(args, {
      ...{ say, ask: askInLine },
      async askSecretly(question) {
        lines.show(false)
        const text = await askInLine(question)
        lines.show(true)
        say('')
        return text
      },
    })
    setup.close()
    setup = entered
  }
  if (left) return done
  const brought = args.many?.attach
    ? await (await import('./attachments/first-attached.ts')).firstAttached(args, setup)
    : null
  const attached = brought?.attachments ?? []
  setup.api?.warm()
  say(greeting(setup))
  say(`${INTRODUCTION} /help lists the commands.`)
  if (attached.length > 0) say(`With your first message: ${attached.map(sayAttachment).join('; ')}.`)

  const transcript = plainLines(columns)
  const sender = createSender({ setup: () => setup, now, perf, beside: () => thrift })
  const untaped = createRuntime({
    state: setup.state,
    send: sender.send,
    frame: (flush) => void setImmediate(flush),
  })
  const chat = onTape(untaped, {
    setup: () => setup,
    say,
    // The prompt stands there already, waiting for somebody who will not type.
    asked(text, queued) {
      if (!queued) voice.heard()
      say(queued ? `\n${YOU} ${text}` : text)
    },
  })
  runtime = chat
  const desk = {
    ...{ runtime: chat, now, say },
    compose: (question: Question) => say(`Its question was: ${spelledOut(question)}`),
    showLast() {
      const turn = chat.state.turns.at(-1)
      if (turn) say([`${YOU} ${wordsWithNames(turn)}`, '', ...plainTurn(turn, columns())])
    },
  }
  const remembering = lateRemembering(args, {
    ...{ ...desk, args, env: process.env, setup: () => setup, goesOn: '/continue' },
    choose: (typed, open) => lists.conversations(typed, open),
  })
  const ask = (question: Question) => chat.dispatch({ type: 'asked', at: now(), ...askingOf(question) })
  const thrift = lateThrift({
    ...{
      ...desk,
      say,
      ask,
      attempts: sender.attempts,
      halt: chat.halt,
      setup: () => setup,
      history: () => remembering.history(),
    },
    ...{ draft: () => gathered.join('\n'), draw: () => {}, isInLines: true },
  })
  const lists = plainLists({
    ...{ ...desk, resume: remembering.resume },
    async ask(question) {
      const before = onMessage
      const answer = await askInLine(question)
      onMessage = before
      return answer
    },
  })
  memory = remembering
  beside = thrift
  let shown = 0
  chat.subscribe((state, event) => {
    remembering.follow(state, event)
    unsent?.follow(state)
    if (left) return thrift.follow(state, event)
    const started = now()
    const rows = transcript.follow(state, event, started)
    if (rows.length > 0) voice.write(asLines(rows))
    thrift.follow(state, event)
    perf.framed(now() - started, rows.length, now())
    if (event.type === 'delta') perf.piecesDrawn()
    // The first word is out when the first block is.
    const turn = state.live ?? state.turns.at(-1)
    if (rows.length > 0 && turn && turn.number !== shown && turn.times.firstText !== null) {
      shown = turn.number
      perf.firstWord(now() - turn.times.firstText)
    }
    if (!isEnd(event)) return
    if (event.type !== 'finished') returnQueue(state)
    if (!chat.state.live && !left) prompt()
  })

  /** What was queued behind an answer that ended early is not sent: it may have depended on it. */
  const returnQueue = ({ queue }: State) => {
    for (const one of queue) say(`Not sent: ${spelledOut(one)}`)
    if (queue.length > 0) chat.dispatch({ type: 'unqueued' })
  }

  const mayAsk = (question: Question) => {
    if (thrift.waits(question)) void thrift.open().then(() => mayAsk(question))
    else if (thrift.mayAsk(question)) ask(question)
    else prompt()
  }
  const after = () => {
    if (!left && chat.state.live === null) prompt()
  }
  const send = (question: Question) => {
    if (chat.state.live) say('Queued: it is sent after this answer.')
    remembering.whenReady(() => mayAsk(question))
  }
  /** What has to do with files, loaded when the first one is named. */
  let files: Promise<PlainEnclosing> | null = null
  let taking = Promise.resolve()
  const enclosing = () => {
    files ??= import('./plain/enclosing.ts').then(({ createPlainEnclosing }) =>
      createPlainEnclosing(
        { say, now, lists, setup: () => setup, runtime: chat, allow: (request) => thrift.allow(request) },
        attached,
      ),
    )
    return files
  }
  const carryOut = plainDeeds({
    ...{ chat, say, mayAsk, after, enclosing, remembering, thrift, lists, voice, columns, perf },
    quit: () => quit(EXIT.ok),
  })
  onMessage = (text) => {
    interrupts.calm()
    const idle = chat.state.live === null
    if (!idle && thrift.onKey({ type: 'text', text: text.trim() })) return
    if (text.trim() === '') return idle ? prompt() : undefined
    const deed = obey(text.trimEnd(), chat.state, now(), KEYS)
    if (!deed) {
      const words = text.trimEnd().replace(/^ (?=\/)/, '')
      if (!files && attached.length === 0 && !isAboutFiles(words)) return send(words)
      // One after the other: what is asked first goes first.
      taking = taking.then(async () => {
        const question = await (await enclosing()).take(words, text.startsWith(' '))
        if (question === null) after()
        else send(question)
      })
      return
    }
    carryOut(deed)
  }
  unsent = createPlainUnsent(process.env, setup.settings.history === 'on', say)
  // What was asked for on the command line comes first, and what is to be told of an earlier evening: it may be a list to
  // choose from, or an answer that was cut off.
  void remembering.open().then(() => left || chat.state.live || prompt())
  void setup.api?.models(AbortSignal.timeout(10_000)).then((rows) => {
    if (rows.length > 0 && !left) chat.dispatch({ type: 'modelsLearned', rows })
  })
  return done
}
