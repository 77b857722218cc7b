/**
 * Performs one answer on the wire: the plan's pieces in the play's time, with its silences, holds and early ends.
 * What the answer says is decided in `answer-plan`, how it is spelled in `message`.
 */

import type { ServerResponse } from 'node:http'
import type { RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages'
import type { AnswerPlan } from './answers/answer-plan.ts'
import { errorBody, STREAM_ERRORS } from './errors.ts'
import type { Gate } from './gate.ts'
import * as spell from './message.ts'
import { createPen, type Pen } from './pen.ts'
import type { Play, Step } from './script.ts'
import { createWaits, sleep, type Waits } from './waits.ts'

/** What of a performance others may look at later, in ms of the performance clock. */
export interface Marks {
  headAt: number | null
  firstDeltaAt: number | null
  lastByteAt: number | null
  deltas: number
}

export interface Performance {
  readonly res: ServerResponse
  readonly play: Play
  readonly plan: AnswerPlan
  readonly head: spell.MessageHead
  readonly stream: boolean
  readonly requestId: string
  readonly speed: number
  /** From the request to the first output token, ms. */
  readonly ttftMs: number
  /** So long ago the request came, by the response's clock, ms. */
  readonly readingMs: number
  /** Time that passes before a piece, ms. */
  gapMs(piece: string): number
  readonly signal: AbortSignal
  readonly gate: Gate
  readonly marks: Marks
  /** Called when a delta of text is handed on. */
  readonly spoke?: (() => void) | undefined
  /** Called once, when the response begins; gives its headers. */
  begin(): Record<string, string>
  /** Gives an HTTP answer in place of the message, once the steps before the head are over; null: the message. */
  readonly instead: (() => void) | null
}

/** Pings when the play does not say; the pace of the real ones is not published. */
const PING_EVERY_MS = 10_000
/** At infinite speed text gathers up to so many characters before the socket gets it. */
const GATHERED = 32_768
/** A reset overtakes bytes the client has not read yet; this gives it the time to. */
const RESET_GRACE_MS = 30

/** The things the parts of a performance share. */
interface Stage extends Performance {
  readonly pen: Pen
  readonly waits: Waits
  say(event: RawMessageStreamEvent | { readonly type: string }): void
  /** When the last piece was due, by the response's clock. */
  due: number
  /** No piece of the answer has gone out yet. */
  isFirst: boolean
  /** Deltas that may still go out before it waits to be released by hand again. */
  allowance: number
  headers: Record<string, string>
}

/** @throws Gone when the client goes before the end */
export async function perform(performance: Performance): Promise<void> {
  const stage = setStage(performance)
  const { waits, plan, ttftMs } = stage
  for (const step of stage.play.beforeHead) await take(step, stage)
  if (stage.instead) return stage.instead()
  // What reading the request has taken is part of the wait for the first token.
  stage.due = waits.now() - (stage.play.beforeHead.length > 0 ? 0 : stage.readingMs)
  // The head is heard about half way to the first token: then the prompt is accepted, but not read.
  await waits.until(stage.due + ttftMs / 2)
  openStream(stage)
  // A time that was told is what a stopwatch is held against.
  await waits.until(stage.due + ttftMs, { exact: stage.play.ttftMs !== null })
  stage.due = waits.now()
  stage.isFirst = true
  if (plan.thinking) await think(stage, plan.thinking)
  if (await speak(stage, plan.text)) await finish(stage)
}

function setStage(performance: Performance): Stage {
  const { res, play, stream, signal, speed } = performance
  const pen = createPen(res, { signal, splitUtf8: play.splitUtf8 })
  const say: Stage['say'] = (event) => {
    if (stream) pen.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }
  const ping = () => {
    // Before the head there is nothing to ping on.
    if (res.headersSent) say({ type: 'ping' })
  }
  const waits = createWaits({ speed, signal, pingEveryMs: play.pingEveryMs ?? PING_EVERY_MS, flush: pen.flush, ping })
  return { ...performance, pen, say, waits, due: 0, isFirst: true, allowance: Number.POSITIVE_INFINITY, headers: {} }
}

function openStream(stage: Stage): void {
  const { res, stream, head, say, play, pen, marks } = stage
  stage.headers = stage.begin()
  if (!stream) return
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    ...stage.headers,
  })
  marks.headAt = globalThis.performance.now()
  say(spell.startEvent(head))
  say({ type: 'ping' })
  if (!play.unknownEvents) return
  pen.write(': a comment, which no client should mind\n\n')
  say({ type: 'weather_report', outlook: 'unknown events are ignored' } as { type: string })
}

async function think(stage: Stage, { pieces, visible }: NonNullable<AnswerPlan['thinking']>): Promise<void> {
  const { say, head } = stage
  say(spell.thinkingStart(0))
  for (const piece of pieces) {
    await pass(stage, piece)
    if (visible) say(spell.thinkingDelta(0, piece))
  }
  say(spell.signatureDelta(0, head.id))
  say(spell.blockStop(0))
}

