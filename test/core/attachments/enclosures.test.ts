/** Rows of what lies beside a draft, at any width. */

import { describe, expect, test } from 'vitest'
import { enclosedPreview, enclosureRows, shortName } from '../../../src/core/attachments/enclosure-words.ts'
import { type Enclosure, enclosedAgain, readyIn } from '../../../src/core/attachments/enclosures.ts'
import type { Attachment } from '../../../src/core/attachments.ts'
import { fold, newConversation, update } from '../../../src/core/conversation.ts'
import { NEWER } from '../../../src/core/models/catalogue.ts'
import { imageSizes, textParts } from '../../../src/core/picker/sizes.ts'
import { roomOf } from '../../../src/core/text/width.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { PHOTO, pdf, photo, text } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'

const FRESH = newConversation(CHOICES)
const rowsOf = (enclosed: readonly Enclosure[], width: number, most = 6, pointed: number | null = null) =>
  enclosureRows(enclosed, { pointed, width, most }, enclosedPreview(FRESH, enclosed, 0)).map((spans) =>
    spans.map(({ text: part }) => part).join(''),
  )
const ALL: readonly Enclosure[] = [
  ...enclosedAgain([
    PHOTO,
    pdf('a paper with a very long name, as they have them.pdf', 12).attachment,
    text().attachment,
  ]),
  { id: 8, name: 'late.png', state: 'preparing' },
  { id: 9, name: 'blob.bin', state: { refused: 'blob.bin is neither an image, a PDF nor text. Export it as one.' } },
]

