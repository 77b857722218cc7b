import { Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { takeEarlyKeys } from '../../src/glass/early-keys.ts'

/** A pretend terminal on which `before` was typed before anybody listened. */
function device(before = '') {
  const seen = { raw: [] as boolean[], out: '', exits: [] as number[], said: '' }
  const stdin = Object.assign(new Readable({ read() {} }), {
    setRawMode: (raw: boolean) => seen.raw.push(raw),
  }) as unknown as NodeJS.ReadStream
  const terminal = {
    stdin,
    stdout: {
      write(text: string) {
        seen.out += text
        return true
      },
    },
    exit: (code: number) => void seen.exits.push(code),
  }
  let waiting = before
  const typedBefore = () => {
    const lines = Buffer.from(waiting)
    waiting = ''
    return lines
  }
  return {
    seen,
    early: takeEarlyKeys(terminal, typedBefore),
    /** Keys arrive, and whoever listens has heard them. */
    async type(keys: string) {
      const heard = new Promise((resolve) => stdin.once('data', resolve))
      stdin.push(Buffer.from(keys))
      await heard
    },
    typeBetween(lines: string) {
      waiting = lines
    },
    /** What the next listener hears. */
    async said() {
      let text = ''
      stdin.on('data', (chunk: Buffer) => (text += chunk.toString()))
      stdin.resume()
      stdin.push(Buffer.from('<later>'))
      await vi.waitFor(() => expect(text).toContain('<later>'))
      return text
    },
  }
}

test('what was typed ahead is handed over in order, Enter as Enter, Ctrl+D as Ctrl+D', async () => {
  const at = device('one\ntw\0')
  await at.type('o\rthree')
  expect(at.early.handOver().toString()).toBe('one\rtw\x04o\rthree')
  expect(at.seen.raw).toEqual([true])
  expect(await at.said()).toBe('<later>')
})

test('the echo of an unfinished line is taken off the screen, for the draft shows it again', () => {
  const open = device('hel')
  open.early.handOver()
  expect(open.seen.out).toBe('\r\x1b[K')
  const closed = device('hello\n')
  closed.early.handOver()
  expect(closed.seen.out).toBe('')
})

test('given back, the terminal is as it was found, and lines are lines again, shown as if they had been echoed', async () => {
  const at = device()
  await at.type('yes\rn\x1b[2J')
  at.early.giveBack()
  at.early.giveBack()
  expect(at.seen.raw).toEqual([true, false])
  expect(at.seen.out).toBe('yes\nn␛[2J')
  expect(await at.said()).toBe('yes\nn\x1b[2J<later>')
})

test('once handed over it is not given back: it belongs to the chat', () => {
  const at = device()
  at.early.handOver()
  at.early.giveBack()
  expect(at.seen.raw).toEqual([true])
})

test('a program that may ask for a passphrase has the terminal for itself', async () => {
  const at = device('early\n')
  await at.early.lend(async () => {
    expect(at.seen.raw).toEqual([true, false])
    at.typeBetween('late\n')
  })
  expect(at.seen.raw).toEqual([true, false, true])
  expect(at.early.handOver().toString()).toBe('early\rlate\r')
})

test('Ctrl+C and signals end the program, the terminal as it was found', async () => {
  const pressed = device()
  await pressed.type('hello\x03')
  expect(pressed.seen).toMatchObject({ raw: [true, false], exits: [130] })
  const signalled = device()
  process.emit('SIGQUIT', 'SIGQUIT')
  expect(signalled.seen).toMatchObject({ raw: [true, false], exits: [131] })
  expect(pressed.seen.exits).toEqual([130])
})

test('what has arrived while nobody looked is heard before it is handed over', async () => {
  const at = device()
  setImmediate(() => process.emit('SIGTERM', 'SIGTERM'))
  await at.early.heard()
  expect(at.seen.exits).toEqual([143])
})

test('no listener stays behind', () => {
  const names = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGQUIT']
  const before = names.map((name) => process.listenerCount(name))
  for (const end of ['handOver', 'giveBack'] as const) {
    const { early } = device()
    expect(names.map((name) => process.listenerCount(name))).toEqual(before.map((count) => count + 1))
    early[end]()
    expect(names.map((name) => process.listenerCount(name))).toEqual(before)
  }
})
