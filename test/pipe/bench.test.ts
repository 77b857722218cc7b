/** Whole benches: the built client, a demo server, and what a person or a script gets to see of them. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { BenchDocument } from '../../src/core/lab/bench/document.ts'
import { opened, room } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'
import { lodge, runPipe } from '../kit/index.ts'

const documentIn = (stdout: Buffer): BenchDocument => JSON.parse(stdout.toString())
const dataIn = (folder: string) => ({ CLAUDE_TUI_DATA_DIR: folder })
const LINES = 'words n=30 rate=1000 ttft=20ms x500'
const QUICK = ['bench', '-m', 'fast', '-n', '4', '--yes', '-q']

describe('claude-tui bench', () => {
  test('measures each arm as often as was asked, warms up first, and bills what the server bills', async () => {
    using place = room()
    const { folder } = place
    await using night = await evening('', { speed: 1, script: LINES })
    const args = ['bench', '-m', 'fast,deep', '-n', '3', '--yes', '--json', 'Count.']
    const { code, stdout, stderr } = await night.pipe({ args, env: dataIn(folder) })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const bench = documentIn(stdout)
    expect(bench.arms.map(({ name, runs, failed }) => [name, runs, failed])).toEqual([
      ['Haiku 5.5', 3, 0],
      ['Opus 5.5', 3, 0],
    ])
    expect(night.questions.map(({ model }) => model).sort()).toEqual([
      ...Array(4).fill('claude-haiku-5-5'),
      ...Array(4).fill('claude-opus-5-5'),
    ])
    for (const { metrics } of bench.arms) expect(metrics.ttft!.p50.value).toBeGreaterThanOrEqual(20)
    const history = await opened(place.path)
    const rows = history.charges(0)
    history.close()
    expect(rows.map(({ purpose }) => purpose)).toEqual(Array(8).fill('bench'))
    const served = night.demo.requests.flatMap(({ billed, requestId }) => (billed ? [{ ...billed, requestId }] : []))
    for (const { requestId, input, output } of served)
      expect(rows.find((row) => row.requestId === requestId)).toMatchObject({ input, output, outputIsEstimate: false })
    expect(bench.spentUsd).toEqual({ value: expect.any(Number), from: 'server' })
    expect(bench.spentUsd!.value).toBeCloseTo(
      rows.reduce((sum, { costUsd }) => sum + costUsd!, 0),
      12,
    )
  })

  test('one table, one command: a model, its TTFT and its tokens per second', async () => {
    const { code, stdout } = await runPipe({
      args: ['bench', '--demo', '--speed', '200', '-n', '2', '--table', '-q'],
      lodging: lodge(),
    })
    expect(code).toBe(0)
    expect(
      stdout
        .toString()
        .split('\n')
        .map((row) => row.trim().split(/\s{2,}/)[0]),
    ).toEqual(['TTFT', 'Haiku 5.5', 'Sonnet 5.5', 'Opus 5.5', ''])
    expect(stdout.toString()).not.toContain('\x1b')
  })

  test('spends nothing unasked: without a terminal and without --yes it says what it would cost, code 2', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['bench', '-m', 'fast', '-n', '4'] })
    expect(code).toBe(2)
    expect(stderr).toMatch(/This bench sends 5 runs, for ~\$0\.00\d+\. It is not begun unasked: add --yes/)
    expect(night.questions).toEqual([])
  })

  test('never passes its ceiling: not begun where that is clear, stopped where it becomes so, code 7', async () => {
    await using night = await evening('words n=2000 x50')
    const clear = await night.pipe({ args: [...QUICK, '--max-cost', '0.0001'] })
    expect(clear).toMatchObject({
      code: 7,
      stderr: expect.stringMatching(/^Not begun: this bench likely costs ~\$0\.00/),
    })
    expect(night.questions).toEqual([])
    const stopped = await night.pipe({ args: [...QUICK, '--max-cost', '0.0025', '--json'] })
    expect(stopped.code).toBe(7)
    const { spentUsd, arms, stopped: why } = documentIn(stopped.stdout)
    expect(why).toContain('could have passed the budget')
    expect(spentUsd!.value).toBeLessThanOrEqual(0.0025)
    expect(arms[0]!.runs).toBeGreaterThan(0)
  })

  test('counts failures apart, and stops where going on would change nothing', async () => {
    await using night = await evening(`words n=5\n529\nwords n=5 x20`)
    const some = documentIn((await night.pipe({ args: [...QUICK, '--json'] })).stdout)
    expect(some.arms[0]).toMatchObject({ runs: 4, failed: 1, failures: { overload: 1 } })
    expect(some.arms[0]!.metrics.cost!.n).toBe(3)
    await using closed = await evening()
    const wrong = await closed.pipe({ args: [...QUICK, '--json'], env: { ANTHROPIC_API_KEY: 'bad-key' } })
    expect(wrong.code).toBe(3)
    expect(documentIn(wrong.stdout).stopped).toContain('Stopped, for going on would have changed nothing')
    expect(documentIn(wrong.stdout).error).toMatch(/\(HTTP 401\)\. /)
    const drawn = await closed.pipe({ args: QUICK, env: { ANTHROPIC_API_KEY: 'bad-key' } })
    expect({ code: drawn.code, stdout: drawn.stdout.toString() }).toEqual({ code: 3, stdout: '' })
    expect(drawn.stderr).toContain('(HTTP 401). ')
  })

  test('keeps figures, compares with them, and fails where a limit is missed: 8 for time, 7 for money', async () => {
    using place = room()
    const { folder } = place
    await using night = await evening('', {
      speed: 1,
      script: `${LINES.replace('x500', 'x5')}\nwords n=30 ttft=80ms x50`,
    })
    const kept = await night.pipe({ args: [...QUICK, '--save', 'monday'], env: dataIn(folder) })
    expect({ code: kept.code, stderr: kept.stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Kept as'),
    })
    const late = ['--against', 'monday', '--fail-if', 'ttft.p50 > 1.5x', '--fail-if', 'cost.mean > $1']
    const slower = await night.pipe({ args: [...QUICK, ...late], env: dataIn(folder) })
    expect(slower.code).toBe(8)
    expect(slower.stdout.toString()).toMatch(/missed: ttft\.p50 > 1\.5x, Haiku 5\.5: \d+ms, \d\.\d\dx/)
    expect(slower.stdout.toString()).toContain('kept: cost.mean > $1')
    const dear = await night.pipe({ args: [...QUICK, '--fail-if', 'cost.mean > $0'], env: dataIn(folder) })
    expect(dear.code).toBe(7)
    const unknown = await night.pipe({ args: [...QUICK, '--against', 'tuesday'], env: dataIn(folder) })
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Kept are monday.') })
  })

  test('a cache that is warm is read, one that is cold never, and prewarming reads what it wrote', async () => {
    await using night = await evening('words n=5 x100')
    const cached = documentIn(
      (await night.pipe({ args: [...QUICK, '--cache', 'off,cold,warm', '--sizes', '8k', '--json'] })).stdout,
    )
    expect(cached.arms.map(({ name, cacheReadTokens }) => [name, cacheReadTokens! > 0])).toEqual([
      ['Haiku 5.5 off', false],
      ['Haiku 5.5 cold', false],
      ['Haiku 5.5 warm', true],
    ])
    const vs = [...QUICK, '--vs', 'prewarm', '--sizes', '8k', '--json']
    const { arms } = documentIn((await night.pipe({ args: vs })).stdout)
    expect(arms.map(({ name, cacheReadTokens }) => [name, cacheReadTokens! > 0])).toEqual([
      ['baseline', false],
      ['prewarm on', true],
    ])
    const short = await night.pipe({ args: [...QUICK, '--cache', 'warm'] })
    expect(short).toMatchObject({ code: 2, stderr: expect.stringContaining('add --sizes') })
  })

  test('Ctrl+C ends it with what was measured until then, code 130', async () => {
    await using night = await evening('words n=5 x3\nwords n=50 hold after=5')
    const args = [...QUICK, '-n', '50', '--json']
    const { code, stdout } = await night.pipe({ args, signalWhen: night.demo.held(), signal: 'SIGINT' })
    expect(code).toBe(130)
    expect(documentIn(stdout)).toMatchObject({ stopped: expect.stringContaining('Stopped before its end') })
    expect(documentIn(stdout).arms[0]!.runs).toBe(2)
  })

  test('prompts come from words, stdin or a file; a file is written in the format of its name', async () => {
    using place = room()
    const { folder } = place
    const [prompts, out] = [join(folder, 'prompts.jsonl'), join(folder, 'out.md')]
    writeFileSync(prompts, 'First?\n\n{"prompt": "Second?", "system": "Be brief."}\n')
    await using night = await evening('words n=5 x100')
    const { code } = await night.pipe({
      args: [...QUICK, '--prompts', prompts, '-o', out, '--warm-up', '0', '-n', '1'],
    })
    expect(code).toBe(0)
    const asked = night.demo.requests.map(({ body }) => JSON.stringify(body))
    expect(asked.filter((body) => body.includes('First?'))).toHaveLength(1)
    expect(asked.filter((body) => body.includes('Second?') && body.includes('Be brief.'))).toHaveLength(1)
    expect(existsSync(out) && readFileSync(out, 'utf8')).toContain('| Haiku 5.5 |')
    await night.pipe({ args: [...QUICK, '-n', '1', '-'], stdin: 'From a pipe?' })
    expect(JSON.stringify(night.demo.requests.at(-1)!.body)).toContain('From a pipe?')
  })

  test('a file that cannot be written, and a lever that is known to be refused, are found before money is', async () => {
    await using night = await evening('words n=5 x20')
    const nowhere = await night.pipe({ args: [...QUICK, '-o', '/nonexist/out.md'] })
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('Not begun: "/nonexist/out.md"') })
    const plain = { CLAUDE_TUI_SERVER_FEATURES: 'plain' }
    const refused = await night.pipe({ args: [...QUICK, '--vs', 'temperature=0.5'] })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('is not taken by Haiku 5.5') })
    const empty = await night.pipe({ args: [...QUICK, ''], env: plain })
    expect(empty).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Nothing to ask/) })
    expect(night.questions).toEqual([])
  })

  test.each([
    [['--vs', 'colour'], '--vs changes one of'],
    [['--vs', 'concise', '-m', 'fast,deep'], '--vs changes one thing'],
    [['--fail-if', 'ttft.p95 > 1.2x'], 'there is none: add --against NAME'],
    [['--cache', 'lukewarm'], '--cache takes off, cold, warm'],
    [['--sizes', 'big'], '--sizes takes counts of tokens'],
    [['--repeats', '0'], '--repeats takes a whole number from 1'],
    [['--save', '../x'], '--save takes a name'],
    [['--output', 'x.pdf'], '--output takes a file whose name ends in'],
    [['-m', 'fats'], 'Did you mean fast?'],
  ])('%j is an error of usage, in JSON too', async (args, sentence) => {
    const { code, stderr, stdout } = await runPipe({ args: ['bench', '--demo', '--json', ...args] })
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
    expect(JSON.parse(stdout.toString())).toMatchObject({ type: 'bench', error: expect.stringContaining(sentence) })
  })
})
