/**
 * Every road by which a text that is not ours can reach a terminal, walked with texts that mean no good: commands,
 * mistakes, answers in every form, lists, the chat and the chat in lines. The judge reads the bytes.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/core/chat/commands.ts'
import { EVERYTHING, FILE_NAME, type HostileHome, hostileHome, TAG } from '../kit/hostile-home.ts'
import { livePlaces } from '../kit/hostile-parts.ts'
import { runPipe } from '../kit/pipe.ts'
import { openPty, type PtySession } from '../kit/pty.ts'
import { type WireServer, wireServer } from '../kit/wire-server.ts'

/** A word of a command line: it cannot hold a NUL, and one that begins with a dash would be a flag. */
const WORD = EVERYTHING.replaceAll('\0', '')

const event = <Data extends { readonly type: string }>(data: Data) =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const message = {
  ...{ id: EVERYTHING, type: 'message', role: 'assistant', model: `claude-${EVERYTHING}` },
  ...{
    stop_reason: EVERYTHING,
    stop_details: { explanation: EVERYTHING },
    diagnostics: { cache_miss_reason: { type: EVERYTHING } },
  },
  usage: { input_tokens: 10, output_tokens: 5 },
}
const stream = [
  event({ type: 'message_start', message: { ...message, content: [] } }),
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: `${EVERYTHING}\n\n` } }),
  event({ type: 'content_block_stop', index: 0 }),
  event({
    type: 'message_delta',
    delta: { stop_reason: 'refusal', stop_details: { explanation: EVERYTHING } },
    usage: { output_tokens: 9 },
  }),
  event({ type: 'message_stop' }),
]

let server: WireServer
let home: HostileHome
beforeAll(async () => {
  server = await wireServer((response, request, body) => {
    const answer = (status: number, type: string, text: string) => {
      response.writeHead(status, { 'content-type': type, 'request-id': 'req_\u009b2J', 'retry-after': '0' })
      response.end(text)
    }
    if (request.url?.startsWith('/v1/models'))
      return answer(
        200,
        'application/json',
        JSON.stringify({ data: [{ id: 'claude-zz', display_name: EVERYTHING, max_input_tokens: 9 }] }),
      )
    if (request.url?.includes('count_tokens')) return answer(200, 'application/json', '{"input_tokens": 12}')
    if (body.includes('be wrong'))
      return answer(
        400,
        'application/json',
        JSON.stringify({ type: 'error', error: { type: EVERYTHING, message: EVERYTHING } }),
      )
    if (body.includes('be alien')) return answer(200, 'text/\u009b2J', EVERYTHING)
    if (!body.includes('"stream":true'))
      return answer(
        200,
        'application/json',
        JSON.stringify({ ...message, content: [{ type: 'text', text: EVERYTHING }] }),
      )
    answer(200, 'text/event-stream', stream.join(''))
  })
  home = await hostileHome({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'test-key-of-a-play' })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  home.lodging.remove()
})

type Env = Readonly<Record<string, string>>

/** Runs the client on a terminal to its end, and looks at everything it was sent. */
async function judged(args: readonly string[], env: Env = {}): Promise<string> {
  const session = openPty({ lodging: home.lodging, args, env })
  try {
    await session.exited
    expect(livePlaces(session.bytes, TAG)).toEqual([])
    expect(session.counters).toEqual({ fullClears: 0, altScreenEnters: 0, bells: 0 })
    return session.emulator.text()
  } finally {
    await session.close()
  }
}

describe('an answer on a terminal', () => {
  test.each([
    ['rendered', ['-p', 'hi'], {}],
    ['where nothing can be drawn', ['-p', 'hi'], { TERM: 'dumb' }],
    ['in one piece', ['-p', '--no-stream', '-u', 'hi'], {}],
    ['as json', ['--output-format', 'json', 'hi'], {}],
    ['as events', ['--output-format', 'stream-json', 'hi'], {}],
    ['that is an error', ['-p', 'be wrong'], {}],
    ['that is an error, as json', ['--output-format', 'json', 'be wrong'], {}],
    ['of another server', ['-p', 'be alien'], {}],
    ['that goes on with an earlier evening', ['-p', '-c', 'hi'], {}],
    ['that is not asked for', ['--dry-run', WORD], {}],
    ['that is not asked for, as json', ['--dry-run', '--output-format', 'json', WORD], {}],
  ] as const)('%s', async (_, args, env) => {
    await judged(args, env)
  })

  test('with a file by such a name, and of such content', async () => {
    const said = await judged(['-p', '-u', '--attach', home.toAttach, 'hi'])
    expect(said).toContain('␛]0;taken')
  })

  test('goes byte for byte into a pipe', async () => {
    const { stdout } = await runPipe({ lodging: home.lodging, args: ['-q', 'hi'] })
    expect(stdout.toString()).toBe(`${EVERYTHING}\n\n`)
  })
})

