/** Unfinished business: however a program ends in the middle of an answer, the next start has it, until it is dealt with. */

import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { goingOn } from '../../src/core/turn/going-on.ts'
import { recall } from '../../src/modes/history/recall.ts'
import { opened } from '../io/history-kit.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { fresh } from '../kit/lived.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty, type PtySession } from '../kit/pty.ts'

/** A home that several sessions share. */
function home() {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  return {
    lodging,
    env: { CLAUDE_TUI_DATA_DIR: data },
    path: join(data, 'history.db'),
    [Symbol.dispose]: () => lodging.remove(),
  }
}
type Home = ReturnType<typeof home>

const texts = (night: { readonly questions: readonly { readonly messages: readonly unknown[] }[] }) =>
  night.questions.at(-1)?.messages.map((message) => {
    const { content } = message as { content: string | readonly { text: string }[] }
    return typeof content === 'string' ? content : content.map(({ text }) => text).join('')
  })

/** A chat in the middle of an answer of 40 words. */
async function answering(night: Evening, mine: Home, question = 'Count.'): Promise<PtySession> {
  const chat = await night.chat(mine)
  chat.type(`${question}\r`)
  await chat.see('qaaa00040')
  return chat
}

/** A chat whose answer the network has cut off, left by its user. */
async function cutOff(night: Evening, mine: Home, question: string): Promise<void> {
  const chat = await night.chat(mine)
  chat.type(`${question}\r`)
  await chat.see('The connection ended before the answer did.')
  chat.press('ctrl+d')
  await chat.exited
}

const HELD = 'words n=60 tag=qaaa hold after=40'
const CUT = 'words n=30 tag=qbbb cut after=20'
/** Makes a mistake when it is told to. */
const MISTAKEN = `--import=data:text/javascript,${encodeURIComponent('process.on("SIGUSR2", () => { throw Error("mistake") })').replaceAll("'", '%27')}`

describe('an answer that runs when the program is ended', () => {
  test.each([
    ['by SIGTERM', {}, (chat: PtySession) => chat.kill('SIGTERM')],
    ['by SIGHUP', {}, (chat: PtySession) => chat.kill('SIGHUP')],
    ['by SIGQUIT', {}, (chat: PtySession) => chat.kill('SIGQUIT')],
    ['by its terminal, which is gone', {}, (chat: PtySession) => chat.hangUp()],
    ['by a mistake of its own', { NODE_OPTIONS: MISTAKEN }, (chat: PtySession) => chat.kill('SIGUSR2')],
  ] as const)('%s is offered at the next start, with every word that was on the screen', async (_, env, end) => {
    using mine = home()
    await using night = await evening(`${HELD}\ntext "And so on."`)
    const first = await answering(night, { ...mine, env: { ...mine.env, ...env } })
    end(first)
    await first.exited

    const second = await night.chat(mine)
    await second.see(
      /An answer was cut off after 40 words, ~\$0\.\d+, a moment ago, when claude-tui ended: “Count\.”\./,
    )
    await second.see('› Tab goes on from where it was cut off')
    second.press('tab')
    await second.see('And so on.')
    // What came stays, marked, and what goes on from it stands below.
    expect(second.screen).toMatch(
      /qaaa00040\s+claude-tui ended before this answer did\. What came is kept\..*› Your answer was cut off\. Go on exactly where it ends.*And so on\./s,
    )
    expect(texts(night)?.[1]).toMatch(/qaaa00001.*qaaa00040/s)
    await second.gone('esc stops')
    second.press('ctrl+d')
    await second.exited

    const third = await night.chat(mine)
    third.type('/continue\r')
    await third.see('There is nothing to go on from.')
    expect(third.screen).not.toContain('cut off')
  })

  test.each([
    ['Ctrl+D', (chat: PtySession) => chat.press('ctrl+d')],
    ['Ctrl+C', (chat: PtySession) => chat.press('ctrl+c', 'ctrl+c', 'ctrl+c')],
    ['/quit', (chat: PtySession) => chat.type('/quit\r')],
  ] as const)('by its user, with %s, is not offered: that was no accident', async (_, end) => {
    using mine = home()
    await using night = await evening(`${HELD}\ntext "Other."`)
    const first = await answering(night, mine)
    end(first)
    await first.exited
    {
      using history = await opened(mine.path)
      expect(history.list({ limit: 9 })).toMatchObject([{ ended: 'stopped' }])
    }
    const second = await night.chat(mine)
    second.type('hi\r')
    await second.see('Other.')
    expect(second.screen).not.toContain('cut off')
  })

  test('goes on with -c and a prompt, or with /continue after -c', async () => {
    using mine = home()
    await using night = await evening(`${HELD}\nwords n=9 tag=qddd hold after=5\ntext "The end."`)
    const first = await answering(night, mine)
    first.kill('SIGTERM')
    await first.exited
    const { lodging, env } = mine
    const call = night.pipe({ lodging, env, args: ['-c', 'go on'], signalWhen: night.demo.held(), signal: 'SIGKILL' })
    await call
    expect(texts(night)).toEqual(['Count.', expect.stringMatching(/qaaa00001.*qaaa00040/s), 'go on'])
    const second = await night.chat({ ...mine, args: ['-c'] })
    await second.see('Tab goes on from where it was cut off')
    second.type('/continue\r')
    await second.see('The end.')
    expect(texts(night)?.[0]).toBe('Count.')
  })
})

