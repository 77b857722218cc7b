/** Bad weather for calls in a script: how long they go on, and how calls in a loop leave a model alone. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { opened } from '../io/history-kit.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { type Lodging, lodge } from '../kit/lodging.ts'

const asked = (night: Evening) => night.questions.length

/** A home for several calls one after another, with its own cache folder. */
function home(): Lodging & {
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  call(night: Evening, ...args: string[]): ReturnType<Evening['pipe']>
  /** As if it had been limited five times. */
  leaveAlone(night: Evening, untilMs: number): void
} & Disposable {
  const place = lodge()
  const cache = join(place.home, 'cache')
  const env = { CLAUDE_TUI_CACHE_DIR: cache, CLAUDE_TUI_DATA_DIR: join(place.home, 'data') }
  return {
    ...place,
    env,
    file: join(cache, 'breakers.json'),
    leaveAlone(night, untilMs) {
      const open = { failures: 5, kind: 'overload', atMs: untilMs - 30_000, untilMs, opened: 1, probedMs: null }
      mkdirSync(cache, { recursive: true })
      writeFileSync(join(cache, 'breakers.json'), JSON.stringify({ [`${night.demo.url} claude-sonnet-5-5`]: open }))
    },
    call: (night, ...args) => night.pipe({ args: [...args, 'hi'], lodging: place, env }),
    [Symbol.dispose]: () => place.remove(),
  }
}

describe('how long a call goes on', () => {
  test('its figures say how long all attempts took, and are an estimate where one was never counted to its end', async () => {
    await using night = await evening('reset after=0\ntext "Because."')
    const { code, stderr } = await night.pipe({ args: ['-u', 'hi'] })
    expect(code).toBe(0)
    expect(stderr).toMatch(/ · ~\$[\d.]+ in all · .* · TTLT \d+ms · 2 attempts in [\d.]+m?s$/m)
  })

  test.each(['reset after=3', 'malformed after=3'])(
    'what breaks in the middle (%s) is named by its request',
    async (fault) => {
      await using night = await evening(fault)
      const { stdout } = await night.pipe({ args: ['--retry-for', '0', '--output-format', 'json', 'hi'] })
      expect(JSON.parse(stdout.toString()).error.requestId).toMatch(/^req_/)
    },
  )

  test('--retry-for 0 tries once; another time has other attempts, and stderr counts them', async () => {
    await using night = await evening('529 x9')
    const once = await night.pipe({ args: ['--retry-for', '0', 'hi'] })
    expect({ code: once.code, asked: asked(night) }).toEqual({ code: 4, asked: 1 })
    const { stderr, code } = await night.pipe({ args: ['--retry-for', '5s', 'hi'] })
    expect(code).toBe(4)
    expect(stderr).toMatch(/^Overloaded \(HTTP 529\), request req_\w+\. Attempt 2 of 3 in [01]\.\d s\.$/m)
    expect([3, 4]).toContain(asked(night))
  })

  test('a server that asks for more ends it at once, with both numbers and the way out', async () => {
    await using night = await evening('429 retry-after=100')
    const { code, stderr } = await night.pipe({ args: ['hi'] })
    expect({ code, asked: asked(night) }).toEqual({ code: 4, asked: 1 })
    expect(stderr).toMatch(
      /asks to wait 1m 40s: that is more than is left of the 1m 0s it may take\. Call again in 1m 40s, let the call wait \(--retry-for\)/,
    )
  })

  test('x-should-retry is obeyed both ways', async () => {
    await using night = await evening('429 should-retry=no\n400 should-retry=yes\ntext "ok"')
    expect((await night.pipe({ args: ['hi'] })).code).toBe(4)
    expect(asked(night)).toBe(1)
    expect(await night.pipe({ args: ['hi'] })).toMatchObject({ code: 0 })
    expect(asked(night)).toBe(3)
  })

  test('a time that is none is refused', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['--retry-for', 'soon', 'hi'] })
    expect(code).toBe(2)
    expect(stderr).toContain('a time such as 90s, 5m or 0, or auto')
  })
})

