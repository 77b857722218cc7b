import { expect, test } from 'vitest'
import * as answers from '../../bench/answers.ts'
import { tally } from '../../bench/numbered-words.ts'
import { parseScript } from '../../src/demo/script.ts'
import { hostileParts, leaked } from '../kit/hostile-parts.ts'

const MAKERS: readonly (readonly [string, (tag: string) => answers.Answer])[] = [
  ['prose', (tag) => answers.prose(tag, 500)],
  ['Markdown', (tag) => answers.markdown(tag, 333)],
  ['code', (tag) => answers.code(tag, 60)],
  ['a list', (tag) => answers.list(tag, 90)],
  ['one large delta', (tag) => answers.huge(tag, 50_000)],
  ['wide characters', (tag) => answers.wide(tag, 77)],
]

test.each(MAKERS)('%s holds each of its words once and in order', (_, make) => {
  const { deltas, words } = make('qabc')
  expect(tally(deltas.join(''), words)).toEqual({ missing: 0, doubled: 0, disordered: 0 })
})

test.each(MAKERS)('%s comes out of the script as the deltas that went in', (_, make) => {
  const answer = make('qabc')
  const [play] = parseScript(answers.lineFor(answer, { rate: 100, ttftMs: 20, torn: true }))
  expect(play?.content).toEqual({ kind: 'text', texts: answer.deltas })
  expect(play).toMatchObject({ rate: 100, ttftMs: 20, thinking: 0, splitUtf8: true })
})

test('a word a delta: paced words can be timed one by one', () => {
  for (const { deltas, words } of [answers.prose('q', 70), answers.markdown('q', 200), answers.code('q', 50)])
    expect(deltas).toHaveLength(words.count)
})

test('what a hostile answer carries is found again in an output that lets it through, and only there', () => {
  const output = Buffer.from(answers.hostile('qabc').deltas.join(''))
  // A link of Markdown and an entity are only text until somebody makes more of them.
  const made = hostileParts('qabc').filter(({ text, trace }) => !text.includes(trace))
  expect(leaked(output, 'qabc')).toEqual(
    expect.arrayContaining(
      hostileParts('qabc').flatMap(({ name }) => (made.some((one) => one.name === name) ? [] : [name])),
    ),
  )
  expect(leaked(output, 'qabc')).toContain('torn between two pieces')
  expect(leaked(Buffer.from('nothing but words'), 'qabc')).toEqual([])
})
