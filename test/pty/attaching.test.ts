/** Files in the chat: dropped, named, chosen, pasted; seen, made smaller, taken away, sent, found again. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pdf, png } from '../kit/attachments.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty } from '../kit/pty.ts'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'attaching-'))
  mkdirSync(join(place, 'my shots'))
  writeFileSync(join(place, 'wall.png'), png(2000, 1500))
  writeFileSync(join(place, 'my shots', 'two.png'), png(300, 200, 90))
  writeFileSync(join(place, 'paper.pdf'), pdf().bytes)
  writeFileSync(join(place, 'notes.txt'), 'The harbour opens at six.')
  writeFileSync(join(place, 'blob.bin'), Buffer.alloc(4000, '\0\x01\x02'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

const chatIn = (night: Evening, more = {}) => night.chat({ cwd: place, columns: 110, ...more })
/** The last question as it arrived: its blocks. */
const blocks = (night: Evening) =>
  (night.questions.at(-1)!.messages as unknown as { content: Record<string, unknown>[] }[]).at(-1)!.content
const kinds = (night: Evening) => blocks(night).map(({ type, title, text }) => title ?? text ?? type)

describe('a file that is dropped', () => {
  test('becomes a row with pixels, tokens and rent, and goes out before the words', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.type('What is ')
    chat.paste(join(place, 'wall.png'))
    await chat.see(/wall\.png 2000x1500 → 1269x952 · 1,564 tok · \$0\.\d+\/turn/)
    await chat.see(/1 attachment · ~1,564 tok · request ~[\d.]+ k?B · ~\$0\.\d+/)
    chat.type('this?')
    await chat.see('› What is this?')
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['image', 'What is this?'])
    await chat.see(/› What is this\?\n +\+ wall\.png · 1269x952/)
    await chat.gone('/turn')
  })

  test('several at once, quoted and escaped; a path that is not there stays text', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste(`'${join(place, 'my shots', 'two.png')}' file://${place}/my%20shots/two.png ${place}/paper.pdf`)
    await chat.see('two.png 300x200 · 88 tok')
    await chat.see('paper.pdf PDF, 2 pages')
    chat.paste('/not/there.png')
    await chat.see('› /not/there.png')
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toContain('/not/there.png')
    expect(kinds(night)).toContain('paper.pdf')
  })

  test('a folder stays text, and how its files are attached is told', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste(join(place, 'my shots'))
    await chat.see(`my shots is a folder: /attach '${join(place, 'my shots')}/*.png' attaches files of it.`)
    await chat.see(`› ${join(place, 'my shots')}`)
    chat.press('ctrl+c')
    // Among files it is one of them that cannot go.
    chat.paste(`"${join(place, 'my shots')}" ${join(place, 'paper.pdf')}`)
    await chat.see('paper.pdf PDF, 2 pages')
    await chat.see('is a folder. Attach files of it, as in')
  })

  test('is made again when another model takes it in another size', async () => {
    await using night = await evening()
    const chat = await chatIn(night, { args: ['--image-size', 'native', '-m', 'claude-opus-4-7'] })
    chat.paste(join(place, 'wall.png'))
    await chat.see('2000x1500 → 1988x1491')
    chat.paste(join(place, 'notes.txt'))
    await chat.see('notes.txt')
    rmSync(join(place, 'notes.txt'))
    chat.type('/model claude-opus-4-6')
    chat.press('enter')
    await chat.see(/wall\.png 2000x1500 → 1\d{3}x\d+ · 1,5\d\d tok/)
    chat.type('/model claude-opus-4-7')
    chat.press('enter')
    await chat.see('2000x1500 → 1988x1491')
    await chat.see('notes.txt')
  })

  test('that is not ready when the chat is left stays with the draft, and is attached again', async () => {
    await using night = await evening()
    const lodging = lodge()
    const chat = await chatIn(night, { lodging })
    chat.paste(join(place, 'wall.png'))
    chat.paste(join(place, 'my shots', 'two.png'))
    await chat.see('two.png')
    // Where one of them is ready already it is kept as it is.
    chat.press('ctrl+d')
    await chat.exited
    const next = await chatIn(night, { lodging, cwd: tmpdir() })
    await next.see(/wall\.png .*1,564 tok/)
    await next.see('two.png 300x200')
    await next.close()
    lodging.remove()
  })

  test('comes back in the size that was wanted, and no summary is paid for without being asked for', async () => {
    await using night = await evening()
    const lodging = lodge()
    writeFileSync(join(place, 'log.txt'), 'a line of a long log\n'.repeat(5_000))
    night.demo.enqueue('hold')
    const chat = await chatIn(night, { lodging })
    chat.type('/attach log.txt --part summary')
    chat.press('enter')
    await chat.see(/Summarising first: log\.txt, by Claude Haiku [\d.]+, 1 request, ~\$0\.0\d+/)
    chat.type('/attach wall.png@720p')
    chat.press('enter')
    await chat.see('wall.png 2000x1500 → 960x720')
    chat.kill('SIGHUP')
    await chat.exited
    const asked = night.questions.length
    const next = await chatIn(night, { lodging })
    await next.see('log.txt: its summary was not finished.')
    await next.see('wall.png 2000x1500 → 960x720')
    expect(night.questions).toHaveLength(asked)
    await next.close()
    lodging.remove()
  })

  test('that nobody has looked at yet when the chat is left is words in the draft', async () => {
    await using night = await evening()
    const lodging = lodge()
    const chat = await chatIn(night, { lodging })
    chat.paste(join(place, 'wall.png'))
    chat.type('and this')
    chat.press('ctrl+d')
    await chat.exited
    const next = await chatIn(night, { lodging })
    await next.see('wall.png')
    await next.see('and this')
    await next.close()
    lodging.remove()
  })

  test('may be all there is to ask', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste(join(place, 'wall.png'))
    await chat.see('1,564 tok')
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['image'])
  })

  test('that cannot go along says why; the words stay, and the second Enter sends the rest', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste(join(place, 'blob.bin'))
    await chat.see('blob.bin is neither an image, a PDF nor text.')
    chat.type('why?')
    chat.press('enter')
    await chat.see('Not sent yet · Enter: send the rest · Backspace: remove · cannot go along: blob.bin')
    expect(night.questions).toHaveLength(0)
    await chat.see('› why?')
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['why?'])
  })
})