describe('an answer that the network cut off', () => {
  test('is offered at the next start; once something else was asked, no more', async () => {
    using mine = home()
    await using night = await evening(`${CUT}\ntext "Other."\ntext "Back again."`)
    await cutOff(night, mine, 'Count.')
    const second = await night.chat(mine)
    await second.see(/An answer was cut off after 20 words, ~\$0\.\d+, a moment ago: “Count\.”\. Tab goes on from it\./)
    second.press('ctrl+d')
    await second.exited
    // Nothing was decided.
    const third = await night.chat(mine)
    await third.see('cut off after 20 words')
    third.type('Something else\r')
    await third.see('Other.')
    await third.gone('esc stops')
    third.press('ctrl+d')
    await third.exited
    const fourth = await night.chat(mine)
    fourth.type('/continue\r')
    await fourth.see('There is nothing to go on from.')
    expect(fourth.screen).not.toContain('cut off')
    // It has not gone: whoever looks for it finds it, and can go on.
    fourth.press('ctrl+d')
    await fourth.exited
    const fifth = await night.chat({ ...mine, args: ['--resume', 'Count'] })
    await fifth.see('Tab goes on from where it was cut off')
    fifth.press('tab')
    await fifth.see('Back again.')
  })

  test('is found by /continue in the chat that declined it', async () => {
    using mine = home()
    await using night = await evening(`${CUT}\ntext "Other."\ntext "Back again."`)
    await cutOff(night, mine, 'Count.')
    const second = await night.chat(mine)
    await second.see('cut off after 20 words')
    second.type('Something else\r')
    await second.see('Other.')
    await second.gone('esc stops')
    second.type('/continue\r')
    await second.see('Back again.')
    expect(texts(night)).toEqual(['Count.', expect.stringContaining('qbbb00020'), expect.stringContaining('Go on')])
  })

  test('is not offered by another terminal while the one that shows it is open', async () => {
    using mine = home()
    await using night = await evening(`${CUT}\ntext "Other."`)
    const first = await night.chat(mine)
    first.type('Count.\r')
    await first.see('The connection ended before the answer did.')
    const second = await night.chat(mine)
    second.type('/continue\r')
    await second.see('There is nothing to go on from.')
    first.kill('SIGKILL')
    await first.exited
    const third = await night.chat(mine)
    await third.see('cut off after 20 words')
  })

  test('and another one: the latest is offered first, then the other', async () => {
    using mine = home()
    await using night = await evening(
      [CUT, CUT, CUT, 'text "Third, on."', 'text "Second, on."', 'text "Other."'].join('\n'),
    )
    for (const question of ['First', 'Second', 'Third']) await cutOff(night, mine, question)
    const chat = await night.chat(mine)
    await chat.see(/ago: “Third”\. Tab goes on from it\. 2 others\s+wait: \/continue again\./)
    chat.press('tab')
    await chat.see('Third, on.')
    await chat.gone('esc stops')
    chat.type('/continue\r')
    await chat.see('Resumed: “Second”')
    await chat.see('Second, on.')
    await chat.gone('esc stops')
    chat.press('ctrl+d')
    await chat.exited
    const later = await night.chat(mine)
    await later.see(/ago: “First”\. Tab goes on from it\./)
    expect(later.screen).not.toContain('wait')
  })

  test('in the bin is not offered', async () => {
    using mine = home()
    await using night = await evening(CUT)
    const chat = await night.chat(mine)
    chat.type('Count.\r')
    await chat.see('The connection ended before the answer did.')
    chat.type('/delete\r')
    await chat.see('In the bin')
    chat.press('ctrl+d')
    await chat.exited
    const second = await night.chat(mine)
    second.type('/continue\r')
    await second.see('There is nothing to go on from.')
    expect(second.screen).not.toContain('cut off')
  })
})

