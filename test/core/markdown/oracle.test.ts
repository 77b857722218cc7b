import fc from 'fast-check'
import { Lexer, type Token, type Tokens } from 'marked'
import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../../src/core/markdown/answer.ts'
import { widthOf } from '../../../src/core/text/width.ts'
import { plain } from './kit.ts'

/** The visible words of inline tokens. */
function words(tokens: readonly Token[] = []): string {
  return tokens
    .map((some) => {
      const token = some as Tokens.Generic
      if (token.type === 'codespan') return `\`${token.text}\``
      if (token.type === 'br') return '\r'
      if (token.type === 'link')
        return token.raw.startsWith('[') ? `${words(token.tokens)} (${token.href})` : token.text
      return token.tokens ? words(token.tokens) : String(token.text ?? token.raw)
    })
    .join('')
    .replace(/\n */g, ' ')
}

function indentBy(prefix: string, rows: readonly string[], first = prefix): string[] {
  return rows.map((row, i) => (i === 0 ? first : prefix) + row)
}

function tableRows(table: Tokens.Table): string[] {
  const grid = [table.header, ...table.rows].map((cells) => cells.map((cell) => words(cell.tokens)))
  const widths = table.header.map((_, i) => Math.max(2, ...grid.map((cells) => widthOf(cells[i] ?? ''))))
  const rows = grid.map((cells) =>
    cells
      .map((cell, i) => {
        const space = (widths[i] ?? 0) - widthOf(cell)
        const before = table.align[i] === 'right' ? space : table.align[i] === 'center' ? space >> 1 : 0
        return ' '.repeat(before) + cell + ' '.repeat(space - before)
      })
      .join('  ')
      .trimEnd(),
  )
  return [rows[0] ?? '', widths.map((width) => '─'.repeat(width)).join('  '), ...rows.slice(1)]
}

/** What marked makes of the whole text, drawn in the simplest way; blank rows are left out. */
function oracle(tokens: readonly Token[]): string[] {
  return tokens.flatMap((some): string[] => {
    const token = some as Tokens.Generic
    switch (token.type) {
      case 'heading': {
        const title = words(token.tokens)
        return [title === '' ? '' : `${'#'.repeat(Number(token.depth))} ${title}`]
      }
      case 'paragraph':
      case 'text':
        return words(token.tokens).split('\r')
      case 'code':
        return [...(token.lang ? [String(token.lang)] : []), ...String(token.text).split('\n')]
      case 'blockquote':
        return indentBy(
          '> ',
          oracle(token.tokens ?? []).filter((row) => row !== ''),
        )
      case 'list':
        return (token as Tokens.List).items.flatMap((item) => {
          const marker = token.ordered ? (/\d+[.)]/.exec(item.raw)?.[0] ?? '') : '-'
          const task = item.task ? (item.checked ? '[x] ' : '[ ] ') : ''
          const inner = item.tokens.filter((part) => part.type !== 'checkbox')
          const rows = oracle(inner).filter((row) => row !== '')
          return indentBy(' '.repeat(marker.length + 1), [task + (rows[0] ?? ''), ...rows.slice(1)], `${marker} `)
        })
      case 'table':
        return tableRows(token as Tokens.Table)
      case 'hr':
        return ['───']
      case 'html':
      case 'def':
        return token.raw.split('\n')
      default:
        return []
    }
  })
}

const visible = (rows: readonly string[]) => rows.map((row) => row.trimEnd()).filter((row) => !/^[ >]*$/.test(row))
const mine = (text: string) => visible(renderMarkdown(text, { width: 2000, theme: plain }))
const theirs = (text: string) => visible(oracle(new Lexer({ gfm: true }).lex(text)))