describe('what lies beside the draft', () => {
  test('is gone through with Left: Backspace takes one away, Enter makes it smaller', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste(`${place}/wall.png ${place}/notes.txt`)
    await chat.see('notes.txt 25 B')
    await chat.see('1,564 tok')
    chat.type('hm')
    chat.press('home', 'left')
    await chat.see('› notes.txt')
    chat.press('backspace')
    await chat.gone('notes.txt')
    await chat.see('› wall.png')
    chat.press('enter')
    await chat.see(/native +1988x1491|native +2000x1500/)
    chat.type('400x300')
    await chat.see(/› 400x300 +400x300 +165 tok/)
    chat.press('enter')
    await chat.see('wall.png 2000x1500 → 400x300 · 165 tok')
    chat.press('end')
    chat.type('!\r')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['image', 'hm!'])
  })

  test('goes with Ctrl+C, with the text or alone; Up brings both back', async () => {
    await using night = await evening()
    const chat = await chatIn(night)
    chat.paste(join(place, 'notes.txt'))
    await chat.see('notes.txt 25 B')
    chat.type('words')
    chat.press('ctrl+c')
    await chat.see('Draft cleared.')
    await chat.gone('notes.txt 25 B')
    chat.press('up')
    await chat.see('› words')
    await chat.see('notes.txt 25 B')
    chat.press('ctrl+c')
    await chat.gone('notes.txt 25 B')
    chat.paste(join(place, 'notes.txt'))
    await chat.see('notes.txt 25 B')
    chat.press('ctrl+c')
    await chat.gone('notes.txt 25 B')
    await chat.see('1 attachment taken away.')
  })

  test('survives kill -9, its bytes included', async () => {
    const lodging = lodge({ CLAUDE_TUI_DATA_DIR: join(place, 'data') })
    await using night = await evening('text "Seen."')
    const env = { CLAUDE_TUI_DATA_DIR: join(place, 'data') }
    const chat = await chatIn(night, { lodging, env })
    chat.paste(join(place, 'wall.png'))
    await chat.see('1,564 tok')
    chat.type('What is this?')
    await chat.see('What is this?')
    const { readdirSync } = await import('node:fs')
    const kept = () => readdirSync(join(place, 'data', 'drafts'), { recursive: true }).map(String)
    await expect
      .poll(() => kept().filter((name) => /\.bytes$|attached\.json$/.test(name)).length, { timeout: 10_000 })
      .toBe(2)
    await expect.poll(() => kept().some((name) => name.endsWith('draft.json')), { timeout: 10_000 }).toBe(true)
    chat.kill('SIGKILL')
    await chat.exited
    rmSync(join(place, 'wall.png'))
    const next = await chatIn(night, { lodging, env })
    await next.see('wall.png 2000x1500 → 1269x952 · 1,564 tok')
    next.press('end', 'enter')
    await next.see('Seen.')
    expect(kinds(night)[0]).toBe('image')
    await next.close()
    lodging.remove()
  })
})

