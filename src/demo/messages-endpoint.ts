/**
 * `POST /v1/messages` and `/v1/messages/count_tokens`: from a body to an answer. Each step is a file of its own; here
 * is their order: check, price, choose the line of the script, plan, perform.
 */

import type { Diagnostics, MessageCreateParams } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Model } from './abilities.ts'
import { planAnswer } from './answers/answer-plan.ts'
import { fittingText } from './answers/fitting.ts'
import { summaryText } from './answers/summary.ts'
import { answerWhole, type Whole } from './answers/whole-answer.ts'
import { answer, titleText, verdictText } from './answers.ts'
import { asksForSummary, asksForTitle, asksForVerdict, lastUserText, textsOf, toQuestion } from './asked.ts'
import { type CacheDiary, createCacheDiary } from './cache-diagnosis.ts'
import { type ApiError, errorOf, invalid, SPEND_CAP, tooLarge, tooLong } from './errors.ts'
import { answerError, answerHtml, answerJson, type Exchange, readBody } from './exchange.ts'
import type { Gate } from './gate.ts'
import { createLimits, type Kind, type Limits } from './limits.ts'
import { type LineUp, withoutMarkers } from './line-up.ts'
import { FAST_MODE, jitter, paceOf } from './pace.ts'
import { perform } from './perform.ts'
import { type Prompt, readPrompt } from './prompt.ts'
import { type CacheTicket, createPromptCache, markProblem, type PromptCache } from './prompt-cache.ts'
import type { DemoRequest, RequestLog } from './request-log.ts'
import { type HttpAnswer, type Play, ScriptError } from './script.ts'
import { weight } from './tokens.ts'
import { checkRequest } from './validate.ts'

export interface Desk {
  readonly speed: number
  /** Wall-clock time, ms: cache lifetimes and rate limits go by it. */
  now(): number
  readonly lines: LineUp
  readonly gate: Gate
  readonly log: RequestLog
  /** Rate limits a minute in the place of the usual ones. */
  readonly limits?: Partial<Readonly<Record<Kind, number>>> | undefined
  readonly onDelta?: ((request: DemoRequest) => void) | undefined
  /** Part of message ids, so that those of an earlier server are not taken for this one's. */
  readonly origin: string
}

export interface MessagesEndpoint {
  /** @throws Gone when the client goes before the end */
  create(exchange: Exchange): Promise<void>
  count(exchange: Exchange): Promise<void>
  /** Answers a request of a batch at once. @param at wall-clock time, ms */
  answerWhole(params: unknown, id: string, at: number): Whole
}

/** What the endpoint remembers from one request to the next. */
interface Memory {
  readonly cache: PromptCache
  readonly diary: CacheDiary
  readonly limits: Limits
}

export function createMessagesEndpoint(desk: Desk): MessagesEndpoint {
  const memory: Memory = { cache: createPromptCache(), diary: createCacheDiary(), limits: createLimits(desk.limits) }
  const whole = { lines: desk.lines, cache: memory.cache, answer: saidNormally, scripted: scriptedError }
  return {
    answerWhole: (params, id, at) => answerWhole(params, id, at, whole),
    async create(exchange) {
      const read = await readRequest(exchange, desk, 'create')
      if (read) await answerMessage({ ...read, exchange, desk, memory, at: desk.now() })
    },
    async count(exchange) {
      const read = await readRequest(exchange, desk, 'count')
      if (!read) return
      const short = memory.limits.takeCount(desk.now())
      const headers = memory.limits.countHeaders(desk.now())
      if (short) answerError(exchange, short, headers)
      else answerJson(exchange, 200, { input_tokens: read.prompt.tokens }, headers)
    },
  }
}

interface Request {
  readonly body: MessageCreateParams
  readonly model: Model
  readonly prompt: Prompt
}

/** The request, checked; null when it was refused and the refusal sent. */
async function readRequest(exchange: Exchange, desk: Desk, purpose: 'create' | 'count'): Promise<Request | null> {
  const refuse = (error: ApiError) => {
    answerError(exchange, error)
    return null
  }
  const bytes = await readBody(exchange.req)
  if (bytes === null) return refuse(tooLarge())
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    desk.log.keepBody(exchange.record, bytes.toString('utf8'), bytes.length)
    return refuse(invalid(`The request body is not valid JSON: ${(error as Error).message}`))
  }
  desk.log.keepBody(exchange.record, json, bytes.length)
  const checked = checkRequest(json, purpose)
  if (!checked.ok) return refuse(checked.error)
  const { body, model } = checked
  const prompt = readPrompt(body, model)
  const marks = markProblem(prompt.blocks, prompt.automatic)
  if (marks !== null) return refuse(invalid(marks))
  const window = model.card.window ?? Number.POSITIVE_INFINITY
  return prompt.tokens > window ? refuse(tooLong(prompt.tokens, window)) : { body, model, prompt }
}

interface Turn extends Request {
  readonly exchange: Exchange
  readonly desk: Desk
  readonly memory: Memory
  /** Start of the request by the wall clock. */
  readonly at: number
}

