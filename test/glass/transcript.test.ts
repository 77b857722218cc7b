import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, newConversation, update } from '../../src/core/conversation.ts'
import { theme } from '../../src/core/text/theme.ts'
import { createTranscript } from '../../src/glass/transcript.ts'
import { CHOICES } from '../kit/choices.ts'

const bare = theme({ colour: 'none', links: false })
const asked = (text: string): Event => ({ type: 'asked', at: 0, text })
const delta = (text: string): Event => ({ type: 'delta', at: 9, text })
const thinking = (text: string): Event => ({ type: 'thinking', at: 5, phase: 'more', text })
const finished: Event = { type: 'finished', at: 99, stopReason: 'end_turn', explanation: null }

/** A transcript and the rows it has given so far. */
function desk(columns = 60) {
  const transcript = createTranscript(bare, columns)
  const rows: string[] = []
  let state = newConversation(CHOICES)
  const at = {
    rows,
    get isHolding() {
      return transcript.isHolding
    },
    happen(...events: readonly Event[]) {
      for (const event of events) {
        state = update(state, event).state
        rows.push(...transcript.follow(state, event))
      }
    },
    remark: (text: string) => rows.push(...transcript.remark(text)),
    unfold: (on: boolean) => rows.push(...transcript.unfold(on, state.live ?? state.turns.at(-1) ?? null)),
  }
  return at
}

describe('a remark while an answer runs', () => {
  test.each([
    ['a paragraph that is still being written', 'One.\n\nTwo is', ' here.', ['One.', '', 'REMARK', '', 'Two is here.']],
    ['an answer of which nothing stands yet', 'One is', ' here.', ['REMARK', '', 'One is here.']],
    ['a table that may still grow', '| a | b |\n|---|---|\n', '| 1 | 2 |\n', ['REMARK', '', 'a   b']],
  ])('goes above %s', (_name, before, after, expected) => {
    const at = desk()
    at.happen(asked('Q'), delta(before))
    at.remark('REMARK')
    at.happen(delta(after), finished)
    expect(at.rows.slice(3, 3 + expected.length)).toEqual(expected)
  })

  test.each([
    ['a list', '- a\n- b\n', '- c\n\nEnd.\n\nMore.\n\n', ['- c', '', 'REMARK', '', 'End.', '', 'More.']],
    ['code', '```\na\n', 'b\n```\nEnd.', ['b', '', 'REMARK', '', 'End.']],
    ['a quote', '> a\n> - b\n', '> - c\n\nEnd.\n\n', ['> - c', '', 'REMARK', '', 'End.']],
    ['a heading and what it heads', '## Title\n\n', 'Text.\n\nEnd.', ['Text.', '', 'REMARK', '', 'End.']],
    [
      'a long paragraph',
      'word '.repeat(600),
      'word\n\nEnd.',
      [expect.stringMatching(/word$/), '', 'REMARK', '', 'End.'],
    ],
  ])('waits for the end of %s', (_name, before, after, expected) => {
    const at = desk()
    at.happen(asked('Q'), delta(before))
    at.remark('REMARK')
    expect(at.rows).not.toContain('REMARK')
    expect(at.isHolding).toBe(true)
    at.happen(delta(after), finished)
    expect(at.rows.slice(-expected.length)).toEqual(expected)
    expect(at.isHolding).toBe(false)
  })

  test('stands below the end of the answer at the latest, and above the next question', () => {
    const at = desk()
    at.happen(asked('Q'), delta('- a\n- b\n'), asked('Next?'))
    at.remark('ONE')
    at.remark('TWO')
    at.happen(finished)
    expect(at.rows.slice(3)).toEqual(['- a', '- b', '', 'ONE', '', 'TWO', '', '› Next?', ''])
  })

  test('waits for a paragraph of thinking, where that is shown, and stands above the answer', () => {
    const at = desk(20)
    at.unfold(true)
    at.happen(asked('Q'), thinking('thought '.repeat(20)))
    at.remark('REMARK')
    expect(at.rows).not.toContain('REMARK')
    at.happen(thinking('done.\n\nMore'), delta('Answer.'), finished)
    expect(at.rows.join('\n')).toMatch(/thought\ndone\.\n\nREMARK\n\nMore\n\n✻ .*\n\nAnswer\.$/)
  })
})

