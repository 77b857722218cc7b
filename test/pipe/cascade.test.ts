/** Cascades and rules in a script: what is given up never reaches stdout, and everything is on the bill. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { costUsd, modelCard } from '../../src/core/models.ts'
import { NO_USAGE } from '../../src/core/turn.ts'
import { opened } from '../io/history-kit.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'

const NO = 'text "{\\"isGood\\": false, \\"reason\\": \\"it guesses\\"}"'
const YES = 'text "{\\"isGood\\": true, \\"reason\\": \\"fine\\"}"'

const serverUsd = ({ demo }: Evening) =>
  demo.requests.reduce((sum, { billed }) => {
    if (!billed) return sum
    const { model, input, read, write5m, write1h, output } = billed
    const usage = { ...NO_USAGE, input, cacheRead: read, cacheWrite5m: write5m, cacheWrite1h: write1h, output }
    return sum + costUsd(modelCard(model), usage)!
  }, 0)

describe('a cascade', () => {
  test('gives out the accepted answer alone, says why on stderr, and its ledger is the server’s own bill', async () => {
    await using night = await evening(`text "A guess."\n${NO}\ntext "Better."\n${YES}`)
    const lodging = lodge()
    const data = join(lodging.home, 'data')
    const { code, stdout, stderr } = await night.pipe({
      ...{ args: ['--cascade', 'fast,balanced,deep', 'Which sea?'], lodging, env: { CLAUDE_TUI_DATA_DIR: data } },
    })
    expect({ code, stdout: String(stdout) }).toEqual({ code: 0, stdout: 'Better.\n' })
    expect(stderr).toContain('Haiku 5.5: not good enough (it guesses) → Sonnet 5.5.')
    expect(night.questions.map(({ model }) => model)).toEqual([
      ...['claude-haiku-5-5', 'claude-haiku-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5'],
    ])
    {
      using history = await opened(join(data, 'history.db'))
      const charges = history.charges(0)
      expect(charges.map(({ purpose }) => purpose).sort()).toEqual(['cascade', 'judge', 'judge', 'turn'])
      expect(charges.some(({ outputIsEstimate }) => outputIsEstimate)).toBe(false)
      const kept = charges.reduce((sum, { costUsd: usd }) => sum + usd!, 0)
      expect(kept).toBeCloseTo(serverUsd(night), 12)
      const [row] = history.climbs(0)
      expect(row).toMatchObject({ steps: 2, isKept: true, models: expect.arrayContaining(['claude-opus-5-5']) })
      expect(row?.spentUsd).toBeCloseTo(kept, 12)
      expect(row!.lastUsd!).toBeGreaterThan(row!.secondUsd!)
    }
    lodging.remove()
  })

  test('tells its step in stream-json, and no word of what was given up', async () => {
    await using night = await evening('text "secret guess"\ntext "Ada"')
    const args = ['--cascade', 'fast,deep', '--check', 'regex:/^A/', '--output-format', 'stream-json', 'Who?']
    const { stdout } = await night.pipe({ args })
    const events = String(stdout)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.find(({ type }) => type === 'escalated')).toMatchObject({
      from: 'claude-haiku-5-5',
      to: 'claude-opus-5-5',
    })
    expect(events.at(-1)).toMatchObject({ type: 'result', text: 'Ada', model: 'claude-opus-5-5' })
    expect(String(stdout)).not.toContain('secret')
  })

  test.each([
    ['a schema', (path: string) => `schema:${path}`, 'it is no JSON'],
    ['a command', () => 'cmd:grep -q Ada || { echo nobody is named >&2; exit 1; }', 'nobody is named'],
  ])('is checked by %s', async (_, check, reason) => {
    await using night = await evening('text "who knows"\ntext "{\\"name\\": \\"Ada\\"}"')
    const lodging = lodge()
    const path = join(lodging.home, 'schema.json')
    writeFileSync(path, JSON.stringify({ type: 'object', required: ['name'] }))
    const { code, stdout, stderr } = await night.pipe({
      ...{ args: ['--cascade', 'fast,deep', '--check', check(path), 'Who?'], lodging },
    })
    lodging.remove()
    expect({ code, stdout: String(stdout) }).toEqual({ code: 0, stdout: '{"name": "Ada"}\n' })
    expect(stderr).toContain(`Haiku 5.5: not good enough (${reason}`)
    expect(stderr).toContain(') → Opus 5.5.')
  })

  test('goes up where a model cannot answer, and a judge that says nothing of use is no yes', async () => {
    await using night = await evening('529\ntext "From the second."\ntext "maybe"\ntext "From the third."')
    const { stdout, stderr } = await night.pipe({
      args: ['--retry-for', '0', '--cascade', 'fast,balanced,deep', 'Which sea?'],
    })
    expect(String(stdout)).toBe('From the third.\n')
    expect(stderr).toMatch(/Haiku 5\.5: not good enough \(Overloaded .*\) → Sonnet 5\.5\./)
    expect(stderr).toContain('Sonnet 5.5: not good enough (the judge could not tell) → Opus 5.5.')
  })

  test('never passes --max-cost, whatever its steps have taken', async () => {
    await using night = await evening('words n=300\nwords n=3000')
    const { stdout } = await night.pipe({
      ...{ args: ['--cascade', 'fast,deep', '--check', 'regex:/^never$/', '--max-cost', '0.004', 'Count.'] },
      env: { CLAUDE_TUI_TITLES: 'off' },
    })
    expect(String(stdout)).not.toBe('')
    expect(serverUsd(night)).toBeLessThanOrEqual(0.004)
  })

  test('a pattern that would run for years on a text is given up', async () => {
    await using night = await evening(`text "${'a'.repeat(40)}!"\ntext "aaa"`)
    const { code, stdout, stderr } = await night.pipe({
      args: ['--cascade', 'fast,deep', '--check', 'regex:/^(a+)+$/', 'hi'],
    })
    expect({ code, stdout: String(stdout) }).toEqual({ code: 0, stdout: 'aaa\n' })
    expect(stderr).toContain('takes too long on it')
  })

  test('a check that --max-time ends is no yes, and its command ends with all it has started', async () => {
    await using night = await evening('text "unchecked"')
    const lodging = lodge()
    const pids = join(lodging.home, 'pids')
    const command = `cmd:sleep 600 & echo $! > '${pids}'; wait`
    const { code, stdout } = await night.pipe({
      ...{ args: ['--cascade', 'fast,deep', '--check', command, '--max-time', '1500ms', 'hi'], lodging },
    })
    const pid = Number(readFileSync(pids, 'utf8'))
    lodging.remove()
    expect({ code, stdout: String(stdout).trim() }).toEqual({ code: 8, stdout: '' })
    // Nobody is there any more, or it waits to be buried.
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]![0] : 'Z'
    expect(state).toBe('Z')
  })

  test('a check that cannot be run is a mistake, and no reason to ask a dearer model', async () => {
    await using night = await evening('text "cheap"\ntext "dear"')
    const { code, stderr } = await night.pipe({
      args: ['--cascade', 'fast,deep', '--check', 'cmd:no-such-command-here', 'hi'],
    })
    expect({ code, asked: night.questions.length }).toEqual({ code: 2, asked: 1 })
    expect(stderr).toContain('could not be run')
  })

  test('tells what the whole call came to, with what was given up and its judge', async () => {
    await using night = await evening(`text "A guess."\n${NO}\ntext "Better."\n${YES}`)
    const args = ['--cascade', 'fast,balanced,deep', '--output-format', 'json', '--metrics-fd', '2', '-u', 'Which?']
    const { stdout, stderr } = await night.pipe({ args })
    const result = JSON.parse(String(stdout))
    expect(result).toMatchObject({ attempts: 2, escalations: [{ from: 'claude-haiku-5-5', to: 'claude-sonnet-5-5' }] })
    expect(result.totalUsd).toBeCloseTo(serverUsd(night), 12)
    const metrics = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{'))!)
    expect(metrics.cost_total_usd).toBeCloseTo(serverUsd(night), 12)
    expect(metrics.cost_before_usd).toBeCloseTo(serverUsd(night) - result.costUsd.value, 12)
    expect(stderr).toMatch(/ · \S+ in all · TTFT/)
  })

  test('names its judge and its next models in a dry run, with what they would cost', async () => {
    await using night = await evening()
    const { stdout } = await night.pipe({ args: ['--cascade', 'fast,balanced,deep', '--dry-run', 'Which sea?'] })
    const words = String(stdout).replace(/\s+/g, ' ')
    expect(words).toMatch(/the next model is asked as well: Sonnet 5\.5 \(~\$\S+\), then Opus 5\.5 \(~\$\S+\)\./)
    expect(words).toMatch(/Each answer but the last is judged by Haiku 5\.5 \(~\$\S+\)\./)
    expect(night.questions).toEqual([])
  })

  test('gives the answer there is where the next model has none', async () => {
    await using night = await evening('text "the first"\n404')
    const { code, stdout, stderr } = await night.pipe({
      args: ['--cascade', 'fast,deep', '--check', 'regex:/^never$/', 'hi'],
    })
    expect({ code, stdout: String(stdout) }).toEqual({ code: 6, stdout: 'the first\n' })
    expect(stderr).toContain('What stands is the answer of Haiku 5.5, which was not good enough')
  })

  test.each([
    [['--check', 'judge', 'hi'], '--check says how a cascade checks'],
    [['--cascade', 'fast,deep', '-m', 'fast', 'hi'], 'Leave one of them out'],
    [['--cascade', 'fast,deep', '--record', 'tape.jsonl', 'hi'], 'one answer at a time'],
    [['--cascade', 'fast', 'hi'], 'two to four models'],
    [['--cascade', 'fast,fast', 'hi'], 'takes different models'],
    [['--cascade', 'fast,deep', '--check', 'schema:/nowhere', 'hi'], 'could not be read (ENOENT)'],
  ])('%j is a mistake of usage, and nothing is sent', async (args, why) => {
    await using night = await evening('text "never"')
    const { code, stderr } = await night.pipe({ args })
    expect({ code, asked: night.questions.length }).toEqual({ code: 2, asked: 0 })
    expect(stderr).toContain(why)
  })
})

describe('a rule', () => {
  test('by task asks its model, says so, and gives way to a model that is named', async () => {
    await using night = await evening('text "spam" x3')
    const env = { CLAUDE_TUI_ROUTE: 'classify=fast' }
    const { stderr } = await night.pipe({ args: ['Classify this: buy now'], env })
    expect(stderr).toContain('Routed to Haiku 5.5')
    await night.pipe({ args: ['-m', 'deep', 'Classify this: buy now'], env })
    await night.pipe({ args: ['Which sea?'], env })
    expect(night.questions.map(({ model }) => model)).toEqual([
      ...['claude-haiku-5-5', 'claude-opus-5-5', 'claude-sonnet-5-5'],
    ])
  })

  test('by wait asks the fast model once five answers of the other were slow', async () => {
    await using night = await evening('text "ok" x6')
    const lodging = lodge()
    const env = { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data'), CLAUDE_TUI_ROUTE_IF_SLOW: '0.001ms' }
    for (let i = 0; i < 5; i++) {
      const { stderr } = await night.pipe({ args: ['Which sea?'], lodging, env })
      expect(stderr).not.toContain('Routed')
    }
    const { stderr } = await night.pipe({ args: ['Which sea?'], lodging, env })
    expect(stderr).toMatch(/Routed to Haiku 5\.5: Sonnet 5\.5 is slow .*p95 of its last 5 answers/)
    expect(night.questions.at(-1)?.model).toBe('claude-haiku-5-5')
    lodging.remove()
  })
})