async function answerMessage(turn: Turn): Promise<void> {
  const { body, model, prompt, exchange, desk, memory, at } = turn
  const play = chooseLine(turn)
  if (!play) return
  exchange.record.line = play.line

  const line = model.card.line ?? 'other'
  const query = { ...prompt, model: model.abilities.id, minTokens: model.card.minCache, at }
  const ticket = memory.cache.ask(query)
  const { use } = ticket
  if (play.limitsUsed !== null) memory.limits.crowd(line, play.limitsUsed / 100, at)
  const exhausted = memory.limits.take(line, use.input + use.write5m + use.write1h, at)
  if (exhausted) return answerError(exchange, exhausted, memory.limits.headers(line, at))

  const fast = body.speed === 'fast'
  const plan = planAnswer({
    body,
    model,
    play,
    promptTokens: prompt.tokens,
    answer: () => saidNormally(body, model, ticket),
  })
  const head = {
    id: `msg_demo_${desk.origin}_${exchange.record.number}`,
    model: model.abilities.id,
    use,
    diagnostics: diagnose(turn, ticket),
    fast,
  }
  const limitHeaders = () => ({ 'request-id': exchange.requestId, ...memory.limits.headers(line, desk.now()) })
  const { http } = play
  await perform({
    ...timing(turn, play, fast),
    res: exchange.res,
    play,
    plan,
    head,
    stream: body.stream === true,
    requestId: exchange.requestId,
    speed: desk.speed,
    readingMs: desk.speed === Number.POSITIVE_INFINITY ? 0 : (performance.now() - exchange.record.at) * desk.speed,
    signal: exchange.signal,
    gate: desk.gate,
    marks: exchange.record,
    spoke: desk.onDelta && (() => desk.onDelta?.(exchange.record)),
    instead: http && (() => answerInstead(turn, http)),
    begin() {
      ticket.begin()
      exchange.record.billed = { ...use, model: head.model, output: plan.outputTokens }
      memory.diary.remember(head.id, { model: head.model, prompt, cachedTokens: ticket.cachedTokens })
      const headers = limitHeaders()
      memory.limits.spend(line, plan.outputTokens, desk.now())
      return headers
    },
  })
}

/** The line of the script for this request; null when the request named one that cannot be understood. */
function chooseLine({ body, exchange, desk }: Turn): Play | null {
  try {
    return desk.lines.next(body)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    answerError(exchange, invalid(error.message))
    return null
  }
}

/** Characters of a question that an answer in JSON repeats. */
const LONGEST_WORDS = 80

function saidNormally(body: MessageCreateParams, model: Model, { use }: CacheTicket): string {
  if (asksForTitle(body)) return titleText(lastUserText(body.messages))
  if (asksForVerdict(body)) return verdictText(lastUserText(body.messages))
  if (asksForSummary(body)) return summaryText(textsOf(body.messages))
  const said = withoutMarkers(lastUserText(body.messages))
  const schema = body.output_config?.format?.schema
  if (schema) return fittingText(schema, said.slice(0, LONGEST_WORDS))
  const question = toQuestion(said)
  return answer({ ...question, model, use, turn: body.messages.filter(({ role }) => role === 'user').length })
}

/** Tokens a single delta takes the time of at most. */
const LONGEST_PIECE = 20

/** How long to wait for the first token, and after each piece; a script's rate is even, the model's own has jitter. */
function timing({ model, exchange }: Turn, play: Play, fast: boolean) {
  const pace = paceOf(model.card)
  const waver = jitter(exchange.record.number)
  const perSecond = pace.tokensPerSecond * (fast ? FAST_MODE : 1)
  const scripted = play.rate === null ? null : play.rate === 0 ? 0 : 1000 / play.rate
  return {
    ttftMs: play.ttftMs ?? pace.ttftMs * waver(),
    // A delta of a megabyte counts as a few tokens: it is about its size on the wire, not about minutes of waiting.
    gapMs: (piece: string) =>
      scripted ?? (Math.min(weight(piece, model.abilities.tokenizer), LONGEST_PIECE) / perSecond) * 1000 * waver(),
  }
}

function diagnose({ body, model, prompt, memory }: Turn, { use, cachedTokens }: CacheTicket): Diagnostics | null {
  const previous = body.diagnostics?.previous_message_id
  if (!previous) return null
  const reason = memory.diary.compare(previous, { model: model.abilities.id, prompt, cachedTokens }, use.read)
  return reason && { cache_miss_reason: reason }
}

function answerInstead({ exchange, model, memory, desk }: Turn, http: HttpAnswer): void {
  if (http.kind === 'html') answerHtml(exchange)
  else answerError(exchange, scriptedError(http, model), memory.limits.headers(model.card.line ?? 'other', desk.now()))
}

function scriptedError(http: Exclude<HttpAnswer, { readonly kind: 'html' }>, { card }: Model): ApiError {
  if (http.kind === 'spend-cap') return SPEND_CAP
  const window = card.window ?? 200_000
  if (http.kind === 'too-long') return tooLong(window + 4_321, window)
  const headers = {
    ...(http.retryAfterS === null ? {} : { 'retry-after': String(http.retryAfterS) }),
    ...(http.shouldRetry === null ? {} : { 'x-should-retry': String(http.shouldRetry) }),
  }
  return { ...errorOf(http.status), headers }
}
