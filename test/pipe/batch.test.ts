import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DemoRequest } from '../../src/demo/server.ts'
import { opened } from '../io/history-kit.ts'
import { type Evening, evening } from '../kit/evening.ts'
import type { PipeOptions } from '../kit/pipe.ts'

interface Line {
  readonly id: string
  readonly index: number
  readonly answer: string
  readonly costUsd: number
  readonly priceFactor?: number
  readonly error?: { readonly kind: string; readonly reason: string }
}

/** A folder with an input, and the batch over it. */
function desk(night: Evening, rows: readonly unknown[] | string, name = 'in.jsonl') {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-batch-'))
  const at = (file: string) => join(folder, file)
  writeFileSync(at(name), typeof rows === 'string' ? rows : rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  const read = (file: string): readonly Line[] =>
    readFileSync(at(file), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  return {
    at,
    read,
    run: (args: readonly string[] = [], options: Omit<PipeOptions, 'args'> = {}) =>
      night.pipe({
        ...options,
        args: ['batch', at(name), '-o', at('out.jsonl'), ...args],
        env: { CLAUDE_TUI_DATA_DIR: folder, ...options.env },
        cwd: folder,
      }),
    ids: (file = 'out.jsonl') => [...read(file)].sort((a, b) => a.index - b.index).map(({ id }) => id),
    history: () => opened(at('history.db')),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** `seen` resolves when a request with this text has arrived. */
function seeing(text: string) {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    seen: promise,
    onRequest: ({ body }: DemoRequest) => void (JSON.stringify(body)?.includes(text) && resolve()),
  }
}

const numbered = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `q${i + 1}`, prompt: `Question ${i + 1}` }))
const idsTo = (n: number) => numbered(n).map(({ id }) => id)
const asked = ({ demo }: Evening) =>
  demo.requests.filter(({ path, method }) => path === '/v1/messages' && method === 'POST')
const billedUsd = ({ demo }: Evening, factor = 1) =>
  demo.requests
    .flatMap(({ billed, batchBilled }) => [...(billed ? [billed] : []), ...(batchBilled ?? [])])
    .reduce((sum, { input, write5m, write1h, read, output }) => {
      return sum + (factor * (input * 2 + write5m * 2.5 + write1h * 4 + read * 0.1 + output * 10)) / 1e6
    }, 0)