const SAMPLES = [
  '# One\n## Two ##\n### Three #3\n#no heading',
  'Setext\n===\n\nTwo\nlines\n---\ntext',
  'a paragraph\nof two lines\n\nand another',
  'text\n# heading\ntext',
  '- a\n- b\n- c',
  '- a\n\n- b\n\n  more b\n- c',
  '* a\n  * b\n    * c\n  * d\n* e',
  '1. a\n2. b\n10. c\n    - deep',
  '3) three\n4) four',
  'text\n- interrupts',
  'text\n2. does not',
  'text\n1. does',
  '- a\n+ b\n* c',
  '- [ ] open\n- [x] done',
  '- a\nlazy\n- b',
  '- a\n\n      code in item\n- b',
  '- ```js\n  x\n\n  y\n  ```\n- after',
  '1. one\n\n   ```\n   code\n   ```\n\n2. two',
  '> quote\n> more\nlazy\n\nafter',
  '> # head\n> - item\n>   - inner\n>\n> end',
  '> > nested\n> back',
  '> ```\n> code\n> ```\ntext',
  '> ```\n> code\nafter',
  '```ts\nconst a = 1\n\nconst b = 2\n```\nafter',
  '~~~\n```\n~~~',
  '````\n```\n````',
  '```\nunclosed\n  indented',
  '   ```\n   x\n    y\n   ```',
  '    code\n\n    more\ntext',
  'text\n    lazy, no code',
  '***\n---\n___\n* * *\n- - -',
  '| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |',
  'a | b\n--|--:\n1 | 2\n\ntext',
  '| a | b |\n|:-:|---|\n| x \\| y | `c` |\n| 漢字 | |',
  'before\n| a |\n|---|\n| 1 |',
  '| a | b |\n|---|\n| no table |',
  '| a |\n|---|\n| 1 |\n> quote',
  '<div>\n*literal*\n</div>\n\n*not*',
  '<!-- comment\n\nover lines -->\ntext',
  '<details>\n<summary>x</summary>\n\ntext\n\n</details>',
  'text with <b>inline</b>',
  '*a* **b** ***c*** ~~d~~ `e` [f](https://g.h) \\*i\\*',
  '**bold with `code` and *em***',
  'snake_case_name and 2*3*4',
  '`` a ` b `` and `c`',
  'hard  \nbreak\\\nhere',
  'https://example.com/a_b_c and <https://x.y>',
  '[label]: https://example.com\n\ntext',
  '* a\n\n  > quote in item\n\n  text\n* b',
  '1. a\n   - b\n     1. c\n        text of c\n2. d',
  '-\n  text after an empty marker',
  '- a\n-\n- c',
  '# \n\ntext',
  'a\n\n\n\nb',
]

describe('block structure', () => {
  it.each(SAMPLES)('agrees with marked on %j', (text) => {
    expect(mine(text)).toEqual(theirs(text))
  })

  it('agrees with marked on documents made of ordinary blocks', () => {
    const text = fc
      .array(fc.constantFrom('word', '**bold**', '*em*', '`code`', 'longer', '漢字', 'x = y'), {
        minLength: 1,
        maxLength: 5,
      })
      .map((parts) => parts.join(' '))
    const leaf = fc.oneof(
      text,
      text.map((title) => `## ${title}`),
      fc
        .tuple(
          fc.constantFrom('', 'ts', 'diff'),
          fc.array(fc.constantFrom('a = 1', '  b', '', '# no heading', '- no item'), { maxLength: 5 }),
        )
        .map(([lang, body]) => [`\`\`\`${lang}`, 'first', ...body, 'last', '```'].join('\n')),
      fc
        .array(fc.tuple(text, text), { minLength: 1, maxLength: 4 })
        .map((rows) => `| a | b |\n|---|--:|\n${rows.map(([a, b]) => `| ${a} | ${b} |`).join('\n')}`),
      fc.constant('***'),
    )
    const { block } = fc.letrec<{ block: string; list: string; quote: string }>((tie) => ({
      block: fc.oneof({ maxDepth: 2, withCrossShrink: true }, leaf, tie('list'), tie('quote')),
      quote: fc
        .array(tie('block'), { minLength: 1, maxLength: 3 })
        .map((blocks) => blocks.join('\n\n').replace(/^/gm, '> ')),
      list: fc
        .tuple(
          fc.constantFrom('- ', '* ', '1. '),
          fc.array(fc.tuple(text, fc.option(tie('block'))), { minLength: 1, maxLength: 4 }),
        )
        .map(([marker, items]) =>
          items
            .map(([head, inner]) =>
              (head + (inner ? `\n\n${inner}` : ''))
                .replace(/^(?!$)/gm, ' '.repeat(marker.length))
                .replace(/^ +/, marker),
            )
            .join('\n'),
        ),
    }))
    fc.assert(
      // Two lists in a row would be one: a paragraph stands between all blocks.
      fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
        const whole = blocks.join('\n\nbetween\n\n')
        expect(mine(whole)).toEqual(theirs(whole))
      }),
      { numRuns: 1500 },
    )
  })
})
