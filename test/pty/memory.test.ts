/** What the built client remembers: whole evenings that end badly, and the mornings after. */

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openHistory } from '../../src/io/history.ts'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty } from '../kit/pty.ts'

const WAIT = { timeout: 10_000, interval: 20 }

/** A home that several sessions share. */
function home() {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  return {
    lodging,
    env: { CLAUDE_TUI_DATA_DIR: data },
    data,
    path: join(data, 'history.db'),
    /** Waits until what is noted of running turns says so. */
    notes: (what: string) => vi.waitFor(() => expect(wordsInFlight(join(data, 'history.db'))).toContain(what), WAIT),
    [Symbol.dispose]: () => lodging.remove(),
  }
}

const texts = (night: { readonly questions: readonly { readonly messages: readonly unknown[] }[] }) =>
  night.questions.at(-1)?.messages.map((message) => {
    const { content } = message as { content: string | readonly { text: string }[] }
    return typeof content === 'string' ? content : content.map(({ text }) => text).join('')
  })

const answering = (...answers: readonly string[]) => answers.map((text) => `text ${JSON.stringify(text)}`).join('\n')

describe('an answer that was cut off by the end of the program', () => {
  test('is there on the next start, marked, with its words and its cost, and Tab goes on from it', async () => {
    using mine = home()
    await using night = await evening(`words n=60 tag=qaaa hold after=40\n${answering('And so on.')}`)
    const first = await night.chat(mine)
    first.type('Count.\r')
    await first.see('qaaa00040')
    // What is on the screen is on the disk a moment later.
    await mine.notes('qaaa00040')
    first.kill('SIGKILL')
    await first.exited

    const second = await night.chat(mine)
    await second.see(/An answer was cut off after 40 words, ~\$0\.\d+, a moment ago, .*“Count\.”/s)
    await second.see('› Tab goes on from where it was cut off')
    second.press('tab')
    await second.see('Resumed: “Count.” · 1 turn')
    await second.see('claude-tui ended before this answer did. What came is kept.')
    await second.see('And so on.')
    expect(texts(night)).toHaveLength(3)
    expect(texts(night)?.[1]).toMatch(/qaaa00001.*qaaa00040/s)
    expect(texts(night)?.[2]).toContain('Go on exactly where it ends')
  })

  test('is told in plain lines before somebody is asked to write', async () => {
    using mine = home()
    await using night = await evening(`words n=60 tag=qaaa hold after=40\n${answering('And so on.')}`)
    const first = await night.chat(mine)
    first.type('Count.\r')
    await first.see('qaaa00040')
    await mine.notes('qaaa00040')
    first.kill('SIGKILL')
    await first.exited

    const env = { ...mine.env, ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'key-of-a-play' }
    await using second = openPty({ lodging: mine.lodging, env, args: ['--screen-reader'] })
    await second.see(/An answer was cut off after 40 words[\s\S]*goes on\s+from it\.\nYou:\s*$/)
    expect(second.screen.match(/You:/g)).toHaveLength(1)
    second.type('/continue\r')
    await second.see('And so on.')
  })

  test('before its first word is asked again', async () => {
    using mine = home()
    await using night = await evening(`hold after=0\n${answering('Now.')}`)
    const first = await night.chat(mine)
    first.type('When?\r')
    await mine.notes('When?')
    await night.demo.held()
    first.kill('SIGKILL')
    await first.exited
    const second = await night.chat(mine)
    await second.see('cut off before a word came')
    second.press('tab')
    await second.see('Now.')
    expect(texts(night)).toEqual(['When?'])
  })

  test('in the countdown to another attempt is no answer that was cut off, and is asked again', async () => {
    using mine = home()
    await using night = await evening(`529 retry-after=100\n${answering('Now.')}`)
    const first = await night.chat(mine)
    first.type('When?\r')
    await mine.notes('Overloaded')
    first.kill('SIGKILL')
    await first.exited
    const second = await night.chat(mine)
    await second.see(/A question was not answered[\s\S]*Overloaded/)
    second.press('tab')
    await second.see('Now.')
  })

  test('is asked again though the program was killed as soon as it stood on the screen, just started', async () => {
    using mine = home()
    await using night = await evening(`hold after=0\n${answering('Now.')}`)
    const first = await night.chat(mine)
    first.type('When?\r')
    await first.see('esc stops')
    first.kill('SIGKILL')
    await first.exited
    const second = await night.chat(mine)
    await second.see('cut off before a word came')
    second.press('tab')
    await second.see('Now.')
  })

  test('is no longer offered once something else was asked', async () => {
    using mine = home()
    await using night = await evening(`hold after=0\n${answering('Other.', 'More.')}`)
    const first = await night.chat(mine)
    first.type('When?\r')
    await mine.notes('When?')
    await night.demo.held()
    first.kill('SIGKILL')
    await first.exited
    const second = await night.chat(mine)
    await second.see('cut off before a word came')
    second.type('Something else\r')
    await second.see('Other.')
    await second.see(/ttft \d/)
    second.press('tab')
    second.type('then\r')
    await second.see('More.')
    expect(texts(night)).toEqual(['Something else', 'Other.', 'then'])
  })
})

