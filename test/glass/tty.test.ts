import { EventEmitter } from 'node:events'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openTty, PLACE_MS, type TtyOptions } from '../../src/glass/tty.ts'
import { PATIENCE_MS, QUIET_MS } from '../../src/glass/window-size.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A pretend terminal: its streams, what was done to it, and what came of it. */
function device(options: Partial<TtyOptions> = {}) {
  const seen = { raw: [] as boolean[], out: '', bytes: '', signals: [] as string[], gone: 0 }
  const stdin = Object.assign(new Readable({ read() {} }), {
    setRawMode(raw: boolean) {
      seen.raw.push(raw)
      return stdin
    },
  }) as unknown as NodeJS.ReadStream & Readable
  const stdout = Object.assign(new EventEmitter(), {
    columns: 100,
    rows: 30,
    writable: true,
    write(data: string) {
      seen.out += data
      return true
    },
  })
  const open = () =>
    openTty({
      stdin,
      stdout: stdout as unknown as NodeJS.WriteStream,
      onBytes: (bytes) => {
        seen.bytes += Buffer.from(bytes).toString()
      },
      onSignal: (signal) => seen.signals.push(signal),
      onGone: () => seen.gone++,
      ...options,
    })
  return {
    stdin,
    stdout,
    seen,
    open,
    resize(columns: number, rows: number) {
      stdout.columns = columns
      stdout.rows = rows
      stdout.emit('resize')
    },
  }
}

test('opening switches raw mode and bracketed paste on, releasing switches them off and shows the cursor', () => {
  const { open, seen } = device()
  const tty = open()
  expect(seen.raw).toEqual([true])
  expect(seen.out).toBe('\x1b[?2004h')
  seen.out = ''
  tty.release()
  tty.release()
  expect(seen.raw).toEqual([true, false])
  expect(seen.out).toBe('\x1b[?2004l\x1b[?25h')
})

test('releasing leaves no listener behind that would keep the process or catch its signals', () => {
  const names = ['SIGHUP', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGCONT', 'exit', 'uncaughtExceptionMonitor']
  const listeners = () => names.map((name) => process.listenerCount(name))
  const before = listeners()
  const { open, stdin } = device()
  const tty = open()
  expect(listeners()).toEqual(before.map((count) => count + 1))
  tty.release()
  expect(listeners()).toEqual(before)
  expect(stdin.listenerCount('data')).toBe(0)
  expect(stdin.isPaused()).toBe(true)
})

test('bytes that came before the terminal was opened are delivered, in order', async () => {
  const { open, stdin, seen } = device()
  stdin.pause()
  stdin.push('typed ')
  stdin.push(Buffer.from('early '))
  const tty = open()
  stdin.push('and late')
  await vi.waitFor(() => expect(seen.bytes).toBe('typed early and late'))
  tty.release()
})

test('the kitty keyboard is asked for, switched on only after an answer, and popped at the end', () => {
  const { open, seen } = device({ kitty: true })
  const tty = open()
  expect(seen.out).toBe('\x1b[?2004h\x1b[?u')
  seen.out = ''
  tty.onReply({ type: 'attributes', attributes: [62] })
  expect(seen.out).toBe('')
  tty.onReply({ type: 'kitty', flags: 0 })
  tty.onReply({ type: 'kitty', flags: 1 })
  expect(seen.out).toBe('\x1b[>1u')
  seen.out = ''
  tty.release()
  expect(seen.out).toBe('\x1b[<u\x1b[?2004l\x1b[?25h')
})

test('a resize is told once, when it has been quiet for a while, with the size before', () => {
  const { open, resize } = device()
  const tty = open()
  const told: number[][] = []
  tty.onResize((...old) => told.push([...old, tty.columns, tty.rows]))
  resize(90, 30)
  vi.advanceTimersByTime(QUIET_MS - 1)
  expect(tty.resizing).toBe(true)
  resize(60, 20)
  vi.advanceTimersByTime(QUIET_MS - 1)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toEqual([[100, 30, 60, 20]])
  expect(tty.resizing).toBe(false)
  tty.release()
})

test('a window that is dragged is told of when the drag rests, or when patience ends', () => {
  const { open, resize } = device()
  const tty = open()
  const told: number[] = []
  tty.onResize((old) => told.push(old, tty.columns))
  const step = 50
  for (let time = 0; time <= PATIENCE_MS; time += step) {
    resize(time === PATIENCE_MS ? 90 : 99, 30)
    vi.advanceTimersByTime(step)
  }
  expect(told).toHaveLength(2)
  vi.advanceTimersByTime(QUIET_MS)
  expect(told.slice(2)).toEqual([told[1], 90])
  tty.release()
})

test('a terminal that does not know its size is taken for 80 by 24', () => {
  const { open, stdout } = device()
  Object.assign(stdout, { columns: 0, rows: undefined })
  const tty = open()
  expect([tty.columns, tty.rows]).toEqual([80, 24])
  tty.release()
})

test('a terminal that is gone is told once, and written to no more', () => {
  const { open, seen, stdout, stdin } = device()
  const tty = open()
  seen.out = ''
  stdout.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }))
  stdin.emit('end')
  tty.write('nobody sees this')
  expect(seen.gone).toBe(1)
  expect(seen.out).toBe('')
  tty.release()
  expect(() => stdout.emit('error', new Error('write EPIPE'))).not.toThrow()
})

