/** The flags of the chat and of a single answer, in the groups in which `--help` shows them. */

export interface Flag {
  readonly name: string
  readonly short?: string
  /** Name of the value in the help; absent for a switch. */
  readonly takes?: string
  readonly tells: string
  /** Values it accepts; absent: anything. */
  readonly oneOf?: readonly string[]
  /** Its value may be left out; joined: it stands behind a `=`, so that the next word is none; word: it has no blank in it. */
  readonly alone?: true | 'joined' | 'word' | 'format'
  /** Only a script gives it: with it nobody wants a chat. */
  readonly isScript?: true
  /** It may come again, and each time counts. */
  readonly many?: true
  /** Everyday: the short help (`-h`) names it, too. */
  readonly isUsual?: true
}

export const FLAG_GROUPS: readonly (readonly [title: string, flags: readonly Flag[]])[] = [
  [
    'The question',
    [
      { name: 'model', short: 'm', takes: 'NAME', tells: 'fast, balanced, deep, max, or a model id', isUsual: true },
      { name: 'system', short: 's', takes: 'TEXT|FILE', tells: 'system prompt', isUsual: true },
      {
        name: 'attach',
        short: 'a',
        takes: 'FILE|URL|-',
        tells: "an image, a PDF or a text to ask about; '*.png'; repeatable",
        many: true,
        isUsual: true,
      },
      { name: 'image-size', takes: 'SIZE', tells: 'auto, native, 1080p, 720p, or a box such as 1024x768' },
      { name: 'part', takes: 'head|tail[:TOKENS]|summary', tells: 'send only this much of a long text, or a summary' },
      { name: 'effort', takes: 'LEVEL', tells: 'low, medium, high, xhigh, max, or auto', isUsual: true },
      {
        name: 'preset',
        takes: 'TASK',
        tells: 'classify, extract, summarise, code, maths, creative, research',
      },
      { name: 'concise', tells: 'ask for short answers', isUsual: true },
      { name: 'max-tokens', takes: 'N', tells: 'limit of the answer, thinking included', isUsual: true },
      { name: 'temperature', takes: 'N', tells: 'how freely words are chosen, 0 to 2' },
      { name: 'top-p', takes: 'N', tells: 'share of the likely words to choose from, above 0 to 1' },
      { name: 'prefill', takes: 'TEXT', tells: 'what the answer begins with' },
      {
        name: 'template',
        short: 't',
        takes: 'FILE',
        tells: 'ask what this file says: {{variables}}, and roles',
        isScript: true,
      },
      {
        name: 'var',
        takes: 'NAME=VALUE',
        tells: 'a variable of the template; NAME=@FILE: what that file says; repeatable',
        many: true,
        isScript: true,
      },
      {
        name: 'split',
        takes: '[=TOKENS]',
        tells: 'a long text on stdin in parts, then one answer over theirs',
        alone: 'joined',
        isScript: true,
      },
    ],
  ],
  [
    'The conversation',
    [
      { name: 'continue', short: 'c', tells: 'go on with the latest conversation', isUsual: true },
      {
        name: 'resume',
        short: 'r',
        takes: '[ID|TEXT]',
        tells: 'go on with an earlier one: by id or title, or choose from a list',
        alone: true,
        isUsual: true,
      },
      { name: 'no-session', tells: 'leave no trace on disk', isUsual: true },
      { name: 'summarise-at', takes: 'SHARE', tells: 'summarise from this share of the context window on' },
      { name: 'screen-reader', tells: 'chat in plain lines: nothing moves, nothing is written over' },
    ],
  ],
  [
    'What comes out',
    [
      { name: 'print', short: 'p', tells: 'one answer on stdout, also on a terminal', isUsual: true },
      {
        name: 'output-format',
        takes: 'FORMAT',
        tells: 'text, json, or stream-json (one event a line)',
        oneOf: ['text', 'json', 'stream-json'],
        isUsual: true,
      },
      { name: 'usage', short: 'u', tells: 'a line of figures on stderr after the answer', isUsual: true },
      {
        name: 'timing',
        takes: '[=FORMAT]',
        tells: "what the time went to, on stderr; or figures as '%{ttft} ms, $%{cost}\\n'",
        alone: 'format',
        isScript: true,
      },
      { name: 'quiet', short: 'q', tells: 'no notes on stderr', isUsual: true },
      { name: 'no-stream', tells: 'ask for the answer in one piece' },
      {
        name: 'extract',
        short: 'x',
        takes: '[LANGUAGE|N]',
        tells: 'a code block of the answer alone: the first of a language, the nth, the last',
        alone: 'word',
        isScript: true,
      },
      {
        name: 'schema',
        takes: 'FILE|JSON|SHORT',
        tells: "JSON that fits, checked: a JSON Schema, or 'name, age int, tags string[]'",
        isScript: true,
      },
      { name: 'no-repair', tells: 'with --schema: do not ask again for what does not fit', isScript: true },
      { name: 'metrics-fd', takes: 'N', tells: 'figures as a line of JSON to this file descriptor', isScript: true },
    ],
  ],
  [
    'Money, time, bad weather',
    [
      {
        name: 'max-cost',
        takes: 'USD',
        tells: 'the most this call or chat may cost: never exceeded, exit code 7',
        isUsual: true,
      },
      { name: 'dry-run', tells: 'send nothing: say what it would cost, and how long it would take', isUsual: true },
      { name: 'cache-ttl', takes: 'TTL', tells: 'cache lifetime: auto, 5m, 1h, or off' },
      {
        name: 'fallback',
        takes: 'NAMES',
        tells: 'models that answer when the first cannot: deep,balanced,fast',
        isUsual: true,
      },
      {
        name: 'cascade',
        takes: 'NAMES',
        tells: 'ask the cheap one first, the next where it is not good enough: fast,deep',
      },
      { name: 'check', takes: 'HOW', tells: 'with --cascade: judge, schema:FILE, regex:/PATTERN/, cmd:COMMAND' },
      { name: 'retry-for', takes: 'TIME', tells: 'how long failed requests are sent again: 90s, 5m, 0' },
      {
        name: 'max-ttft',
        takes: 'TIME',
        tells: 'give up when no word has come by then: 800ms, 2s; exit code 8',
        isScript: true,
      },
      {
        name: 'max-time',
        takes: 'TIME',
        tells: 'give up when the answer is not whole by then; exit code 8',
        isScript: true,
      },
      { name: 'require-cache-hit', tells: 'exit code 10 when nothing was read from the prompt cache', isScript: true },
    ],
  ],
  [
    'The server, and what it was told',
    [
      { name: 'base-url', takes: 'URL', tells: 'a server that speaks the Claude Messages API' },
      {
        name: 'record',
        takes: 'FILE',
        tells: 'record the session, without keys; with --redact: without words',
      },
      { name: 'redact', tells: 'with --record: letters become x, shape and times stay' },
      {
        name: 'debug',
        takes: '[=FILE]',
        tells: 'log what the wire does, and when: neither words nor keys',
        alone: 'joined',
      },
      { name: 'demo', tells: 'talk to the built-in demo server: no key, no cost', isUsual: true },
      { name: 'port', takes: 'N', tells: 'demo-server: port to listen on' },
      { name: 'script', takes: 'FILE', tells: 'demo-server, --demo: a line a request, faults included' },
      { name: 'speed', takes: 'X', tells: 'demo-server, --demo, replay: X times as fast' },
      { name: 'limits', takes: 'LIST', tells: 'demo-server alone: rate limits a minute, such as requests=50' },
    ],
  ],
  [
    'And',
    [
      { name: 'version', short: 'V', tells: 'print the version', isUsual: true },
      { name: 'help', short: 'h', tells: 'print this help', isUsual: true },
    ],
  ],
]

export const FLAGS: readonly Flag[] = FLAG_GROUPS.flatMap(([, flags]) => flags)
