/** Questions with files, from the command line. */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pdf, png } from '../kit/attachments.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { type Lodging, lodge, type PipeOptions } from '../kit/index.ts'

interface Block {
  readonly type: string
  readonly text?: string
  readonly title?: string
  readonly source?: { readonly type: string; readonly media_type: string; readonly data: string }
}

/** A home with files in it. */
function withFiles(files: Readonly<Record<string, string | Uint8Array>>): Lodging & Disposable {
  const home = lodge()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(home.home, name, '..'), { recursive: true })
    writeFileSync(join(home.home, name), content)
  }
  return { ...home, [Symbol.dispose]: () => home.remove() }
}

const PICTURES = {
  'pics/a2.png': png(90, 60),
  'pics/a10.png': png(80, 60),
  'pics/.hidden.png': png(8, 6),
  'notes.txt': 'Grüße\n',
  'paper.pdf': pdf().bytes,
}

async function call(night: Evening, home: Lodging, args: readonly string[], more: PipeOptions = {}) {
  const { code, stdout, stderr } = await night.pipe({ args, lodging: home, cwd: home.home, ...more })
  return { code, out: stdout.toString(), err: stderr }
}

const blocks = (night: Evening) =>
  (night.questions.at(-1)!.messages.at(-1) as unknown as { readonly content: readonly Block[] }).content
const bytesIn = ({ source }: Block) => Buffer.from(source!.data, 'base64')

