import { describe, expect, test } from 'vitest'
import { opened, room } from '../io/history-kit.ts'
import { type Evening, evening } from '../kit/evening.ts'

const dataIn = (folder: string) => ({ CLAUDE_TUI_DATA_DIR: folder })
const asked = ({ demo }: Evening) => demo.requests.filter(({ path }) => path === '/v1/messages')
const told = (stdout: Buffer) => JSON.parse(stdout.toString())

describe('a budget of a call', () => {
  test('that it would pass keeps it from being sent: code 7, a sentence, and JSON for who reads that', async () => {
    await using night = await evening()
    const plain = await night.pipe({ args: ['--max-cost', '0.001', 'why?'] })
    expect(plain).toMatchObject({ code: 7 })
    expect(plain.stdout.toString()).toBe('')
    expect(plain.stderr).toMatch(
      /^Not sent: this call \(~\$0\.0080\) is more than the \$0\.0010 a turn may cost \(--max-cost\)\./,
    )
    const bySetting = await night.pipe({ args: ['why?'], env: { CLAUDE_TUI_MAX_COST_TURN: '0.001' } })
    expect(bySetting.stderr).toContain('a turn may cost (the setting maxCostTurn).')
    const json = await night.pipe({ args: ['--max-cost', '0.001', '--output-format', 'json', 'why?'] })
    expect(told(json.stdout)).toMatchObject({ ok: false, exitCode: 7, error: { reason: expect.any(String) } })
    expect(asked(night)).toEqual([])
  })

  test('is never passed: the answer ends where it does, and that is said', async () => {
    await using night = await evening('words n=5000')
    const args = ['--max-cost', '0.01', '--output-format', 'json', 'count']
    const { code, stdout, stderr } = await night.pipe({ args })
    expect(code).toBe(6)
    expect(stderr).toMatch(
      /^The answer was cut after 9\d\d tokens: the budget paid for no more\. Raise it to have a longer one\.$/m,
    )
    expect(stderr).not.toContain('--max-tokens')
    const { costUsd, stopReason } = told(stdout)
    expect(stopReason).toBe('max_tokens')
    expect(costUsd.value).toBeLessThanOrEqual(0.01)
    expect(costUsd.value).toBeGreaterThan(0.0095)
  })

  test('holds attempts in vain, too', async () => {
    await using night = await evening('error-mid after=0 type=overloaded_error\nwords n=5000')
    const args = ['--max-cost', '0.02', '--output-format', 'json', 'count']
    const { stdout } = await night.pipe({ args })
    const [first, second] = asked(night).map(({ body }) => (body as { max_tokens: number }).max_tokens)
    // The first one may have used all it was allowed, for all anybody knows.
    expect(second === undefined || first! + second <= 2_000).toBe(true)
    expect(told(stdout).ok).toBe(false)
  })

  test('far above what it can cost changes nothing, and costs no other request', async () => {
    await using night = await evening('text "Because."')
    const { code, stdout } = await night.pipe({ args: ['--max-cost', '100', 'why?'] })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'Because.\n' })
    expect(asked(night)[0]?.body).toMatchObject({ max_tokens: 64_000 })
  })

  test('cannot hold what has no price', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['-m', 'claude-mythos-5-2', '--max-cost', '5', 'why?'] })
    expect(code).toBe(7)
    expect(stderr).toContain('The price of Mythos 5.2 is unknown')
  })
})

describe('a budget of a day', () => {
  test('is shared by calls one after another', async () => {
    using place = room()
    await using night = await evening('words n=100 x9')
    const env = { ...dataIn(place.folder), CLAUDE_TUI_MAX_COST_DAY: '0.012' }
    const codes: (number | null)[] = []
    for (let i = 0; i < 12 && codes.at(-1) !== 7; i++)
      codes.push((await night.pipe({ args: [`count ${i}`], env })).code)
    expect(codes.at(-1)).toBe(7)
    expect(codes.length).toBeGreaterThan(2)
    using history = await opened(`${place.folder}/history.db`)
    expect(history.spentSince(0)).toBeLessThanOrEqual(0.012)
  })

  test('is shared by calls that run at once: what one may spend is not there for another', async () => {
    using place = room()
    await using night = await evening('words n=5000 x9')
    const env = { ...dataIn(place.folder), CLAUDE_TUI_MAX_COST_DAY: '0.02' }
    await Promise.all([1, 2, 3, 4].map((i) => night.pipe({ args: [`count ${i}`], env })))
    using history = await opened(`${place.folder}/history.db`)
    const spent = history.spentSince(0)
    expect(spent).toBeLessThanOrEqual(0.02)
    expect(spent).toBeGreaterThan(0)
    // Nothing stays held.
    expect(history.hold(0.02 - spent, 0.02, 0, Date.now()).id).not.toBeNull()
  })
})