test('what an earlier message brings while it is shown is none of the draft, after kill -9 either', async () => {
  const lodging = lodge()
  await using night = await evening('text "Seen."')
  const chat = await chatIn(night, { lodging })
  chat.type('one @wall.png ')
  await chat.see('1,564 tok')
  chat.press('ctrl+c')
  await chat.gone('1,564 tok')
  chat.type('two plain')
  await chat.see('› two plain')
  chat.press('up')
  await chat.see('1,564 tok')
  const { home } = lodging
  const { readdirSync, readFileSync } = await import('node:fs')
  const kept = () =>
    readdirSync(home, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('draft.json'))
      .map((name) => readFileSync(join(home, name), 'utf8'))
      .join()
  await expect.poll(kept, { timeout: 10_000 }).toContain('two plain')
  chat.kill('SIGKILL')
  await chat.exited
  const next = await chatIn(night, { lodging })
  await next.see('Draft restored')
  await next.see('› two plain')
  next.press('end', 'enter')
  await next.see('Seen.')
  expect(JSON.stringify(night.questions.at(-1)!.messages)).not.toContain('"image"')
  await next.close()
  lodging.remove()
})

test('messages queued with files come back with them, after kill -9 as well', async () => {
  const env = { CLAUDE_TUI_DATA_DIR: join(place, 'data') }
  const lodging = lodge(env)
  await using night = await evening('words n=60 tag=qaaa hold after=40\ntext "Seen."\ntext "Seen, too."')
  const chat = await chatIn(night, { lodging, env })
  chat.type('Count.\r')
  await chat.see('qaaa00040')
  for (const [file, words] of [
    ['wall.png', 'What is this?'],
    [join('my shots', 'two.png'), 'And that?'],
  ] as const) {
    chat.paste(join(place, file))
    await chat.see('/turn')
    chat.type(`${words}\r`)
    await chat.gone('/turn')
  }
  const { readdirSync } = await import('node:fs')
  const kept = () => readdirSync(join(place, 'data', 'drafts'), { recursive: true }).map(String)
  await expect.poll(() => kept().filter((name) => name.endsWith('.bytes')).length, { timeout: 10_000 }).toBe(2)
  chat.kill('SIGKILL')
  await chat.exited
  const next = await chatIn(night, { lodging, env })
  await next.see('2 queued messages were not sent')
  await next.see('wall.png 2000x1500 → 1269x952')
  next.press('end', 'up')
  await next.see('› And that?')
  await next.see('two.png 300x200')
  await next.gone('wall.png')
  next.press('end', 'enter')
  await next.see('Seen.')
  expect(kinds(night)).toEqual(['image', 'And that?'])
  await next.close()
  lodging.remove()
})