describe('--attach', () => {
  test('sends files before the words, in order, each once', async () => {
    using home = withFiles(PICTURES)
    await using night = await evening('text "seen"')
    const args = [
      '-a',
      'paper.pdf',
      '--attach',
      './pics/a2.png',
      '-a',
      'notes.txt',
      '-a',
      'pics/a2.png',
      'what',
      'is it',
    ]
    expect(await call(night, home, args)).toEqual({ code: 0, out: 'seen\n', err: '' })
    const [paper, picture, notes, words] = blocks(night)
    expect(paper).toMatchObject({ type: 'document', title: 'paper.pdf', source: { media_type: 'application/pdf' } })
    expect(bytesIn(paper!)).toEqual(Buffer.from(PICTURES['paper.pdf']))
    expect(picture).toMatchObject({
      type: 'image',
      source: { media_type: expect.stringMatching(/^image\/(png|webp)$/) },
    })
    expect(notes).toMatchObject({ type: 'document', title: 'notes.txt', source: { type: 'text', data: 'Grüße\n' } })
    expect(words).toEqual({ type: 'text', text: 'what is it' })
    expect(blocks(night)).toHaveLength(4)
  })

  test('takes patterns, counted as people count; what is hidden stays so', async () => {
    using home = withFiles(PICTURES)
    await using night = await evening()
    expect((await call(night, home, ['-u', '-a', 'pics/*.png', 'hi'])).err).toMatch(
      /^a2\.png 90x60.*\na10\.png 80x60.*\n2 attachments/,
    )
    expect(blocks(night).map(({ type }) => type)).toEqual(['image', 'image', 'text'])
    expect(await call(night, home, ['-a', 'pics/*.gif', 'hi'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('"pics/*.gif": no file matches'),
    })
    expect((await call(night, home, ['-a', 'pi*', 'hi'])).err).toContain('no file matches, only folders')
  })

  test.skipIf(process.platform !== 'linux')('says what stands in the way of a name, and the way out', async () => {
    using home = withFiles({ 'odd/a.txt': 'a' })
    writeFileSync(
      Buffer.concat([Buffer.from(join(home.home, 'odd', 'b')), Buffer.from([0xff]), Buffer.from('.png')]),
      'b',
    )
    symlinkSync('loop', join(home.home, 'loop'))
    await using night = await evening()
    const told = async (...args: string[]) => (await call(night, home, [...args, 'hi'])).err
    expect(await told('-a', 'odd/*.png')).toContain('has a name that is no UTF-8. Rename it')
    expect(await told('-a', 'loop')).toContain('loop is a link that leads back to itself. Attach the file')
    expect(await told('-a', '-dash.png')).toContain('A file whose name begins with a dash: ./-dash.png')
    expect(await told('-a', 'odd/a.txt/b.txt')).toContain('There is no file odd/a.txt/b.txt')
  })

  test.skipIf(process.getuid?.() === 0)('says of which folder a pattern may not look', async () => {
    using home = withFiles({ 'locked/a.jpg': 'a' })
    await using night = await evening()
    chmodSync(join(home.home, 'locked'), 0)
    const { err } = await call(night, home, ['-a', 'locked/*.jpg', 'hi'])
    chmodSync(join(home.home, 'locked'), 0o700)
    expect(err).toContain('the folder locked/ may not be read by you. Change its rights')
  })

  test('takes a size for one image behind an @, unless a file has that very name', async () => {
    using home = withFiles({ 'wide.png': png(3000, 1500), 'odd@720p': png(1500, 1500), '[x].png': png(30, 30) })
    await using night = await evening()
    const told = async (...args: string[]) => (await call(night, home, ['-u', ...args, 'hi'])).err
    expect(await told('-a', 'wide.png@720p')).toContain('wide.png 3000x1500 → 1280x640 ·')
    expect(await told('-a', 'wide.png@720p', '--image-size', '100x100', '-a', 'odd@720p')).toMatch(
      /wide\.png 3000x1500 → 1280x640[\s\S]*odd@720p 1500x1500 → 100x100 · 16 tok/,
    )
    expect(await told('-a', 'w*.png@100x100')).toContain('wide.png 3000x1500 → 100x50 ·')
    expect(await told('-a', '[x].png')).toContain('[x].png 30x30 ·')
    expect(await call(night, home, ['-a', 'wide.png@huge', 'hi'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('an image may be sent as auto, native'),
    })
    expect(await call(night, home, ['--image-size', 'huge', '-a', 'wide.png', 'hi'])).toMatchObject({ code: 2 })
  })

  test.each([
    ['a file that is not there', ['-a', 'photo.jpg'], 'There is no file photo.jpg'],
    ['a folder', ['-a', 'pics'], 'pics is a folder. Attach files of it, as in pics/*.png'],
    ['a device', ['-a', '/dev/zero'], '/dev/zero is a device or a pipe'],
    [
      'names that a shell has made of a pattern',
      ['-a', 'pics/a2.png', 'pics/a10.png'],
      '"pics/a10.png" stands behind what --attach takes',
    ],
    ['a private address', ['-a', 'http://169.254.169.254/latest'], 'only public addresses are'],
    ['another scheme', ['-a', 'ftp://example.org/a.png'], 'http and https are fetched'],
    ['nothing piped in', ['-a', '-'], 'nothing came: claude-tui -a -'],
    ['a part of nothing', ['--part', 'head'], 'nothing is attached'],
    ['a part of another kind', ['--part', 'middle', '-a', 'notes.txt'], '--part takes head or tail'],
  ])('refuses %s, before anything is sent', async (_what, args, says) => {
    using home = withFiles(PICTURES)
    await using night = await evening()
    const { code, out, err } = await call(night, home, [...args, 'hi'])
    expect({ code, out, asked: night.questions.length }).toEqual({ code: 2, out: '', asked: 0 })
    expect(err).toContain(says)
  })

  test('keeps more than twenty images so small that they may go in one request', async () => {
    const many = Array.from({ length: 21 }, (_, i) => [`p${i}.png`, png(2300, 40 + i)] as const)
    using home = withFiles(Object.fromEntries(many))
    await using night = await evening()
    const { code, err } = await call(night, home, ['-u', '--image-size', 'native', '-a', 'p*.png', 'hi'])
    expect({ code, images: blocks(night).length - 1 }).toEqual({ code: 0, images: 21 })
    expect(err).toContain('p0.png 2300x40 → 1988x35 ·')
    expect(err).toContain('21 attachments ·')
    expect((await call(night, home, ['-u', '--image-size', 'native', '-a', 'p0.png', 'hi'])).err).toContain(
      'p0.png 2300x40 ·',
    )
  })

  test('a file that is named later in the prompt is a word of it', async () => {
    using home = withFiles(PICTURES)
    await using night = await evening()
    expect(await call(night, home, ['-a', 'pics/a2.png', 'like', 'notes.txt'])).toMatchObject({ code: 0 })
    expect(blocks(night).at(-1)).toEqual({ type: 'text', text: 'like notes.txt' })
  })

  test('a file of the very name of a word is a word behind --', async () => {
    using home = withFiles(PICTURES)
    await using night = await evening()
    expect(await call(night, home, ['-a', 'pics/a2.png', '--', 'notes.txt'])).toMatchObject({ code: 0 })
    expect(blocks(night).at(-1)).toEqual({ type: 'text', text: 'notes.txt' })
  })

  test('does not fetch from the server that it talks to, either', async () => {
    const hits: string[] = []
    const near = createServer((request, response) => {
      hits.push(request.url!)
      response.end(png(3, 3))
    })
    await new Promise<void>((done) => near.listen(0, '127.0.0.1', done))
    using home = withFiles({})
    await using night = await evening()
    const address = `http://localhost:${(near.address() as AddressInfo).port}/a.png`
    expect(await call(night, home, ['-a', address, '-a', `${night.demo.url}/a.png`, 'hi'])).toMatchObject({ code: 2 })
    expect({ hits, asked: night.demo.requests.length }).toEqual({ hits: [], asked: 0 })
    near.close()
  })

  test('a text that does not fit is refused with its ways out; its end is sent on request, and that is told', async () => {
    using home = withFiles({ 'big.log': `${'a line of a log\n'.repeat(180_000)}the end\n` })
    await using night = await evening()
    const refused = await call(night, home, ['-a', 'big.log', 'hi'])
    expect(refused).toMatchObject({ code: 9, out: '' })
    expect(refused.err).toMatch(/big\.log has about .* tokens; the model takes 1,000,000\. .*`--part tail:50000`/)
    const { code, err } = await call(night, home, ['-a', 'big.log', '--part', 'tail:100', 'hi'])
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('big.log: cut to its tail') })
    expect(blocks(night)[0]!.source!.data).toMatch(/^a line of a log\n[\s\S]*the end\n$/)
  })

  test('PDFs that are too long for a request are not told to choose a size of images', async () => {
    const long = Buffer.concat([pdf().bytes, Buffer.from('\n%'), Buffer.alloc(9_000_000, 'a'), Buffer.from('\n')])
    using home = withFiles({ '1.pdf': long, '2.pdf': Buffer.concat([long, long.subarray(-9)]), '3.pdf': long })
    await using night = await evening()
    const { code, err } = await call(night, home, ['-a', '1.pdf', '-a', '2.pdf', '-a', '3.pdf', 'hi'])
    expect(code).toBe(9)
    expect(err).toMatch(/a request carries at most 33\.6 MB\. Attach fewer files, or of a PDF the pages you mean\.$/m)
  })

  test('of a script that wants JSON, a refusal is JSON', async () => {
    using home = withFiles({})
    await using night = await evening()
    const { out } = await call(night, home, ['--output-format', 'json', '-a', 'photo.jpg', 'hi'])
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      exitCode: 2,
      error: { reason: expect.stringContaining('photo.jpg') },
    })
  })
})

