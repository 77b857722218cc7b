import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPdf } from '../../../src/core/attachments/pdf.ts'
import { pdf } from '../../kit/pdfs.ts'

const read = (bytes: Uint8Array) => readPdf(bytes, promisify(inflate), async () => {})

describe('what a PDF has', () => {
  test.each(['table', 'streams'] as const)('its pages, with a %s', async (way) => {
    expect(await read(pdf({ pages: 1, way }))).toEqual({ pages: 1 })
    expect(await read(pdf({ pages: 237, way }))).toEqual({ pages: 237 })
    expect(await read(pdf({ pages: 7, way, before: 'From: a printer\r\n\r\n' }))).toEqual({ pages: 7 })
    expect(await read(pdf({ pages: 7, way, isLocked: true }))).toBe('locked')
  })

  test.each(['table', 'streams'] as const)('its pages even when its %s is at the wrong place', async (way) => {
    const moved = Buffer.from(
      pdf({ pages: 12, way })
        .toString('latin1')
        .replace(/startxref\n\d+/, 'startxref\n99'),
      'latin1',
    )
    expect(await read(moved)).toEqual({ pages: 12 })
    const locked = Buffer.from(
      pdf({ pages: 12, way, isLocked: true })
        .toString('latin1')
        .replace(/startxref\n\d+/, 'startxref\n99'),
      'latin1',
    )
    expect(await read(locked)).toBe('locked')
  })

  test('a later save holds', async () => {
    const first = pdf({ pages: 3 }).toString('latin1')
    const at = first.length
    const again = `2 0 obj\n<< /Type /Pages /Kids [11 0 R] /Count 1 >>\nendobj\n`
    const prev = /startxref\n(\d+)/.exec(first)![1]
    const table = `xref\n2 1\n${String(at).padStart(10, '0')} 00000 n \ntrailer\n<< /Size 40 /Root 1 0 R /Prev ${prev} >>\nstartxref\n${at + again.length}\n%%EOF\n`
    expect(await read(Buffer.from(first + again + table, 'latin1'))).toEqual({ pages: 1 })
  })

  test('none: it is damaged', async () => {
    expect(await read(Buffer.from('%PDF-1.4\nnothing'))).toBe('damaged')
    expect(await read(pdf({ pages: 5 }).subarray(0, 300))).toBe('damaged')
    const inItself = pdf({ pages: 1 }).toString('latin1').replace('/Kids [10 0 R]', '/Kids [ 2 0 R]')
    expect(await read(Buffer.from(inItself, 'latin1'))).toBe('damaged')
  })

  test('law: whatever a byte turns into, it is counted, locked or damaged', async () => {
    const whole = { table: pdf({ pages: 11 }), streams: pdf({ pages: 11, way: 'streams' }) }
    const way = fc.constantFrom<keyof typeof whole>('table', 'streams')
    await fc.assert(
      fc.asyncProperty(
        way,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (which, changes) => {
          const bytes = new Uint8Array(whole[which])
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          const found = await read(bytes)
          if (typeof found === 'object') expect(found.pages).toBeGreaterThan(0)
          else expect(['locked', 'damaged']).toContain(found)
        },
      ),
    )
  })
})
