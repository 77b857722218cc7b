/** The grammars as they are shipped: translated when the program is built. The tests' own start has built it. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, it, vi } from 'vitest'
import { LANGUAGES } from '../../src/core/code/languages.ts'
import { createHighlighter } from '../../src/io/highlighter.ts'
import { coloured } from '../core/markdown/kit.ts'

const folder = join(import.meta.dirname, '../../dist/grammars')
afterAll(() => {
  vi.unstubAllGlobals()
})

/** Code of this project, which holds a bit of everything, and lines that look like other languages. */
const LINES = [
  ...readFileSync(join(import.meta.dirname, '../../src/core/markdown/blocks.ts'), 'utf8')
    .split('\n')
    .slice(0, 80),
  ...[
    '# a',
    'def f(x: int = 3) -> "s":',
    '  return x if not y else None',
    'cat <<E',
    'x $y "$(z)"',
    'E',
    'a: &b [c, 1.5]',
  ],
  ...[
    '<p class="x"><!-- y --></p>',
    '.a > b { color: #fff }',
    "SELECT a FROM b WHERE c LIKE '%d'",
    '#include <x.h>',
    '',
  ],
  ...[
    'fn main<T>() -> Vec<u8> { let mut x = 1; }',
    'func (t *T) F() error {',
    'public class A extends B {',
    '漢字 = "é" 😀',
  ],
]

const all = async () => {
  const { highlight, warm } = createHighlighter(() => coloured)
  await warm()
  return Object.keys(LANGUAGES).map((language) => {
    const colour = highlight(language)
    return [language, LINES.map((line) => colour?.line(line))] as const
  })
}

it('a translated grammar colours as the original does', async () => {
  expect(readdirSync(folder)).toHaveLength(Object.keys(LANGUAGES).length)
  const originals = await all()
  vi.stubGlobal('__GRAMMARS__', pathToFileURL(folder).href)
  expect(await all()).toEqual(originals)
  // The originals are translated here, expression by expression: 13 s of work.
}, 90_000)