describe('on stdin', () => {
  test('an image or a PDF goes with the question', async () => {
    using home = withFiles({})
    await using night = await evening()
    expect(await call(night, home, ['what is this'], { stdin: Buffer.from(png(64, 48)) })).toMatchObject({ code: 0 })
    expect(blocks(night).map(({ type, text }) => text ?? type)).toEqual(['image', 'what is this'])
    await call(night, home, ['sum up'], { stdin: Buffer.from(pdf().bytes) })
    expect(blocks(night).map(({ type, text }) => text ?? type)).toEqual(['document', 'sum up'])
    await call(night, home, [], { stdin: Buffer.from(png(64, 48)) })
    expect(blocks(night).map(({ type }) => type)).toEqual(['image'])
  })

  test('text stays text, in whatever encoding it is; with --attach - it is a document', async () => {
    using home = withFiles(PICTURES)
    await using night = await evening()
    await call(night, home, ['-a', 'pics/a2.png', 'compare'], { stdin: 'a list\n' })
    expect(blocks(night).map(({ type, text }) => text ?? type)).toEqual([
      'image',
      '<stdin>\na list\n</stdin>\n\n<prompt>\ncompare\n</prompt>',
    ])
    const { err } = await call(night, home, ['sum up'], { stdin: Buffer.from('Grüße aus dem Tal\n', 'latin1') })
    expect(err).toBe('stdin is no UTF-8: read as ISO-8859-1.\n')
    expect(blocks(night)[0]!.text).toContain('<stdin>\nGrüße aus dem Tal\n</stdin>')
    await call(night, home, ['-a', '-', 'sum up'], { stdin: 'a list\n' })
    expect(blocks(night)).toEqual([
      { type: 'document', title: 'stdin', source: { type: 'text', media_type: 'text/plain', data: 'a list\n' } },
      { type: 'text', text: 'sum up' },
    ])
  })

  test('text goes in the part that is asked for, and so says what goes as a whole', async () => {
    using home = withFiles(PICTURES)
    await using night = await evening()
    const log = `${'a line of a log\n'.repeat(2_000)}the end\n`
    const { code, err } = await call(night, home, ['-a', '-', '--part', 'tail:50', 'why'], { stdin: log })
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('stdin: cut to its tail') })
    const [{ data } = { data: '' }] = blocks(night).flatMap(({ source }) => source ?? [])
    expect(data).toMatch(/the end\n$/)
    expect(data.length).toBeLessThan(1_000)
    const whole = await call(night, home, ['-a', 'pics/a2.png', '--part', 'head:50', 'why'], { stdin: log })
    expect(whole.err).toContain('what is piped in goes as a whole. `--attach -` cuts that, too.')
    expect(whole.err).toContain('--part cuts text alone: a2.png goes as a whole.')
    expect((await call(night, home, ['--part', 'head', 'why'], { stdin: log })).err).toContain('--attach - for what is')
  })

  test.skipIf(process.platform === 'win32')('by its name on the disk it goes once', async () => {
    using home = withFiles({})
    await using night = await evening()
    await call(night, home, ['-a', '/dev/stdin', 'what'], { stdin: Buffer.from(png(64, 48)) })
    expect(blocks(night).map(({ type, text }) => text ?? type)).toEqual(['image', 'what'])
  })
})

