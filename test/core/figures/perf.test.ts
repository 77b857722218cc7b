import { describe, expect, test } from 'vitest'
import { Perf } from '../../../src/core/figures/perf.ts'

const memory = { rss: 95_000_000, heapUsed: 19_000_000 }
const started = new Date(2026, 10, 20, 9, 5, 7)
const row = (perf: Perf, name: string) =>
  perf
    .report(memory)
    .split('\n')
    .find((line) => line.startsWith(name))

describe('the figures of our own share', () => {
  test('begin with what is not known yet, and never with a zero for it', () => {
    const perf = new Perf(started)
    expect(perf.report(memory)).toContain('since 2026-11-20 09:05:07')
    expect(row(perf, 'key to echo')).toBe('key to echo: no key yet')
    expect(row(perf, 'our share of TTFT')).toContain('no answer yet')
    expect(row(perf, 'memory')).toMatch(/^memory: 95 MB .*heap 19 MB/)
  })

  test('a key counts once, from its bytes to the first frame that wrote something', () => {
    const perf = new Perf(started)
    perf.keyCame(100)
    perf.framed(1, 0, 102)
    perf.framed(1, 20, 104)
    perf.framed(1, 20, 190)
    perf.keyDone()
    expect(row(perf, 'key to echo')).toMatch(/median 4\.0 ms, p95 4\.0 ms .*1 key\)/)
    expect(row(perf, 'frames')).toContain('2 drawn, 1 skipped')
  })

  test('a frame long after a key that drew nothing is not its echo', () => {
    const perf = new Perf(started)
    perf.keyCame(100)
    perf.keyDone()
    perf.framed(1, 20, 900)
    expect(row(perf, 'key to echo')).toContain('no key yet')
  })

  test('median and p95 are by nearest rank, over the latest 200', () => {
    const perf = new Perf(started)
    for (let i = 1; i <= 1_000; i++) perf.framed(i, 1, 0)
    expect(row(perf, 'frame:')).toMatch(/median 900 ms, p95 990 ms .*last 200 of 1000 frames/)
  })

  test('pieces that shared a frame are counted as merged', () => {
    const perf = new Perf(started)
    for (let i = 0; i < 5; i++) perf.pieceCame()
    perf.piecesDrawn()
    perf.piecesDrawn()
    perf.firstWord(0.42)
    expect(row(perf, 'pieces')).toContain('5 came, 3 merged')
    expect(row(perf, 'our share of TTFT')).toContain('0.42 ms')
  })
})