describe('calls in a loop', () => {
  test('leave a model alone after five failures in a row, whoever had them, and say until when', async () => {
    using place = home()
    await using night = await evening('529 x9')
    for (let i = 0; i < 4; i++) expect((await place.call(night, '--retry-for', '0')).code).toBe(4)
    const fifth = await place.call(night)
    // It does not go on knocking.
    expect({ code: fifth.code, asked: asked(night) }).toEqual({ code: 4, asked: 5 })
    expect(fifth.stderr).toMatch(/limited or overloaded 5 times in a row: it is left alone until \d\d:\d\d:\d\d\./)
    const sixth = await place.call(night)
    expect({ code: sixth.code, asked: asked(night) }).toEqual({ code: 4, asked: 5 })
    expect(sixth.stderr).toMatch(
      /^Not sent: Sonnet [\d.]+ was overloaded 5 times in a row, and is left alone until \d\d:\d\d:\d\d\. Call again then/m,
    )
    // Another model is another matter.
    await place.call(night, '-m', 'fast', '--retry-for', '0')
    expect(asked(night)).toBe(6)
  })

  test('an answer between them begins the count anew, and leaves no file behind', async () => {
    using place = home()
    await using night = await evening('529 x4\ntext "ok"\n529')
    for (let i = 0; i < 4; i++) await place.call(night, '--retry-for', '0')
    expect(existsSync(place.file)).toBe(true)
    expect((await place.call(night, '--retry-for', '0')).code).toBe(0)
    expect(existsSync(place.file)).toBe(false)
    await place.call(night, '--retry-for', '0')
    expect((await place.call(night, '--retry-for', '0')).code).toBe(0)
  })

  test('ask for a few tokens when the time is over, and for all of it once those came; the probe is on the bill', async () => {
    using place = home()
    await using night = await evening('text "ok"\ntext "Because."')
    place.leaveAlone(night, Date.now() - 1_000)
    const { stdout, code } = await place.call(night)
    expect({ code, out: stdout.toString() }).toEqual({ code: 0, out: 'Because.\n' })
    const bodies = night.questions as readonly { readonly max_tokens?: number }[]
    expect(bodies.map(({ max_tokens: most }) => most! < 50)).toEqual([true, false])
    expect(existsSync(place.file)).toBe(false)
    const { stdout: bill } = await night.pipe({
      args: ['cost', '--json'],
      lodging: place,
      env: { CLAUDE_TUI_DATA_DIR: join(place.home, 'data') },
    })
    expect(bill.toString()).toContain('probe')
  })

  test('the price of a call has that of its probe in it', async () => {
    using place = home()
    await using night = await evening('text "ok"\ntext "Because."')
    place.leaveAlone(night, Date.now() - 1_000)
    const { stdout, stderr } = await place.call(night, '-u', '--output-format', 'json')
    const { costUsd, totalUsd } = JSON.parse(stdout.toString())
    expect(totalUsd).toBeGreaterThan(costUsd.value)
    expect(stderr).toMatch(/ · cost <?\$[\d.]+ · \$[\d.]+ in all · /)
    const bill = await night.pipe({ args: ['cost', '--json'], lodging: place, env: place.env })
    expect(bill.stdout.toString()).toContain(`"value":${totalUsd}`)
  })

  test('a probe in vain leaves it alone for longer', async () => {
    using place = home()
    await using night = await evening('529 x9')
    place.leaveAlone(night, Date.now() - 1_000)
    expect((await place.call(night)).code).toBe(4)
    expect(asked(night)).toBe(1)
    expect((await place.call(night)).stderr).toContain('was overloaded 6 times in a row')
    expect(asked(night)).toBe(1)
  })

  test('with breaker off, or without a trace on disk, every call goes out', async () => {
    using place = home()
    await using night = await evening('529 x20')
    for (let i = 0; i < 6; i++) await place.call(night, '--retry-for', '0', '--no-session')
    expect(asked(night)).toBe(6)
    expect(existsSync(place.file)).toBe(false)
    for (let i = 0; i < 6; i++)
      await night.pipe({ args: ['--retry-for', '0', 'hi'], lodging: place, env: { CLAUDE_TUI_BREAKER: 'off' } })
    expect(asked(night)).toBe(12)
    expect(readdirSync(place.home)).not.toContain('cache')
  })

  test('who waits on purpose waits for the model, too', async () => {
    using place = home()
    await using night = await evening('text "ok"\ntext "Because."')
    place.leaveAlone(night, Date.now() + 1_200)
    const { code, stdout, stderr } = await place.call(night, '--retry-for', '30s')
    expect({ code, out: stdout.toString() }).toEqual({ code: 0, out: 'Because.\n' })
    expect(stderr).toMatch(
      /^Not sent: Sonnet [\d.]+ was overloaded 5 times in a row.*A probe in [01]\.\d s, then attempt 1 of \d\.$/m,
    )
  })
})