describe('thinking that is asked for while the answer runs', () => {
  test('waits for the end of a list', () => {
    const at = desk()
    at.happen(asked('Q'), thinking('Hm.\n\nWell.'), delta('- a\n- b\n'))
    at.unfold(true)
    at.happen(delta('- c\n\nEnd.\n'), finished)
    expect(at.rows.slice(-11)).toEqual([
      '- a',
      '- b',
      '- c',
      '',
      '✻ thinking of answer 1',
      '',
      'Hm.',
      '',
      'Well.',
      '',
      'End.',
    ])
  })

  test('does not come any more when it is folded again meanwhile', () => {
    const at = desk()
    at.happen(asked('Q'), thinking('Hm.'), delta('- a\n- b\n'))
    at.unfold(true)
    at.unfold(false)
    at.happen(finished)
    expect(at.rows).not.toContain('Hm.')
  })
})

test('wherever it comes and however the network cuts the answer, a remark splits no block, and no row is lost', () => {
  const KINDS = [
    (tag: string) => `${tag} one.\n${tag} two.`,
    (tag: string) => `${tag} word `.repeat(60).trim(),
    (tag: string) => `${`${tag} words of a very long line `.repeat(80)}`.trim(),
    (tag: string) => `- ${tag}\n- ${tag} b\n\n  ${tag} c\n  1. ${tag} d`,
    (tag: string) => `\`\`\`\n${tag}\n\n${tag}\n\`\`\``,
    (tag: string) => `> ${tag}\n>\n> - ${tag}`,
    (tag: string) => `| ${tag} | b |\n|---|---|\n${`| ${tag} | x |\n`.repeat(14)}`.trim(),
    (tag: string) => `| ${tag} | b |\n|---|---|\n| ${tag} | x |`,
    (tag: string) => `## ${tag}\n\n${tag} below`,
    (tag: string) => `<details>\n${tag}\n${tag}\n</details>`,
  ]
  const block = fc.constantFrom(...KINDS)
  const pieces = fc.array(fc.tuple(fc.integer({ min: 1, max: 120 }), fc.boolean()), { maxLength: 60 })
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), pieces, (kinds, cuts) => {
      const text = kinds.map((kind, i) => kind(`tag${i}x`)).join('\n\n')
      const quiet = desk(40)
      quiet.happen(asked('Q'), delta(text), finished)
      const at = desk(40)
      at.happen(asked('Q'))
      let from = 0
      for (const [length, isRemark] of cuts) {
        if (isRemark) at.remark('REMARK')
        if (from < text.length) at.happen(delta(text.slice(from, from + length)))
        from += length
      }
      if (from < text.length) at.happen(delta(text.slice(from)))
      at.happen(finished)

      const remarks = cuts.filter(([, isRemark]) => isRemark).length
      expect(at.rows.filter((row) => row === 'REMARK')).toHaveLength(remarks)
      const words = (rows: readonly string[]) => rows.filter((row) => row !== '' && row !== 'REMARK')
      expect(words(at.rows)).toEqual(words(quiet.rows))
      expect(at.rows.join('\n')).not.toMatch(/\n\n\n(?!.*\n```)REMARK|REMARK\n\n\n|REMARK\n[^\n]/)
      // Rows of one block, from the first to the last that carries its tag, have no remark between them.
      for (const i of kinds.keys()) {
        const tagged = at.rows.flatMap((row, y) => (row.includes(`tag${i}x`) ? [y] : []))
        expect(at.rows.slice(tagged[0], tagged.at(-1)! + 1)).not.toContain('REMARK')
      }
    }),
    { numRuns: 400 },
  )
})