describe('a dry run', () => {
  test('sends nothing, counts the prompt, and says from how many answers the rest is known', async () => {
    using place = room()
    await using night = await evening('text "Because." x3')
    const env = dataIn(place.folder)
    for (const question of ['a', 'b', 'c']) await night.pipe({ args: [question], env })
    const { code, stdout } = await night.pipe({ args: ['--dry-run', '--output-format', 'json', 'why?'], env })
    expect(code).toBe(0)
    expect(told(stdout)).toMatchObject({
      ...{ type: 'quote', ok: true, model: 'claude-sonnet-5-5', inputTokens: { from: 'server' }, answers: 3 },
      ...{ costUsd: { likely: { from: 'estimate' } }, ttftMs: { median: { from: 'estimate' } }, exitCode: 0 },
    })
    expect(asked(night)).toHaveLength(3)
    const words = (await night.pipe({ args: ['--dry-run', 'why?'], env })).stdout.toString()
    expect(words).toMatch(/^prompt +\d+ tokens by the server’s count$/m)
    expect(words).toMatch(/^answer +~\d+ tokens \(from 3 answers here\), at most 64k$/m)
  })

  test('ends as the call would: over budget, or too large', async () => {
    await using night = await evening()
    const over = await night.pipe({ args: ['--dry-run', '--max-cost', '0.0001', 'why?'] })
    expect(over.code).toBe(7)
    expect(over.stdout.toString()).toContain('Not sent: this call')
    const large = await night.pipe({ args: ['--dry-run', '-m', 'claude-haiku-4-5'], stdin: 'x'.repeat(1_500_000) })
    expect(large.code).toBe(9)
    expect(asked(night)).toEqual([])
  })
})

