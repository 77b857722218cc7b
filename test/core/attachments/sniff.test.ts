import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sniff } from '../../../src/core/attachments/sniff.ts'

const bytes = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const kind = (text: string) => {
  const found = sniff(bytes(text))
  return 'type' in found ? found.type : found.kind
}

describe('what a file is', () => {
  test.each([
    ['\x89PNG\r\n\x1a\n', 'png'],
    ['\xff\xd8\xff\xe0', 'jpeg'],
    ['GIF89a', 'gif'],
    ['RIFF\x01\x02\x03\x04WEBPVP8 ', 'webp'],
    ['RIFF\x01\x02\x03\x04WAVE', 'binary'],
    ['\0\0\0\x18ftypavif\0\0\0\0mif1avif', 'avif'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'heic'],
    ['\0\0\0\x18ftypmif1\0\0\0\0mif1avif', 'avif'],
    ['\0\0\0\x18ftypisom\0\0\0\0isomavc1', 'known'],
    ['II*\0\x08\0\0\0', 'tiff'],
    ['BM\x01\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'bmp'],
    ['BMW is a car maker.', 'text'],
    ['\0\0\x01\0\x01\0', 'ico'],
    ['<svg xmlns="">', 'svg'],
    ['\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made > by -->\n<!DOCTYPE svg [<!ENTITY a "b>">]>\n<svg>', 'svg'],
    ['<html><body><svg></svg>', 'text'],
    ['<?xml version="1.0"?><root><svg/></root>', 'text'],
    ['%PDF-1.7\n', 'pdf'],
    ['\r\nX-Mail: 1\r\n%PDF-1.7\n', 'pdf'],
    ['PK\x03\x04', 'known'],
    ['\x1f\x8b\x08', 'known'],
    ['', 'empty'],
    ['hello\tworld\r\n', 'text'],
    ['\x1b[31mred\x1b[0m', 'text'],
    ['\x1b]0;t\x07\x1b[31mred\x1b[0m', 'text'],
    ['\xff\xfeh\0i\0', 'text'],
    ['Gr\xfc\xdfe', 'text'],
    ['a\0b', 'binary'],
    ['g\0r\0\xfc\0n\0', 'text'],
    ['\0g\0r\0\xfc\0n', 'text'],
    ['\x01\0\x02\0\x03\0\x04\0', 'binary'],
    ['\x01\x02\x03\x04abc', 'binary'],
  ])('%j is %s', (text, what) => expect(kind(text)).toBe(what))

  test('law: whatever comes, something is said', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => void expect(sniff(any).kind).toBeTypeOf('string')),
    )
  })
})