/** Says the text; false when the play has ended the response in the middle of it. */
async function speak(stage: Stage, text: readonly string[] | null): Promise<boolean> {
  const { say, plan, play, marks } = stage
  const index = plan.thinking ? 1 : 0
  const pieces = text ?? []
  let steps = play.steps
  const stop = play.ending && !['max-tokens', 'refusal'].includes(play.ending.kind) ? play.ending : null
  const last = Math.min(stop?.after ?? pieces.length, pieces.length)
  if (text) say(spell.textStart(index))
  for (let i = 0; i <= last; i++) {
    while (steps[0] && (steps[0].after <= i || i === pieces.length)) {
      await take(steps[0], stage)
      steps = steps.slice(1)
    }
    if (i === last) break
    const piece = pieces[i]!
    await handOn(stage)
    await pass(stage, piece)
    marks.firstDeltaAt ??= globalThis.performance.now()
    say(spell.textDelta(index, piece))
    marks.deltas++
    stage.spoke?.()
    if (play.unknownEvents && i === 0)
      say({ type: 'content_block_delta', index, delta: { type: 'hum_delta', hum: 'mm' } } as { type: string })
  }
  await handOn(stage)
  if (stop) return breakOff(stage, stop)
  if (text) say(spell.blockStop(index))
  if (play.unknownEvents) sayUnknownBlock(stage, text ? index + 1 : index)
  return true
}

function sayUnknownBlock({ say }: Stage, index: number): void {
  say({ type: 'content_block_start', index, content_block: { type: 'postcard', picture: 'a lake' } } as {
    type: string
  })
  say(spell.blockStop(index))
}

/** Lets a piece's time pass; a piece let go by hand has none. */
async function pass(stage: Stage, piece: string): Promise<void> {
  const { waits, pen, gapMs } = stage
  if (stage.allowance !== Number.POSITIVE_INFINITY) return
  // The first token is there when its time has come; only those after it wait for the one before.
  if (!stage.isFirst) stage.due += gapMs(piece)
  stage.isFirst = false
  if (stage.due > waits.now()) await waits.until(stage.due)
  if (pen.pending < GATHERED) return
  await pen.flush()
  // Others get their turn too: a stream without waits would otherwise keep the process to itself.
  await new Promise((resolve) => setImmediate(resolve))
}

/** Waits at the gate once the deltas that were released are used up. */
async function handOn(stage: Stage): Promise<void> {
  if (stage.allowance === 0) await take({ kind: 'hold', after: 0 }, stage)
  if (stage.allowance !== Number.POSITIVE_INFINITY) stage.allowance--
}

/** What no server should send: half an event, a line without a field, a comment, another API's last word. */
const MALFORMED =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_del\n\n' +
  'garbage without colon\n\n: comment\n\ndata: [DONE]\n\n'

async function take(step: Step, stage: Stage): Promise<void> {
  const { waits, pen, gate, signal, play, stream } = stage
  if (step.kind === 'malformed') {
    if (stream) pen.write(MALFORMED)
    return
  }
  if (step.kind === 'silence') await waits.until(waits.now() + step.ms, { pings: play.pingEveryMs !== null })
  else {
    await pen.flush()
    stage.allowance = await gate.wait(signal)
  }
  stage.due = waits.now()
}

async function breakOff(stage: Stage, ending: NonNullable<Play['ending']>): Promise<false> {
  const { res, pen, say, stream, plan, head, requestId, marks } = stage
  if (ending.kind === 'error') {
    const error = errorBody(
      { type: ending.type, message: 'The script of this demo server ends this answer here.' },
      requestId,
    )
    if (stream) say(error as { type: string })
    else {
      res.writeHead(STREAM_ERRORS[ending.type] ?? 500, { 'content-type': 'application/json', ...stage.headers })
      pen.write(JSON.stringify(error))
    }
  }
  if (ending.kind === 'cut' && !stream) {
    const whole = JSON.stringify(spell.wholeMessage(head, plan))
    res.writeHead(200, { 'content-type': 'application/json', ...stage.headers })
    pen.write(whole.slice(0, whole.length / 2))
  }
  await pen.flush()
  marks.lastByteAt = globalThis.performance.now()
  if (ending.kind === 'reset') {
    await sleep(RESET_GRACE_MS, stage.signal)
    res.socket?.resetAndDestroy()
  } else res.end()
  return false
}

async function finish(stage: Stage): Promise<void> {
  const { res, stream, say, pen, plan, head, marks } = stage
  if (stream) {
    say(spell.endEvent(head, plan))
    say({ type: 'message_stop' })
    await pen.flush()
  } else {
    res.writeHead(200, { 'content-type': 'application/json', ...stage.headers })
    marks.headAt = globalThis.performance.now()
    pen.write(JSON.stringify(spell.wholeMessage(head, plan)))
    await pen.flush()
  }
  marks.lastByteAt = globalThis.performance.now()
  res.end()
}