describe('the price', () => {
  test('is told with -u for each and for all, before the answer; and with --dry-run, which sends nothing', async () => {
    using home = withFiles({ 'wide.png': png(3000, 1500), 'paper.pdf': pdf().bytes })
    await using night = await evening()
    const args = ['-a', 'wide.png', '-a', 'paper.pdf', 'hi']
    const { err } = await call(night, home, ['-u', ...args])
    const [wide, paper, total, figures] = err.split('\n')
    expect(wide).toBe('wide.png 3000x1500 → 1568x784 · 1,568 tok · $0.0031/turn')
    expect(paper).toMatch(/^paper\.pdf PDF, 2 pages · ~[\d,]+ tok · ~\$0\.0\d+\/turn$/)
    expect(total).toMatch(/^2 attachments · ~[\d,]+ tok · request ~[\d.]+ k?B · ~\$0\.0\d+$/)
    expect(figures).toContain('TTFT')
    const { out } = await call(night, home, ['--dry-run', ...args])
    expect(out).toContain(`attached       ${wide}\n`)
    // It has asked the server, which counts 4,464 for a page here: 2,000 for its text, and 2,464 for its image.
    const [, told = ''] = /attached {7}(paper\.pdf .*)\n/.exec(out) ?? []
    const pages = Number(/([\d,]+) tok/.exec(told)?.[1]?.replace(',', ''))
    expect(Math.abs(pages - 2 * 4_464)).toBeLessThan(20)
    expect(out).toMatch(/together {7}2 attachments · ~10,\d{3} tok/)
    expect(night.questions).toHaveLength(1)
  })

  test('stands in JSON, too, each figure with where it comes from', async () => {
    using home = withFiles({ 'wide.png': png(3000, 1500) })
    await using night = await evening()
    const priced = {
      attachments: [
        {
          name: 'wide.png',
          kind: 'image',
          image: { width: 1568, height: 784 },
          tokens: { value: 1568, from: 'estimate' },
        },
      ],
      requestBytes: { from: 'estimate' },
      promptUsd: { from: 'estimate' },
    }
    for (const more of ['--dry-run', '-u']) {
      const { out } = await call(night, home, ['--output-format', 'json', more, '-a', 'wide.png', 'hi'])
      expect(JSON.parse(out)).toMatchObject(priced)
    }
    expect(JSON.parse((await call(night, home, ['--output-format', 'json', 'hi'])).out)).not.toHaveProperty(
      'attachments',
    )
  })
})

test('a conversation that goes on brings along what was attached, byte for byte', async () => {
  using home = withFiles({ 'wide.png': png(3000, 1500) })
  await using night = await evening()
  await call(night, home, ['-a', 'wide.png', 'what is it'])
  const before = JSON.stringify(blocks(night))
  expect(await call(night, home, ['-c', 'and now?'])).toMatchObject({ code: 0 })
  const [question] = night.questions.at(-1)!.messages as unknown as { content: Block[] }[]
  expect(JSON.stringify(question!.content.map(({ type, text, source }) => ({ type, text, source })))).toBe(
    JSON.stringify((JSON.parse(before) as Block[]).map(({ type, text, source }) => ({ type, text, source }))),
  )
})