describe('an earlier conversation', () => {
  test('is gone on with by --continue; a message typed at once waits for it', async () => {
    using mine = home()
    await using night = await evening(answering('First answer.', 'Second answer.'))
    const first = await night.chat(mine)
    first.type('First question\r')
    await first.see('First answer.')
    await first.see(/ttft \d/)
    first.press('ctrl+d')
    await first.exited
    const second = await night.chat({ ...mine, args: ['--continue'] })
    second.type('Second question\r')
    await second.see('Second answer.')
    await second.see('Resumed: “First question” · 1 turn')
    expect(texts(night)).toEqual(['First question', 'First answer.', 'Second question'])
    second.press('ctrl+d')
    await second.exited
    const history = await openHistory(mine.path)
    expect(history.list({ limit: 9 })).toMatchObject([{ title: 'First question', turns: 2, ended: 'finished' }])
    history.close()
  })

  test('that goes on in two terminals at once becomes two, and neither loses a word', async () => {
    using mine = home()
    await using night = await evening(answering('Root.', 'Left.', 'Right.'))
    const first = await night.chat(mine)
    first.type('root\r')
    await first.see('Root.')
    await first.see(/ttft \d/)
    const other = await night.chat({ ...mine, args: ['-c'] })
    await other.see('Resumed')
    first.type('left\r')
    await first.see('Left.')
    await first.see(/cache|ctx/)
    other.type('right\r')
    await other.see('Right.')
    await other.see('what is said here is saved in a copy of it')
    for (const chat of [first, other]) {
      chat.press('ctrl+d')
      await chat.exited
    }
    const history = await openHistory(mine.path)
    const said = history.list({ limit: 9 }).map(({ id }) => JSON.stringify([...history.rows(id)]))
    expect(
      said.filter((one) => one.includes('Root.') && one.includes('Left.') && !one.includes('Right.')),
    ).toHaveLength(1)
    expect(
      said.filter((one) => one.includes('Root.') && one.includes('Right.') && !one.includes('Left.')),
    ).toHaveLength(1)
    history.close()
  })

  test('is named by the fast model, which is part of the bill', async () => {
    using mine = home()
    await using night = await evening(answering('Yes.'))
    const chat = await night.chat({ ...mine, env: { ...mine.env, CLAUDE_TUI_TITLES: 'auto' } })
    chat.type('is the sky blue?\r')
    await chat.see('Yes.')
    const history = await openHistory(mine.path)
    await vi.waitFor(() => expect(history.list({ limit: 1 })).toMatchObject([{ titleBy: 'model' }]), WAIT)
    expect(night.questions[1]?.model).toBe('claude-haiku-5-5')
    const events = [...history.rows(1)].flatMap((row) => row.events)
    expect(events).toMatchObject([
      ...Array(events.length - 2).fill({}),
      { type: 'billed', purpose: 'title', model: 'claude-haiku-5-5' },
      { type: 'titled', title: 'Is the sky blue', by: 'model' },
    ])
    history.close()
  })

  test('is written into a file by /export, also when nothing is saved', async () => {
    using mine = home()
    await using night = await evening(answering('Yes, **blue**.'))
    const chat = await night.chat({ ...mine, args: ['--no-session'], cwd: mine.lodging.home })
    chat.type('/export\r')
    await chat.see('There is nothing to export yet.')
    chat.type('is the sky blue?\r')
    await chat.see('Yes, blue.')
    await chat.gone('esc stops')
    chat.type('/export sky.md\r')
    await chat.see(/1 turn written to .*sky\.md\./)
    expect(readFileSync(join(mine.lodging.home, 'sky.md'), 'utf8')).toMatch(/is the sky blue\?.*Yes, \*\*blue\*\*\./s)
    chat.type('/export sky.md\r')
    await chat.see(/sky\.md.*(there|exists)/s)
  })

  test('is read by a screen reader, too', async () => {
    using mine = home()
    await using night = await evening(answering('First answer.', 'Second answer.'))
    await night.pipe({ lodging: mine.lodging, env: mine.env, args: ['First question'] })
    const env = { ...mine.env, ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'key-of-a-play' }
    await using chat = openPty({ lodging: mine.lodging, env, args: ['--screen-reader', '-c'] })
    await chat.see(/Resumed: “First question”.*You: First question\s+Claude:\s+First answer\./s)
    chat.type('Second question\r')
    await chat.see('Second answer.')
    expect(texts(night)).toEqual(['First question', 'First answer.', 'Second question'])
  })
})