test('signals are handed on; those a key can send go to who has the terminal', async () => {
  const { open, seen } = device()
  const tty = open()
  process.emit('SIGTERM', 'SIGTERM')
  process.emit('SIGQUIT', 'SIGQUIT')
  expect(seen.signals).toEqual(['SIGTERM', 'SIGQUIT'])
  await tty.lend(async () => {
    process.emit('SIGQUIT', 'SIGQUIT')
    process.emit('SIGINT', 'SIGINT')
    process.emit('SIGHUP', 'SIGHUP')
  })
  expect(seen.signals).toEqual(['SIGTERM', 'SIGQUIT', 'SIGHUP'])
  tty.release()
})

test('lent to an editor the terminal is as it was found, and afterwards ours again', async () => {
  const { open, seen, stdin } = device({ kitty: true })
  const tty = open()
  tty.enableKitty()
  const resumed = vi.fn()
  tty.onResume(resumed)
  seen.out = ''
  seen.raw = []
  const result = await tty.lend(async () => {
    expect(seen.out).toBe('\x1b[<u\x1b[?2004l\x1b[?25h')
    expect(seen.raw).toEqual([false])
    expect(stdin.isPaused()).toBe(true)
    seen.out = ''
    return 'edited'
  })
  expect(result).toBe('edited')
  expect(seen.out).toBe('\x1b[?2004h\x1b[>1u')
  expect(seen.raw.at(-1)).toBe(true)
  expect(resumed).toHaveBeenCalledOnce()
  tty.release()
})

test('after a stop that came from outside the modes are set again, and undone once', () => {
  const { open, seen } = device({ kitty: true })
  const tty = open()
  tty.enableKitty()
  seen.raw = []
  seen.out = ''
  process.emit('SIGCONT', 'SIGCONT')
  // Off and on: the device has been changed behind the back of a mode that is remembered as raw.
  expect(seen.raw).toEqual([false, true])
  expect(seen.out).toBe('\x1b[?2004h\x1b[=1u\x1b[6n')
  seen.out = ''
  tty.release()
  expect(seen.out).toBe('\x1b[<u\x1b[?2004l\x1b[?25h')
})

test('after such a stop nothing is painted until the terminal has told where the cursor is', () => {
  const { open } = device()
  const tty = open()
  const resumed = vi.fn()
  tty.onResume(resumed)
  process.emit('SIGCONT', 'SIGCONT')
  expect(tty.lent).toBe(true)
  tty.onReply({ type: 'position', row: 9, column: 7 })
  expect(tty.lent).toBe(false)
  tty.onReply({ type: 'position', row: 9, column: 7 })
  vi.advanceTimersByTime(2 * PLACE_MS)
  expect(resumed.mock.calls).toEqual([[6]])
  tty.release()
})

test('a terminal that does not tell is not waited for', () => {
  const { open } = device()
  const tty = open()
  const resumed = vi.fn()
  tty.onResume(resumed)
  process.emit('SIGCONT', 'SIGCONT')
  vi.advanceTimersByTime(PLACE_MS)
  expect(resumed.mock.calls).toEqual([[null]])
  expect(tty.lent).toBe(false)
  tty.release()
})