test('several files are counted once, when all are ready, and the chip of a PDF shows what the server has counted', async () => {
  await using night = await evening('text "Seen."')
  const chat = await chatIn(night)
  const shots = ['a', 'b', 'c', 'd'].map((name) => join(place, `${name}.png`))
  for (const [i, shot] of shots.entries()) writeFileSync(shot, png(2000 + 900 * i, 1500, 40 * i))
  const estimate = 'paper.pdf PDF, 2 pages · ~9,428 tok'
  chat.paste([join(place, 'paper.pdf'), ...shots].join(' '))
  await chat.see('5 attachments')
  const counts = () => night.demo.requests.filter(({ path }) => path === '/v1/messages/count_tokens').length
  await expect.poll(counts, { timeout: 10_000 }).toBe(1)
  await chat.gone(estimate)
  await chat.see(/paper\.pdf PDF, 2 pages · ~[\d,]+ tok/)
  chat.type('Why?')
  await chat.see('› Why?')
  chat.press('enter')
  await chat.see('Seen.')
  expect(counts()).toBe(1)
})

describe('what comes back', () => {
  test('with its word is one file, however often it comes back, and goes with it', async () => {
    await using night = await evening('text "Seen."')
    const lodging = lodge()
    const chat = await chatIn(night, { lodging })
    chat.type('with @wall.png ok')
    await chat.see('1,564 tok')
    chat.kill('SIGKILL')
    await chat.exited
    const next = await chatIn(night, { lodging })
    await next.see('1 attachment · ~1,564 tok')
    next.press('enter')
    await next.see('Seen.')
    expect(kinds(night)).toEqual(['image', 'with @wall.png ok'])
    next.type('/undo')
    next.press('enter')
    await next.see('› with @wall.png ok')
    await next.see('1 attachment · ~1,564 tok')
    next.press(...Array.from({ length: 'l.png ok'.length }, () => 'backspace'))
    await next.gone('1 attachment')
    await next.close()
    lodging.remove()
  })

  test('from a budget goes out with the second Enter, once', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night, { args: ['--max-cost', '0.0005'] })
    chat.type('with @wall.png ok')
    await chat.see('1,564 tok')
    chat.press('enter')
    await chat.see(/send\s+it\s+again\s+unchanged/)
    await chat.see('1 attachment')
    chat.press('enter')
    await chat.until(() => night.questions.length > 0, 'a question that was sent')
    expect(kinds(night)).toEqual(['image', 'with @wall.png ok'])
  })
})

describe('a long text', () => {
  test('can be attached as a summary, chosen from its parts, with the price told first', async () => {
    await using night = await evening('text "The harbour burned."\ntext "Seen."')
    writeFileSync(join(place, 'log.txt'), 'a line of a long log\n'.repeat(5_000))
    const chat = await chatIn(night)
    chat.paste(join(place, 'log.txt'))
    await chat.see('log.txt 105 kB')
    chat.press('left', 'enter')
    await chat.see('head 2k')
    chat.type('summ')
    await chat.see(/summary +by Haiku [\d.]+ +~1,920 tok +~\$0\.01\d* now/)
    chat.press('enter')
    await chat.see('a summary of 105,000 characters by Claude Haiku')
    chat.type('What happened?')
    chat.press('enter')
    await chat.see('Seen.')
    expect(JSON.stringify(night.questions.at(-1))).toContain('The harbour burned.')
    chat.type('/cost')
    chat.press('enter')
    await chat.see(/summaries/)
  })
})

describe('a file that is named', () => {
  test('with @ lies beside the draft as long as its word stands, and keeps the name it was called by', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.type('Read @notes.txt ')
    await chat.see(/notes\.txt 25 B · ~\d+ tok/)
    chat.press('ctrl+w')
    await chat.gone('25 B')
    chat.type('@nobody and @"my shots/two.png", please\r')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['image', 'Read @nobody and @"my shots/two.png", please'])
    await chat.see('+ my shots/two.png · 300x200')
  })

  test('in a message that is sent at once goes along all the same', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste('sum up @notes.txt.')
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['notes.txt', 'sum up @notes.txt.'])
  })

  test('that turns out to be a folder keeps the message back', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.paste('look into @"my shots"')
    chat.press('enter')
    await chat.see('Not sent: my shots is a folder.')
    await chat.see('› look into @"my shots"')
    expect(night.questions).toHaveLength(0)
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['look into @"my shots"'])
  })
})

