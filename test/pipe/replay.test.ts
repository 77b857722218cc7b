/** Recordings in a pipe: what was printed is printed again, without a key and without a network. */

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type Evening, evening } from '../kit/evening.ts'
import { CLIENT, type Lodging, lodge, type PipeOptions, runPipe } from '../kit/index.ts'
import { wireServer } from '../kit/wire-server.ts'

const KEY = 'test-key-of-a-play'

const home: Lodging = lodge()
afterAll(() => home.remove())
let files = 0
const newFile = () => join(home.home, `recording-${++files}.jsonl`)

/** A call that is recorded; the file, and what the call came to. */
async function recorded(night: Evening, args: readonly string[], more: PipeOptions = {}) {
  const file = newFile()
  const told = await night.pipe({ ...more, args: ['--record', file, ...args] })
  return { file, ...told, out: told.stdout.toString() }
}

/** Plays it where there is no key, and nothing but the recording to talk to. */
async function played(file: string, args: readonly string[] = []) {
  const told = await runPipe({ args: ['replay', file, '--speed', 'max', ...args] })
  return { ...told, out: told.stdout.toString() }
}

interface Line {
  readonly type: string
  readonly text?: string
}
const linesOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

/** Events without what a clock says. */
const timeless = (out: string) =>
  JSON.parse(
    JSON.stringify(linesOf(out), (name, value: unknown) =>
      name === 'at' ||
      name === 'refillsAt' ||
      name === 'delayMs' ||
      /^(?:ttft|ttlt|total|thinking|firstByte|firstThinking)Ms$|^(?:otps|visibleOtps|phases|wire|own)$/.test(name)
        ? undefined
        : value,
    ),
  ) as unknown

/** Resolves when a word stands in a file. */
const written = (file: string, word: string) =>
  new Promise<void>((resolve) => {
    const look = () => (existsSync(file) && contentOf(file).includes(word) ? resolve() : setTimeout(look, 5))
    look()
  })

const contentOf = (file: string) => readFileSync(file, 'utf8')

