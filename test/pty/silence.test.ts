/** Bad weather on the line: what is seen of silence and of rate limits, and the keys that end the waiting. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'
import { openPty } from '../kit/pty.ts'

/** Offers come at once, so that nobody waits for them. */
const AT_ONCE = { env: { CLAUDE_TUI_OFFER_AFTER_MS: '100' } }
const texts = (night: { readonly questions: readonly { readonly messages: readonly unknown[] }[] }) =>
  night.questions.at(-1)?.messages.map((message) => {
    const { content } = message as { content: string | readonly { text: string }[] }
    return typeof content === 'string' ? content : content.map(({ text }) => text).join('')
  })

describe('a silence in the middle of an answer', () => {
  test('is told with its seconds, and a key goes on from what came, beside a draft and before what is queued', async () => {
    await using night = await evening('words n=40 tag=qaaa hold after=20\ntext "the rest"\ntext "and then"')
    const chat = await night.chat(AT_ONCE)
    chat.type('Count.\r')
    await chat.see('qaaa00020')
    chat.type('queued one\r')
    await chat.see('next: queued one')
    chat.type('a draft')
    await chat.see(/Silent for [3-9]s in the middle of the answer · esc stops/)
    await chat.see('Ctrl+X tries again and keeps what came')
    chat.press('ctrl+x')
    await chat.see('and then')
    expect(chat.screen).toMatch(
      /qaaa00020\s+Nothing came for \d+ s in the middle of the answer\. What came is kept\..*› Your answer was cut off\. Go on exactly.*the rest.*› queued one.*and then/s,
    )
    expect(chat.screen).toContain('› a draft')
    const sent = texts(night)!
    expect(sent).toHaveLength(5)
    expect(sent[1]).toMatch(/qaaa00001.*qaaa00020/s)
    expect(sent[4]).toBe('queued one')
    await chat.until(() => night.demo.requests[0]!.aborted, 'the silent request to be ended')
  })
})

describe('a silence before any text', () => {
  test('says how far the request has come; the key makes the next attempt of the same turn', async () => {
    await using night = await evening('text "never" hold-before-head\ntext "there"')
    const chat = await night.chat(AT_ONCE)
    chat.type('Well?\r')
    await chat.see(/Waiting for the first token… \d+s · sent, and nothing heard yet · esc stops/)
    await chat.see('Ctrl+X tries again')
    chat.press('ctrl+x')
    await chat.see('there')
    await chat.gone('esc stops')
    expect(chat.screen.match(/› Well\?/g)).toHaveLength(1)
    // A key that nothing is offered for leaves the draft alone.
    chat.type('ab')
    chat.press('ctrl+s')
    chat.type('c')
    await chat.see('› abc')
  })

  test('can have a second request beside it, also by a command; what both cost is said', async () => {
    await using night = await evening('text "never" hold\ntext "beside it"\ntext "next one"')
    const chat = await night.chat()
    chat.type('Well?\r')
    await night.demo.held()
    chat.type('And then?\r')
    await chat.see('next: And then?')
    chat.type('/hedge\r')
    await chat.see('next one')
    // With its turn, above the question that waited for it.
    await chat.see(/beside it[^›]*Two requests[^›]*Both are in the bill\.[^›]*› And then\?/s)
    await chat.see(/Two requests ran, and the second one had the first word\. The answer cost <?\$0\.\d+/)
    chat.type('/cost\r')
    await chat.see('second requests')
  })
})

test('a budget that the first request may use up pays for no second one', async () => {
  await using night = await evening('text "first" hold\ntext "never"')
  const chat = await night.chat({ env: { CLAUDE_TUI_MAX_COST_TURN: '0.05' } })
  chat.type('Well?\r')
  await night.demo.held()
  chat.type('/hedge\r')
  const counts = () => night.demo.requests.filter(({ path }) => path.endsWith('count_tokens')).length
  await chat.until(() => counts() === 2, 'the second request to be counted')
  chat.type('/hedge\r')
  await chat.see('A second request ran already')
  night.demo.release()
  await chat.see('A second request was not sent: the first one may take all that is left of the budget.')
  expect(night.questions).toHaveLength(1)
})

test('a recording of it plays as it was', async () => {
  const home = lodge()
  const tape = join(home.home, 'tape.jsonl')
  await using night = await evening('words n=40 tag=qaaa hold after=20\ntext "the rest"\ntext "no" hold\ntext "beside"')
  const chat = await night.chat({ ...AT_ONCE, args: ['--record', tape] })
  chat.type('Count.\r')
  await chat.see('Ctrl+X tries again and keeps what came')
  chat.press('ctrl+x')
  await chat.see('the rest')
  await chat.gone('esc stops')
  chat.type('Well?\r')
  await chat.see(/begun|Waiting/)
  await chat.until(() => night.questions.length === 3, 'the question to arrive')
  chat.type('/hedge\r')
  await chat.see('Two requests ran')
  chat.press('ctrl+d')
  await chat.exited
  const played = openPty({ args: ['replay', tape, '--speed', '50'] })
  await played.see('The recording is over.')
  expect(played.screen).toMatch(
    /qaaa00020.*What came is kept\..*the rest.*› Well\?.*beside.*the second one had the first word/s,
  )
  await played.close()
  home.remove()
})

describe('in plain lines', () => {
  test('each offer is said once, with the command that takes it', async () => {
    await using night = await evening('words n=40 tag=qaaa hold after=20\ntext "the rest"')
    const chat = await night.chat({ args: ['--screen-reader'], prompt: 'You: ', ...AT_ONCE })
    chat.type('Count.\r')
    await chat.see('/again tries again and keeps what came.')
    chat.type('/again\r')
    await chat.see(/the rest/)
    expect(chat.emulator.text()).toMatch(/What came is kept\..*A new request goes on from what came\..*the rest/s)
    expect(chat.emulator.text().match(/\/again tries again and keeps what came/g)).toHaveLength(1)
  })
})

describe('rate limits', () => {
  test('stand in the bar above half of one, are told of once when one runs out, and /limits draws them', async () => {
    await using night = await evening('text "one"\ntext "two" limits used=63\ntext "three" limits used=85')
    const chat = await night.chat()
    chat.type('1\r')
    await chat.see('one')
    expect(chat.screen).not.toContain('limit')
    chat.type('2\r')
    await chat.see(/limit 6[34]% of/)
    chat.type('3\r')
    await chat.see(/8[56]% of the \w+( tokens)? a minute of Claude Sonnet 5\.5 are used/)
    chat.type('/limits\r')
    await chat.see(/requests +━{17}─{3} 85% used · 7\d\d of 5,000 left · full again in \d/)
    await chat.see('fit at once')
  })

  test('are a line below the figures of a call from four fifths on', async () => {
    await using night = await evening('text "one" limits used=85\ntext "two"')
    const short = await night.pipe({ args: ['-u', 'hi'] })
    expect(String(short.stderr)).toMatch(
      /rate limit: 8[56]% of the \w+( tokens)? used · [\d.,kM]+ of [\d.,kM]+ left · full again in/,
    )
    expect(short.code).toBe(0)
  })
})