describe('commands', () => {
  test('/attach takes a path with blanks, or offers the files of the folder', async () => {
    await using night = await evening()
    const chat = await chatIn(night)
    chat.type('/attach my shots/two.png\r')
    await chat.see('two.png 300x200 · 88 tok')
    chat.type('/attach\r')
    await chat.see('type to search the files of this folder')
    chat.type('paper')
    await chat.see('› paper.pdf')
    chat.press('enter')
    await chat.see('paper.pdf PDF, 2 pages')
  })

  test('/attachments lists what the conversation holds, and leaves one out with what that does', async () => {
    await using night = await evening('text "One."\ntext "Two."')
    const chat = await chatIn(night)
    chat.paste(join(place, 'wall.png'))
    await chat.see('1,564 tok')
    chat.type('What is this?\r')
    await chat.see('One.')
    await chat.see(/ttft \d[^…]*$/m)
    chat.type('/attachments\r')
    await chat.see(/Attachments {2}1 attachment, ~1\.6k tokens, ~?<?\$0\.\d+ a turn/)
    await chat.see(/Enter drops it: ~1\.5k tokens less\. Next question/)
    chat.press('enter')
    await chat.see('wall.png of turn 1 is left out of what is sent')
    await chat.see(/wall\.png +dropped/)
    chat.press('esc')
    await chat.gone('Enter drop, or keep')
    await chat.gone(/wall\.png +dropped/)
    chat.type('And now?\r')
    await chat.see('Two.')
    const first = (night.questions.at(-1)!.messages as unknown as { content: { type: string; text: string }[] }[])[0]!
    expect(first.content).toMatchObject([{ type: 'text', text: expect.stringContaining('has been left out') }])
  })
})

describe('Ctrl+V', () => {
  const withXclip = (cases: string) => {
    const tools = join(place, 'tools')
    mkdirSync(tools)
    writeFileSync(join(tools, 'xclip'), `#!/bin/sh\ncase "$*" in\n${cases}\nesac\n`)
    chmodSync(join(tools, 'xclip'), 0o755)
    return { DISPLAY: ':9', PATH: [tools, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) }
  }
  test('attaches the image on the clipboard', async () => {
    const env = withXclip(`*TARGETS*) echo image/png;;\n*) cat "${place}/wall.png";;`)
    await using night = await evening()
    const chat = await chatIn(night, { env })
    chat.press('ctrl+v')
    await chat.see('clipboard.png 2000x1500 → 1269x952')
  })
  test('pastes text as text', async () => {
    const env = withXclip("*TARGETS*) echo UTF8_STRING;;\n*) printf 'some words';;")
    await using night = await evening()
    const chat = await chatIn(night, { env })
    chat.press('ctrl+v')
    await chat.see('› some words')
    await chat.gone('preparing')
  })
  test('says what was tried where the clipboard is out of reach', async () => {
    await using night = await evening()
    const chat = await chatIn(night, { env: { WAYLAND_DISPLAY: 'w', PATH: dirname(process.execPath) } })
    chat.press('ctrl+v')
    await chat.see('The clipboard cannot be reached.')
    await chat.see('apt install wl-clipboard')
  })
})

describe('a draft', () => {
  test('that begins with a path shows what it names, before it is sent', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.type('/etc/hosts is odd, and @paper.pdf why')
    await chat.see('paper.pdf PDF, 2 pages')
    chat.press('enter')
    await chat.see('Seen.')
    expect(kinds(night)).toEqual(['paper.pdf', '/etc/hosts is odd, and @paper.pdf why'])
    chat.type('/not/there but @blob.bin')
    chat.type(' ')
    await chat.see('blob.bin is neither an image, a PDF nor text.')
    chat.press('enter')
    await chat.see('Not sent yet')
  })

  test('names a file with its size', async () => {
    await using night = await evening('text "Seen."')
    const chat = await chatIn(night)
    chat.type('@wall.png@720p, what is it')
    await chat.see('wall.png 2000x1500 → 960x720')
    chat.press('enter')
    await chat.see(/\+ wall\.png · 960x720/)
    expect(kinds(night)).toEqual(['image', '@wall.png@720p, what is it'])
  })
})

