import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { opened, room } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'

const told = (stdout: Buffer) => JSON.parse(stdout.toString())

/** A folder with files, gone at the end. */
function folderWith(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'claude-tui-scripts-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

describe('a code block alone', () => {
  const script = `text ${JSON.stringify('Here:\n```py\nprint(1)\n```\nor\n```sh\nls\n```\n')} x9`

  test('goes to stdout: the last, the nth, the first of a language', async () => {
    await using night = await evening(script)
    const block = async (...args: string[]) => (await night.pipe({ args })).stdout.toString()
    expect(await block('-x', 'write it')).toBe('ls\n')
    expect(await block('-x', 'python', 'write it')).toBe('print(1)\n')
    expect(await block('--extract=1', 'write', 'it')).toBe('print(1)\n')
    expect(await block('write it', '-x')).toBe('ls\n')
    expect(await block('-x', 'hello')).toBe('ls\n')
    expect(night.questions.at(-1)?.messages).toMatchObject([{ content: [{ text: 'hello' }] }])
  })

  test('that is not there ends with code 6, says which are, and loses no word', async () => {
    await using night = await evening(script)
    const { code, stdout, stderr } = await night.pipe({ args: ['-x', 'rust', 'write it'] })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toContain('The answer has no rust block. It has 1 (py, 1 line), 2 (sh, 1 line).')
    expect(stderr).toContain('print(1)')
    const json = await night.pipe({ args: ['-x', 'sh', '--output-format', 'json', 'write it'] })
    expect(told(json.stdout)).toMatchObject({ ok: true, extracted: { language: 'sh', text: 'ls' } })
  })
})

describe('a schema', () => {
  const FIT = '{"name": "Ann", "age": 7}'

  test('is sent as structured output, and the answer goes out as the JSON it is', async () => {
    await using night = await evening()
    const { code, stdout } = await night.pipe({ args: ['--schema', 'name, age int', 'who?'] })
    expect(code).toBe(0)
    expect(told(stdout)).toEqual({ name: 'name: who?', age: 42 })
    expect(night.questions[0]).toMatchObject({
      output_config: {
        format: { type: 'json_schema', schema: { required: ['name', 'age'], additionalProperties: false } },
      },
    })
  })

  test('that an answer does not fit is asked for once more with the errors, and both are paid', async () => {
    using place = room()
    await using night = await evening(`text "{\\"name\\": 1}"\ntext ${JSON.stringify(FIT)}`)
    const args = ['--schema', 'name, age int', '--output-format', 'json', 'who?']
    const { code, stdout, stderr } = await night.pipe({ args, env: { CLAUDE_TUI_DATA_DIR: place.folder } })
    expect(code).toBe(0)
    const result = told(stdout)
    expect(result).toMatchObject({ value: JSON.parse(FIT), repairs: 1, schemaErrors: [], text: FIT })
    expect(JSON.stringify(result.totalUsd)).toMatch(/\d/)
    expect(result.totalMs.value).toBeGreaterThan(result.ttltMs.value)
    expect(stderr).toContain("must have required property 'age'; name: must be string. It is asked for once more.")
    expect(night.questions).toHaveLength(2)
    expect(JSON.stringify(night.questions[1])).toContain('Your answer does not fit the schema')
    using history = await opened(`${place.folder}/history.db`)
    expect(history.charges(0)).toHaveLength(2)
  })

  test('whose pattern takes too long ends with code 6, or when --max-time is over', async () => {
    const schema = JSON.stringify({ type: 'object', properties: { p: { pattern: '^(a+)+$' } }, required: ['p'] })
    const long = JSON.stringify({ p: `${'a'.repeat(40)}!` })
    await using night = await evening(`text ${JSON.stringify(long)} x9`)
    const call = (...args: string[]) => night.pipe({ args: ['--schema', schema, '--no-repair', ...args, 'who?'] })
    const { code, stdout, stderr } = await call()
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toContain("The answer does not fit the schema: the schema's patterns take too long on this answer.")
    const late = await call('--max-time', '2s')
    expect(late).toMatchObject({ code: 8 })
    expect(late.stderr).toContain('(--max-time)')
  })

  test('holds both answers to one budget', async () => {
    await using night = await evening('words n=500 x2')
    await night.pipe({ args: ['--schema', 'name', '--max-cost', '0.01', 'who?'] })
    const [first, second] = night.questions.map((body) => (body as never as { max_tokens: number }).max_tokens)
    expect(first).toBeGreaterThan(900)
    expect(second).toBeLessThanOrEqual(1_000 - 500)
  })

  test('that no answer fits ends with code 6, nothing on stdout, and the errors on stderr', async () => {
    await using night = await evening('text "Sure!" x9')
    const { code, stdout, stderr } = await night.pipe({ args: ['--schema', 'name', 'who?'] })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 6, stdout: '' })
    expect(stderr).toMatch(
      /The answer does not fit the schema: it is no JSON .*\nWhat came, which is not on stdout:\nSure!/,
    )
    expect(night.questions).toHaveLength(2)
    await night.pipe({ args: ['--schema', 'name', '--no-repair', 'who?'] })
    expect(night.questions).toHaveLength(3)
  })

  test('is asked for in words where the server takes none, and a fence is taken off', async () => {
    await using night = await evening(`text ${JSON.stringify(`\`\`\`json\n${FIT}\n\`\`\``)}`)
    const { code, stdout } = await night.pipe({
      args: ['--schema', 'name, age int', 'who?'],
      env: { CLAUDE_TUI_SERVER_FEATURES: 'plain' },
    })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: `${FIT}\n` })
    expect(night.questions[0]).not.toHaveProperty('output_config')
    expect(JSON.stringify(night.questions[0])).toContain('Reply with JSON alone')
  })

  test('holds for its own call: whoever goes on with the conversation is free of it', async () => {
    using place = room()
    const env = { CLAUDE_TUI_DATA_DIR: place.folder }
    await using night = await evening()
    await night.pipe({ args: ['--schema', 'name', 'who?'], env })
    const { code } = await night.pipe({ args: ['-c', 'and now?'], env })
    expect(code).toBe(0)
    expect(night.questions[1]).not.toHaveProperty('output_config.format')
  })

  test('that is none is refused before anything is sent', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['--schema', 'name strng', 'who?'] })
    expect(code).toBe(2)
    expect(stderr).toContain('--schema: the field "name" has the type "strng"')
    expect((await night.pipe({ args: ['--schema', '{"type": 7}', 'who?'] })).code).toBe(2)
    expect((await night.pipe({ args: ['--schema', 'none.json', 'who?'] })).stderr).toContain(
      'there is no file none.json',
    )
    expect(night.questions).toEqual([])
  })
})

describe('a template', () => {
  const FILE = `---
model: fast
---
system:
Answer in {{language}}.
user:
Good morning
assistant:
Guten Morgen
user:
Translate: {{stdin}}
`

  test('brings roles, variables and a model; what is piped in stands where it says', async () => {
    using files = folderWith({ 'greet.md': FILE, lang: 'German\n' })
    await using night = await evening()
    const { code } = await night.pipe({
      args: ['-t', 'greet.md', '--var', 'language=@lang'],
      stdin: 'Good night\n',
      cwd: files.folder,
    })
    expect(code).toBe(0)
    expect(night.questions[0]).toMatchObject({
      model: 'claude-haiku-5-5',
      system: [{ text: 'Answer in German.' }],
      messages: [
        { role: 'user', content: [{ text: 'Good morning' }] },
        { role: 'assistant', content: [{ text: 'Guten Morgen' }] },
        { role: 'user', content: [{ text: 'Translate: Good night' }] },
      ],
    })
  })

  test('without values for its variables names them all; a flag goes before what it chooses', async () => {
    using files = folderWith({ 'a.md': 'Compare {{this}} with {{that}}.', 'b.md': '---\nmodel: fast\n---\nhi' })
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['-t', 'a.md'], cwd: files.folder })
    expect(code).toBe(2)
    expect(stderr).toContain('has no value for this, that: add --var this=… --var that=….')
    const typo = await night.pipe({ args: ['-t', 'a.md', '--var', 'thas=1'], cwd: files.folder })
    expect(typo.stderr).toContain('has no {{thas}}. Did you mean')
    await night.pipe({ args: ['-t', 'b.md', '-m', 'deep', 'briefly'], cwd: files.folder })
    expect(night.questions).toMatchObject([
      { model: 'claude-opus-5-5', messages: [{ content: [{ text: 'hi\n\nbriefly' }] }] },
    ])
  })
})

describe('limits of time', () => {
  test('give up a call whose first word is late: code 8, nothing on stdout, its prompt on the bill', async () => {
    using place = room()
    await using night = await evening('hold after=0')
    const args = ['--max-ttft', '2s', '--output-format', 'json', 'why?']
    const { code, stdout } = await night.pipe({ args, env: { CLAUDE_TUI_DATA_DIR: place.folder } })
    expect(code).toBe(8)
    expect(told(stdout)).toMatchObject({ ok: false, error: { kind: 'late' }, usageFrom: 'estimate', exitCode: 8 })
    using history = await opened(`${place.folder}/history.db`)
    expect(history.charges(0)).toMatchObject([{ outputIsEstimate: true }])
  })

  test('give up an answer that is not whole in time: what came stays, over waits and other attempts, too', async () => {
    await using night = await evening('text "Half an " "answer" silence after=1 for=forever\n529 retry-after=30')
    const cut = await night.pipe({ args: ['--max-time', '700ms', 'why?'] })
    expect({ code: cut.code, stdout: cut.stdout.toString() }).toEqual({ code: 8, stdout: 'Half an \n' })
    expect(cut.stderr).toMatch(/The answer was not whole after 0\.7 s|after 700ms/)
    const waiting = await night.pipe({ args: ['--max-time', '500ms', 'why?'] })
    expect(waiting.code).toBe(8)
  })

  test('change nothing for an answer in time, and want a time', async () => {
    await using night = await evening('text "Because." x2')
    const { code, stdout } = await night.pipe({ args: ['--max-ttft', '60s', '--max-time', '2m', 'why?'] })
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'Because.\n' })
    expect((await night.pipe({ args: ['--max-time', 'soon', 'why?'] })).code).toBe(2)
  })
})

describe('the prompt cache, when it is required', () => {
  test('ends a call that read nothing from it with code 10 and the reason; the next one reads it', async () => {
    using files = folderWith({ 'system.txt': 'All about tides and how they turn. '.repeat(200) })
    await using night = await evening('text "Because." x3')
    const call = (...more: string[]) =>
      night.pipe({ args: ['-s', 'system.txt', '--require-cache-hit', ...more, 'why?'], cwd: files.folder })
    const first = await call()
    expect({ code: first.code, stdout: first.stdout.toString() }).toEqual({ code: 10, stdout: 'Because.\n' })
    expect(first.stderr).toMatch(
      /it was not there, or no longer\. This call has written [\d.k,]+ tokens, for 5 minutes/,
    )
    expect((await call()).code).toBe(0)
    expect((await call('--cache-ttl', 'off')).stderr).toContain('caching is off (--cache-ttl).')
  })
})

describe('figures for whoever called', () => {
  test('stand in a form of their own on stderr, and as a line of JSON on a descriptor', async () => {
    using files = folderWith({ run: `exec "$@" 3> figures.jsonl\n` })
    await using night = await evening('text "Because."')
    const run = await night.pipe({
      node: '/bin/sh',
      program: 'run',
      cwd: files.folder,
      args: [
        process.execPath,
        'dist/cli.js',
        '--timing=[%{output_tokens} %{stop_reason}]\\n',
        '--metrics-fd',
        '3',
        'why?',
      ].map((word) => (word === 'dist/cli.js' ? join(process.cwd(), word) : word)),
    })
    expect(run).toMatchObject({ code: 0 })
    expect(run.stderr).toMatch(/^\[\d+ end_turn\]$/m)
    expect(run.stdout.toString()).toBe('Because.\n')
    expect(JSON.parse(readFileSync(join(files.folder, 'figures.jsonl'), 'utf8'))).toMatchObject({
      ...{ type: 'metrics', exit_code: 0, stop_reason: 'end_turn', cost_before_usd: 0 },
    })
  })

  test('are told with their code where a call ends before anything is sent', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['--metrics-fd', '2', '--max-cost', '0.000001', 'why?'] })
    const line = stderr.split('\n').find((one) => one.startsWith('{'))
    expect({ code, metrics: JSON.parse(line ?? 'null') }).toMatchObject({
      ...{ code: 7, metrics: { type: 'metrics', exit_code: 7, attempts: 0, cost_usd: null, cost_total_usd: 0 } },
    })
  })

  test('take a form behind a blank, as curl does, and know what the whole call came to', async () => {
    await using night = await evening('text "Because." x2')
    const told = await night.pipe({ args: ['--timing', '[%{exit_code} %{cost_total_usd}]', 'why?'] })
    expect(told.stderr).toMatch(/^\[0 0\.\d+\]/)
    expect(JSON.stringify(night.questions[0]!.messages)).not.toContain('exit_code')
    const wrong = await night.pipe({ args: ['--timing', '%{nosuch}', 'why?'] })
    expect({ code: wrong.code, asked: night.questions.length }).toEqual({ code: 2, asked: 1 })
    expect(wrong.stderr).toContain('(%{ttft}, %{cost})')
    expect((await night.pipe({ args: ['--timing', 'why?'] })).stdout.toString()).toBe('Because.\n')
  })

  test('cannot go where nothing is open, and that is said before anything is sent', async () => {
    await using night = await evening()
    const { code, stderr } = await night.pipe({ args: ['--metrics-fd', '63', 'why?'] })
    expect(code).toBe(2)
    expect(stderr).toContain('--metrics-fd 63: nothing is open there to be written to.')
    expect((await night.pipe({ args: ['--timing=%{nope}', 'why?'] })).code).toBe(2)
    expect(night.questions).toEqual([])
  })
})

describe('a text that is too long', () => {
  const LONG = Array.from(
    { length: 40 },
    (_, i) => `# Chapter ${i}\n\n${'Some words about tides. '.repeat(10)}\n`,
  ).join('\n')

  test('is asked about in parts, and then as a whole, in order; all of it is on the bill as the server has it', async () => {
    using place = room()
    await using night = await evening('text "one" ttft=200ms\ntext "two" x9', { speed: 1 })
    const env = { CLAUDE_TUI_DATA_DIR: place.folder }
    const args = ['--split=2000', '--output-format', 'json', 'sum up']
    const { code, stdout, stderr } = await night.pipe({ args, stdin: LONG, env })
    expect(code).toBe(0)
    const bodies = night.questions.map((body) => JSON.stringify(body.messages))
    const parts = bodies.filter((body) => body.includes('<part number='))
    expect(parts.length).toBeGreaterThan(2)
    expect(stderr).toContain(`The text is asked about in ${parts.length} parts first, 3 at a time, for ~$`)
    const last = bodies.at(-1)!
    expect(last).toContain('<answer part=\\"1\\">')
    expect(last.indexOf('<answer part=\\"1\\">')).toBeLessThan(last.indexOf('<answer part=\\"2\\">'))
    using history = await opened(`${place.folder}/history.db`)
    const charges = history.charges(0)
    expect(charges.filter(({ purpose }) => purpose === 'split')).toHaveLength(parts.length)
    const billed = night.demo.requests.flatMap(({ billed: one }) => one ?? [])
    const sum = (of: readonly { readonly output: number; readonly input: number }[]) =>
      of.reduce((all, one) => all + one.output + one.input, 0)
    expect(sum(charges)).toBe(sum(billed))
    expect(told(stdout)).toMatchObject({ ok: true, text: 'two', partsUsd: expect.any(Number) })
  })

  test('is told of in a dry run: how many parts, at what price, and what a request is made of', async () => {
    await using night = await evening()
    const args = ['--split=2000', '--dry-run', '--output-format', 'json', 'sum up']
    const { stdout, stderr } = await night.pipe({ args, stdin: LONG })
    expect(stderr).toMatch(/^The text would be asked about in \d+ parts first/)
    expect(told(stdout)).toMatchObject({
      ...{ type: 'quote', partsUsd: expect.any(Number) },
      request: { model: 'claude-sonnet-5-5', messages: [{ role: 'user', chars: expect.any(Number) }] },
    })
    expect(night.questions).toEqual([])
  })

  test('is held to the budget of the day with all its parts', async () => {
    using place = room()
    await using night = await evening('words n=300 x3\nwords n=9000 x9')
    const env = { CLAUDE_TUI_DATA_DIR: place.folder, CLAUDE_TUI_MAX_COST_DAY: '0.1' }
    const { code, stderr } = await night.pipe({ args: ['--split=2000', 'sum up'], stdin: LONG, env })
    expect({ code, stderr }).toMatchObject({ code: 6, stderr: expect.stringContaining('in 3 parts') })
    using history = await opened(`${place.folder}/history.db`)
    expect(
      history
        .charges(0)
        .map(({ purpose }) => purpose)
        .sort(),
    ).toEqual(['split', 'split', 'split', 'turn'])
    expect(history.spentSince(0)).toBeLessThanOrEqual(0.1)
    expect(history.spentSince(0)).toBeGreaterThan(0.09)
  })

  test('waits for parts that hold the money, and passes no budget; a dry run counts the parts', async () => {
    using place = room()
    await using night = await evening('words n=50 x9')
    const env = { CLAUDE_TUI_DATA_DIR: place.folder }
    const call = (...more: string[]) =>
      night.pipe({ args: ['--split=1000', '--max-cost', '0.1', ...more, 'sum up'], stdin: LONG, env })
    const { code, stderr } = await call()
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('was not sent') })
    using history = await opened(`${place.folder}/history.db`)
    expect(history.spentSince(0)).toBeLessThanOrEqual(0.1)
    const dry = await night.pipe({
      ...{ args: ['--split=1000', '--dry-run', '--max-cost', '0.03', 'sum up'], stdin: LONG, env },
    })
    expect(dry.code).toBe(7)
    const [, told] = /this call, with what is asked first, \(~\$([\d.]+)\)/.exec(String(dry.stdout)) ?? []
    expect(Number(told)).toBeGreaterThan(0.03)
  })

  test('says of a part without a word that it had no room for one', async () => {
    await using night = await evening('words n=9 thinking=500 x9')
    const { code, stderr } = await night.pipe({
      ...{ args: ['--split=2000', '--max-tokens', '100', 'sum up'], stdin: LONG },
    })
    expect(code).toBe(6)
    expect(stderr).toContain('its 100 output tokens were used up before any text came (max_tokens)')
  })

  test('is asked about at once where it is short, not at all where money or a part fails', async () => {
    await using night = await evening('text "Because."\n400')
    const short = await night.pipe({ args: ['--split', 'why?'], stdin: 'short' })
    expect(short.stdout.toString()).toBe('Because.\n')
    expect(night.questions).toHaveLength(1)
    const dear = await night.pipe({ args: ['--split=2000', '--max-cost', '0.001', 'why?'], stdin: LONG })
    expect(dear).toMatchObject({ code: 7 })
    expect(dear.stderr).toContain('Not sent: asking about the parts (~$')
    const failed = await night.pipe({ args: ['--split=2000', 'why?'], stdin: LONG })
    expect(failed.code).toBe(1)
    expect(failed.stderr).toMatch(/Part \d of \d has no answer/)
    expect((await night.pipe({ args: ['--split', 'why?'] })).code).toBe(2)
  })
})
