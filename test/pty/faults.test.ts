import { describe, expect, test } from 'vitest'
import { inCall, inChat } from '../../bench/weather-faults.ts'
import { WEATHER } from '../../src/core/weather/table.ts'

const called = (name: string) => WEATHER.find((one) => one.name === name)!

describe('a row of the fault matrix', () => {
  const reset = called('a reset in the middle')

  test('holds as the first and as the fifth question', async () => {
    expect(await inCall(reset, 1)).toEqual([])
    expect(await inCall(reset, 5)).toEqual([])
    expect(await inChat(reset)).toEqual([])
  })

  test('is told from one that is otherwise', async () => {
    expect(await inCall({ ...reset, kept: 11, code: 0, ledger: ['turn'], says: 'All is well.' }, 1)).toEqual([
      'a reset in the middle, call, turn 1: code 6, not 0',
      'a reset in the middle, call, turn 1: 12 words are kept, not 11',
      'a reset in the middle, call, turn 1: the ledger holds turn~, not turn',
      expect.stringContaining('stderr says'),
      'a reset in the middle, call, turn 1: 12 words on stdout',
    ])
  })
})
