import { expect, test } from 'vitest'
import { codeBlocks } from '../../src/core/code-blocks.ts'

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
  expect(codeBlocks('no code')).toEqual([])
})
