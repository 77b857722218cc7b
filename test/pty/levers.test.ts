/** The levers in the built client: `/lever` lists them, completes them, and says what a change costs before it is paid. */

import { describe, expect, test } from 'vitest'
import { CONCISE } from '../../src/core/request/concise.ts'
import { type Evening, evening } from '../kit/evening.ts'
import { openPty, type PtySession } from '../kit/pty.ts'

const SCRIPT = 'words n=2000\ntext "Two."\ntext "Three."'

interface Body {
  readonly model: string
  readonly max_tokens: number
  readonly output_config?: { readonly effort: string }
  readonly messages: readonly { readonly content: readonly { readonly text: string }[] }[]
}
const bodies = (night: Evening) => night.questions as unknown as readonly Body[]

async function ask(session: PtySession, question: string, answered: string) {
  session.type(`${question}\r`)
  await session.seeAnywhere(answered)
  await session.see(/ttft \d[^…]*$/m)
}

describe('/lever', () => {
  test('lists every lever with its value, who set it, and what it does here', async () => {
    await using night = await evening(SCRIPT)
    const session = await night.chat({ columns: 120, rows: 40, args: ['--effort', 'low'] })
    await ask(session, 'First question', 'word02000')
    await session.see('Sonnet 5.5 low')
    session.type('/lever\r\r')
    await session.see('Change one with /lever effort low.')
    await session.see(/model balanced +default · reading these ~\d/)
    await session.see(/effort low +flag · .*auto is medium here/)
    await session.see(/temperature none +default · Sonnet 5\.5 takes none here/)
    expect(bodies(night)[0]?.output_config).toEqual({ effort: 'low' })
  })

  test('says before Enter what a lost cache costs, and in the bar what is off its default', async () => {
    await using night = await evening(SCRIPT)
    const session = await night.chat({ columns: 120, rows: 40 })
    await ask(session, 'First question', 'word02000')
    await ask(session, 'And more', 'Two.')
    session.type('/lever effort low')
    await session.see(/Cache: nothing to read from it · ~\S+ tokens read anew · ~\$0\.\d+/)
    session.press('enter')
    await session.see(/effort low\. The prompt cache is lost: [\s\S]*instead\s+of ~\$[\s\S]*Changed back before it/)
    await session.see('claude-tui config set effort low')
    await session.see('Sonnet 5.5 low  ttft')
    session.type('/lever concise on\r')
    await session.see('Sonnet 5.5 low concise  ttft')
    await ask(session, 'Last question', 'Three.')
    const body = bodies(night)[2]!
    expect(body.output_config).toEqual({ effort: 'low' })
    expect(body.messages.at(-1)?.content[0]?.text).toBe(`Last question\n\n${CONCISE}`)
    expect(session.screen).not.toContain('Answer concisely')
  })

  test('thinking that is hidden loses no cache: it is said so, /cache goes on, and the server reads it', async () => {
    await using night = await evening('words n=2000\ntext "Two."\ntext "Three."')
    const session = await night.chat({ columns: 120, rows: 50 })
    await ask(session, 'First question', 'word02000')
    await ask(session, 'And more', 'Two.')
    session.type('/lever thinking hidden\r')
    await session.see(/thinking hidden\. The prompt cache is kept\./)
    session.type('/cache\r')
    await session.see(/held +[\d.]+k? tokens, up to question 2/)
    await ask(session, 'Last question', 'Three.')
    session.type('/cache\r')
    await session.see(/held +[\d.]+k? tokens, up to question 3/)
    expect(session.emulator.text()).not.toMatch(/another effort|turn 3 +read/)
    session.type('/cost\r')
    await session.see(/cache read +[\d.]+k/)
  })

  test('takes a preset, completed from a menu; what it is not says what is', async () => {
    await using night = await evening('text "One."')
    const session = await night.chat({ columns: 120, rows: 40 })
    session.type('/lever pres')
    await session.see(/preset +all of them at once, by task/)
    session.press('tab')
    await session.see(/classify +a label, a yes or no/)
    session.type('cod\t\r')
    await session.see(/model deep, effort medium, max-tokens 64000/)
    session.type('/lever effort heroic\r')
    await session.see('Opus 5.5 takes the efforts low, medium, high, xhigh, max, or auto; "heroic" came.')
    await ask(session, 'Hello', 'One.')
    expect(bodies(night)[0]).toMatchObject({ model: 'claude-opus-5-5', max_tokens: 64_000 })
  })

  test('in plain lines', async () => {
    await using night = await evening('text "One."')
    const env = { ANTHROPIC_BASE_URL: night.demo.url, ANTHROPIC_API_KEY: 'k-1', CLAUDE_TUI_SERVER_FEATURES: 'full' }
    await using session = openPty({ columns: 120, args: ['--screen-reader'], env })
    await session.see('You:')
    session.type('/lever effort low\r')
    await session.see('From the next message on: effort low.')
    session.type('Hello\r')
    await session.see('One.')
    expect(bodies(night)[0]?.output_config).toEqual({ effort: 'low' })
  })
})
