/** A home in which everything that others could have written means no good: history, settings, files, recordings. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Attachment } from '../../src/core/attachments.ts'
import type { Event } from '../../src/core/conversation.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { failure } from '../../src/core/weather/failures.ts'
import { openHistory } from '../../src/io/history.ts'
import { put } from './histories.ts'
import { hostileParts } from './hostile-parts.ts'
import { type Lodging, lodge } from './lodging.ts'

export const TAG = 'tag'
/** Every trick there is, one after the other. */
export const EVERYTHING = hostileParts(TAG)
  .map(({ text }) => `<${text}>`)
  .join(' ')
/** What of it may stand in a file's name: no slash, and not too long for any file system. */
export const FILE_NAME = '\x1b]0;taken-tag\x07\x1b[0002J\u009b2J\u202edlrow\u202c\u3164.txt'

const attached: Attachment = {
  hash: 'a'.repeat(64),
  kind: 'text',
  name: EVERYTHING,
  mediaType: `text/${EVERYTHING}`,
  bytes: 2_000,
  chars: 2_000,
  notes: [EVERYTHING],
}

/** What anybody could have brought into a history by a file to import, or a server by its answers. */
function evening(at: number): readonly Event[] {
  const trouble = {
    ...failure('server', EVERYTHING, { requestId: EVERYTHING, code: EVERYTHING }),
    remedy: EVERYTHING,
  }
  const model = `claude-${EVERYTHING}`
  const asked: Event = { type: 'asked', at, text: EVERYTHING, attachments: [attached] }
  const began: readonly Event[] = [
    { type: 'sent', at: at + 1, attempt: 1, model },
    {
      type: 'began',
      at: at + 2,
      model,
      messageId: EVERYTHING,
      usage: { ...NO_USAGE, input: 9_000 },
      cacheMiss: EVERYTHING,
    },
    { type: 'thinking', at: at + 3, phase: 'more', text: EVERYTHING },
    { type: 'delta', at: at + 4, since: at + 4, text: `${EVERYTHING}\n\n\`\`\`${EVERYTHING}\n${EVERYTHING}\n\`\`\`\n` },
    { type: 'usage', at: at + 5, usage: { ...NO_USAGE, input: 9_000, output: 100 } },
  ]
  return [
    { type: 'chosen', choices: { system: EVERYTHING, model } },
    asked,
    { type: 'waiting', at, attempt: 1, of: 5, delayMs: 1, failure: trouble },
    ...began,
    { type: 'finished', at: at + 9, stopReason: EVERYTHING, explanation: EVERYTHING },
    { type: 'titled', title: EVERYTHING, by: 'user' },
    { type: 'summarised', at, upTo: 1, of: null, kind: 'summary', text: EVERYTHING, facts: [EVERYTHING] },
    asked,
    ...began,
    { type: 'failed', at: at + 9, failure: trouble },
    { type: 'moved', to: 1 },
    asked,
    ...began,
    { type: 'finished', at: at + 9, stopReason: 'refusal', explanation: EVERYTHING },
    { type: 'chosen', choices: { model: 'balanced' } },
  ]
}

export interface HostileHome {
  readonly lodging: Lodging
  /** Paths inside it. */
  readonly toImport: string
  readonly toAttach: string
  readonly tape: string
}

export async function hostileHome(extra: Readonly<Record<string, string>> = {}): Promise<HostileHome> {
  const lodging = lodge({ CLAUDE_TUI_MODELS: '[]', ...extra })
  const data = join(lodging.home, 'data')
  const env = { ...lodging.env, CLAUDE_TUI_DATA_DIR: data, VISUAL: 'true', PAGER: 'cat' }
  mkdirSync(data)
  const history = await openHistory(join(data, 'history.db'))
  for (const at of [1_000, 2_000]) put(history, evening(at))
  history.close()
  mkdirSync(lodging.config, { recursive: true })
  const settings = {
    system: EVERYTHING,
    [`odd${EVERYTHING}`]: EVERYTHING,
    effort: EVERYTHING,
    apiKeyHelper: EVERYTHING,
  }
  writeFileSync(join(lodging.config, 'settings.json'), JSON.stringify(settings))
  const toAttach = join(lodging.home, FILE_NAME)
  writeFileSync(toAttach, EVERYTHING)
  const toImport = join(lodging.home, `import ${FILE_NAME}`)
  const message = (uuid: string, sender: string) => ({
    ...{ uuid, sender, text: EVERYTHING, created_at: EVERYTHING, parent_message_uuid: EVERYTHING },
    content: [{ type: EVERYTHING, text: EVERYTHING }],
    attachments: [{ file_name: EVERYTHING, extracted_content: EVERYTHING, file_type: EVERYTHING }],
  })
  const exported = { uuid: EVERYTHING, name: EVERYTHING, model: EVERYTHING, created_at: EVERYTHING, [EVERYTHING]: 1 }
  writeFileSync(
    toImport,
    JSON.stringify([
      {
        ...exported,
        chat_messages: [message('m1', 'human'), message('m2', 'assistant'), message(EVERYTHING, EVERYTHING)],
      },
      { ...exported, chat_messages: EVERYTHING },
    ]),
  )
  const tape = join(lodging.home, 'evening.jsonl')
  const head = {
    ...{
      type: 'claude-tui-recording',
      format: 1,
      version: EVERYTHING,
      started: '2026-11-21T10:31:06.132Z',
      redacted: false,
    },
    ...{ mode: 'single', stallAfterMs: 90_000, models: [{ id: 'balanced', name: EVERYTHING }] },
    choices: {
      ...{ kind: 'single', model: 'claude-sonnet-5-5', effort: null, system: EVERYTHING, maxTokens: null },
      ...{ thinking: 'summarised', features: 'full', stream: true, summariseAt: 0.8 },
    },
  }
  const body = { type: 'error', error: { type: EVERYTHING, message: EVERYTHING } }
  const tapeLines = [
    head,
    { type: 'did', at: 1, deed: { type: 'asked', text: EVERYTHING, queued: false } },
    {
      type: 'request',
      exchange: 1,
      at: 2,
      method: 'POST',
      path: '/v1/messages',
      headers: {},
      body: { model: EVERYTHING },
    },
    { type: 'response', exchange: 1, at: 3, status: 400, headers: { 'content-type': 'application/json' } },
    { type: 'chunk', exchange: 1, at: 4, text: JSON.stringify(body) },
    { type: 'end', exchange: 1, at: 5, how: 'complete', code: null },
  ]
  writeFileSync(tape, tapeLines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return { lodging: { ...lodging, env }, toImport, toAttach, tape }
}
