import { expect, test } from 'vitest'
import { keyBytes, pasteBytes } from './key-bytes.ts'

test('keys have the bytes a terminal sends', () => {
  expect(keyBytes('ctrl+c')).toBe('\x03')
  expect(keyBytes('alt+enter')).toBe('\x1b\r')
  expect(keyBytes('up')).toBe('\x1b[A')
  expect(keyBytes('漢')).toBe('漢')
})

test('an unknown key is refused by name', () => {
  expect(() => keyBytes('ctrl+f13')).toThrow('No key is called "ctrl+f13"')
})

test('pasted lines arrive with carriage returns, in brackets only where they were asked for', () => {
  expect(pasteBytes('one\ntwo\r\n', false)).toBe('one\rtwo\r')
  expect(pasteBytes('one\ntwo', true)).toBe('\x1b[200~one\rtwo\x1b[201~')
})