test('/attach of a file that lies there makes it anew in its place; /attachments drop takes one away', async () => {
  await using night = await evening()
  const chat = await chatIn(night)
  chat.paste(`${place}/wall.png ${place}/notes.txt`)
  await chat.see('notes.txt 25 B')
  await chat.see('1,564 tok')
  chat.type('/attach wall.png@720p\r')
  await chat.see('wall.png 2000x1500 → 960x720')
  await chat.see('2 attachments')
  chat.type('/attachments drop 1\r')
  await chat.see('Taken away: wall.png.')
  await chat.see('1 attachment ')
})

test('in plain lines paths, @ words and /attach do the same, in words', async () => {
  await using night = await evening('text "One."\ntext "Two."')
  const env = { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'any', CLAUDE_TUI_SERVER_FEATURES: 'full' }
  await using session = openPty({ columns: 160, cwd: place, args: ['--screen-reader'], env })
  await session.see('You:')
  session.type(`'${place}/my shots/two.png'\r`)
  await session.seeAnywhere(/With your next message: 1\. two\.png 300x200 · 88 tok/)
  session.type('Compare it with @notes.txt\r')
  await session.seeAnywhere(/With it: two\.png .*; notes\.txt 25 B/)
  await session.seeAnywhere('One.')
  expect(kinds(night)).toEqual(['image', 'notes.txt', 'Compare it with @notes.txt'])
  await session.seeAnywhere(/ttft \d/)
  session.type('/attach nothing.png\r')
  await session.seeAnywhere('Not attached: There is no file nothing.png.')
  session.type('/attachments\r')
  await session.seeAnywhere(/two\.png of turn 1, 300x200, 88 tokens/)
})

describe('in plain lines', () => {
  const plain = (night: Evening) => {
    const env = { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'any', CLAUDE_TUI_SERVER_FEATURES: 'full' }
    return openPty({ columns: 160, cwd: place, args: ['--screen-reader'], env })
  }

  test('a line that begins with paths attaches them and asks the rest; a blank before it makes it words', async () => {
    await using night = await evening('text "One."\ntext "Two."\ntext "Three."')
    await using session = plain(night)
    await session.see('You:')
    session.type(`${place}/paper.pdf '${place}/my shots/two.png'@100x100 what's this\r`)
    await session.seeAnywhere(/With it: paper\.pdf .*; two\.png 300x200 → 100x67[\s\S]*Asked: what's this/)
    await session.seeAnywhere('One.')
    expect(kinds(night)).toEqual(['paper.pdf', 'image', "what's this"])
    await session.seeAnywhere(/ttft \d/)
    session.type(` ${place}/notes.txt is odd\r`)
    await session.seeAnywhere('Two.')
    expect(JSON.stringify(night.questions.at(-1)!.messages.at(-1))).toContain(`${place}/notes.txt is odd`)
    session.type(`${place}/blob.bin why\r`)
    await session.seeAnywhere(/Not sent: blob\.bin is neither [\s\S]*begin it\s+with a blank/)
    session.type('/not/there.png why\r')
    await session.seeAnywhere('Three.')
    expect(JSON.stringify(night.questions.at(-1)!.messages.at(-1))).toContain('/not/there.png why')
  })

  test('what waits has numbers, is taken away by them, and made again in its place; /clear keeps it and says so', async () => {
    await using night = await evening('text "One."')
    await using session = plain(night)
    await session.see('You:')
    session.type('/attach wall.png notes.txt paper.pdf\r')
    await session.seeAnywhere(
      /1\. wall\.png 2000x1500 → .*; 2\. notes\.txt .*; 3\. paper\.pdf[\s\S]*drop 1 takes the first away/,
    )
    session.type('/attach wall.png@720p\r')
    await session.seeAnywhere(/1\. wall\.png 2000x1500 → 960x720 .*; 2\. notes\.txt .*; 3\. paper\.pdf/)
    session.type('/attachments drop 4\r')
    await session.seeAnywhere('Files 1 to 3 wait for your next message; "4" came.')
    session.type('/attachments drop 2 3\r')
    await session.seeAnywhere('Taken away: notes.txt, paper.pdf. 1 file left.')
    session.type('/clear\r')
    await session.seeAnywhere(/Cleared:[\s\S]*With your next message: 1\. wall\.png/)
    session.type('why?\r')
    await session.seeAnywhere('One.')
    expect(kinds(night)).toEqual(['image', 'why?'])
  })
})
