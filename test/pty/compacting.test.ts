/** Summaries in the built client: whole evenings of conversations that grow too long. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { newConversation } from '../../src/core/conversation.ts'
import { messagesOf, windowOf } from '../../src/core/window/window.ts'
import { openHistory } from '../../src/io/history.ts'
import { recall } from '../../src/modes/history/recall.ts'
import { CHOICES } from '../kit/choices.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty, type PtySession } from '../kit/pty.ts'

/** An answer of so many numbered words, by which a summary is due: from 4,000 tokens of 1,000,000 on, after the second. */
const LONG = 'words n=900 tag=qone\nwords n=900 tag=qtwo'
const SUMMARY = 'for-summary text "They talked at length."'
const EARLY = { CLAUDE_TUI_SUMMARISE_AT: '0.004' }

function home(env = {}) {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  return {
    ...{ lodging, path: join(data, 'history.db'), env: { CLAUDE_TUI_DATA_DIR: data, ...env } },
    [Symbol.dispose]: () => lodging.remove(),
  }
}

/** Nothing of what the program says is broken into rows. */
const wide = <T extends object>(options: T) => ({ ...options, columns: 180 })

const bodies = (night: Evening) =>
  (
    night.questions as unknown as readonly {
      model: string
      messages: { role: string; content: { text: string }[] }[]
    }[]
  ).map(({ model, messages }) => ({
    model,
    texts: messages.map(({ content }) => content.map(({ text }) => text).join('')),
  }))

async function ask(session: PtySession, question: string, answered: string) {
  session.type(`${question}\r`)
  await session.seeAnywhere(answered)
  await session.see(/ttft \d[^…]*$/m)
}

/** What is saved of the only conversation, folded again. */
async function saved(path: string) {
  const history = await openHistory(path)
  try {
    const [one] = history.list({ limit: 1 })
    return (await recall(one!.id, { history, fresh: newConversation(CHOICES), origin: 0 })).state
  } finally {
    history.close()
  }
}

describe('a conversation that grows long', () => {
  test('is summarised after an answer, goes on with the summary, and can be had back days later', async () => {
    using mine = home(EARLY)
    await using night = await evening(`${LONG}\n${SUMMARY}\ntext "Three."\ntext "Four."\n${SUMMARY}\ntext "Five."`)
    const first = await night.chat(wide(mine))
    await ask(first, 'Count to port 8080 for Anna Schmidt.', 'qone00900')
    await ask(first, 'Again.', 'qtwo00900')
    await first.see(
      /Summarised turn 1: 4\.\dk → ~\d\.\dk tokens, \$0\.\d+, to make room; in money it is even after \d+ turns?\./,
    )
    await first.see(/2 of 2 facts missing in it: 8080 · Anna Schmidt\./)
    await first.see('2 facts missing · Alt+P keeps them')
    first.press('alt+p')
    await first.see('Kept beside the summary, word for word: 1 line')
    await ask(first, 'And?', 'Three.')
    const last = bodies(night).at(-1)!
    expect(last.texts[0]).toContain('They talked at length.')
    expect(last.texts[0]).toContain('- Count to port 8080 for Anna Schmidt.')
    expect(last.texts.slice(1, 3)).toEqual(['Understood.', 'Again.'])
    first.press('ctrl+d')
    await first.exited

    const state = await saved(mine.path)
    expect(state.turns).toHaveLength(3)
    expect(state.sideCalls).toMatchObject([{ purpose: 'summary', cost: { from: 'server' } }])
    expect([
      ...messagesOf(windowOf({ ...state, turns: state.turns.slice(0, 2) })).map(({ text }) => text),
      'And?',
    ]).toEqual(last.texts)

    const second = await night.chat({ ...wide(mine), args: ['-c'] })
    await second.see(/A summary stands for turn 1 again: .* tokens are sent/)
    second.type('/uncompact\r')
    await second.see(/Turn 1 is sent word for word again: .*tokens\. Sending it costs ~\$0\.\d+, ~\$0\.\d+ where/s)
    await ask(second, 'All of it?', 'Four.')
    expect(bodies(night).at(-1)?.texts[0]).toBe('Count to port 8080 for Anna Schmidt.')
    expect(bodies(night).at(-1)?.texts).toHaveLength(7)
    // Whoever has taken it back is not given another one by itself.
    expect(night.questions).toHaveLength(5)
    // Made anew by hand, it takes the facts along that were kept beside the one before.
    second.type('/compact\r')
    await second.see('Summarised turns 1–')
    await ask(second, 'And now?', 'Five.')
    expect(bodies(night).at(-1)?.texts[0]).toContain('- Count to port 8080 for Anna Schmidt.')
  })

  test('is replayed with its summary from a recording, and nothing is asked otherwise', async () => {
    using mine = home(EARLY)
    const tape = join(mine.lodging.home, 'tape.jsonl')
    await using night = await evening(`${LONG}\n${SUMMARY}\ntext "Three."`)
    const session = await night.chat({ ...wide(mine), args: ['--record', tape] })
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    await session.see('Summarised turn 1:')
    await ask(session, 'And?', 'Three.')
    session.press('ctrl+d')
    await session.exited
    await using again = openPty({ ...wide(mine), args: ['replay', tape, '--speed', 'max'] })
    await again.see('The recording is over.')
    await again.see('A summary stands for the conversation up to turn 1.')
    await again.see('Three.')
    expect(again.emulator.text()).not.toContain('Not asked as it was recorded')
    expect(again.screen).not.toContain('recorded request')
  })

  test('does not wait for its summary: what is asked meanwhile goes out at once, and whole', async () => {
    using mine = home(EARLY)
    await using night = await evening(`${LONG}\n${SUMMARY} hold after=1\ntext "Three."\ntext "Four."`)
    const session = await night.chat(wide(mine))
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    await night.demo.held()
    await session.see('Summarising turn 1 in the background…')
    await ask(session, 'And?', 'Three.')
    expect(bodies(night).at(-1)?.texts).toHaveLength(5)
    night.demo.release()
    await session.see('Summarised turn 1:')
    await ask(session, 'Then?', 'Four.')
    const { texts } = bodies(night).find((one) => one.texts.at(-1) === 'Then?')!
    expect([texts.length, texts[0]!.includes('They talked at length.')]).toEqual([7, true])
    expect(texts[2]).toBe('Again.')
  })

  test('one summary at a time; one that fails changes nothing, says why, and is tried again later', async () => {
    using mine = home()
    await using night = await evening(`${LONG}\nfor-summary 529\ntext "Three."\n${SUMMARY}`)
    const session = await night.chat({ ...wide(mine), args: ['--summarise-at', '0.004'] })
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    await session.see(/No summary of turn 1: .*Everything is sent as before\. It is tried again after the next turn\./s)
    await ask(session, 'And?', 'Three.')
    await session.see('Summarised turns 1–2:')
    expect(bodies(night).map(({ texts }) => texts.length)).toEqual([1, 3, 1, 5, 1])
  })

  test('a refusal, no text, or one cut short are no summaries', async () => {
    using mine = home()
    const bad = ['for-summary refusal', 'for-summary empty', `${SUMMARY} max-tokens after=1`]
    await using night = await evening([LONG, ...bad].join('\n'))
    const session = await night.chat(wide(mine))
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    for (const why of ['declined', 'without any text', 'cut short (max_tokens)']) {
      session.type('/compact\r')
      await session.see(why)
    }
    await ask(session, 'And?', 'I am a script')
    expect(bodies(night).at(-1)?.texts).toHaveLength(5)
  })

  test('left in the middle of a summary, the program ends at once, and what it cost so far is on the bill', async () => {
    using mine = home(EARLY)
    await using night = await evening(`${LONG}\n${SUMMARY} hold after=1\ntext "Three."`)
    const session = await night.chat(wide(mine))
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    await night.demo.held()
    // Once this is answered, what the summary has cost so far has been heard.
    await ask(session, 'And?', 'Three.')
    session.press('ctrl+d')
    await session.exited
    const { sideCalls, summaries } = await saved(mine.path)
    expect(sideCalls).toMatchObject([{ purpose: 'summary', cost: { from: 'estimate' } }])
    expect(summaries).toEqual([])
  })

  test('that no longer fits is cut at its beginning when no summary can be had', async () => {
    using mine = home()
    await using night = await evening(`${LONG}\ntoo-long\nfor-summary 529\ntext "Three."`)
    const session = await night.chat(wide(mine))
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    session.type('And?\r')
    await session.see(/The next message would not fit, so turns? 1.* left out .*\/uncompact brings them back\./s)
    // The question is in the composer again.
    session.type('\r')
    await session.see('Three.')
    const { texts } = bodies(night).at(-1)!
    expect([texts[0], texts.at(-1)]).toEqual([expect.stringContaining('left out'), 'And?'])
    expect(texts.length).toBeLessThan(5)
  })
})