describe('a recorded call', () => {
  test('is played without a key: the same events, the same result, nothing kept', async () => {
    await using night = await evening('words n=40 thinking=12 split-utf8 unknown-events')
    const stream = ['--output-format', 'stream-json']
    const { file, out, code } = await recorded(night, [...stream, '-s', 'Be brief.', 'hi'])
    expect(code).toBe(0)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const lodging = lodge()
    const again = await runPipe({ args: ['replay', file, '--speed', 'max', ...stream], lodging })
    expect(again.stderr).toBe('')
    expect(again.code).toBe(0)
    expect(timeless(again.stdout.toString())).toEqual(timeless(out))
    expect(readdirSync(lodging.home)).toEqual(['tmp'])
    lodging.remove()
  })

  test.each([
    ['an overload that passes', '529\ntext "at last"'],
    ['a limit that asks to wait', '429 retry-after=1\ntext "at last"'],
    ['a limit that asks for more than patience', '429 retry-after=100'],
    ['a wrong key', '401'],
    ['a spend cap', 'spend-cap'],
    ['an error in the middle', 'words n=30 error-mid after=7'],
    ['a reset in the middle', 'words n=30 reset after=7'],
    ['an end without a goodbye', 'words n=30 cut after=7'],
    ['no room for more', 'words n=30 max-tokens after=7'],
    ['a model that declines', 'refusal after=0'],
    ['a web page', 'html'],
  ])('with %s ends as it ended then', async (_, script) => {
    await using night = await evening(script)
    const { file, code, stdout, stderr } = await recorded(night, ['-u', 'hi'])
    const again = await played(file, ['-u'])
    expect(again.stdout).toEqual(stdout)
    expect(again.code).toBe(code)
    const figures = (said: string) => said.replace(/ · TTFT.*| in [\d.]+ s\.|http:\/\/127[\d.:]+/g, '')
    expect(figures(again.stderr)).toBe(figures(stderr))
  })

  test('that found nobody at home finds nobody again', async () => {
    await using night = await evening()
    await night.demo.close()
    const { file, code, stderr } = await recorded(night, ['hi'])
    const again = await played(file)
    expect(stderr).toContain('nothing listens there')
    expect(again.stderr).toContain('nothing listens there')
    expect(again.code).toBe(code)
  })

  test('that was stopped stops after the same words', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30')
    const held = night.demo.held()
    const { file, out, code } = await recorded(night, ['hi'], { signal: 'SIGINT', signalWhen: held })
    expect(code).toBe(130)
    expect(out).toContain('qaaa00030')
    const again = await played(file)
    expect({ out: again.out, code: again.code }).toEqual({ out, code })
  })

  test('whose program was killed plays as far as it goes, and says so', async () => {
    await using night = await evening('words n=200 tag=qaaa hold after=30')
    const file = newFile()
    const isThere = night.demo.held().then(() => written(file, 'qaaa00020'))
    const { signal } = await night.pipe({ args: ['--record', file, 'hi'], signal: 'SIGKILL', signalWhen: isThere })
    expect(signal).toBe('SIGKILL')
    const again = await played(file)
    expect(again.stderr).toContain('The recording was cut off in the middle: it plays as far as it goes.')
    expect(again.out).toContain('qaaa00020')
    expect(again.code).toBe(6)
  })

  test('that was cut before the first word ends where it ends, whatever is missing', async () => {
    await using night = await evening('words n=40 thinking=12 tag=qaaa')
    const { file } = await recorded(night, ['hi'])
    const lines = contentOf(file).split('\n')
    const isWord = lines.findIndex((line) => line.includes('qaaa00001'))
    for (let count = 1; count <= isWord; count++) {
      const cut = newFile()
      writeFileSync(cut, `${lines.slice(0, count).join('\n')}\n${lines[count]!.slice(0, 20)}`)
      const { code, out, stderr } = await played(cut)
      const isAsked = count > lines.findIndex((line) => line.includes('"type":"asked"'))
      expect({ code, out, count, said: stderr.split('\n').slice(0, -1) }).toEqual({
        ...{ code: 6, out: '', count },
        said: [
          'The recording was cut off in the middle: it plays as far as it goes.',
          isAsked ? 'The recording ends here.' : 'The recording ends before anything was asked.',
        ],
      })
    }
    const json = newFile()
    writeFileSync(json, `${lines[0]}\n`)
    const { out, code } = await played(json, ['--output-format', 'json'])
    expect({ code, result: JSON.parse(out) }).toMatchObject({ code: 6, result: { exitCode: 6 } })
  })

  test('that went on with an earlier conversation goes on with it again, though that is not there', async () => {
    await using night = await evening('text "Remember Riga."\ntext "It was Riga."')
    const lodging = lodge()
    const env = { ...lodging.env, ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: KEY }
    await runPipe({ lodging, env, args: ['Which city?'] })
    const file = newFile()
    const { stdout } = await runPipe({ lodging, env, args: ['-c', '--record', file, 'Which was it?'] })
    lodging.remove()
    expect(night.questions.at(-1)?.messages).toHaveLength(3)
    const again = await played(file)
    expect({ out: again.out, said: again.stderr }).toEqual({ out: stdout.toString(), said: '' })
    const other = newFile()
    await runPipe({ args: ['redact', file, other] })
    expect(contentOf(other)).not.toMatch(/Riga|city|Which|Remember/)
    expect((await played(other)).stderr).toBe('')
  })

  test('in one piece plays alike', async () => {
    await using night = await evening('text "whole"')
    const { file, out } = await recorded(night, ['--no-stream', '--output-format', 'json', 'hi'])
    expect(timeless((await played(file, ['--output-format', 'json'])).out)).toEqual(timeless(out))
  })
})