describe('claude-tui batch', () => {
  test('answers each row once, with everything measured, and bills what the server does', async () => {
    await using night = await evening('words n=5 x30')
    using here = desk(night, numbered(30))
    const { code, stdout, stderr } = await here.run(['--json'])
    expect(code).toBe(0)
    expect(stderr).toContain('30 of 30 rows answered, 30 of them now')
    const told = JSON.parse(stdout.toString())
    expect(told).toMatchObject({ type: 'batch', rows: 30, answered: 30, failed: 0, left: 0, requests: 30, exitCode: 0 })
    expect(here.ids()).toEqual(idsTo(30))
    expect(Object.keys(here.read('out.jsonl')[0]!)).toEqual([
      ...['id', 'index', 'answer', 'model', 'usage', 'costUsd', 'ttftMs', 'ttltMs', 'stopReason', 'requestId'],
      ...['messageId', 'attempts'],
    ])
    expect(told.costUsd).toBeCloseTo(billedUsd(night), 10)
    const history = await here.history()
    const ledger = history.charges(0)
    history.close()
    expect(ledger.map(({ purpose }) => purpose)).toEqual(Array(30).fill('batch'))
    expect(ledger.reduce((sum, { costUsd }) => sum + costUsd!, 0)).toBeCloseTo(billedUsd(night), 10)
    expect(readFileSync(here.at('out.jsonl'), 'utf8')).toContain('word00005')
  })

  test('names every bad row with its line before anything is sent', async () => {
    await using night = await evening()
    using here = desk(night, '{"prompt":"a"}\n\n{"prompt":1}\nnonsense\n{"id":"1","prompt":"b"}\n')
    const { code, stderr } = await here.run()
    expect(code).toBe(2)
    expect(stderr).toContain('3 rows of 4 cannot be sent, so nothing was:')
    expect(stderr).toContain('line 3: "prompt": expected a text, got 1')
    expect(stderr).toContain('line 4: it is not JSON')
    expect(stderr).toContain('line 5: the id "1" is that of line 1, too')
    expect(asked(night)).toEqual([])
  })

  test('names a bad row of a table by the line it begins on', async () => {
    await using night = await evening()
    using here = desk(night, 'id,prompt\na,"one\ntwo"\n\nb,"\n\n"\na,"x\ny"\nc,z\n', 'in.csv')
    const { code, stderr } = await here.run()
    expect(code).toBe(2)
    expect(stderr).toContain('line 5: the prompt is empty')
    expect(stderr).toContain('line 8: the id "a" is that of line 2, too')
    using torn = desk(night, 'prompt\n"a\nb"\n"open\n\n\n', 'in.csv')
    expect((await torn.run()).stderr).toContain('line 4: it is no row of this table')
  })

  test('puts what was declined or has no text with the failures, paid for, and asks it again; a cut answer is named', async () => {
    await using night = await evening('words n=5\nrefusal after=0\nempty\nwords n=5 max-tokens after=3\nwords n=5 x9')
    using here = desk(night, numbered(5))
    const { code, stdout, stderr } = await here.run(['--json', '--concurrency', '1'])
    const told = JSON.parse(stdout.toString())
    expect(told).toMatchObject({ answered: 3, failed: 2, refused: 1, empty: 1, cutShort: 1, exitCode: 4 })
    expect(code).toBe(4)
    expect(stderr).toContain('2 rows failed (1 declined by the model, 1 without any text): ')
    expect(stderr).toContain('1 answer was cut short at the limit of output tokens')
    expect(here.read('out.failed.jsonl').map(({ id, error }) => [id, error!.kind])).toEqual([
      ['q2', 'refused'],
      ['q3', 'cut'],
    ])
    expect(told.costUsd).toBeCloseTo(billedUsd(night), 9)
    expect(told.costUsd).toBe(Number(told.costUsd.toFixed(9)))
    const again = await here.run()
    expect(again.code).toBe(0)
    expect(here.ids()).toEqual(idsTo(5))
    expect(asked(night)).toHaveLength(7)
    const history = await here.history()
    const ledger = history.charges(0)
    expect(history.answered(0)).toHaveLength(7)
    history.close()
    expect(ledger).toHaveLength(7)
    expect(ledger.reduce((sum, { costUsd }) => sum + costUsd!, 0)).toBeCloseTo(billedUsd(night), 9)
  })

  test('takes a table with a template, and stdin with a prompt a line', async () => {
    await using night = await evening()
    using table = desk(night, 'id,text,language\na,"one, two",French\nb,"say ""hi""",Dutch\n', 'in.csv')
    expect((await table.run(['--template', 'Into {{language}}: {{text}}'])).code).toBe(0)
    const texts = asked(night).map(({ body }) => JSON.stringify((body as { messages: unknown }).messages))
    expect(texts.join()).toContain('Into French: one, two')
    expect(texts.join()).toContain('Into Dutch: say \\\\\\"hi\\\\\\"'.replaceAll('\\\\\\', '\\'))
    expect(table.ids()).toEqual(['a', 'b'])
    const torn = desk(night, 'text\n"open\n', 'in.csv')
    expect((await torn.run()).stderr).toMatch(/line \d+: it is no row of this table/)
    const lines = await night.pipe({ args: ['batch', '-', '-o', table.at('lines.jsonl')], stdin: 'first\n\nsecond\n' })
    expect(lines.code).toBe(0)
    expect(table.ids('lines.jsonl')).toEqual(['1', '2'])
  })

  test('is killed, goes on with the same command, and asks for nothing twice that is there', async () => {
    await using night = await evening('text "Yes." x5\nhold after=0 x20')
    using here = desk(night, numbered(12))
    const killed = here.run(['--concurrency', '3'], { signalWhen: night.demo.held(), signal: 'SIGKILL' })
    expect((await killed).signal).toBe('SIGKILL')
    const before = here.ids()
    expect(before.length).toBeGreaterThanOrEqual(3)
    for (let i = 0; i < 20; i++) night.demo.enqueue('ok')
    const went = asked(night).length
    writeFileSync(here.at('out.jsonl'), '{"id":"q9","ind', { flag: 'a' })
    const holding = new AbortController()
    const letGo = async () => {
      while (!holding.signal.aborted) {
        await night.demo.held()
        night.demo.release()
      }
    }
    void letGo().catch(() => {})
    const again = await here.run(['--concurrency', '3'])
    holding.abort()
    expect(again.stderr).toContain(`Going on: ${before.length} rows of 12 were answered before.`)
    expect(again.code).toBe(0)
    expect(here.ids()).toEqual(idsTo(12))
    expect(asked(night).length - went).toBe(12 - before.length)
    expect((await here.run()).stderr).toContain('All 12 rows were answered before: nothing was sent.')
  })

  test('refuses in words to go on with another input, and does with --force', async () => {
    await using night = await evening()
    using here = desk(night, numbered(2))
    expect((await here.run()).code).toBe(0)
    writeFileSync(
      here.at('in.jsonl'),
      numbered(3)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(''),
    )
    const refused = await here.run()
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toContain('The input has changed since this batch was begun.')
    expect((await here.run(['--force'])).code).toBe(0)
    expect(here.ids()).toEqual(idsTo(3))
    expect(asked(night).length).toBe(3)
  })

  test('sends failed requests again, and puts what stays failed into a file that can be fed in', async () => {
    await using night = await evening('ok\n500\ncut after=0\n400\nok x20')
    using here = desk(night, numbered(6))
    const { code, stderr, stdout } = await here.run(['--concurrency', '1', '--json'])
    expect(code).toBe(4)
    expect(stderr).toContain('1 row failed: ')
    expect(JSON.parse(stdout.toString())).toMatchObject({ answered: 5, failed: 1, exitCode: 4 })
    const [failed] = here.read('out.failed.jsonl')
    expect(failed).toMatchObject({ prompt: expect.stringContaining('Question'), error: { kind: 'invalid' } })
    const fed = await night.pipe({ args: ['batch', here.at('out.failed.jsonl'), '-o', here.at('more.jsonl')] })
    expect(fed.code).toBe(0)
    expect(here.ids('more.jsonl')).toEqual([failed!.id])
  })

  test('keeps models apart, each with limits of its own', async () => {
    await using night = await evening()
    const rows = numbered(12).map((row, i) => ({ ...row, model: i % 2 === 0 ? 'fast' : 'deep' }))
    using here = desk(night, rows)
    expect((await here.run()).code).toBe(0)
    expect(here.ids()).toEqual(idsTo(12))
    expect(new Set(asked(night).map(({ body }) => (body as { model: string }).model)).size).toBe(2)
  })

  test.each([500, 529])('a first row that answers %i for ever keeps no other waiting', async (status) => {
    const last = seeing('Question 19')
    await using night = await evening('', last)
    using here = desk(night, [{ id: 'bad', prompt: `[[demo ${status}]] first` }, ...numbered(19)])
    const run = here.run(['--concurrency', '2'], { signalWhen: last.seen, signal: 'SIGINT' })
    const { code, stderr } = await run
    expect(code).toBe(130)
    expect(stderr).toContain('1 row left: the same command again goes on with them.')
    expect(here.ids()).toEqual(idsTo(19))
  })

  test('rows that fail leave their seats to those that do not, and nothing is sent again once it is to stop', async () => {
    const last = seeing('Question 30')
    await using night = await evening('', last)
    const bad = Array.from({ length: 4 }, (_, i) => ({ id: `bad${i}`, prompt: `[[demo 500]] ${i}` }))
    using here = desk(night, [...bad, ...numbered(30)])
    const run = here.run(['--concurrency', '2', '--json'], {
      signalWhen: last.seen,
      signal: 'SIGINT',
    })
    const { code, stdout } = await run
    expect(code).toBe(130)
    const told = JSON.parse(stdout.toString())
    expect(told).toMatchObject({ answered: 30, failed: 0, left: 4 })
    expect(told.requests).toBe(asked(night).length)
    expect(here.ids()).toEqual(idsTo(30))
  })

  test('says once that a limit is nearly used up', async () => {
    await using night = await evening('limits used=90\nok x9')
    using here = desk(night, numbered(6))
    const { stderr } = await here.run()
    expect(stderr.match(/90% of the 5,000 requests a minute are used/g)?.length).toBe(1)
  })

  test('takes no file for an output that is not its own', async () => {
    await using night = await evening('400')
    using here = desk(night, numbered(2))
    writeFileSync(here.at('out.jsonl'), 'my diary\n')
    const foreign = await here.run()
    expect(foreign).toMatchObject({ code: 2, stderr: expect.stringContaining('no batch has left word beside it') })
    expect(readFileSync(here.at('out.jsonl'), 'utf8')).toBe('my diary\n')
    rmSync(here.at('out.jsonl'))
    expect((await here.run(['--concurrency', '1'])).code).toBe(4)
    const args = ['batch', here.at('out.failed.jsonl'), '-o', here.at('out.jsonl'), '--force']
    expect(await night.pipe({ args })).toMatchObject({ code: 2, stderr: expect.stringContaining('-o OTHER.jsonl') })
    expect(here.read('out.failed.jsonl').length).toBe(1)
  })

  test('cannot hold to a budget what has no price', async () => {
    await using night = await evening()
    using here = desk(night, numbered(2))
    const { code, stderr } = await here.run(['-m', 'claude-mythos-5-2', '--max-cost', '5'])
    expect({ code, isSaid: stderr.includes('The price of Mythos 5.2 is unknown') }).toEqual({ code: 7, isSaid: true })
    expect(asked(night)).toEqual([])
  })

  test('ends at once when something is wrong with all rows', async () => {
    await using night = await evening('401 x9')
    using here = desk(night, numbered(9))
    const { code, stderr } = await here.run()
    expect(code).toBe(3)
    expect(stderr).toContain('9 rows left: the same command again goes on with them.')
    expect(asked(night).length).toBe(1)
  })

  test('has what all rows share written into the cache once', async () => {
    await using night = await evening('words n=3 x20')
    using here = desk(night, numbered(20))
    writeFileSync(here.at('story.txt'), 'A long story that all rows share. '.repeat(200))
    const { code, stderr } = await here.run(['--prefix', here.at('story.txt')])
    expect(code).toBe(0)
    const writes = asked(night).filter(({ billed }) => billed!.write5m > 0)
    expect(writes.length).toBe(1)
    expect(asked(night).filter(({ billed }) => billed!.read > 0).length).toBe(19)
    expect(stderr).toMatch(/read from the cache: \$0\.\d+ saved/)
  })

  test('never passes its budget: what is done stays, and the rest is left', async () => {
    await using night = await evening('words n=300 x50')
    using here = desk(night, numbered(50))
    const { code, stderr } = await here.run(['--max-cost', '0.05', '--max-tokens', '400'])
    expect(code).toBe(7)
    expect(stderr).toContain('Stopped at the budget')
    expect(billedUsd(night)).toBeLessThanOrEqual(0.05)
    const done = here.ids().length
    expect(done).toBeGreaterThan(8)
    expect((await here.run(['--max-tokens', '400'])).code).toBe(0)
    expect(here.ids()).toEqual(idsTo(50))
    expect(asked(night).length).toBe(50)
  })

  test('keeps the order of the input where that is wanted', async () => {
    await using night = await evening('ok\nhold after=1\nwords n=2 x8')
    using here = desk(night, numbered(10))
    const run = here.run(['--order', 'input', '--max-tokens', '2000'])
    await night.demo.held()
    night.demo.release()
    expect((await run).code).toBe(0)
    expect(here.read('out.jsonl').map(({ id }) => id)).toEqual(idsTo(10))
  })

  test('is stopped politely: what is under way comes to its end', async () => {
    await using night = await evening('ok x2\nhold after=1\nok x40')
    using here = desk(night, numbered(40))
    const run = here.run(['--concurrency', '1'], { signalWhen: night.demo.held(), signal: 'SIGINT' })
    await night.demo.held()
    const arrived = asked(night).length
    // The signal is on its way; the answer comes to its end after it.
    setTimeout(() => night.demo.release(), 300)
    const { code, stderr } = await run
    expect(code).toBe(130)
    expect(stderr).toContain('what is under way comes to its end first')
    expect(here.ids().length).toBe(arrived)
  })
})

