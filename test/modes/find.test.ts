import { expect, test } from 'vitest'
import { type Event, fold, newConversation } from '../../src/core/conversation.ts'
import { remarkRows } from '../../src/core/text/remark.ts'
import { theme } from '../../src/core/text/theme.ts'
import { find, pageOf } from '../../src/modes/chat/errands.ts'
import { CHOICES } from '../kit/choices.ts'

const PLAIN = theme({ colour: 'none', links: false })
const turn = (text: string, answer: string): readonly Event[] => [
  { type: 'asked', at: 0, text },
  { type: 'delta', at: 1, text: answer },
  { type: 'finished', at: 2, stopReason: 'end_turn', explanation: null },
]
/** The second turn was asked in other words. */
const FORKED = fold(newConversation(CHOICES), [
  ...turn('Why is the sea salt?', 'Rivers carry it.'),
  ...turn('And the lakes?', 'They have rivers that leave.'),
  { type: 'moved', to: 1 },
  ...turn('And the ponds?', 'Too small.'),
])
const says = (text: string) => remarkRows(find(text, FORKED), 80, PLAIN)

test('/find looks on all branches, and tells which places are on another one', () => {
  expect(says('rivers')).toEqual([
    'On other branches (/tree goes there):',
    'answer 2  They have [rivers] that leave.',
    '',
    'On this branch:',
    'answer 1  [Rivers] carry it.',
    '/show N reads an answer in full.',
  ])
  expect(says('lakes')).toEqual([
    'On other branches (/tree goes there):',
    'question 2  And the [lakes]?',
    '',
    'Not on this branch.',
    '/show N reads an answer in full.',
  ])
  expect(says('ponds')).toEqual(['question 3  And the [ponds]?', '/show N reads an answer in full.'])
  expect(says('seals')).toEqual(['"seals" is not in this conversation.'])
})

test('/show reads an answer of another branch, too', () => {
  expect(pageOf('2', FORKED, 80, PLAIN)).toMatchObject({ text: expect.stringContaining('They have rivers') })
})