describe('secrets', () => {
  test('are nowhere on the tape, though the server says them in headers, errors and answers', async () => {
    const token = 'sk-ant-oat01-abcDEF-123456'
    const echo = JSON.stringify({ type: 'error', error: { type: 'api_error', message: `key ${KEY}, token ${token}` } })
    await using server = await wireServer((response) => {
      response.writeHead(400, {
        'content-type': 'application/json',
        'request-id': KEY,
        'x-api-key': KEY,
        'set-cookie': 'c=crumbs-of-a-cookie',
      })
      // In two pieces, in the middle of a character, so that the tape needs base64.
      const bytes = Buffer.concat([Buffer.from(echo.slice(0, -2)), Buffer.of(0xff), Buffer.from(echo.slice(-2))])
      response.write(bytes.subarray(0, 60))
      setImmediate(() => response.end(bytes.subarray(60)))
    })
    const file = newFile()
    const env = { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: KEY, ANTHROPIC_AUTH_TOKEN: 'the-other-token-9' }
    await runPipe({ env, args: ['--record', file, '-s', `Mind ${KEY}`, `why is ${token} not the-other-token-9?`] })
    expect(server.requests[0]?.headers.authorization).toContain(KEY)
    const bytes = readFileSync(file)
    const decoded = contentOf(file).replace(/"base64":"([^"]+)"/g, (_, base64: string) =>
      Buffer.from(base64, 'base64').toString('latin1'),
    )
    for (const secret of [KEY, token, 'the-other-token-9', 'crumbs-of-a-cookie', new URL(server.url).host]) {
      for (const text of [bytes.toString('latin1'), decoded]) expect(text).not.toContain(secret)
      expect(bytes.includes(Buffer.from(secret).toString('base64').slice(0, 12))).toBe(false)
    }
    // However the pieces were cut on their way.
    const lines = contentOf(file).trim().split('\n')
    const body = lines.map((line) => JSON.parse(line) as { text?: string; base64?: string })
    const whole = body.map(({ text = '', base64 = '' }) => text + Buffer.from(base64, 'base64').toString('latin1'))
    expect(whole.join('')).toContain('key ******************, token sk-ant-*******************')
  })
})

describe('a redacted recording', () => {
  const words = 'text "The *merger* with\\n" "Falcon costs 4711."'

  test('has the same times, deltas and figures, and no word of what was said', async () => {
    await using night = await evening(words)
    const { file, out } = await recorded(night, [
      '--output-format',
      'stream-json',
      '-s',
      'Keep secrets.',
      'Tell about Falcon',
    ])
    const other = newFile()
    expect((await runPipe({ args: ['redact', file, other] })).code).toBe(0)
    expect(contentOf(other)).not.toMatch(/Falcon|merger|4711|Keep|secrets|Tell|about|costs/)
    expect(statSync(other).size).toBe(statSync(file).size + '"redacted":true'.length - '"redacted":false'.length)
    const times = (content: string) => content.match(/"at":[\d.]+/g)
    expect(times(contentOf(other))).toEqual(times(contentOf(file)))
    const again = await played(other, ['--output-format', 'stream-json'])
    const shapes = (said: string) =>
      linesOf(said).map(({ type, text }) => [
        type,
        text?.replace(/[a-z]/g, 'x').replace(/[A-Z]/g, 'X').replace(/\d/g, '0'),
      ])
    expect(shapes(again.out)).toEqual(shapes(out))
    expect(again.stderr).toBe('')
    expect(linesOf(again.out).at(-1)).toMatchObject({
      text: 'Xxx *xxxxxx* xxxx\nXxxxxx xxxxx 0000.',
      model: 'claude-sonnet-5-5',
    })
  })

  test('can be made while it is recorded', async () => {
    await using night = await evening(words)
    const { file, out } = await recorded(night, ['--redact', 'Tell about Falcon'])
    expect(out).toContain('Falcon costs 4711')
    expect(contentOf(file)).not.toMatch(/Falcon|merger|4711|Tell|about|costs/)
    expect((await played(file)).out).toBe('Xxx *xxxxxx* xxxx\nXxxxxx xxxxx 0000.\n')
  })
})

