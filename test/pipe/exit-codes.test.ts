import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge, runPipe } from '../kit/index.ts'

/** Runs against a server that answers as scripted; hands back what a script would look at. */
async function call(script: string, args: readonly string[] = ['hi'], stdin: string | Buffer | 'closed' = 'closed') {
  await using night = await evening(script)
  const { code, stdout, stderr } = await night.pipe({ args, stdin })
  return { code, out: stdout.toString(), err: stderr, requests: night.questions.length }
}

describe('the exit code', () => {
  test('0: an answer', async () => expect(await call('text "ok"')).toMatchObject({ code: 0, out: 'ok\n', err: '' }))

  test('1: a server error that stays', async () => {
    const { code, err } = await call('500 x9')
    expect(code).toBe(1)
    expect(err).toContain('after 4 attempts')
  })

  test('1: nothing listens at the base URL; it is named, and not tried again and again', async () => {
    const free = createServer()
    await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening))
    const { port } = free.address() as { port: number }
    await new Promise((closed) => free.close(closed))
    const url = `http://127.0.0.1:${port}`
    const { code, stderr } = await runPipe({ args: ['--base-url', url, 'hi'], env: { ANTHROPIC_API_KEY: 'k-1234' } })
    expect(code).toBe(1)
    expect(stderr).toContain(`No connection to ${url}: nothing listens there.`)
  })

  test.each([
    ['an unknown flag', ['--modle', 'fast', 'hi'], 'Did you mean --model?'],
    ['an unknown model', ['--demo', '-m', 'balancd', 'hi'], 'Did you mean balanced?'],
    ['a limit that is no number', ['--max-tokens', 'many', 'hi'], 'many'],
    ['an effort nobody knows', ['--effort', 'heroic', 'hi'], 'heroic'],
    ['a base URL that is none', ['--base-url', 'nowhere', 'hi'], 'nowhere'],
    ['a format nobody knows', ['--output-format', 'yaml', 'hi'], 'text, json, stream-json'],
    ['an unreadable system prompt', ['-s', '@/no/such/file', 'hi'], 'there is no such file'],
    ['a file for a system prompt that is not there', ['-s', 'prompt.txt', 'hi'], 'there is no such file'],
    ['an empty system prompt', ['-s', ' ', 'hi'], 'The system prompt is empty'],
    [
      'a limit above what the model writes',
      ['-m', 'claude-haiku-4-5', '--max-tokens', '100000', 'hi'],
      'at most 64000',
    ],
    ['a script with a slip in it', ['--demo', '--script', 'README.md', 'hi'], 'could not be read'],
    ['nothing to ask', ['-p'], 'Nothing to ask'],
    ['a flag without its value', ['hi', '--model'], 'needs a value'],
  ])('2: %s', async (_what, args, says) => {
    const { code, out, err, requests } = await call('', args)
    expect({ code, out, requests }).toEqual({ code: 2, out: '', requests: 0 })
    expect(err).toContain(says)
  })

  test('2: binary on stdin, told by what it looks like', async () => {
    const zip = Buffer.from([0x50, 0x4b, 0x03, 0x04, 0, 0])
    expect(await call('', ['hi'], zip)).toMatchObject({ code: 2, err: expect.stringContaining('a ZIP archive') })
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0])
    expect(await call('', ['hi'], png)).toMatchObject({ code: 2, err: expect.stringContaining('a damaged PNG image') })
    expect(await call('', ['hi'], Buffer.from([0x41, 0x81, 0x41]))).toMatchObject({
      code: 2,
      err: expect.stringContaining('text in an encoding that cannot be told'),
    })
  })

  test('3: no credential, with the way out', async () => {
    const { code, stderr } = await runPipe({ args: ['hi'] })
    expect(code).toBe(3)
    expect(stderr).toMatch(/No API key.*ANTHROPIC_API_KEY.*--demo/)
  })

  test('3: a wrong key, which is never shown', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['hi'], env: { ANTHROPIC_API_KEY: 'bad-key-123456' } })
    expect(code).toBe(3)
    expect(stderr).toContain('HTTP 401')
    expect(stderr).not.toContain('123456')
  })

  test('3: a server that is not this API', async () => {
    expect(await call('html')).toMatchObject({
      code: 3,
      err: expect.stringContaining('answered with a web page (HTTP 200)'),
    })
  })

  test('4: overloaded, after attempts that stderr counts', async () => {
    const { code, err, requests } = await call('529 x9')
    expect({ code, requests }).toEqual({ code: 4, requests: 4 })
    expect(err).toMatch(/Attempt 2 of 4/)
  })

  test('4: a spend cap, at once: waiting would not help', async () => {
    expect(await call('spend-cap x9')).toMatchObject({ code: 4, requests: 1 })
  })

  test('0: an overload that passes', async () => {
    expect(await call('529\ntext "made it"')).toMatchObject({ code: 0, out: 'made it\n', requests: 2 })
  })

  test('5: the model declined', async () => expect(await call('refusal')).toMatchObject({ code: 5 }))

  test('6: no text, a limit, a cut, a reset; what came is on stdout', async () => {
    expect(await call('empty')).toMatchObject({ code: 6, out: '' })
    expect(await call('words n=9 max-tokens')).toMatchObject({
      code: 6,
      err: expect.stringContaining('limit of output tokens'),
    })
    for (const fault of ['cut', 'reset', 'error-mid']) {
      const { code, out, requests } = await call(`words n=9 tag=qaaa ${fault} after=4`)
      expect({ fault, code, words: out.match(/qaaa\d+/g)?.length, requests }).toEqual({
        fault,
        code: 6,
        words: 4,
        requests: 1,
      })
    }
  })

  test('9: an input that cannot fit is refused before it is sent, with the count and the limit', async () => {
    const { code, err, requests } = await call('', ['-m', 'claude-haiku-4-5', 'sum up'], 'word '.repeat(400_000))
    expect({ code, requests }).toEqual({ code: 9, requests: 0 })
    expect(err).toMatch(/at least ~[\d,]+ tokens, the window of Claude Haiku 4.5 holds 200,000/)
  })

  test('9: more than a request can carry', async () => {
    const { code, err, requests } = await call('', ['sum up'], 'x'.repeat(33 * 1024 * 1024))
    expect({ code, requests }).toEqual({ code: 9, requests: 0 })
    expect(err).toContain('33.6 MB')
  })

  test('129, 130, 131 and 143: ended by a signal, with what came on stdout', async () => {
    await using night = await evening('words n=9 hold after=4\n'.repeat(4))
    for (const [signal, expected] of [
      ['SIGHUP', 129],
      ['SIGINT', 130],
      ['SIGQUIT', 131],
      ['SIGTERM', 143],
    ] as const) {
      const { code, stdout } = await night.pipe({ args: ['hi'], signalAfterFirst: signal })
      expect(code).toBe(expected)
      expect(stdout.length).toBeGreaterThan(0)
    }
  })
})

