import { describe, expect, test } from 'vitest'
import { extracted, wantedBlock } from '../../../src/core/code/extract.ts'

const ANSWER = `First:

\`\`\`py
print(1)
\`\`\`

1. then

   \`\`\`Bash title="run.sh"
   ls -l
   \`\`\`

\`\`\`
plain
\`\`\`
`
const from = (given: string | true, answer = ANSWER) => {
  const wanted = wantedBlock(given)
  if (typeof wanted === 'string') return wanted
  const block = extracted(answer, wanted)
  return typeof block === 'string' ? block : block.text
}

describe('one code block of an answer', () => {
  test('is the last, the nth, or the first of a language by any of its names', () => {
    expect(from(true)).toBe('plain')
    expect(from('1')).toBe('print(1)')
    expect(from('python')).toBe('print(1)')
    expect(from('sh')).toBe('ls -l')
    expect(from('BASH')).toBe('ls -l')
  })

  test('that is not there is told with those that are', () => {
    const all = 'It has 1 (py, 1 line), 2 (bash, 1 line), 3 (no language, 1 line).'
    expect(from('rust')).toBe(`The answer has no rust block. ${all}`)
    expect(from('4')).toBe(`The answer has no code block 4. ${all}`)
    expect(from(true, 'only words')).toBe('The answer has no code block.')
  })

  test('cannot be asked for by a number that is none', () => {
    for (const given of ['0', '-1', '1.5', '2x']) expect(from(given)).toContain(`"${given}" came.`)
  })
})