/** A word as it may stand in a title. */
const short = (word: string) => word.replace(WORD, 'WORD')

describe('a command', () => {
  test.each(
    [
      [['sessions', 'list']],
      [['sessions', 'list', '--json']],
      [['sessions', 'search', 'stolen']],
      [['sessions', 'search', 'taken']],
      [['sessions', 'search', 'taken', '--json']],
      [['sessions', 'search', WORD]],
      [['sessions', 'show', 'taken']],
      [['sessions', 'rename', 'taken', WORD]],
      [['sessions', 'prune', '--dry-run', '--older-than', '1d']],
      [['cost']],
      [['cost', '--json']],
      [['config', 'list']],
      [['config', 'list', '--json']],
      [['config', 'get', 'system']],
      [['config', 'set', 'system', WORD]],
      [['config', 'set', WORD, WORD]],
      [['config', 'get', WORD]],
      [['config', WORD]],
      [['sessions', 'show', WORD]],
      [['sessions', 'show', WORD, '--json']],
      [['sessions', 'delete', WORD, '--json']],
      [['sessions', WORD]],
      [['sessions', 'list', WORD]],
      [['sessions', 'list', '--json', '--limit', WORD]],
      [['sessions', 'export', 'taken', '--format', WORD]],
      [['cost', '--days', WORD]],
      [['cost', '--days', WORD, '--json']],
      [['import', WORD]],
      [['import', WORD, '--json']],
      [['replay', WORD]],
      [['redact', WORD, WORD]],
      [['demo-server', '--port', WORD]],
      [['demo-server', WORD]],
      [['--demo', '--script', WORD, 'hi']],
      [[`--${WORD}`]],
      [['--model', WORD, 'hi']],
      [['--effort', WORD, 'hi']],
      [['--base-url', WORD, 'hi']],
      [['--base-url', `http://127.0.0.1:9/${WORD}`, 'hi']],
      [['--max-cost', WORD, 'hi']],
      [['--system', `@${WORD}`, 'hi']],
      [['--preset', WORD, 'hi']],
      [['--fallback', WORD, 'hi']],
      [['--retry-for', WORD, 'hi']],
      [['doctor']],
      [['doctor', '--json']],
      [['doctor', WORD]],
      [['--attach', WORD, 'hi']],
      [['--attach', `http://127.0.0.1:9/${WORD}`, 'hi']],
      [['--record', `/${WORD}/x`, 'hi']],
      [[`--debug=/${WORD}/x`, 'hi']],
      [['--resume', WORD, '-p', 'hi']],
      [['--output-format', 'json', '--model', WORD, 'hi']],
    ].map(([args = []]): [string, readonly string[]] => [args.map(short).join(' '), args]),
  )('%s', async (_, args) => {
    await judged(args)
  })

  test('and each conversation in every form', async () => {
    const { stdout } = await runPipe({ lodging: home.lodging, args: ['sessions', 'list', '--json'] })
    const { conversations } = JSON.parse(stdout.toString()) as { conversations: { uid: string; title: string }[] }
    const { uid } = conversations.find(({ title }) => title.includes('taken'))!
    for (const more of [
      ['show'],
      ['show', '--json'],
      ...['md', 'json', 'jsonl', 'html'].map((form) => ['export', '--format', form]),
    ])
      await judged(['sessions', ...more, uid])
    await judged(['sessions', 'delete', uid])
    await judged(['sessions', 'list', '--deleted'])
  })

  test('that reads a file: imports, recordings', async () => {
    await judged(['import', '--dry-run', home.toImport])
    await judged(['import', '--dry-run', '--json', home.toImport])
    await judged(['import', home.toImport])
    for (const args of [['-p'], ['--output-format', 'json'], ['--output-format', 'stream-json']])
      await judged(['replay', home.tape, '--speed', 'max', ...args])
    await judged(['redact', home.tape, '-'])
  })

  test.each(['CLAUDE_TUI_EFFORT', 'CLAUDE_TUI_BASE_URL', 'CLAUDE_TUI_MODEL', 'ANTHROPIC_API_KEY', 'ANTHROPIC_PROFILE'])(
    'with such a value in %s',
    async (name) => {
      await judged(['-p', 'hi'], { [name]: WORD })
      await judged(['config', 'list'], { [name]: WORD })
    },
  )

  test('whose key helper complains in such words', async () => {
    const env = { ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '', COMPLAINT: WORD }
    await judged(['-p', 'hi'], { ...env, CLAUDE_TUI_API_KEY_HELPER: 'printf %s "$COMPLAINT" >&2; exit 1' })
  })
})

