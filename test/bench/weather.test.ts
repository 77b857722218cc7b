import { describe, expect, test } from 'vitest'
import { startServer } from '../../bench/server.ts'
import { inCall, inChat } from '../../bench/weather-faults.ts'
import { soak } from '../../bench/weather-soak.ts'
import { WEATHER } from '../../src/core/weather.ts'

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

describe('a soak of forty turns, half of them with a fault', () => {
  test('loses nothing, doubles nothing, tries no more than it may, and costs what the server billed', async () => {
    const server = await startServer()
    const { wrong, sent, arrived, mostTries, off, unheard } = await soak(server, 40, 0.5, 7).finally(() =>
      server.stop(),
    )
    expect(wrong).toEqual([])
    expect(arrived.length).toBe(sent)
    expect(mostTries).toBeLessThanOrEqual(5)
    expect(off).toMatchObject({ answers: 0, marks: 0 })
    expect(off.usd).toBeLessThan(5e-7)
    expect(unheard[0]).toBe(unheard[1])
  })
})