describe('a system prompt that is written into the cache by one call', () => {
  const system = 'You know the seas and all that lives in them. '.repeat(350)
  const ask = ['-s', system, 'why?']

  /** A call like it was made: what one costs, and how long its answer is, is known. */
  async function known(night: Evening, folder: string) {
    const { stdout } = await night.pipe({ args: ['--output-format', 'json', ...ask], env: dataIn(folder) })
    const { costUsd, usage } = told(stdout)
    const prompt = costUsd.value - (usage.output * 10) / 1e6
    return { usd: costUsd.value as number, prompt: prompt as number, usage }
  }
  const dry = (night: Evening, folder: string, ...args: string[]) =>
    night.pipe({ args: ['--dry-run', '--output-format', 'json', ...args, ...ask], env: dataIn(folder) })

  test('is quoted at what it costs, with what that is worth', async () => {
    using place = room()
    await using night = await evening('text "Because." x3')
    const call = await known(night, place.folder)
    expect(call.usage.cacheWrite5m).toBeGreaterThan(5_000)
    const { costUsd } = told((await dry(night, place.folder)).stdout)
    expect(Math.abs(costUsd.least.value - call.prompt)).toBeLessThan(call.prompt * 0.002)
    expect(Math.abs(costUsd.likely.value - call.usd)).toBeLessThan(call.usd * 0.002)
    const words = await night.pipe({ args: ['--dry-run', ...ask], env: dataIn(place.folder) })
    expect(words.stdout.toString().replace(/\s+/g, ' ')).toMatch(
      /tokens of it go into the cache for other calls, for ~\$0\.003\d of that: worth it where more than 26% of such calls/,
    )
    const off = await dry(night, place.folder, '--cache-ttl', 'off')
    expect(told(off.stdout).costUsd.least.value).toBeLessThan(call.prompt * 0.81)
  })

  test('a dry run ends as the call does, whatever the budget, and the numbers are in it', async () => {
    using place = room()
    await using night = await evening('text "Because." x20')
    const { prompt, usd } = await known(night, place.folder)
    const codes: (number | null)[] = []
    for (const share of [0.7, 0.9, 0.99, 1.001, 1.005, 1.012, 1.5]) {
      const budget = (usd * share).toFixed(6)
      const quote = await dry(night, place.folder, '--max-cost', budget)
      const before = asked(night).length
      const args = ['--max-cost', budget, '--output-format', 'json', ...ask]
      const call = await night.pipe({ args, env: dataIn(place.folder) })
      expect([share, quote.code]).toEqual([share, call.code])
      codes.push(call.code)
      const { error, costUsd } = told(call.stdout)
      expect(asked(night).length - before).toBe(call.code === 0 ? 1 : 0)
      if (call.code === 0) {
        expect(told(quote.stdout).costUsd.most.value).toBeLessThanOrEqual(Number(budget) + 1e-9)
        expect(costUsd.value).toBeLessThanOrEqual(Number(budget))
      } else {
        expect(told(quote.stdout).error).toEqual(error)
        expect(error.reason).toMatch(/\$0\.0\d+.*--max-cost/)
        expect(error.reason).not.toContain('Send it again')
      }
    }
    expect(codes).toEqual([7, 7, 7, 7, 7, 0, 0])
    expect(prompt).toBeGreaterThan(0.01)
  })

  test('one whose prompt alone is too dear is told so by its numbers, and was no attempt', async () => {
    using place = room()
    await using night = await evening('text "Because." x3')
    const { usd } = await known(night, place.folder)
    const { stderr, code } = await night.pipe({
      args: ['-u', '--max-cost', (usd * 1.001).toFixed(6), ...ask],
      env: dataIn(place.folder),
    })
    expect(code).toBe(7)
    expect(stderr).toMatch(
      /^Not sent: the prompt alone may cost ~\$0\.\d+, .* leaves nothing for an answer of the \$0\.\d+ a turn may cost \(--max-cost\)\. Raise the budget \(--max-cost\), or send less\.\n$/,
    )
  })
})

describe('claude-tui cost', () => {
  test('adds up the ledger', async () => {
    using place = room()
    await using night = await evening('words n=100 x2')
    const env = dataIn(place.folder)
    const first = told((await night.pipe({ args: ['--output-format', 'json', 'a'], env })).stdout)
    await night.pipe({ args: ['b'], env })
    const { code, stdout } = await night.pipe({ args: ['cost', '--json'], env })
    expect(code).toBe(0)
    const cost = told(stdout)
    expect(cost).toMatchObject({ type: 'cost', days: 30, answers: 2, unpriced: 0, byDay: [{ answers: 2 }] })
    expect(cost.costUsd.value).toBeCloseTo(2 * first.costUsd.value, 12)
    // Sums are rounded to a billionth of a dollar: no noise of arithmetic.
    expect(stdout.toString()).not.toMatch(/\d\.\d{10}|\de-1/)
    const { stdout: words } = await night.pipe({ args: ['cost', '--days', '7'], env })
    expect(words.toString()).toMatch(/^ +today +7 days$/m)
    expect((await night.pipe({ args: ['cost', '--days', 'x'], env })).code).toBe(2)
  })

  test('of an empty history is nothing, and makes none', async () => {
    using place = room()
    await using night = await evening()
    const empty = await night.pipe({ args: ['cost'], env: dataIn(place.folder) })
    expect(empty.stdout.toString()).toBe('Nothing was spent in the last 30 days.\n')
    await night.pipe({ args: ['--demo', 'why?'], env: dataIn(place.folder) })
    const demo = await night.pipe({ args: ['cost', '--days', '1'], env: dataIn(place.folder) })
    expect(demo.stdout.toString()).toBe(
      'Nothing was spent today.\nWhat 1 answer of the demo would have cost: claude-tui cost --demo\n',
    )
    const words = await night.pipe({ args: ['cost', '--demo'], env: dataIn(place.folder) })
    expect(words.stdout.toString()).toMatch(/total .*\$0\.0/)
    const { code, stdout } = await night.pipe({ args: ['cost', '--json'], env: dataIn(place.folder) })
    expect(code).toBe(0)
    expect(told(stdout)).toMatchObject({ answers: 0, costUsd: { value: 0 } })
  })
})