/** A limit that nobody waits out. */
const LIMITED = '429 retry-after=1000'
const lines = (night: Evening) => night.questions.map(({ model }) => model.split('-')[1])
const told = (stdout: Buffer) => JSON.parse(stdout.toString())

describe('a chain of models', () => {
  test('answers in the place of the one that cannot: said on stderr, in JSON and in the ledger, and stdout is the answer', async () => {
    using place = home()
    await using night = await evening(`${LIMITED} x2\ntext "Because."\n${LIMITED}\ntext "So."`)
    const { code, stdout, stderr } = await place.call(night, '-m', 'deep', '--fallback', 'deep,balanced,fast')
    expect({ code, out: stdout.toString() }).toEqual({ code: 0, out: 'Because.\n' })
    expect(lines(night)).toEqual(['opus', 'sonnet', 'haiku'])
    expect(stderr).toMatch(/^Sonnet [\d.]+ is asked in place of Opus [\d.]+: .* \(HTTP 429\), request req_\w+\.$/m)
    expect(stderr).toMatch(/^Haiku [\d.]+ is asked in place of Sonnet/m)
    const json = await place.call(night, '-m', 'deep', '--fallback', 'fast', '--output-format', 'json')
    expect(told(json.stdout)).toMatchObject({
      ok: true,
      model: expect.stringContaining('haiku'),
      insteadOf: expect.stringContaining('opus'),
      attempts: 2,
      recalledFromMs: null,
    })
    using history = await opened(join(place.home, 'data', 'history.db'))
    const [first] = history.search('hi', 5)
    expect(JSON.stringify([...history.rows(first!.id)])).toContain('"fellBack"')
  })

  test('is not there unless it is named: a call asks one model alone', async () => {
    await using night = await evening(`${LIMITED}\ntext "Because."`)
    expect(await night.pipe({ args: ['-m', 'deep', 'hi'] })).toMatchObject({ code: 4 })
    expect(lines(night)).toEqual(['opus'])
    const off = await night.pipe({ args: ['--demo', '--fallback', 'fast,nobody', 'hi'] })
    expect(off).toMatchObject({ code: 2, stderr: expect.stringContaining('Unknown model "nobody"') })
  })

  test('is not gone along for what no other model cures', async () => {
    await using night = await evening('spend-cap\n401\ntext "Because."')
    expect(await night.pipe({ args: ['--fallback', 'fast', 'hi'] })).toMatchObject({ code: 4 })
    expect(await night.pipe({ args: ['--fallback', 'fast', 'hi'] })).toMatchObject({ code: 3 })
    expect(lines(night)).toEqual(['sonnet', 'sonnet'])
  })

  test('passes over whom the prompt does not fit, with both numbers', async () => {
    await using night = await evening(`${LIMITED} x2`)
    const args = ['-m', 'deep', '--fallback', 'claude-haiku-4-5', 'sum up']
    const { code, stderr } = await night.pipe({ args, stdin: 'word '.repeat(260_000) })
    expect(code).toBe(4)
    expect(lines(night)).toEqual(['opus'])
    expect(stderr).toMatch(/Haiku 4\.5 is passed over: this takes ~?[\d,]{7} tokens, its window holds 200,000\./)
  })

  test('spares a model that is left alone, and goes back to it once it answers a probe', async () => {
    using place = home()
    await using night = await evening('text "Instead."\ntext "ok"\ntext "Myself."')
    place.leaveAlone(night, Date.now() + 60_000)
    const args = ['--fallback', 'fast']
    expect((await place.call(night, ...args)).stdout.toString()).toBe('Instead.\n')
    expect(lines(night)).toEqual(['haiku'])
    place.leaveAlone(night, Date.now() - 1_000)
    const back = await place.call(night, ...args)
    expect({ out: back.stdout.toString(), err: back.stderr }).toEqual({ out: 'Myself.\n', err: '' })
    expect(lines(night)).toEqual(['haiku', 'sonnet', 'sonnet'])
  })

  test('ends with an earlier answer to the very same request, marked, dated, and for nothing', async () => {
    using place = home()
    await using night = await evening(`text "Because of the rivers."\n${LIMITED} x9`)
    await place.call(night, '-s', 'Be brief.')
    const args = ['--fallback', 'fast', '--output-format', 'json']
    const { code, stdout, stderr } = await place.call(night, '-s', 'Be brief.', ...args)
    expect(code).toBe(0)
    expect(told(stdout)).toMatchObject({ ok: true, text: 'Because of the rivers.', costUsd: { value: 0 }, usage: null })
    expect(told(stdout).recalledFromMs).toBeGreaterThan(Date.now() - 60_000)
    expect(stderr).toMatch(
      /^An earlier answer to this very request, by Sonnet [\d.]+ on \d{4}-\d\d-\d\d \d\d:\d\d UTC, from the history; it costs nothing\. None could be had now/m,
    )
    // Another system prompt is another request; and what was recalled is no source of its own.
    expect((await place.call(night, '-s', 'Be long.', ...args)).code).toBe(4)
    const bill = await night.pipe({
      args: ['cost', '--json'],
      lodging: place,
      env: { CLAUDE_TUI_DATA_DIR: join(place.home, 'data') },
    })
    expect(bill.stdout.toString()).toContain('recalled')
    expect(bill.stdout.toString()).not.toMatch(/"unpriced":\s*[1-9]/)
  })
})