describe('/compact', () => {
  test('says its numbers first, keeps what it is told to, and is done by hand at any size worth it', async () => {
    using mine = home()
    await using night = await evening(`${LONG}\n${SUMMARY}`)
    const session = await night.chat(wide(mine))
    session.type('/compact\r')
    await session.see('there are none')
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    session.type('/compact what Anna said\r')
    await session.see(
      /Summarising turn 1, ~3\.\dk tokens, in the background: by \S+ 5\.5 \(.*~\$0\.\d+\), not \S+ 5\.5 \(/s,
    )
    await session.see('1 turn stays word for word.')
    await session.see('Summarised turn 1:')
    expect(bodies(night).at(-1)?.texts.at(-1)).toContain('Above all keep what concerns: what Anna said')
    session.type('/compact\r')
    await session.see('Nothing is summarised.')
    session.type('/tree\r')
    await session.see('Count.')
  })

  test('leaves pinned turns alone: what is sent word for word is not summarised beside it', async () => {
    using mine = home()
    await using night = await evening(`${LONG}\n${SUMMARY}`)
    const session = await night.chat(wide(mine))
    await ask(session, 'Count.', 'qone00900')
    await ask(session, 'Again.', 'qtwo00900')
    session.type('/context pin 1\r')
    await session.see('stays word for word, whatever is summarised')
    session.type('/compact\r')
    await session.see(/besides recent and pinned turns, which stay word for word; there are\s+none/)
    expect(bodies(night)).toHaveLength(2)
  })

  test('in plain lines says the same, and the prompt comes again', async () => {
    using mine = home(EARLY)
    await using night = await evening(`${LONG}\n${SUMMARY}`)
    const env = {
      ...{ ...mine.env, ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'key-of-a-play' },
      CLAUDE_TUI_SERVER_FEATURES: 'full',
    }
    await using session = openPty({ lodging: mine.lodging, env, args: ['--screen-reader'], columns: 180 })
    await session.see(/^You: $/m)
    session.type('Count.\r')
    await session.seeAnywhere('qone00900')
    session.type('Again.\r')
    await session.seeAnywhere('qtwo00900')
    await session.see(/Summarised turn 1: .*\n.*\nYou:\s*$/)
    session.type('/uncompact\r')
    await session.see(/Turn 1 is sent word for word again: .*\nYou:\s*$/s)
  })
})
