import { expect, test } from 'vitest'
import { parseScript, ScriptError } from '../../src/demo/script.ts'
import { SCRIPT_WORDS } from '../../src/demo/script-words.ts'

const reasonOf = (script: string): string => {
  try {
    parseScript(script)
  } catch (error) {
    expect(error).toBeInstanceOf(ScriptError)
    return (error as Error).message
  }
  throw new Error(`${script} was taken`)
}

test('blank lines and comments are no plays, and x2 is two', () => {
  const plays = parseScript('# faults first\n\n529 x2   # twice\r\nok\n')
  expect(plays.map(({ http, line }) => [line, http?.kind])).toEqual([
    ['529 x2', 'status'],
    ['529 x2', 'status'],
    ['ok', undefined],
  ])
})

test('a line holds content, pace, steps in their order, an end and manners', () => {
  const [play] = parseScript(
    'words n=50 tag=qaaa rate=100 ttft=250 thinking=7 hold after=9 silence after=3 for=2s cut after=20 pings every=1s split-utf8',
  )
  expect(play).toMatchObject({
    content: { kind: 'words', count: 50, tag: 'qaaa' },
    rate: 100,
    ttftMs: 250,
    thinking: 7,
    steps: [
      { kind: 'silence', after: 3, ms: 2000 },
      { kind: 'hold', after: 9 },
    ],
    ending: { kind: 'cut', after: 20 },
    pingEveryMs: 1000,
    splitUtf8: true,
    unknownEvents: false,
  })
})

test('a key belongs to the nearest word before it that takes it', () => {
  const [play] = parseScript('cut after=4 silence after=2 for=5ms')
  expect(play).toMatchObject({ ending: { after: 4 }, steps: [{ after: 2, ms: 5 }] })
})

test('a text is a JSON string, with spaces, quotes and a # in it', () => {
  const [play] = parseScript(String.raw`text "a \"b\" # c\n\u00e9"  # a comment`)
  expect(play?.content).toEqual({ kind: 'text', texts: ['a "b" # c\né'] })
})

test('times have units, and may be for ever', () => {
  const times = ['250', '250ms', '1.5s', '2m', 'forever'].map((time) => parseScript(`silence for=${time}`)[0]?.steps[0])
  expect(times).toMatchObject([
    { ms: 250 },
    { ms: 250 },
    { ms: 1500 },
    { ms: 120_000 },
    { ms: Number.POSITIVE_INFINITY },
  ])
})

test('an unknown word is named with its line, what was near, and what is known', () => {
  const reason = reasonOf('ok\n\ncutt after=20')
  expect(reason).toContain('line 3: "cutt"')
  expect(reason).toContain('did you mean cut?')
  for (const word of Object.keys(SCRIPT_WORDS)) expect(reason).toContain(word)
})

test.each([
  ['words n=many', 'words n=: expected a whole number, such as 20, got "many"'],
  ['silence after=3', 'silence needs for='],
  ['rate=5', 'rate= follows one of ok, words, text'],
  ['words colour=red', 'no word of a script takes "colour"='],
  ['cut reset', 'cut and reset do not go together'],
  ['529 cut', '529 is a whole HTTP answer, cut belongs to a message'],
  ['text', 'text needs a JSON string'],
  ['ok "hello"', 'a text in quotes follows the word text only'],
  [String.raw`text "\q"`, 'expected a JSON string after text'],
  ['429 x0', 'x0 would never happen'],
  ['error-mid type=oops', 'expected one of'],
])('%s is refused with what was expected', (line, reason) => {
  expect(reasonOf(line)).toContain(reason)
})

test('several texts are a delta each', () => {
  const [play] = parseScript(String.raw`text "one " "two\n" rate=5`)
  expect(play).toMatchObject({ content: { kind: 'text', texts: ['one ', 'two\n'] }, rate: 5 })
})
