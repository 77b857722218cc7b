import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { LANGUAGES } from '../../src/core/code/languages.ts'
import { answerRows, renderMarkdown } from '../../src/core/markdown/answer.ts'
import { createHighlighter } from '../../src/io/highlighter.ts'
import { bare, coloured, cutAt, document, hostileText, plain, streamed } from '../core/markdown/kit.ts'

const highlighter = createHighlighter(() => coloured)
const { highlight } = highlighter
beforeAll(() => highlighter.warm())

/** The lines of a fence, coloured one after the other. */
const code = (language: string, ...lines: readonly string[]) => {
  const colour = highlight(language)
  return lines.map((line) => colour?.line(line))
}

const painted = (sgr: string) => (text: string) => `\x1b[${sgr}m${text}\x1b[m`
const keyword = painted(coloured.sgr.keyword)
const string = painted(coloured.sgr.string)
const constant = painted(coloured.sgr.constant)
const name = painted(coloured.sgr.name)
const comment = painted(coloured.sgr.comment)

describe('the colours of code', () => {
  it('mark keywords, strings, constants, names of types and comments; functions and variables stay as they are', () => {
    expect(code('ts', 'export const a: Row = read("x\\n", 42) // why')).toEqual([
      `${keyword('export const')} a: ${name('Row ')}= read(${string('"x')}${constant('\\n')}${string('"')}, ${constant('42')}) ${comment('// why')}`,
    ])
  })

  it('carry what is open from line to line: strings, comments, here-documents, over blank lines too', () => {
    expect(code('ts', '/* one', '', 'two */ let x')).toEqual([
      comment('/* one'),
      '',
      `${comment('two */ ')}${keyword('let')} x`,
    ])
    expect(code('py', 'x = """a', 'if b', '"""')[1]).toBe(string('if b'))
    expect(code('sh', 'cat <<END', 'if b', 'END', 'fi')[1]).toBe(string('if b'))
  })

  it('of a line still being written change nothing in the next', () => {
    const colour = highlight('ts')
    expect(colour?.peek?.('const a = `op')).toContain(string('`op'))
    expect(colour?.line('const b = 1')).toBe(`${keyword('const')} b = ${constant('1')}`)
  })

  it.each(Object.keys(LANGUAGES))('exist for %s, and leave every character where it was', (language) => {
    const lines = [
      '/* a */ <b c="d">{{ x }}</b> # e',
      'def f(a: "s", n = 1) -> [x] do |y|',
      '',
      '😀 漢字 => `q` \\n $z',
      '}',
    ]
    const colour = highlight(language)
    expect(colour).not.toBeNull()
    for (const line of lines) {
      expect(bare(colour!.peek!(line))).toBe(line)
      expect(bare(colour!.line(line))).toBe(line)
    }
  })

  it('end where a line is too long, or nests too deep, and stay away from runs of marks', () => {
    expect(code('ts', `const a = "${'x'.repeat(1100)}"`, 'const b')).toEqual([
      `const a = "${'x'.repeat(1100)}"`,
      `${keyword('const')} b`,
    ])
    expect(code('json', '['.repeat(1000), '1')).toEqual(['['.repeat(1000), '1'])
    expect(code('md', '~'.repeat(1000))).toEqual(['~'.repeat(1000)])
  })

  it('never run away: a line of ordinary Go takes no time that one would notice', () => {
    const line = 'm := map[string]struct{ alpha int; beta string; gamma []int; delta map[string]int `json:"x"` }'
    expect(bare(code('go', line)[0]!)).toBe(line)
  })

  it('are nobody’s where no language is named, none is known, or the theme is plain', async () => {
    expect([highlight('text'), highlight('klingon')]).toEqual([null, null])
    const none = createHighlighter(() => plain)
    await none.warm()
    expect(none.highlight('ts')).toBeNull()
  })

  it('wait for no engine: a fence that opens before it is there stays plain to its end', async () => {
    const late = createHighlighter(() => coloured)
    const answer = answerRows({ width: 40, theme: coloured, highlight: late.highlight })
    const rows = [...answer.push('```ts\nlet a\n')]
    await late.warm()
    rows.push(...answer.push('let b\n```\n```ts\nlet c\n```\n'), ...answer.end())
    expect(rows.map(bare)).toEqual(['ts', 'let a', 'let b', '', 'ts', 'let c'])
    expect(rows.filter((row) => row.includes(keyword('let')))).toHaveLength(1)
  })
})

describe('a streamed answer with coloured code', () => {
  const languages = fc.constantFrom('ts', 'python', 'bash', 'json', 'html', 'markdown', 'yaml', 'rust', 'cpp', 'php')
  const piece = fc.constantFrom(
    ...[
      'const a = ',
      '"x',
      "'",
      '`$',
      '{b}',
      '/* ',
      '*/',
      '// c',
      '# d',
      '"""',
      '<b c="d">',
      '</b>',
      '(',
      ')',
      '{',
      '}',
    ],
    ...['- k: v', '<<E', 'E', '\n', '\n', '\n', '\n', ' ', '    ', '😀', '漢', '\t', '1.5e3', 'def f(x):', '```', '> '],
  )
  const fenced = fc
    .tuple(languages, fc.array(fc.oneof({ weight: 9, arbitrary: piece }, hostileText), { maxLength: 40 }))
    .map(([language, parts]) => `\`\`\`${language}\n${parts.join('')}\n\`\`\`\n`)
  const text = fc.array(fc.oneof(fenced, fenced, document), { maxLength: 4 }).map((parts) => parts.join('\n'))
  const widths = fc.integer({ min: 2, max: 90 })

  it('gives the same rows however it is cut, and whatever its tail has shown', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 12 }), widths, (source, places, width) => {
        const answer = answerRows({ width, theme: coloured, highlight })
        const rows: string[] = []
        for (const part of cutAt(source, places)) {
          rows.push(...answer.push(part))
          expect(answer.tail(20).length).toBeLessThanOrEqual(20)
        }
        expect([...rows, ...answer.end()]).toEqual(streamed([source], width, coloured, highlight))
      }),
      { numRuns: 400 },
    )
  })

  it('says what it says without colours', () => {
    fc.assert(
      fc.property(text, widths, (source, width) => {
        const rows = renderMarkdown(source, { width, theme: coloured, highlight })
        expect(rows.map(bare)).toEqual(renderMarkdown(source, { width, theme: coloured }).map(bare))
        for (const row of rows) expect(row).not.toMatch(/[\ud800-\udbff]\x1b/)
      }),
      { numRuns: 400 },
    )
  })
})
