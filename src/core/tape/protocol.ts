/**
 * The words of which the API's names are made, and the program's own: what is spelt with them alone tells nothing about
 * a conversation. A word that is not here is taken for somebody's own.
 */

/** Sources: SDK 1.11 (types of events, blocks, errors and tools), RFC 9110, Node's error codes, `src/core`. */
const PARTS = new Set(
  `aborted accept accessible account active adaptive after again agent ahead alien all allowed already altname
  ambiguous answering anthropic any api application approximate array asked assistant authentication auto available
  bad base64 bash batch batches beta between billed billing bio block blocked bm25 body boolean br browser bytes
  cache canceled cap cert chain changed changes char charset chat chosen citations claude cleared closed cmek code
  coming compact compaction completed computer conflict connect constant container content context continue
  continued contract coordinate count create created creator custom cut cyber day dead decoding deflate delete
  deleted delta deltas deprecated depth direct disabled display document done download dropped eai econnaborted
  econnrefused econnreset editor effort egress ehostunreach elsewhere enabled encoding encrypted end ended
  enetunreach enforced enotfound ephemeral epipe eproto err error errored estimate etimedout event exceeded except
  execution expired extraction fable fail failed failure fallback false fast features fetch file fingerprint
  finished flight format found frontier full function general geo get gif global gone gzip haiku harms has header heard
  hidden high hold hour hpe html http https id identity image in incomplete inference input integer interrupted
  invalid jpeg js json key large later leaf left length limit limits lines linked list llm location long low many max
  measured media medium member memory message messages mismatch misplaced missing mode model models more moved ms
  mythos name network none not nothing null number object off offline old omitted on only opened opus org
  organization output overload overloaded page parameter parent path pause pdf permission ping pinned plain png post
  precondition previous prior priority project prompt query question queued ramp rate ratelimit reached read
  reasoning recalled redacted redirect ref reference references refusal refused regex remaining replace request requests
  required reset resting restricted result resumed retired retries retry sandbox schema search seconds self sending sent
  sequence sequences server service should signature signed single socket sonnet speed spend stalled standard start
  started state stop stopped str stream string succeeded summaries summarise summarised summarize summarized summary
  supported system tab task temporary text thinking thread tier time timeout title titled tls to token tokens too
  tool tools toolset trigger true turn turns type unable unavailable und unit unknown unlimited unreachable
  unresolved unsent unsupported update upload uri url us usage use used user uses utf v1 value verify version video view
  waiting warm warning web webp window with words workspace write x xhigh xml zero`.split(/\s+/),
)

/** Numbers may be part of a name, as in `web_search_20250305`. */
const NUMBER = /^\d{1,8}[smhd]?$/
const LIFETIME = /^\d{1,2}[smhd]$/

/** Whether a name, such as `content_block_delta` or `ECONNRESET`, is made of nothing but such words. */
export function isProtocol(name: string): boolean {
  const parts = name.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u)
  const words = parts.filter((part) => part !== '' && !NUMBER.test(part))
  return words.length === 0 ? LIFETIME.test(name) : words.every((part) => PARTS.has(part))
}

/** The same, for a value that may be a figure, a version or nothing but signs. */
export function isHarmlessValue(value: string): boolean {
  return /^[\d.:*/ ;,+TZ-]*$/.test(value) || isProtocol(value)
}
