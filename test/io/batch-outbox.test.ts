import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerLine } from '../../src/core/batch/answer.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { lock } from '../../src/io/batch/beside.ts'
import { type Order, openOutbox } from '../../src/io/batch/outbox.ts'

const line = (index: number): AnswerLine => ({
  ...{ id: `row ${index}`, index, answer: `Because ${index}.\n海`, model: 'm', usage: NO_USAGE, costUsd: 0 },
  ...{ ttftMs: 1, ttltMs: 2, stopReason: 'end_turn', requestId: null, messageId: null, attempts: 1 },
})

function place(): Disposable & { readonly out: string } {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-outbox-'))
  return { out: join(folder, 'out.jsonl'), [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

const idsIn = (path: string): readonly string[] =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((one) => JSON.parse(one).id)
    : []

describe('the answers of a batch', () => {
  test('are found again, and a torn last line is not one of them', async () => {
    using here = place()
    const first = await openOutbox(here.out, 'done', () => {})
    for (const i of [2, 1]) first.answered(line(i))
    first.close()
    writeFileSync(here.out, JSON.stringify(line(3)).slice(0, 40), { flag: 'a' })
    const found: string[] = []
    const second = await openOutbox(here.out, 'done', ({ id }) => found.push(id))
    expect(found).toEqual(['row 2', 'row 1'])
    second.answered(line(3))
    second.close()
    expect(idsIn(here.out)).toEqual(['row 2', 'row 1', 'row 3'])
  })

  test('that an editor has saved without the last line end stay whole', async () => {
    using here = place()
    writeFileSync(here.out, JSON.stringify(line(1)))
    const box = await openOutbox(here.out, 'done', () => {})
    box.answered(line(2))
    box.close()
    expect(idsIn(here.out)).toEqual(['row 1', 'row 2'])
  })

  test('are not taken for answers when they are something else', async () => {
    using here = place()
    writeFileSync(here.out, '{"mine":1}\n')
    await expect(openOutbox(here.out, 'done', () => {})).rejects.toThrow('it is no answer of a batch')
    expect(readFileSync(here.out, 'utf8')).toBe('{"mine":1}\n')
  })

  test('come exactly once, in the order of the input, however they land and whenever it is killed', async () => {
    const law = fc.asyncProperty(
      fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8], { minLength: 8 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 8 }), { maxLength: 3 }),
      fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
      async (landing, failing, kills) => {
        using here = place()
        const order: Order = 'input'
        for (const kill of [...kills, Number.POSITIVE_INFINITY]) {
          const box = await openOutbox(here.out, order, () => {})
          for (let i = 1; i <= 8; i++) if (box.done.has(`row ${i}`)) box.passed(i, `row ${i}`)
          const left = landing.filter((i) => !box.done.has(`row ${i}`))
          for (const i of left.slice(0, kill)) {
            if (failing.includes(i)) box.failed(i, { id: `row ${i}` })
            else box.answered(line(i))
          }
          // A program that is killed closes nothing.
          if (kill === Number.POSITIVE_INFINITY) box.close()
        }
        const due = [1, 2, 3, 4, 5, 6, 7, 8].filter((i) => !failing.includes(i)).map((i) => `row ${i}`)
        expect(idsIn(here.out)).toEqual(due)
        expect([...idsIn(here.out.replace('.jsonl', '.failed.jsonl'))].sort()).toEqual(
          failing.map((i) => `row ${i}`).sort(),
        )
        expect(existsSync(here.out.replace('.jsonl', '.early.jsonl'))).toBe(false)
      },
    )
    await fc.assert(law, { numRuns: 40 })
  })

  test('are written by one program at a time', () => {
    using here = place()
    const letGo = lock(here.out)
    expect(letGo).not.toBeNull()
    expect(lock(here.out)).toBeNull()
    letGo!()
    const again = lock(here.out)
    expect(again).not.toBeNull()
    again!()
  })
})
