import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Question } from '../../src/core/attachments.ts'
import { openDrafts } from '../../src/io/drafts.ts'
import { PHOTO } from '../kit/attachments.ts'

let folder = ''
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'drafts-')), 'drafts')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
/** The number of a process that has ended. */
const gonePid = () => spawnSync(process.execPath, ['-e', '0']).pid
/** Lets what was kept here look as if another process had kept it. */
const disown = (pid: number, start = '1') =>
  renameSync(
    join(folder, readdirSync(folder).find((name) => name.startsWith(`${process.pid}-`))!),
    join(folder, `${pid}-${start}`),
  )

describe('drafts on disk', () => {
  test('of a chat that is gone are found once, with their pastes, and are gone when they are safe', () => {
    const drafts = openDrafts(folder)
    drafts.save(['see: ', { nth: 3, text: 'a\nb' }, ' why?'])
    disown(gonePid())
    const first = openDrafts(folder).adopt()
    expect(first.sheets).toEqual([{ text: 'see: a\nb why?', pastes: [[5, 8]] }])
    first.done()
    expect(openDrafts(folder).adopt().sheets).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })

  test('of a chat that runs are left alone', () => {
    openDrafts(folder).save(['mine'])
    disown(process.ppid, '')
    expect(openDrafts(folder).adopt().sheets).toEqual([])
    expect(readdirSync(folder)).toHaveLength(1)
  })

  test.runIf(existsSync('/proc/self/stat'))('are not protected by a process that only has the same number', () => {
    openDrafts(folder).save(['from before the restart'])
    disown(process.ppid, '1')
    expect(
      openDrafts(folder)
        .adopt()
        .sheets.map(({ text }) => text),
    ).toEqual(['from before the restart'])
  })

  test.runIf(existsSync('/proc/self/stat'))(
    'are not protected by a zombie, which its terminal forgot to bury',
    async () => {
      const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      try {
        const pid = Number(await new Promise((resolve) => parent.stdout.once('data', (line) => resolve(String(line)))))
        const stat = () => readFileSync(`/proc/${pid}/stat`, 'latin1')
        await vi.waitFor(() => expect(stat()).toContain(') Z '))
        openDrafts(folder).save(['unburied'])
        disown(pid, stat().split(' ')[21])
        expect(
          openDrafts(folder)
            .adopt()
            .sheets.map(({ text }) => text),
        ).toEqual(['unburied'])
      } finally {
        parent.kill('SIGKILL')
      }
    },
  )

  test('that were claimed by a chat which ended before they were safe are found again', () => {
    openDrafts(folder).save(['wandering'])
    disown(gonePid())
    expect(openDrafts(folder).adopt().sheets).toHaveLength(1)
    disown(gonePid())
    expect(
      openDrafts(folder)
        .adopt()
        .sheets.map(({ text }) => text),
    ).toEqual(['wandering'])
  })

  test('are for the owner alone, written anew with every change and removed with the last word', () => {
    const drafts = openDrafts(folder)
    drafts.save(['one'])
    drafts.save(['two ', { nth: 0, text: 'pasted' }])
    const [own = ''] = readdirSync(folder)
    expect(mode(join(folder, own))).toBe('700')
    expect(readdirSync(join(folder, own)).sort()).toEqual(['draft.json', 'paste-0.txt'])
    for (const file of readdirSync(join(folder, own))) expect(mode(join(folder, own, file))).toBe('600')
    drafts.save(['  \n'])
    expect(readdirSync(folder)).toEqual([])
    drafts.save(['three ', { nth: 0, text: 'pasted' }])
    disown(gonePid())
    expect(openDrafts(folder).adopt().sheets[0]?.text).toBe('three pasted')
  })

  test('are never written anew in full for a key: neither a large paste, nor what is long otherwise', () => {
    const drafts = openDrafts(folder)
    const long = Array.from({ length: 50_000 }, (_, n) => `line ${n} 日本`).join('\n')
    const paste = { nth: 0, text: long }
    const own = () => join(folder, readdirSync(folder)[0]!)
    const files = () => readdirSync(own()).filter((name) => name !== 'draft.json')
    const written = () => files().map((name) => `${name} ${statSync(join(own(), name)).ino}`)
    drafts.save(['why? ', paste, long])
    const before = written()
    expect(before).toHaveLength(2)
    const edits = [`${long}!`, `!${long}`, long.replace('line 25000', 'row'), long.slice(0, 400_000), `${long}`]
    for (const edited of edits) {
      drafts.save(['why? ', paste, edited])
      expect(written()).toEqual(before)
      expect(statSync(join(own(), 'draft.json')).size).toBeLessThan(1000)
    }
  })

  test('that are long are read as they were kept last, however they were changed', () => {
    const drafts = openDrafts(folder)
    let pid = gonePid()
    const sign = fc.constantFrom('a', '\n', '日', '👨‍👩‍👧‍👦')
    const text = fc.array(sign, { maxLength: 9 }).map((signs) => signs.join('').repeat(9000))
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), out: fc.nat(90_000), into: text })
    fc.assert(
      fc.property(text, fc.array(edit, { maxLength: 6 }), (start, edits) => {
        let draft = `x${start}`
        drafts.save([draft])
        for (const { at, out, into } of edits) {
          const from = Math.floor(at * draft.length)
          draft = `${draft.slice(0, from)}${into}${draft.slice(from + out)}x`.toWellFormed()
          drafts.save([draft])
        }
        expect(readdirSync(join(folder, readdirSync(folder)[0]!)).length).toBeLessThan(3)
        disown(pid++)
        const { sheets, done } = openDrafts(folder).adopt()
        expect(sheets.map((sheet) => sheet.text)).toEqual([draft])
        done()
        drafts.save([''])
      }),
      { numRuns: 30 },
    )
  })

  test('are kept beside the messages queued behind an answer, each as long as there is one', () => {
    type Kept = readonly [draft: string, queue: readonly Question[]]
    const found = (...kept: readonly Kept[]) => {
      const drafts = openDrafts(folder)
      for (const [draft, queue] of kept) drafts.save([draft], queue)
      disown(gonePid())
      const { sheets, queued, done } = openDrafts(folder).adopt()
      done()
      return [sheets.map(({ text }) => text), queued]
    }
    expect(found(['', ['first', 'second']], ['a draft', ['second']])).toEqual([['a draft'], ['second']])
    expect(found(['a draft', ['alone']], ['', ['alone']])).toEqual([[], ['alone']])
    const shown = { text: 'and this?', attachments: [PHOTO] }
    expect(found(['', ['first', shown]])).toEqual([[], ['first', shown]])
    expect(found(['a draft', ['sent by now']], ['a draft', []])).toEqual([['a draft'], []])
    const drafts = openDrafts(folder)
    drafts.save([''], ['sent by now'])
    drafts.save([''], [])
    expect(readdirSync(folder)).toEqual([])
  })

  test('that make no sense are passed over, and so is what is none', () => {
    for (const [name, content] of [
      [`${gonePid()}-1`, '{"not": "a list"}'],
      [`${gonePid()}-2`, 'half a wo'],
      [`${gonePid()}-3`, '["text", {"paste": "../../secret"}, {"paste": "paste-9.txt"}]'],
      [`${gonePid()}-4`, '["text", {"base": "base-9.txt", "from": 0, "to": 4}]'],
      ['notes', '["mine"]'],
    ] as const) {
      mkdirSync(join(folder, name), { recursive: true })
      writeFileSync(join(folder, name, 'draft.json'), content)
    }
    const { sheets, done } = openDrafts(folder).adopt()
    expect(sheets).toEqual([])
    done()
    expect(readdirSync(folder)).toEqual(['notes'])
  })
})