describe('going back', () => {
  test('/retry asks the same of another model, for this once', async () => {
    await using night = await evening(answering('One.', 'Two.', 'Three.'))
    const chat = await night.chat()
    chat.type('which?\r')
    await chat.see('One.')
    await chat.see(/ttft \d/)
    chat.type('/retry fast')
    // Before it is sent, and what it costs of that model.
    await chat.see(/› \/retry fast\n(?:.*\n)*? {2}Cache: nothing to read from it · ~\d+ tokens read anew · [~<]/)
    expect(night.questions).toHaveLength(1)
    chat.press('enter')
    await chat.see(/Turn 1 is asked again; .*\nCache: nothing to read from it/)
    await chat.see('Two.')
    expect(night.questions[1]?.model).toBe('claude-haiku-5-5')
    expect(texts(night)).toEqual(['which?'])
    await chat.gone('esc stops')
    chat.type('on\r')
    await chat.see('Three.')
    expect(night.questions[2]?.model).toBe('claude-sonnet-5-5')
    expect(texts(night)).toEqual(['which?', 'Two.', 'on'])
  })

  test('/undo takes the last turn back into the composer', async () => {
    await using night = await evening(answering('One.', 'Two.', 'Three.'))
    const chat = await night.chat()
    for (const [question, answer] of [
      ['first', 'One.'],
      ['second', 'Two.'],
    ] as const) {
      chat.type(`${question}\r`)
      await chat.see(answer)
      await chat.gone('esc stops')
    }
    chat.type('/undo\r')
    await chat.see(/› second\n/)
    chat.type(' thought\r')
    await chat.see('Three.')
    expect(texts(night)).toEqual(['first', 'One.', 'second thought'])
  })

  test('/delete puts a conversation into the bin, /restore takes it out', async () => {
    using mine = home()
    await using night = await evening(answering('One.', 'Two.', 'Three.'))
    const chat = await night.chat(mine)
    chat.type('first\r')
    await chat.see('One.')
    await chat.gone('esc stops')
    chat.type('/delete\r')
    await chat.see('In the bin')
    const history = await openHistory(mine.path)
    expect(history.list({ limit: 9 })).toEqual([])
    chat.type('/restore\r')
    await chat.see('Resumed: “first”')
    expect(history.list({ limit: 9 })).toHaveLength(1)
    history.close()
    chat.type('second\r')
    await chat.see('Two.')
    expect(texts(night)).toEqual(['first', 'One.', 'second'])
  })
})

describe('without a history', () => {
  test('--no-session leaves no trace', async () => {
    using mine = home()
    await using night = await evening(answering('One.'))
    const chat = await night.chat({ ...mine, args: ['--no-session'] })
    chat.type('first\r')
    await chat.see('One.')
    await chat.gone('esc stops')
    chat.type('a draft')
    await chat.see('› a draft')
    chat.press('ctrl+c', 'ctrl+d')
    await chat.exited
    expect(existsSync(mine.data) ? readdirSync(mine.data) : []).toEqual([])
  })

  test('a file that is no database is left as it is, and the chat goes on', async () => {
    using mine = home()
    mkdirSync(mine.data, { recursive: true })
    writeFileSync(mine.path, 'my own notes\n'.repeat(500))
    chmodSync(mine.path, 0o600)
    await using night = await evening(answering('One.'))
    const chat = await night.chat(mine)
    await chat.see('The history file is damaged, and nothing more is written to it')
    chat.type('first\r')
    await chat.see('One.')
    await chat.gone('esc stops')
    chat.press('ctrl+d')
    await chat.exited
    // Wherever the rows break.
    expect(chat.screen.replaceAll(/\s/g, '')).toMatch(/Whatwasnotsavedliesin.*unsaved-\d+\.jsonl/)
    expect(readdirSync(mine.data).filter((name) => name.startsWith('unsaved'))).toHaveLength(1)
  })
})

/** What is noted of running turns, read as another program would. */
function wordsInFlight(path: string): string {
  if (!existsSync(path)) return ''
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const db = new DatabaseSync(path, { readOnly: true })
  try {
    return db
      .prepare('select body from flight')
      .all()
      .map(({ body }) => String(body))
      .join('')
  } catch {
    return ''
  } finally {
    db.close()
  }
}
