import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type PipeOptions, runPipe } from './pipe.ts'

const program = fileURLToPath(new URL('stand-in.mjs', import.meta.url))
const run = (options: PipeOptions = {}) => runPipe({ program, ...options, args: ['-p', ...(options.args ?? [])] })

test('what is piped in comes out as answer, notes and exit code', async () => {
  const fine = await run({ stdin: 'four' })
  expect(fine).toMatchObject({ code: 0, signal: null, stderr: '' })
  expect(fine.stdout.toString()).toBe('4 characters\n')
  expect(fine.firstStdoutAt).toBeGreaterThan(fine.startedAt)
  expect(await run({ stdin: 'fail' })).toMatchObject({ code: 6, stderr: 'failed as asked\n' })
})

test('more than a pipe can hold is written as it is read', async () => {
  const { stdout } = await run({ stdin: Buffer.alloc(3_000_000, 'x') })
  expect(stdout.toString()).toBe('3000000 characters\n')
})

test('nothing on stdin is an end of input at once', async () => {
  expect((await run({ stdin: 'closed' })).stdout.toString()).toBe('0 characters\n')
})

test('an open stdin that nobody writes to makes this program wait for ever', async () => {
  const hanging = run({ stdin: 'open', args: ['--greet'], timeoutMs: 1000 })
  await expect(hanging).rejects.toThrow(/had not ended after 1000 ms[\s\S]*stdout: hello/)
})

test('a reader that goes away after the first chunk breaks the pipe', async () => {
  const { code, stdout } = await run({ stdin: 'forever', closeStdoutAfterFirst: true })
  expect(code).toBe(0)
  expect(stdout.toString()).toMatch(/^(again\n)+$/)
})

test('a signal in mid-answer is told by name', async () => {
  const { code, signal } = await run({ stdin: 'forever', signalAfterFirst: 'SIGINT' })
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGINT' })
})
