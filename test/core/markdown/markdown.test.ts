import { describe, expect, it } from 'vitest'
import { answerRows, renderMarkdown } from '../../../src/core/markdown/answer.ts'
import type { Theme } from '../../../src/core/text/theme.ts'
import { bare, coloured, plain, spoken } from './kit.ts'

const drawn = (text: string, width = 40) => renderMarkdown(text, { width, theme: plain })
const painted = (text: string, width = 60) => renderMarkdown(text, { width, theme: coloured })

describe('a rendered answer', () => {
  it('sets one blank row between blocks, whatever the source has', () => {
    expect(drawn('\n\n# Title\ntext\n- item\n\n\n\n> quote\n***\n\n\n')).toEqual([
      '# Title',
      '',
      'text',
      '',
      '- item',
      '',
      '> quote',
      '',
      '───',
    ])
  })

  it('wraps prose between words and takes source line breaks for blanks', () => {
    expect(drawn('one two three\nfour five', 14)).toEqual(['one two three', 'four five'])
    expect(drawn('hard  \nbreak\\\nhere<br>and here')).toEqual(['hard', 'break', 'here', 'and here'])
  })

  it('shows emphasis, code and links as looks, not as marks', () => {
    expect(painted('a **b** *c* ***d*** ~~e~~ `f`')).toEqual([
      'a \x1b[1mb\x1b[m \x1b[3mc\x1b[m \x1b[3;1md\x1b[m \x1b[9me\x1b[m \x1b[36mf\x1b[m',
    ])
    expect(painted('# A *title* #')).toEqual(['\x1b[1;4mA \x1b[m\x1b[1;4;3mtitle\x1b[m'])
    expect(painted('[docs](https://example.com)')).toEqual([
      '\x1b]8;;https://example.com\x1b\\\x1b[4mdocs\x1b[m\x1b]8;;\x1b\\',
    ])
  })

  it('tells the six levels of headings apart: by looks, without colours by their signs, aloud by words', () => {
    const text = '# a\n## b\n### c\n#### d\n##### e\n###### f\n\ng\n==\n\nh\n--'
    const levels = (theme: Theme) => renderMarkdown(text, { width: 60, theme }).filter((row) => row !== '')
    const looks = levels(coloured).map((row) => /^\x1b\[([\d;]+)m\w\x1b\[m$/.exec(row)?.[1])
    expect(new Set(looks.slice(0, 6)).size).toBe(6)
    expect(looks.slice(6)).toEqual(looks.slice(0, 2))
    // No colour, and nothing that could be taken for a link.
    for (const look of looks) expect(look).toMatch(/^(?!4$)[1-4](;[1-4])*$/)
    expect(levels(plain)).toEqual(['# a', '## b', '### c', '#### d', '##### e', '###### f', '# g', '## h'])
    expect(levels(spoken).slice(0, 2)).toEqual(['Heading 1: a', 'Heading 2: b'])
    expect(drawn('##\n\n## ``` ```')).toHaveLength(1)
  })

  it('read aloud, says a table as pairs of key and value, however much room there is', () => {
    const table = '| Sea | Depth |\n|---|--:|\n| Baltic | 459 m |\n| North | 725 m |'
    expect(renderMarkdown(table, { width: 200, theme: spoken })).toEqual([
      'Sea: Baltic',
      'Depth: 459 m',
      '',
      'Sea: North',
      'Depth: 725 m',
    ])
  })

  it('closes every look at the end of a row and opens it again on the next', () => {
    expect(painted('**one two**', 4)).toEqual(['\x1b[1mone\x1b[m', '\x1b[1mtwo\x1b[m'])
    expect(painted('[one two](https://e.x)', 4)).toHaveLength(2)
  })

  it('never lets the text of a link lie about where it leads', () => {
    expect(bare(painted('[https://good.example](https://evil.example)')[0] ?? '')).toBe(
      'https://good.example (https://evil.example)',
    )
    expect(drawn('[run](javascript:alert(1)) ![alt](pic.png)')).toEqual(['run (javascript:alert(1)) alt (pic.png)'])
  })

  it('resolves character references without letting one become a control', () => {
    expect(drawn('&lt;a&gt; &amp; &#8364; &nope; &#27;[31m &#x9b;2J')).toEqual(['<a> & € &nope; ␛[31m \ufffd2J'])
  })

  it('hangs the rows of an item under its text, numbers as written', () => {
    expect(drawn('- one two three four\n  - deep words here\n9. nine\n10. ten and more of it', 14)).toEqual([
      '- one two',
      '  three four',
      '  - deep words',
      '    here',
      '',
      '9. nine',
      '10. ten and',
      '    more of it',
    ])
  })

  it('keeps a tight list tight and a loose one loose, as the source has it', () => {
    expect(drawn('- a\n- b\n\n- c\n\n  more')).toEqual(['- a', '- b', '', '- c', '', '  more'])
  })

  it('shows tasks, empty items and items that begin with code', () => {
    expect(drawn('- [ ] open\n- [x] done\n-\n- ```\n  code\n  ```')).toEqual([
      '- [ ] open',
      '- [x] done',
      '-',
      '- code',
    ])
  })

  it('marks quotes at their side, nested ones twice', () => {
    expect(drawn('> one two three\n>\n> - item\n> > deep', 10)).toEqual([
      '> one two',
      '> three',
      '>',
      '> - item',
      '>',
      '> > deep',
    ])
  })

  it('shows code as it is, under its language, lines of any width in one piece', () => {
    expect(drawn('```ts\nif (x) {\n\treturn 1\n}\n\n\nend\n```', 8)).toEqual([
      'ts',
      'if (x) {',
      '    return 1',
      '}',
      '',
      '',
      'end',
    ])
    expect(drawn('    indented\n\n      more\n\ntext')).toEqual(['indented', '', '  more', '', 'text'])
  })

  it('colours a diff', () => {
    expect(painted('```diff\n@@ 1 @@\n-old\n+new\n same\n```').slice(1)).toEqual([
      '\x1b[2m@@ 1 @@\x1b[m',
      '\x1b[31m-old\x1b[m',
      '\x1b[32m+new\x1b[m',
      ' same',
    ])
  })

  it('aligns a table by display width under a thin rule', () => {
    expect(drawn('| Name | n |  |\n|---|--:|:-:|\n| 漢字 | 1 | x |\n| a | 22 | `y` |')).toEqual([
      'Name   n',
      '────  ──  ───',
      '漢字   1   x',
      'a     22  `y`',
    ])
  })

  it('wraps the cells of a wide table, and lists key and value where even that is too narrow', () => {
    const table = '| Key | What it means |\n|---|---|\n| a | the first of several letters |\n| b | the second |'
    expect(drawn(table, 20)).toEqual([
      'Key  What it means',
      '───  ───────────────',
      'a    the first of',
      '     several letters',
      'b    the second',
    ])
    expect(drawn(table, 12)).toEqual([
      'Key: a',
      'What it',
      'means: the',
      'first of',
      'several',
      'letters',
      '',
      'Key: b',
      'What it',
      'means: the',
      'second',
    ])
  })

  it('keeps the widths of the first rows of a long table and loses no cell after them', () => {
    const rows = drawn(`| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(20)}| long word | x | surplus |\n`)
    expect(rows.slice(0, 3)).toEqual(['a      b', '─────  ─────', '1      2'])
    expect(rows.slice(-2)).toEqual(['long   x | surplus', 'word'])
  })

  it('leaves mathematics, HTML and front matter as written', () => {
    expect(drawn('Let $a_1 * b_1 * c$ cost $5 or $10, and \\(x_1 + x_2\\).')).toEqual([
      'Let $a_1 * b_1 * c$ cost $5 or $10, and',
      '\\(x_1 + x_2\\).',
    ])
    expect(drawn('$$\na_1 * b\n$$\ntext')).toEqual(['$$', 'a_1 * b', '$$', '', 'text'])
    expect(drawn('<details>\n<b>*x*</b>\n</details>')).toEqual(['<details>', '<b>*x*</b>', '</details>'])
    expect(drawn('---\ntitle: x\n---\ntext')).toEqual(['---', 'title: x', '---', '', 'text'])
    expect(drawn('---\ntext')).toEqual(['───', '', 'text'])
  })

  it('shows footnotes and reference links without waiting for them', () => {
    expect(
      drawn('Fact[^1] and [docs][d].\n\n[^1]: Source, which\n    goes on.\n[^2]: Other.\n\n[d]: https://example.com'),
    ).toEqual(['Fact[1] and docs [d].', '', '[1] Source, which goes on.', '[2] Other.', '', '[d]: https://example.com'])
  })

  it('has room for content however deep it nests', () => {
    const deep = Array.from({ length: 40 }, (_, i) => `${'  '.repeat(i)}- word${i}`).join('\n')
    for (const row of drawn(deep, 20)) expect(row.trimStart().length).toBeGreaterThan(0)
    expect(drawn(deep, 20).join(' ')).toContain('word31')
    expect(drawn('123456789. x', 8)).toEqual(['12345678', '9.', 'x'])
  })

  it('asks the colouring once per line of code, in order', () => {
    const asked: string[] = []
    const highlight = (lang: string) => ({
      line: (text: string) => `${asked.push(`${lang}:${text}`) && '\x1b[32m'}${text}\x1b[39m`,
    })
    const answer = answerRows({ width: 40, theme: coloured, highlight })
    const rows = ['```py\na = ', '1\nb', ' = 2\n```\n'].flatMap((piece) => {
      const final = answer.push(piece)
      answer.tail(5)
      return final
    })
    expect(asked).toEqual(['py:a = 1', 'py:b = 2'])
    expect(rows.slice(1)).toEqual(['\x1b[32ma = 1\x1b[m', '\x1b[32mb = 2\x1b[m'])
  })

  it('lets no coloured line smuggle a sequence in', () => {
    const highlight = () => ({ line: (text: string) => `\x1b[2J\x1b]0;x\x07${text}\nb` })
    expect(renderMarkdown('```x\na\n```', { width: 40, theme: coloured, highlight })[1]).toBe('␛[2J␛]0;x␇a b')
  })
})

describe('the open tail', () => {
  const tailOf = (text: string) => {
    const answer = answerRows({ width: 40, theme: coloured })
    answer.push(text)
    return answer.tail(20)
  }

  it.each([
    ['**bo', ['\x1b[1mbo\x1b[m']],
    ['say `co', ['say \x1b[36mco\x1b[m']],
    ['text **', ['text']],
    ['a [link](https://exam', ['a link']],
  ])('shows %j as if it were closed', (text, rows) => {
    expect(tailOf(text)).toEqual(rows)
  })

  it.each([
    ['text\n-', ['text']],
    ['text\n==', ['text']],
    ['| a | b |\n|--', ['| a | b |']],
    ['``', []],
    ['#', []],
  ])('waits with marks that may become something else: %j', (text, rows) => {
    expect(tailOf(text)).toEqual(rows)
  })

  it('is drawn at the new width after a resize', () => {
    const answer = answerRows({ width: 40, theme: plain })
    answer.push('one two three')
    expect(answer.tail(5)).toEqual(['one two three'])
    answer.resize(8)
    expect(answer.tail(5)).toEqual(['one two', 'three'])
    expect(answer.tail(1)).toEqual(['three'])
    expect(answer.tail(0)).toEqual([])
  })

  it('is empty once everything is final', () => {
    const answer = answerRows({ width: 40, theme: plain })
    expect(answer.tail(5)).toEqual([])
    expect(answer.push('# Done\n')).toEqual(['# Done'])
    expect(answer.tail(5)).toEqual([])
    expect(answer.end()).toEqual([])
  })
})
