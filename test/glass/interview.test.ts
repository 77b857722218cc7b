import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { interview, ROUND_MS } from '../../src/glass/interview.ts'

afterEach(() => void vi.useRealTimers())

/** A terminal that answers what `answers` says to whatever it is asked, and remembers whether it is raw. */
function terminal(answers: (question: string) => string) {
  const stdin = new PassThrough() as unknown as NodeJS.ReadStream & PassThrough
  const modes: boolean[] = []
  stdin.setRawMode = (raw: boolean) => {
    modes.push(raw)
    return stdin
  }
  const written: string[] = []
  const stdout = {
    write(data: string) {
      written.push(data)
      const answer = answers(data)
      if (answer !== '') setImmediate(() => stdin.write(answer))
      return true
    },
  }
  return { stdin, stdout, modes, written }
}

const KITTY: readonly (readonly [question: string, answer: string])[] = [
  ['\x1b[>q', '\x1bP>|kitty(0.40.1)\x1b\\'],
  ['\x1b[?u', '\x1b[?0u'],
  ['\x1b[?2026$p', '\x1b[?2026;2$y'],
  ['\x1b]11;?', '\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\'],
  ['$qm', '\x1bP1$r0;48:2:1:2:3m\x1b\\'],
  ['+q4d73', '\x1bP1+r4d73=1b5d\x1b\\'],
  ['\x1b[16t', '\x1b[6;18;9t'],
  ['a=q', '\x1b_Gi=31;OK\x1b\\'],
  ['\x1b[c', '\x1b[?62;52c'],
]

/** Answers in the order of the questions, as terminals do. */
const asKitty = (question: string) =>
  KITTY.map(([asked, answer]) => ({ at: question.indexOf(asked), answer }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ answer }) => answer)
    .join('')

const ask = ({ stdin, stdout }: ReturnType<typeof terminal>, more = {}) =>
  interview({ stdin, stdout, onInterrupt: () => {}, isTalkative: false, ...more })

test('a terminal that knows everything is heard to its last word, and given back', async () => {
  const kitty = terminal(asKitty)
  expect(await ask(kitty)).toMatchObject({
    name: 'kitty(0.40.1)',
    attributes: [62, 52],
    kitty: true,
    modes: { 2026: 2 },
    background: [0x1e, 0x1e, 0x2e],
    trueColour: true,
    clipboard: true,
    graphics: 'kitty',
    cell: { width: 9, height: 18 },
  })
  expect(kitty.modes).toEqual([true, false])
  expect(kitty.stdin.listenerCount('data')).toBe(0)
  expect(kitty.written.join('')).toContain('\x1b[m')
})

test('another colour than the one that was tried, and one that tells no colours', async () => {
  const answering = (look: string) =>
    terminal((question) => asKitty(question).replace('\x1bP1$r0;48:2:1:2:3m\x1b\\', look))
  expect(await ask(answering('\x1bP1$r0;48:5:16m\x1b\\'))).toMatchObject({ trueColour: false })
  expect(await ask(answering('\x1bP1$r0m\x1b\\'))).toMatchObject({ trueColour: null })
})

test('one that would print such questions is not asked them', async () => {
  const other = terminal(asKitty)
  expect(await ask(other, { isTalkative: true })).toMatchObject({ trueColour: null })
  expect(other.written.join('')).not.toContain('\x1bP')
})

test('one that never answers is not waited for, and given back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const deaf = terminal(() => '')
  const answers = ask(deaf)
  await vi.advanceTimersByTimeAsync(ROUND_MS)
  expect(await answers).toBeNull()
  expect(deaf.modes).toEqual([true, false])
})

test('Ctrl+C gives the terminal back before anything else', async () => {
  const { stdin, stdout, modes } = terminal((question) => (question.includes('\x1b[c') ? '\x03\x1b[?62c' : ''))
  const seen: boolean[][] = []
  await interview({ stdin, stdout, isTalkative: true, onInterrupt: () => seen.push([...modes]) })
  expect(seen[0]).toEqual([true, false])
})