describe('claude-tui batch --offload', () => {
  const OFFLOAD = ['--offload', '--poll', '20ms']

  test('has the server do it for half the price, and joins what comes in no order', async () => {
    await using night = await evening('batch polls=2\nwords n=7 x10')
    using here = desk(night, numbered(10))
    const { code, stdout } = await here.run([...OFFLOAD, '--json'])
    expect(code).toBe(0)
    expect(here.ids()).toEqual(idsTo(10))
    expect(here.read('out.jsonl').every(({ priceFactor }) => priceFactor === 0.5)).toBe(true)
    expect(JSON.parse(stdout.toString()).costUsd).toBeCloseTo(billedUsd(night, 0.5), 10)
    expect(JSON.parse(stdout.toString()).requests).toBe(10)
    const history = await here.history()
    expect(history.charges(0).reduce((sum, { costUsd }) => sum + costUsd!, 0)).toBeCloseTo(billedUsd(night, 0.5), 10)
    history.close()
    expect(asked(night)).toEqual([])
  })

  test('may be left, and fetched by the same command; what failed goes out once more with the next', async () => {
    await using night = await evening('batch polls=1 expired=2\nok x3\n500\nok x4')
    using here = desk(night, numbered(10))
    const left = await here.run([...OFFLOAD, '--detach'])
    expect(left.code).toBe(0)
    expect(left.stderr).toContain('10 rows are left to the server, within 24 hours.')
    const fetched = await here.run(OFFLOAD)
    expect(fetched.code).toBe(4)
    expect(here.ids().length).toBe(7)
    const reasons = here.read('out.failed.jsonl').map(({ error }) => error!.reason)
    expect(reasons.filter((reason) => reason.includes('expired after 24 hours')).length).toBe(2)
    expect(reasons).toContain('Internal server error')
    expect((await here.run(OFFLOAD)).code).toBe(0)
    expect(here.ids()).toEqual(idsTo(10))
    const made = night.demo.requests.filter(({ path, method }) => path === '/v1/messages/batches' && method === 'POST')
    expect(made.map(({ body }) => (body as { requests: unknown[] }).requests.length)).toEqual([10, 3])
  })

  test('is not sent twice by a program that was killed while it sent', async () => {
    await using night = await evening('batch polls=0')
    using here = desk(night, numbered(4))
    expect((await here.run([...OFFLOAD, '--detach'])).code).toBe(0)
    // As it stood before the answer of the server came.
    const path = here.at('out.batch.json')
    const run = JSON.parse(readFileSync(path, 'utf8'))
    const asking = { requests: 4, upTo: 4, atMs: Date.now() - 1_000 }
    writeFileSync(
      path,
      JSON.stringify({ ...run, offloaded: { ...run.offloaded, upTo: 0, asked: asking, batches: [] } }),
    )
    expect((await here.run(OFFLOAD)).code).toBe(0)
    expect(here.ids()).toEqual(idsTo(4))
    const made = night.demo.requests.filter(({ path, method }) => path === '/v1/messages/batches' && method === 'POST')
    expect(made.length).toBe(1)
  })

  test('has what was declined or is empty among the failures, paid once, however often it is fetched', async () => {
    await using night = await evening('batch polls=1\nwords n=5\nrefusal after=0\nempty\nwords n=5 x9')
    using here = desk(night, numbered(4))
    const { code, stdout } = await here.run([...OFFLOAD, '--json'])
    expect(code).toBe(4)
    expect(JSON.parse(stdout.toString())).toMatchObject({ answered: 2, failed: 2, refused: 1, empty: 1 })
    const path = here.at('out.jsonl').replace(/\.jsonl$/, '.batch.json')
    const run = JSON.parse(readFileSync(path, 'utf8'))
    // As a program leaves it that is killed between the bill and its word of the end.
    const batches = run.offloaded.batches.map((one: object) => ({ ...one, isCollected: false }))
    writeFileSync(path, JSON.stringify({ ...run, offloaded: { ...run.offloaded, batches } }))
    expect((await here.run(OFFLOAD)).code).toBe(4)
    const paid = async () => {
      const history = await here.history()
      const usd = history.charges(0).map(({ costUsd }) => costUsd!)
      history.close()
      return { rows: usd.length, usd: usd.reduce((sum, one) => sum + one, 0) }
    }
    expect((await paid()).rows).toBe(4)
    expect((await paid()).usd).toBeCloseTo(billedUsd(night, 0.5), 9)
    expect((await here.run(OFFLOAD)).code).toBe(0)
    expect(here.ids()).toEqual(idsTo(4))
    expect((await paid()).rows).toBe(6)
    const whatIf = async (...args: string[]) => {
      const told = await night.pipe({
        args: ['what-if', '--json', ...args],
        env: { CLAUDE_TUI_DATA_DIR: here.at('.') },
      })
      return JSON.parse(told.stdout.toString())
    }
    const half = await whatIf('--batch')
    expect(half).toMatchObject({ answers: 6, batchRows: 6, conversations: 0 })
    expect(half.savedUsd.value).toBeCloseTo(0, 9)
    expect((await whatIf('--model', 'deep')).savedUsd.value).toBeLessThan(0)
  })

  test('is canceled: what is done is fetched, what is not costs nothing', async () => {
    await using night = await evening('batch polls=99')
    using here = desk(night, numbered(4))
    await here.run([...OFFLOAD, '--detach'])
    const canceled = await here.run([...OFFLOAD, '--cancel'])
    expect(canceled.code).toBe(4)
    expect(canceled.stderr).toContain('is being canceled')
    expect(here.ids().length).toBe(2)
    expect(here.read('out.failed.jsonl').every(({ error }) => error!.reason.includes('canceled'))).toBe(true)
  })
})
