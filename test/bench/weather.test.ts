import { describe, expect, test } from 'vitest'
import { startServer } from '../../bench/server.ts'
import { soak } from '../../bench/weather-soak.ts'

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
