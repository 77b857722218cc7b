/** The window in the built client: what fills it, turns that are dropped and pinned, counts, questions that do not fit. */

import { describe, expect, test } from 'vitest'
import { type Evening, evening } from '../kit/evening.ts'
import { openPty, type PtySession } from '../kit/pty.ts'

const SCRIPT = 'text "One."\ntext "Two."\ntext "Three."\ntext "Four."'
/** A model nobody has, with hardly any room. */
const TINY = { CLAUDE_TUI_MODELS: JSON.stringify([{ id: 'tiny-model', window: 500 }]), CLAUDE_TUI_MODEL: 'tiny-model' }

const sentTexts = (night: Evening) =>
  (night.questions.at(-1)!.messages as unknown as { content: { text: string }[] }[]).map(({ content }) =>
    content.map(({ text }) => text).join(''),
  )
const counts = (night: Evening) => night.demo.requests.filter(({ path }) => path === '/v1/messages/count_tokens')

async function ask(session: PtySession, question: string, answered: string) {
  session.type(`${question}\r`)
  await session.seeAnywhere(answered)
  await session.see(/ttft \d[^…]*$/m)
}

describe('the window', () => {
  test('is shown turn by turn, where one key leaves a turn out and another pins it; nothing is deleted', async () => {
    await using night = await evening(SCRIPT)
    const session = await night.chat({ columns: 120 })
    await ask(session, 'First question', 'One.')
    await ask(session, 'Second question', 'Two.')
    await session.see(/ctx [^~]/)
    session.type('/context\r')
    await session.see(/Context {2}\d+ of 1M tokens \(<0\.1%\)/)
    await session.see(/› 2 Second question .*~\d+ +\d+%/)
    session.press('up')
    await session.see(/› 1 First question/)
    await session.see(/Enter drops it: ~\d+ tokens less\. Next question ~/)
    session.press('enter')
    await session.see(/Turn 1 is left out of what is sent\. ~\d+ tokens less\./)
    await session.see(/› 1 First question +dropped/)
    session.press('down', 'tab')
    await session.see(/› 2 Second question +pinned/)
    session.press('esc')
    await session.see(/ctx [~<]/)
    await ask(session, 'Third question', 'Three.')
    expect(sentTexts(night)).toEqual(['Second question', 'Two.', 'Third question'])
    await session.see(/ctx [^~]/)
    session.type('/context keep 1\r')
    await session.see('Turn 1 is neither dropped nor pinned any more.')
    await ask(session, 'Fourth question', 'Four.')
    expect(sentTexts(night)).toHaveLength(7)
  })

  test('a large draft is counted by the server once nobody types: then its share is no estimate', async () => {
    await using night = await evening(SCRIPT)
    const session = await night.chat({ columns: 120 })
    await ask(session, 'First question', 'One.')
    session.type('word '.repeat(1_200))
    await session.see(/ctx 0\.\d%/)
    expect(counts(night)).toHaveLength(1)
    session.type('and')
    await session.see(/ctx ~0\.\d%/)
    await session.see(/ctx 0\.\d%/)
  })

  test('another model: what the conversation takes there, and what that costs, by the server', async () => {
    await using night = await evening(SCRIPT)
    const session = await night.chat({ columns: 160 })
    await ask(session, 'First question', 'One.')
    session.type('/model claude-opus-4-5\r')
    await session.see(
      /The conversation has ~\d+ tokens for Opus 4\.5 \(.*of its window\): ~?<?\$0\.\d+ with every turn: none of it/,
    )
    expect(counts(night).map(({ body }) => (body as { model: string }).model)).toEqual(['claude-opus-4-5'])
  })

  test('a question that does not fit goes back into the composer with its numbers; sent once more it goes out', async () => {
    await using night = await evening(SCRIPT)
    const session = await night.chat({ columns: 120, env: TINY })
    // What looks after the window is there by now.
    session.type('/context\r')
    await session.see('Nothing fills the window yet: 0 of 500 tokens')
    session.type('word '.repeat(300))
    session.press('enter')
    await session.see(/This question does not fit: .* ~600 tokens, and tiny-model takes 500\./)
    await session.see('› word word')
    expect(night.questions).toHaveLength(0)
    session.press('enter')
    // The demo server knows of no such model, and says so: it was asked.
    await session.seeAnywhere('model: tiny-model')
    expect(night.questions).toHaveLength(1)
  })

  test('in plain lines it is a list to be read, and turns go by their numbers', async () => {
    await using night = await evening(SCRIPT)
    const env = { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'any', CLAUDE_TUI_SERVER_FEATURES: 'full' }
    await using session = openPty({ columns: 100, args: ['--screen-reader'], env })
    await session.see('You:')
    session.type('First question\r')
    await session.seeAnywhere('One.')
    session.type('/context\r')
    await session.seeAnywhere(/Context: \d+ of 1M tokens/)
    await session.seeAnywhere(/1 First question: ~\d+ tokens, 100%/)
    session.type('/context drop 1\r')
    await session.seeAnywhere('Turn 1 is left out of what is sent.')
    session.type('/context drop 7\r')
    await session.seeAnywhere('"7" came, there is turn 1 on this branch.')
  })
})