describe('what lies beside a draft', () => {
  test('tells pixels before and after, tokens and rent; what is still prepared and what cannot go along', () => {
    const rows = rowsOf(ALL, 100)
    expect(rows[0]).toMatch(/^ {2}photo\.png 4032x3024 → 1176x882 · 1,344 tok · \$0\.\d+\/turn$/)
    expect(rows[1]).toMatch(/have them\.pdf PDF, 12 pages · ~56,568 tok · ~\$0\.\d+\/turn$/)
    expect(rows[2]).toMatch(/^ {2}notes\.txt 25 B · ~\d+ tok · <\$0\.\d+\/turn$/)
    expect(rows[3]).toBe('  late.png · preparing…')
    expect(rows[4]).toBe('  blob.bin is neither an image, a PDF nor text. Export it as one.')
    expect(rows[5]).toMatch(/^ {2}3 attachments · ~57,922 tok · request ~[\d.]+ kB · ~\$0\.\d+/)
  })

  test('takes what the server has counted, where nobody but the server can know', () => {
    const all = [PHOTO, pdf('a.pdf', 4).attachment, pdf('b.pdf', 2).attachment]
    const counted = (attachments: readonly Attachment[], draft: string, tokens: number) => {
      const { state } = update(FRESH, { type: 'counted', draft, attachments, tokens })
      const enclosed = enclosedAgain(attachments)
      const preview = enclosedPreview(state, enclosed, 0)
      return enclosureRows(enclosed, { pointed: null, width: 110, most: 6 }, preview).map((spans) =>
        spans.map(({ text: part }) => part).join(''),
      )
    }
    // One alone is the server's figure; words beside it are taken off by estimate.
    expect(counted([all[1]!], '', 9_000)[0]).toMatch(/^ {2}a\.pdf PDF, 4 pages · 9,000 tok · \$0\.\d+\/turn$/)
    expect(counted([all[1]!], '', 9_000).at(-1)).toMatch(/^ {2}1 attachment · 9,000 tok · /)
    expect(counted([all[1]!], 'Why?', 9_000)[0]).toMatch(/· ~8,99\d tok ·/)
    // Images follow their rule; the others share what is left, as they were estimated.
    const rows = counted(all, '', 1_344 + 9_000)
    expect(rows[0]).toContain(' 1,344 tok')
    expect(rows[1]).toContain(' ~6,000 tok')
    expect(rows[2]).toContain(' ~3,000 tok')
    expect(rows.at(-1)).toContain('3 attachments · ~10,344 tok')
    // Where something else lies there, it is a guess again.
    expect(rowsOf(enclosedAgain([all[1]!]), 110)[0]).toContain('~18,856 tok')
  })

  test('is counted behind a turn that still runs: its question, and what it has answered so far', () => {
    const heavy = (name: string) => ({ ...pdf(name, 40).attachment, bytes: 20_000_000 })
    const draft = enclosedAgain([heavy('b.pdf')])
    const usage = { ...NO_USAGE, input: 4, cacheWrite5m: 90_000 }
    const asked = fold({ ...FRESH, choices: { ...FRESH.choices, cacheTtl: '5m' } }, [
      { type: 'asked', at: 0, text: 'What?', attachments: [heavy('a.pdf')] },
      { type: 'sent', at: 0, attempt: 1, model: 'claude-sonnet-5-5' },
    ])
    const began = fold(asked, [
      { type: 'began', at: 1, model: 'claude-sonnet-5-5', messageId: 'm', usage, cacheMiss: null },
      { type: 'delta', at: 2, text: 'It is a paper. '.repeat(40) },
    ])
    const over = fold(began, [
      { type: 'usage', at: 3, usage: { ...usage, output: 240 } },
      { type: 'finished', at: 4, stopReason: 'end_turn', explanation: null },
    ])
    expect(enclosedPreview(FRESH, draft, 5).bytes.value).toBeLessThan(28e6)
    const [first, then, last] = [asked, began, over].map((state) => enclosedPreview(state, draft, 5))
    for (const one of [first!, then!, last!]) expect(one.bytes.value).toBeGreaterThan(53e6)
    // The answer has begun, so that its question is in the cache; the rest of the answer weighs little.
    expect(then!.usd!.value / last!.usd!.value).toBeCloseTo(1, 2)
    expect(then!.usd!.value).toBeGreaterThan(enclosedPreview(FRESH, draft, 5).usd!.value)
  })

  test('fits every width, its name and its tokens the last to go', () => {
    for (let width = 12; width < 130; width++)
      for (const row of rowsOf(ALL, width)) expect(roomOf(row), `${width}: ${row}`).toBeLessThanOrEqual(width)
    expect(rowsOf(ALL.slice(0, 1), 39)[0]).toMatch(/^ {2}photo\.png · 1,344 tok · \$0\.\d+\/turn$/)
    expect(rowsOf(ALL.slice(1, 2), 39)[0]).toMatch(/^ {2}a paper .*…ave them\.pdf · ~57k tok$/)
  })

  test('of many, some are shown, the pointed one among them', () => {
    const many = enclosedAgain(Array.from({ length: 12 }, (_, i) => photo(`${i}.png`).attachment))
    expect(rowsOf(many, 100, 4).map((row) => row.split(' ').find(Boolean))).toEqual([
      '9.png',
      '10.png',
      '11.png',
      '…',
      '12',
    ])
    const pointed = rowsOf(many, 60, 4, many[2]!.id)
    expect(pointed.find((row) => row.startsWith('› '))).toContain('2.png')
    expect(pointed.at(-1)).toContain('remove')
    expect(rowsOf(many, 60, 1)).toHaveLength(2)
  })

  test('only what is ready goes along', () => {
    expect(readyIn(ALL).map(({ kind }) => kind)).toEqual(['image', 'pdf', 'text'])
    expect(rowsOf([], 80)).toEqual([])
  })

  test('a long name keeps its end', () => {
    expect(shortName('a photo with a long name.jpeg', 16)).toBe('a photo …me.jpeg')
    expect(roomOf(shortName('写真写真写真写真写真写真.jpeg', 15))).toBeLessThanOrEqual(15)
    expect(shortName('写真写真写真写真写真写真.jpeg', 15)).toMatch(/\.jpeg$/)
  })
})

describe('sizes to choose from', () => {
  const own = { width: 4032, height: 3024 }
  test('each with its pixels and tokens; `auto` as it turned out', () => {
    const rows = imageSizes(own, NEWER, '', { width: 1269, height: 952 })
    expect(rows.map(({ says, means, tokens }) => `${says} ${means} ${tokens}`)).toContain('auto 1269x952 1564')
    expect(rows.map(({ says }) => says)).toEqual(['auto', 'native', '1080p', '720p', '640x640', '320x320'])
    expect(imageSizes(own, NEWER, '', null)[0]!.isKnown).toBe(false)
  })
  test('or one that is typed', () => {
    expect(imageSizes(own, NEWER, '800x600', null)).toMatchObject([{ size: '800x600', means: '800x600' }])
    expect(imageSizes(own, NEWER, '7', null)).toMatchObject([{ size: '720p' }])
    expect(imageSizes(own, NEWER, 'nonsense', null)).toEqual([])
  })
  test('of a text its head or its tail, none larger than the window', () => {
    expect(textParts(100_000, '').map(({ says }) => says)).toEqual([
      ...['head 2k', 'head 10k', 'head 50k', 'tail 2k', 'tail 10k', 'tail 50k'],
    ])
    expect(textParts(null, 'tail 700')).toMatchObject([{ part: { end: 'tail', tokens: 700 } }])
  })
})
