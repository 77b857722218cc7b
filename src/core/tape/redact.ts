/**
 * What of a JSON value is content, and what it says instead once that is taken out. Types, figures and Claude's models
 * are kept, ids become others; everything else somebody may have written becomes harmless.
 */

import { harmless, otherId } from './harmless.ts'
import { isHarmlessValue, isProtocol } from './protocol.ts'
import { REQUEST_HEADERS, RESPONSE_HEADERS } from './tape.ts'

/** Names of the API's fields (source: SDK 1.11). A field by another name may have been named by anybody. */
const FIELDS = new Set(
  `adaptive applied_edits cache_control cache_creation cache_creation_input_tokens cache_miss_reason
  cache_read_input_tokens capabilities category citations container content content_block context_management
  created_at data delta deprecated_at details diagnostics display display_name effort ephemeral_1h_input_tokens
  ephemeral_5m_input_tokens error error_code explanation first_id has_more id index inference_geo input_tokens
  last_id lifecycle line max_input_tokens max_tokens media_type message messages metadata model output_config output_tokens
  output_tokens_details partial_json previous_message_id request_id retires_at role server_tool_use service_tier
  signature source speed stop_details stop_reason stop_sequence stop_sequences stream supported system temperature
  text thinking thinking_tokens title top_p ttl type usage user_id`.split(/\s+/),
)

/** Fields whose values are words of the API, or of the program itself. */
const WORDS = new Set(
  `type role stop_reason category error_code ttl display effort lifecycle line service_tier speed inference_geo
  features cacheTtl kind phase from by purpose stopReason cacheMiss code as media_type mediaType`.split(/\s+/),
)

const IDS = new Set('id request_id previous_message_id first_id last_id requestId messageId'.split(' '))

/** Names of models that Anthropic gave, and those that everybody may use for them. */
const MODEL = /^(?:claude-[\w.-]{1,80}|fast|balanced|deep|max|haiku|sonnet|opus|fable|mythos)$/
/** What stands in the place of a list of models that may answer. */
const CHAIN_WORDS = /^(?:on|chat|off|ask)$/
const MODEL_NAME = /^Claude [A-Z][a-z]+ \d[\d.]*$/
const DATE = /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?$/

/** A text that is the value of this field; null: of none. */
export function redactText(text: string, field: string | null): string {
  if (field === null) return harmless(text)
  if (WORDS.has(field) && isProtocol(text)) return text
  if (field === 'fallback' && CHAIN_WORDS.test(text)) return text
  const isModel = field === 'model' || field === 'fallback'
  if ((isModel || field === 'id') && MODEL.test(text)) return text
  if (isModel || IDS.has(field)) return otherId(text)
  if (field === 'display_name' && MODEL_NAME.test(text)) return text
  if (field.endsWith('_at') && DATE.test(text)) return text
  if (field === 'thinking' && (text === 'summarised' || text === 'hidden')) return text
  return harmless(text)
}

/** The name of a field of the API's JSON. */
export const redactName = (name: string): string => (isField(name) ? name : harmless(name))

export const isField = (name: string): boolean => FIELDS.has(name)

/** A number under a name nobody knows: an account, a telephone. It stays a number of as many digits. */
export const redactDigits = (digits: string): string => digits.replace(/\d/g, '1')

/** The headers that mean something to the client, and of those no value that anybody may have made up. */
export function redactHeaders(all: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = Object.entries(all).filter(
    ([name]) => (REQUEST_HEADERS.test(name) || RESPONSE_HEADERS.test(name)) && isProtocol(name),
  )
  return Object.fromEntries(
    known.map(([name, value]) => {
      if (name === 'request-id') return [name, otherId(value)]
      return [name, isHarmlessValue(value) ? value : harmless(value)]
    }),
  )
}

/** A path with its query: what stands between its signs are the API's words, a model, or somebody's own. */
export function redactPath(path: string): string {
  return path.replace(/[^/?&=]+/g, (part) => (isHarmlessValue(part) || MODEL.test(part) ? part : harmless(part)))
}

/** A word where the program or the system has its own: a method, a code, a version. */
export const redactWord = (word: string): string => (isHarmlessValue(word) ? word : harmless(word))

/** A whole JSON value. @param own it is the program's own, all of whose names are known */
export function redactValue(value: unknown, own: boolean, field: string | null = null): unknown {
  if (typeof value === 'string') return redactText(value, field)
  if (typeof value === 'number' && !own && field !== null && !isField(field)) return Number(redactDigits(String(value)))
  if (Array.isArray(value)) return value.map((item) => redactValue(item, own, field))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [own ? name : redactName(name), redactValue(part, own, name)]),
  )
}