describe('messages queued behind an answer', () => {
  test.each([
    ['SIGKILL', 'SIGKILL'],
    ['SIGTERM', 'SIGTERM'],
    ['a lost terminal', null],
  ] as const)('come back after %s: the first as the draft, the others with Up', async (_, signal) => {
    using mine = home()
    await using night = await evening(`${HELD}\ntext "And so on."\ntext "A fish."`)
    const first = await answering(night, mine)
    for (const text of ['What swims?', 'What flies?']) {
      first.type(`${text}\r`)
      await first.see(text)
    }
    // The queue is on disk a moment after it is on the screen.
    await vi.waitFor(async () => expect(await queued(mine)).toEqual(['What swims?', 'What flies?']), {
      timeout: 10_000,
    })
    if (signal) first.kill(signal)
    else first.hangUp()
    await first.exited
    const second = await night.chat(mine)
    await second.see(
      /› What swims\?\n\s+2 queued messages were not sent: the first is the draft, Up brings the others\./,
    )
    await second.see('An answer was cut off after 40 words')
    // Nothing was typed: Tab goes on, and the draft stays. What was queued is not sent behind it.
    second.press('tab')
    await second.see('And so on.')
    await second.gone('esc stops')
    expect(night.questions).toHaveLength(2)
    second.press('enter')
    await second.see('A fish.')
    expect(texts(night)?.at(-1)).toBe('What swims?')
    await second.gone('esc stops')
    second.press('up', 'up')
    await second.see('› What flies?')
    second.press('ctrl+c', 'ctrl+d')
    await second.exited
    // They came back once.
    const third = await night.chat(mine)
    third.type('/help\r')
    await third.see('Ctrl+O')
    expect(third.screen).not.toContain('queued')
  })

  test('and sent meanwhile do not come back', async () => {
    using mine = home()
    await using night = await evening(`${HELD}\nwords n=9 tag=qeee hold after=3`)
    const first = await answering(night, mine)
    first.type('What swims?\r')
    await vi.waitFor(async () => expect(await queued(mine)).toEqual(['What swims?']), { timeout: 10_000 })
    night.demo.release()
    await first.see('qeee00003')
    await vi.waitFor(async () => expect(await queued(mine)).toEqual([]), { timeout: 10_000 })
    first.kill('SIGKILL')
    await first.exited
    const second = await night.chat(mine)
    await second.see('An answer was cut off')
    await second.see('› Tab goes on from where it was cut off')
    using history = await opened(mine.path)
    const { state } = await recall(1, { history, fresh: fresh(), origin: 0 })
    expect(state.turns.map(({ question }) => question)).toEqual(['Count.', 'What swims?'])
    expect(goingOn(state)?.turn.question).toBe('What swims?')
  })
})

test('a draft that was typed is not in the way: Tab says how to go on', async () => {
  using mine = home()
  await using night = await evening(`${CUT}\ntext "And so on."`)
  await cutOff(night, mine, 'Count.')
  const chat = await night.chat(mine)
  await chat.see('Tab goes on from where it was cut off')
  chat.type('a thought')
  await chat.see('› a thought')
  chat.press('tab')
  await chat.see('Tab goes on when nothing is typed: Ctrl+C clears the draft, Up brings it back.')
  expect(night.questions).toHaveLength(1)
  chat.press('ctrl+c')
  await chat.see('Draft cleared')
  chat.press('tab')
  await chat.see('And so on.')
})

describe('in plain lines', () => {
  test.each([
    ['SIGTERM', (chat: PtySession) => chat.kill('SIGTERM')],
    ['a lost terminal', (chat: PtySession) => chat.hangUp()],
  ] as const)('what %s cut off is there, and what was queued is read out', async (_, end) => {
    using mine = home()
    await using night = await evening(`${HELD}\ntext "And so on."`)
    const { lodging } = mine
    const env = { ...mine.env, ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'key-of-a-play' }
    const args = ['--screen-reader']
    await using first = openPty({ lodging, env, args })
    await first.see('You:')
    first.type('Count.\r')
    await night.demo.held()
    first.type('What swims?\r')
    await first.see('Queued')
    end(first)
    await first.exited
    await using second = openPty({ lodging, env, args })
    await second.see('Not sent, from before: What swims?')
    await second.see(/An answer was cut off after 40 words.*\/continue goes on from it\./s)
    second.type('/continue\r')
    await second.see('And so on.')
    expect(texts(night)?.[1]).toContain('qaaa00040')
  })
})

/** What the draft journal holds of a queue. */
async function queued({ env }: Home): Promise<readonly string[]> {
  const { readFile, readdir } = await import('node:fs/promises')
  const folder = join(env.CLAUDE_TUI_DATA_DIR, 'drafts')
  const places = await readdir(folder).catch(() => [])
  const queues = places.map((name) => readFile(join(folder, name, 'queue.json'), 'utf8').catch(() => '[]'))
  return (await Promise.all(queues)).flatMap((queue) => JSON.parse(queue))
}
