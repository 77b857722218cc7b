import { expect, test } from 'vitest'
import { plainVoice } from '../../src/modes/plain/voice.ts'

function voice() {
  const texts: string[] = []
  const spoken = plainVoice({ write: (text) => texts.push(text) }, () => 80)
  return { ...spoken, written: () => texts.join('') }
}

test('what is said while somebody is waited for stands above a new line that waits', () => {
  const { say, prompt, wait, written } = voice()
  say('Hello.')
  prompt()
  say('The history is written again.')
  expect(written()).toBe('Hello.\nYou: \nThe history is written again.\nYou: ')
  wait('Name: ')
  say('Late.')
  expect(written()).toMatch(/You: \nName: \nLate\.\nName: $/)
})

test('nobody is asked twice for one message', () => {
  const { prompt, heard, written } = voice()
  prompt()
  prompt()
  expect(written()).toBe('You: ')
  heard()
  prompt()
  expect(written()).toBe('You: You: ')
})

test('lines of an answer begin on a line of their own; once a line has come they do already', () => {
  const { prompt, write, heard, written } = voice()
  prompt()
  write('One.\n')
  expect(written()).toBe('You: \nOne.\n')
  prompt()
  heard()
  write('Two.\n')
  expect(written()).toBe('You: \nOne.\nYou: Two.\n')
})
