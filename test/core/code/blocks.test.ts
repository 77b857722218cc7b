import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeBlocks } from '../../../src/core/code/blocks.ts'

test('every code block, in reading order, without fence and without the indentation of its list', () => {
  const answer =
    'One:\n\n```ts title=x\nlet a = 1\n\tb()\n```\n\n1. Two:\n   ~~~\n     deep\n   ~~~\n\n> ```sh\n> ls\n> ```\n'
  expect(codeBlocks(answer)).toEqual([
    { language: 'ts', text: 'let a = 1\n\tb()' },
    { language: '', text: '  deep' },
    { language: 'sh', text: 'ls' },
  ])
})

test('one that is still open counts, inline code does not', () => {
  expect(codeBlocks('`not this`\n\n```py\nprint(1)\npri')).toEqual([{ language: 'py', text: 'print(1)\npri' }])
  expect(codeBlocks('```py\nprint(1)\n')).toEqual([{ language: 'py', text: 'print(1)' }])
  expect(codeBlocks('no code\n\n$$\nx\n$$\n\n<pre>\n</pre>')).toEqual([])
})

test('indented code ends with its last line; a fence keeps blank lines, and an empty one counts', () => {
  const answer = 'text\n\n\tall:\n\n\t\techo\ta\n\n\ntext\n\n```\n\n  a  \n\n```\n\n```\n```\n'
  expect(codeBlocks(answer).map(({ text }) => text)).toEqual(['all:\n\n\techo\ta', '\n  a  \n', ''])
})

test('every character is as the model wrote it, tabs and long lines too, wherever the block stands', () => {
  const line = fc
    .array(fc.constantFrom('\t', '\t\t', '  ', 'x', ' = ', '"a\tb"', '漢字', '👍', '`', '\x1b[2J', '#', '- '), {
      maxLength: 12,
    })
    .chain((parts) => fc.constantFrom(1, 1, 300).map((times) => parts.join('').repeat(times)))
  const container = fc.constantFrom(['', ''], ['- ', '  '], ['1. ', '   '], ['> ', '> '], ['- a\n\n  - ', '    '])
  const blocks = fc.array(fc.tuple(container, fc.array(line, { minLength: 1, maxLength: 6 })), { maxLength: 4 })
  fc.assert(
    fc.property(blocks, (all) => {
      const answer = all.map(([[first, next], code]) =>
        [`${first}~~~go`, ...code.map((text) => next + text), `${next}~~~\n\nwords\n`].join('\n'),
      )
      expect(codeBlocks(answer.join('\n'))).toEqual(all.map(([, code]) => ({ language: 'go', text: code.join('\n') })))
    }),
    { numRuns: 500 },
  )
})