describe('--part summary', () => {
  const LONG = Array.from({ length: 2_000 }, (_, i) => `${i} a line of a long log`).join('\n')

  test('has the fast model write it first, sends it in the place of the text, and bills it', async () => {
    using home = withFiles({ 'log.txt': LONG })
    await using night = await evening('text "The harbour burned."\ntext "seen"')
    const { code, out, err } = await call(night, home, ['-a', 'log.txt', '--part', 'summary', 'what happened?'])
    expect({ code, out }).toEqual({ code: 0, out: 'seen\n' })
    expect(err).toMatch(/^Summarising first: log\.txt, by Claude Haiku [\d.]+, 1 request, ~\$0\.0\d+\.$/m)
    expect(err).toMatch(/^For the summary of log\.txt \$0\.0\d+ were spent\.$/m)
    const [first, second] = night.questions
    expect(first!.model).toMatch(/haiku/)
    expect(JSON.stringify(first)).toContain('1999 a line of a long log')
    expect(JSON.stringify(second)).not.toContain('a line of a long log')
    expect(blocks(night)[0]).toMatchObject({ type: 'document', title: 'log.txt (summary)' })
    expect(blocks(night)[0]!.source!.data).toContain('The harbour burned.')
    const cost = await call(night, home, ['cost'])
    expect(cost.out).toMatch(/of it summaries +\d/)
  })

  test('asks for the pieces of a long text side by side, three at a time, and joins them in their order', async () => {
    using home = withFiles({ 'log.txt': LONG.repeat(60) })
    const answers = [1, 4, 9].map((words) => `${'ebb '.repeat(words)}${words}.`)
    const lines = answers.map((said) => `text "${said}" hold-before-head thinking=0`)
    await using night = await evening(`${lines.join('\n')}\ntext "done" x9`)
    const running = call(night, home, ['-a', 'log.txt', '--part', 'summary', 'what happened?'])
    await expect.poll(() => night.questions.length, { timeout: 10_000 }).toBe(3)
    for (let i = 0; i < 3; i++) {
      await night.demo.held()
      night.demo.release()
    }
    const { code } = await running
    expect(code).toBe(0)
    const joined = blocks(night)[0]!.source!.data
    // Side by side they arrive in any order: which piece got which answer is told by how long that was.
    const pieces = night.demo.requests
      .filter(({ path }) => path === '/v1/messages')
      .slice(0, 3)
      .toSorted((a, b) => a.billed!.output - b.billed!.output)
      .map(({ body }, i) => ({
        said: answers[i]!,
        piece: Number(/This is part (\d)/.exec(JSON.stringify(body))?.[1]),
      }))
    const inOrder = pieces.toSorted((a, b) => a.piece - b.piece).map(({ said }) => said)
    expect(new Set(pieces.map(({ piece }) => piece)).size).toBe(3)
    expect(joined).toMatch(new RegExp(inOrder.join('.*'), 's'))
  })

  test('sends nothing with --dry-run, and nothing that a budget does not pay', async () => {
    using home = withFiles({ 'log.txt': LONG })
    await using night = await evening()
    const dry = await call(night, home, ['-a', 'log.txt', '--part', 'summary', '--dry-run', 'what happened?'])
    expect(dry.code).toBe(0)
    expect(dry.err).toContain('First a summary would be written of log.txt')
    expect(dry.out).toContain('log.txt (summary)')
    expect(dry.out).toMatch(/And first ~\$0\.0\d+ for summaries\./)
    const poor = await call(night, home, ['-a', 'log.txt', '--part', 'summary', '--max-cost', '0.0001', 'what?'])
    expect(poor.code).toBe(7)
    expect(poor.err).toContain('Not sent: the summary')
    expect(night.questions).toHaveLength(0)
  })

  test('that fails says why and asks nothing; what it cost is in the ledger', async () => {
    using home = withFiles({ 'log.txt': LONG })
    await using night = await evening('refusal')
    const { code, err } = await call(night, home, ['-a', 'log.txt', '--part', 'summary', 'what happened?'])
    expect(code).toBe(5)
    expect(err).toContain('No summary of log.txt could be made')
    expect(night.questions).toHaveLength(1)
    const { out } = await call(night, home, ['cost', '--json'])
    expect(JSON.parse(out).costUsd.value).toBeGreaterThan(0)
  })

  test('is not paid for when something else cannot go', async () => {
    using home = withFiles({ 'log.txt': LONG })
    await using night = await evening()
    const args = ['-a', 'log.txt', '-a', 'nope.jpg', '--part', 'summary', 'what happened?']
    const { code, err } = await call(night, home, args)
    expect(code).toBe(2)
    expect(err).toContain('There is no file nope.jpg')
    expect(night.questions).toHaveLength(0)
  })

  test('is asked for again when the server is overloaded', async () => {
    using home = withFiles({ 'log.txt': LONG })
    await using night = await evening('529 retry-after=0\ntext "All well."\ntext "seen"')
    const { code, out, err } = await call(night, home, ['-a', 'log.txt', '--part', 'summary', 'what happened?'])
    expect({ code, out }).toEqual({ code: 0, out: 'seen\n' })
    expect(err).toContain('The summary is asked for again in')
  })
})