test('a broken settings file is named, kept aside, and does not stop the answer', async () => {
  await using night = await evening('text "ok"')
  const home = lodge()
  mkdirSync(home.config, { recursive: true })
  writeFileSync(join(home.config, 'settings.json'), '{ "model": ')
  const { code, stdout, stderr } = await night.pipe({ args: ['hi'], lodging: home })
  expect({ code, out: stdout.toString() }).toEqual({ code: 0, out: 'ok\n' })
  expect(stderr).toMatch(/settings\.broken-.*\.json/)
  home.remove()
})

test('a disk that is full is an error and a sentence, whatever the format', async () => {
  await using night = await evening('text "a"\ntext "b"')
  for (const args of [['hi'], ['--output-format', 'json', 'hi'], ['--help']]) {
    const { code, stderr } = await night.pipe({ args, stdoutTo: '/dev/full' })
    expect({ args, code }).toEqual({ args, code: 1 })
    expect(stderr).toContain('no space is left on the device')
  }
})

test('who asks for JSON gets JSON, also when nothing could be sent', async () => {
  const { code, stdout } = await runPipe({ args: ['--output-format', 'json', 'hi'] })
  expect(JSON.parse(stdout.toString())).toMatchObject({
    type: 'result',
    ok: false,
    exitCode: 3,
    error: { reason: expect.stringContaining('No API key') },
  })
  expect(code).toBe(3)
})

test('a stop tells the truth in JSON: the signal’s code, and tokens that are estimates', async () => {
  await using night = await evening('words n=99 rate=300 hold after=40', { speed: 1 })
  const call = night.pipe({ args: ['--output-format', 'json', 'hi'], signalWhen: night.demo.held(), signal: 'SIGTERM' })
  const { code, stdout } = await call
  const result = JSON.parse(stdout.toString()) as { usage: { output: number } }
  expect(result).toMatchObject({
    exitCode: 143,
    usageFrom: 'estimate',
    costUsd: { from: 'estimate' },
    otps: { from: 'estimate' },
  })
  expect(result.usage.output).toBeGreaterThan(40)
  expect(code).toBe(143)
})

test('-q keeps notes to itself, but never a failure', async () => {
  expect(await call('529\ntext "ok"', ['-q', 'hi'])).toMatchObject({ code: 0, err: '' })
  expect((await call('401', ['-q', 'hi'])).err).toContain('HTTP 401')
  expect((await call('', ['-q', 'hi'], 'x'.repeat(33 * 1024 * 1024))).err).toContain('33.6 MB')
})
