import { expect, test } from 'vitest'
import { createInterrupts } from '../../../src/core/chat/interrupts.ts'

/** What each of these presses means; `key` is any other key, a number the turn that runs. */
function meanings(...presses: readonly (number | null | 'key')[]) {
  const interrupts = createInterrupts()
  return presses.flatMap((press) => {
    if (press !== 'key') return [interrupts.press(press)]
    interrupts.calm()
    return []
  })
}

test('with nothing running it warns, then quits; a key in between makes it warn again', () => {
  expect(meanings(null, null)).toEqual(['warn', 'quit'])
  expect(meanings(null, 'key', null, null)).toEqual(['warn', 'warn', 'quit'])
})

test('an answer is stopped first, and presses that come before its end count on', () => {
  expect(meanings(7, 7, 7)).toEqual(['stop', 'warn', 'quit'])
  expect(meanings(7, null, null)).toEqual(['stop', 'warn', 'quit'])
})

test('the next answer is another one to stop, whatever was pressed before', () => {
  expect(meanings(7, 'key', 8, 8)).toEqual(['stop', 'stop', 'warn'])
  expect(meanings(null, 8)).toEqual(['warn', 'stop'])
})