describe('a dash', () => {
  test('is a recording on stdin, and one on stdout', async () => {
    await using night = await evening('text "The merger with Falcon."')
    const { file, out } = await recorded(night, ['Tell about Falcon'])
    const again = await runPipe({ args: ['replay', '-', '--speed', 'max'], stdin: readFileSync(file) })
    expect({ out: again.stdout.toString(), code: again.code, said: again.stderr }).toEqual({ out, code: 0, said: '' })
    const other = newFile()
    const { stderr } = await runPipe({ args: ['redact', file, other] })
    expect(stderr).toMatch(/^".*" written: \d+ words and \d+ ids replaced in 1 exchange\.\n$/)
    const toStdout = await runPipe({ args: ['redact', '-', '-', '-q'], stdin: readFileSync(file) })
    expect({ out: toStdout.stdout.toString(), said: toStdout.stderr }).toEqual({ out: contentOf(other), said: '' })
    const counted = await runPipe({ args: ['redact', file, '-'] })
    expect(counted.stderr).toMatch(/^Written: \d+ words and \d+ ids replaced in 1 exchange\.\n$/)
  })
})

describe('what cannot be', () => {
  test.each<[string, (file: string) => readonly string[], string]>([
    ['a file that is there', (file) => ['--record', file, 'hi'], 'there is a file by that name already'],
    ['a folder that is not', (file) => ['--record', `${file}/x`, 'hi'], 'a part of its path is no folder'],
    ['stdout', () => ['--record', '-', 'hi'], '--record takes a file'],
    ['redacting nothing', () => ['--redact', 'hi'], '--redact goes with --record'],
    ['replaying nothing', () => ['replay'], 'replay takes one recording, but none came'],
    [
      'replaying what is not there',
      () => ['replay', 'nowhere.jsonl'],
      '"nowhere.jsonl" cannot be read: there is no such file.',
    ],
    ['replaying a folder', () => ['replay', home.home], 'cannot be read: it is a folder; name the file in it.'],
    [
      'redacting what is not there',
      () => ['redact', 'nowhere.jsonl', 'new.jsonl'],
      '"nowhere.jsonl" cannot be read: there is no such file.',
    ],
    [
      'redacting with a flag',
      (file) => ['redact', file, 'x', '--usage'],
      'redact takes no flag but --quiet; --usage came.',
    ],
    ['replaying something else', (file) => ['replay', file], 'is no recording of claude-tui'],
    ['a speed of nothing', (file) => ['replay', file, '--speed', '0'], '--speed takes a positive number'],
    ['another model for what was said', (file) => ['replay', file, '-m', 'fast'], '--model means nothing to a replay'],
    ['redacting into a file that is there', (file) => ['redact', file, file], 'is no recording of claude-tui'],
  ])('%s is told in a sentence', async (_, args, said) => {
    const file = newFile()
    writeFileSync(file, 'something of value')
    const { code, stderr } = await runPipe({
      args: args(file),
      env: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' },
    })
    expect({ code, said: stderr.includes(said) ? said : stderr }).toEqual({ code: 2, said })
    expect(contentOf(file)).toBe('something of value')
  })

  test('a disk that takes no more is told once, and the answer goes on', async () => {
    await using night = await evening('words n=1500 tag=qaaa rate=3000 ttft=1', { speed: 1 })
    const file = newFile()
    const limited = join(home.home, 'limited.sh')
    writeFileSync(limited, `ulimit -f 128\nexec "${process.execPath}" "${CLIENT}" "$@"\n`)
    const { code, stdout, stderr } = await night.pipe({
      node: '/bin/sh',
      program: limited,
      args: ['--no-session', '--record', file, 'hi'],
    })
    expect(code).toBe(0)
    expect(stdout.toString()).toContain('qaaa01500')
    expect(stderr).toBe(
      'The recording could not be written any further: the file would be larger than is allowed. It ends here.\n',
    )
    const again = await played(file)
    expect(again.stderr).toContain('plays as far as it goes')
    expect(again.out).toContain('qaaa00001')
  })

  test('where nothing is recorded no file is made', async () => {
    await using night = await evening()
    const file = newFile()
    await night.pipe({ args: ['--record', file, '--effort', 'none', 'hi'] })
    expect(existsSync(file)).toBe(false)
  })
})
