import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'

const asked = (body: unknown) => JSON.stringify((body as { messages: unknown }).messages)

describe('in a pipe', () => {
  test('the answer, and nothing else, goes to stdout', async () => {
    await using night = await evening('text "# Hi\\n\\n**bold** 海"')
    const { code, stdout, stderr } = await night.pipe({ args: ['say hi'] })
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: '# Hi\n\n**bold** 海\n',
      stderr: '',
    })
  })

  test('what comes on stdin goes before the prompt, and the model can tell them apart', async () => {
    await using night = await evening()
    await night.pipe({ args: ['review', 'this'], stdin: 'diff --git a b\n' })
    expect(asked(night.questions.at(-1))).toContain(
      '<stdin>\\ndiff --git a b\\n</stdin>\\n\\n<prompt>\\nreview this\\n</prompt>',
    )
  })

  test('stdin alone is the prompt, untagged', async () => {
    await using night = await evening()
    await night.pipe({ stdin: 'just this' })
    expect(asked(night.questions.at(-1))).toContain('"just this"')
  })

  test('the first words are out while the answer still runs', async () => {
    await using night = await evening('words n=6 hold after=3')
    // The server goes on only once something stood on stdout: an answer held back would hang here.
    const { code, stdout } = await night.pipe({ args: ['go'], onFirst: () => night.demo.release() })
    expect({ code, words: stdout.toString().trim().split(/\s+/).length >= 6 }).toEqual({ code: 0, words: true })
  })

  test('a reader that has seen enough ends it quietly, and the request with it', async () => {
    await using night = await evening('words n=20000 rate=2000', { speed: 1 })
    const { code, stderr } = await night.pipe({ args: ['go'], closeStdoutAfterFirst: true })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('an open stdin that nobody writes to does not hang a call that has a prompt', async () => {
    await using night = await evening('text "hello"')
    const { code, stdout, stderr } = await night.pipe({ args: ['hi'], stdin: 'open' })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'hello\n' })
    expect(stderr).toContain('Nothing came on stdin within 3 s')
  })

  test('flags reach the request', async () => {
    await using night = await evening()
    await night.pipe({ args: ['-m', 'deep', '-s', 'Be brief.', '--max-tokens', '77', '--effort', 'low', 'hi'] })
    expect(night.questions.at(-1)).toMatchObject({
      model: 'claude-opus-5-5',
      max_tokens: 77,
      stream: true,
      system: [{ type: 'text', text: 'Be brief.' }],
      output_config: { effort: 'low' },
    })
  })

  test('a system prompt may be long and without a space, or come from a file', async () => {
    await using night = await evening()
    const long = '你是一位经验丰富的软件工程师，请用中文简洁地回答问题。'.repeat(9)
    await night.pipe({ args: ['-s', long, 'hi'] })
    expect(night.questions.at(-1)).toMatchObject({ system: [{ text: long }] })
    const { code } = await night.pipe({ args: ['-s', fileURLToPath(new URL('../../LICENSE', import.meta.url)), 'hi'] })
    expect(code).toBe(0)
    expect(JSON.stringify(night.questions.at(-1))).toContain('MIT License')
  })

  test('after -- everything is the prompt', async () => {
    await using night = await evening()
    await night.pipe({ args: ['--', 'demo-server', '--help'] })
    expect(asked(night.questions.at(-1))).toContain('demo-server --help')
  })

  test('--no-stream asks for one piece and prints the same', async () => {
    await using night = await evening('text "whole"')
    const { stdout } = await night.pipe({ args: ['--no-stream', 'hi'] })
    expect(stdout.toString()).toBe('whole\n')
    expect(night.questions.at(-1)).toMatchObject({ stream: false })
  })

  test('neither Ink nor React nor sharp is loaded', async () => {
    await using night = await evening()
    const { stderr } = await night.pipe({ args: ['hi'], env: { NODE_DEBUG: 'esm' } })
    expect(stderr).not.toMatch(/chat-|mount-|sharp/)
  })
})

describe('the figures', () => {
  test('-u prints one line of them on stderr, the server’s own', async () => {
    await using night = await evening('words n=40 rate=0')
    const { stderr } = await night.pipe({ args: ['-u', 'hi'] })
    expect(stderr).toMatch(/^claude-sonnet-5-5 · in \d+ · out \d+.* · cost \$0\.0\d+ · TTFT \d+ms .*TTLT \d+ms\n$/)
  })

  test('--output-format json is one object with text, usage, cost and timings', async () => {
    await using night = await evening('text "hello"')
    const { stdout } = await night.pipe({ args: ['--output-format', 'json', 'hi'] })
    expect(JSON.parse(stdout.toString())).toMatchObject({
      type: 'result',
      ok: true,
      text: 'hello',
      model: 'claude-sonnet-5-5',
      stopReason: 'end_turn',
      exitCode: 0,
      attempts: 1,
      usage: { input: expect.any(Number), output: expect.any(Number) },
      costUsd: { value: expect.any(Number), from: 'server' },
      ttftMs: { value: expect.any(Number), from: 'measured' },
    })
  })

  test('stream-json writes the road’s own events, one a line, and the result last', async () => {
    await using night = await evening('words n=3')
    const { stdout } = await night.pipe({ args: ['--output-format', 'stream-json', 'hi'] })
    const events = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; text?: string })
    const types = events.map(({ type }) => type).filter((type) => type !== 'thinking')
    expect(types).toEqual(['sent', 'heard', 'began', 'delta', 'delta', 'delta', 'usage', 'finished', 'result'])
    expect(events.at(-1)?.text).toBe(events.map((event) => (event.type === 'delta' ? event.text : '')).join(''))
  })
})

describe('the prompt cache', () => {
  test('reads a long system prompt on the second call, byte for byte the same', async () => {
    await using night = await evening()
    const args = ['--output-format', 'json', '-s', 'You know a lot about tides. '.repeat(100), 'hi']
    const usageOf = async () =>
      (JSON.parse((await night.pipe({ args })).stdout.toString()) as { usage: Record<string, number> }).usage
    const first = await usageOf()
    const second = await usageOf()
    expect(first).toMatchObject({ cacheRead: 0 })
    expect(first.cacheWrite5m).toBeGreaterThan(512)
    expect(second).toMatchObject({ cacheRead: first.cacheWrite5m, cacheWrite5m: 0 })
  })
})