describe('a recording of a bad day', () => {
  /** Plays it where there is nothing but the recording. */
  const played = async (night: Evening, file: string, ...args: string[]) => {
    const { code, stdout, stderr } = await night.pipe({ args: ['replay', file, '--speed', 'max', ...args] })
    return { code, out: stdout.toString(), err: stderr }
  }

  test('tells of what was refused, by whom it was answered instead, and of an earlier answer, as it was', async () => {
    using place = home()
    await using night = await evening('text "Instead."\ntext "By hand."')
    place.leaveAlone(night, Date.now() + 600_000)
    const [refused, instead, earlier] = ['refused', 'instead', 'earlier'].map((name) => join(place.home, name))
    const first = await place.call(night, '--record', refused!)
    expect(first.code).toBe(4)
    expect(await played(night, refused!)).toMatchObject({ code: 4, out: '', err: first.stderr })
    const second = await place.call(night, '--record', instead!, '--fallback', 'fast')
    expect(second.stdout.toString()).toBe('Instead.\n')
    const again = await played(night, instead!)
    expect(again).toMatchObject({ code: 0, out: 'Instead.\n' })
    expect(again.err).toContain(second.stderr.trim().split('\n').at(-1))
    await place.call(night, '-m', 'deep')
    const third = await place.call(night, '--record', earlier!, '--fallback', 'balanced')
    expect(third.stderr).toContain('An earlier answer to this very request')
    expect(third.stdout.toString()).toBe('By hand.\n')
    const recalled = await played(night, earlier!)
    expect(recalled).toMatchObject({ code: 0, out: 'By hand.\n', err: third.stderr })
    // Redacted, it still plays, without a word of the answer.
    const bare = join(place.home, 'bare')
    expect((await night.pipe({ args: ['redact', earlier!, bare] })).code).toBe(0)
    expect(await played(night, bare)).toMatchObject({ code: 0, out: 'Xx xxxx.\n' })
    const json = JSON.parse((await played(night, earlier!, '--output-format', 'json')).out)
    expect(json).toMatchObject({ text: 'By hand.', attempts: 0, costUsd: { value: 0, from: 'measured' } })
  })
})