/** What ends the evening, changes what keys mean, or waits for a program of its own. */
const NOT_HERE = ['quit', 'delete', 'clear', 'vim', 'show']

/** Types a word, which may go into the line or into a list that opens meanwhile; leaves the list, and empties the line. */
async function passBy(chat: PtySession, word: string): Promise<void> {
  chat.type(word)
  await chat.until(() => footOf(chat) !== undefined || chat.screen.includes(word), `${word} or a list`)
  for (let foot = footOf(chat); foot; foot = footOf(chat)) {
    chat.press('esc')
    await chat.until(() => footOf(chat) !== foot, 'another foot')
  }
  chat.press('ctrl+u')
  await chat.gone(word)
}
const footOf = ({ screen }: PtySession) => /Esc (?:clear|leave|cancel)$/m.exec(screen.trimEnd())?.[0]

test('a chat that goes on with such an evening: every command, every list, its pages and its notes', {
  timeout: 180_000,
}, async () => {
  await using chat = openPty({ lodging: home.lodging, args: ['--continue'], rows: 40 })
  await chat.see('› ')
  let steps = 0
  for (const { name } of COMMANDS) {
    if (NOT_HERE.includes(name)) continue
    for (const word of ['', ' 1', ' taken']) {
      chat.type(`/${name}${word}\r`)
      await passBy(chat, `mark${++steps}.`)
    }
  }
  for (const keys of [['ctrl+r'], ['ctrl+t']]) {
    chat.press(...keys)
    await passBy(chat, 'sought.')
  }
  chat.type(`@${FILE_NAME.slice(-4)}`)
  await chat.see('@.txt')
  chat.press('ctrl+u')
  await chat.gone('@.txt')
  const before = chat.bytes.length
  chat.type('/show 1\r')
  await chat.until(() => chat.bytes.subarray(before).includes('onetwo'), 'the pager')
  // Not before the keyboard is the chat's own again.
  await chat.see(/^› *$/m)
  // Files that are not there hold a message back.
  chat.press('ctrl+c')
  await chat.gone('There is no file taken.')
  chat.type('be wrong\r')
  await chat.seeAnywhere('(HTTP 400)')
  chat.paste(home.toAttach)
  chat.type(' what is this?\r')
  await chat.see('what is this?')
  await chat.until(() => chat.emulator.text().split('(HTTP 400)').length === 3, 'the second error')
  chat.kill('SIGTERM')
  await chat.exited
  expect(livePlaces(chat.bytes, TAG)).toEqual([])
  expect(chat.counters).toEqual({ fullClears: 0, altScreenEnters: 0, bells: 0 })
})

test.each([
  ['a screen reader', ['--screen-reader'], {}],
  ['a terminal that cannot move its cursor', [], { TERM: 'dumb' }],
] as const)('the chat in lines, for %s', { timeout: 180_000 }, async (_, args, env) => {
  await using chat = openPty({ lodging: home.lodging, args: ['--continue', ...args], env, rows: 40 })
  await chat.see('You:')
  const output = () => chat.bytes.toString('utf8')
  /** Says a line, and waits until something is waited for again: the next message, or a choice. */
  const say = async (line: string) => {
    const before = output().length + line.length
    chat.type(`${line}\r`)
    await chat.until(() => output().length > before + 2 && /: $/.test(output()), `an answer to ${line}`)
  }
  for (const { name } of COMMANDS) {
    if (NOT_HERE.includes(name)) continue
    for (const word of ['', ' 1', ' taken']) {
      await say(`/${name}${word}`)
      // An empty line leaves a list.
      if (!output().endsWith('You: ')) await say('')
    }
  }
  await say('be wrong')
  expect(chat.emulator.text()).toContain('(HTTP 400)')
  chat.type('\x04\x04')
  await chat.exited
  expect(livePlaces(chat.bytes, TAG)).toEqual([])
  expect(chat.counters).toEqual({ fullClears: 0, altScreenEnters: 0, bells: 0 })
})
