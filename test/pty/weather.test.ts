/** Bad weather in the built chat: waits that are counted down, and what a key does about them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'

const models = (night: { readonly questions: readonly { readonly model: string }[] }) =>
  night.questions.map(({ model }) => model)

test('a wait is counted down with its reason, its request and its keys; Ctrl+X makes it now, whatever is typed', async () => {
  await using night = await evening('529 retry-after=60\ntext "made it"')
  const session = await night.chat({ columns: 120 })
  session.type('Why?\r')
  await session.see(
    /Attempt 2 of 5 in \d+s · Overloaded \(HTTP 529\) · req_\w+ · Ctrl\+X now · Ctrl\+S [\w. ]+ · esc stops/,
  )
  session.type('a draft that stays')
  await session.see('› a draft that stays')
  session.type('\x18')
  await session.see('made it')
  await session.see('› a draft that stays')
  expect(models(night)).toHaveLength(2)
})

test('Ctrl+S asks another model, which is announced above its answer', async () => {
  await using night = await evening('529 retry-after=60\ntext "Because."')
  const session = await night.chat({ args: ['-m', 'balanced'], columns: 120 })
  session.type('Why?\r')
  await session.see(/Ctrl\+S Haiku/)
  session.type('\x13')
  await session.see(/Haiku [\d.]+ is asked in place of Sonnet [\d.]+: Overloaded \(HTTP 529\), request req_\w+\./)
  await session.see('Because.')
  expect(models(night).map((model) => model.split('-')[1])).toEqual(['sonnet', 'haiku'])
})

test('Esc ends the waiting', async () => {
  await using night = await evening('529 retry-after=60')
  const session = await night.chat()
  session.type('Why?\r')
  await session.see('Attempt 2 of 5')
  session.press('esc')
  await session.see('Stopped before anything came.')
  expect(models(night)).toHaveLength(1)
})

test('what was shown when a server gave up is kept, and gone on with in a marked new request', async () => {
  await using night = await evening('words n=9 tag=qaaa error-mid after=4\ntext "and the rest"')
  const session = await night.chat()
  session.type('Count.\r')
  await session.see(/What came is kept\.\s+\/continue\s+goes\s+on\s+from\s+there,\s+in\s+a\s+new\s+request\./)
  session.type('/continue\r')
  await session.see('Your answer was cut off. Go on exactly where it ends')
  await session.see('and the rest')
  expect(session.emulator.text()).toContain('qaaa00004')
  expect(night.questions.at(-1)!.messages).toHaveLength(3)
})

test('what waited behind an answer that was cut off waits for the rest of it: Tab, and both go out in order', async () => {
  await using night = await evening('words n=9 tag=qaaa hold after=4 cut after=5\ntext "and the rest"\ntext "tomorrow"')
  const session = await night.chat({ columns: 120 })
  session.type('Count.\r')
  await session.see('qaaa00004')
  session.type('And now?\r')
  await session.see('next: And now?')
  night.demo.release()
  await session.see('Tab goes on with the cut answer first, Enter sends this now.')
  await session.see('› And now?')
  session.press('tab')
  await session.see('tomorrow')
  expect(session.screen).toMatch(/› Your answer was cut off\..*and the rest.*› And now\?.*tomorrow/s)
  expect(night.questions.map(({ messages }) => messages.length)).toEqual([1, 3, 5])
})

test('plain lines say the same in words, and /now does what the key does', async () => {
  await using night = await evening('529 retry-after=60\n529 retry-after=60\ntext "made it"')
  const session = await night.chat({ args: ['--screen-reader', '-m', 'balanced'], prompt: 'You: ' })
  session.type('Why?\r')
  await session.see(/Attempt 2 of 5 follows in 1m 0s\. \/now tries at\s+once, \/now [\w.-]+ asks Haiku/)
  session.type('/now\r')
  await session.see(/Attempt 3 of 5/)
  session.type('/now fast\r')
  await session.see(/is asked in place of/)
  await session.see('made it')
})

test('five overloads in a row: the model rests, the bar counts its seconds, the next message is held; sent once more it goes', async () => {
  await using night = await evening(`${'529 retry-after=60\n'.repeat(4)}529\ntext "Because."`)
  const session = await night.chat({ columns: 120 })
  session.type('Why?\r')
  for (let attempt = 2; attempt <= 5; attempt++) {
    await session.see(`Attempt ${attempt} of 5`)
    session.type('\x18')
  }
  await session.see(/Sonnet [\d.]+ was limited or overloaded 5 times in a row: it is left alone until \d\d:\d\d:\d\d\./)
  await session.see(/Sonnet [\d.]+ {2}resting [23]\ds/)
  // What nothing came of is back in the composer.
  await session.see(/after 5 attempts[\s\S]*› Why\?/)
  session.type('\x15And now?\r')
  await session.see(/Not sent: Sonnet [\d.]+ was overloaded 5 times in a row, and is left alone until/)
  await session.see(/Send\s+it\s+again\s+unchanged\s+to\s+go\s+ahead\s+anyway/)
  expect(models(night)).toHaveLength(5)
  session.press('enter')
  await session.see('Because.')
  await session.see(/Sonnet [\d.]+ answers again\./)
  expect(models(night)).toHaveLength(6)
  expect(session.emulator.text()).not.toMatch(/resting \d+s/)
})

/** A limit that nobody waits out. */
const LIMITED = '429 retry-after=1000'
const lines = (night: { readonly questions: readonly { readonly model: string }[] }) =>
  models(night).map((model) => model.split('-')[1])

test('a failure that lasts asks once whether another model may answer; yes is remembered, and asks again at once', async () => {
  await using night = await evening(`${LIMITED} x2\ntext "Because."\n${LIMITED}\ntext "So."\n${LIMITED}`)
  const place = lodge()
  const session = await night.chat({ args: ['-m', 'deep'], columns: 120, lodging: place })
  session.type('Why?\r')
  await session.see(
    /May Sonnet [\d.]+ answer when Opus [\d.]+ cannot\? Ctrl\+X yes, from now on, and asks again · Ctrl\+S no, and never ask/,
  )
  session.type('\x18')
  await session.see(/Sonnet [\d.]+ is asked in place of Opus/)
  await session.see('Because.')
  await session.see(/From now on Sonnet [\d.]+, then Haiku [\d.]+ may answer/)
  expect(JSON.parse(readFileSync(join(place.config, 'settings.json'), 'utf8'))).toMatchObject({ fallback: 'chat' })
  session.type('And now?\r')
  await session.see('So.')
  expect(lines(night)).toEqual(['opus', 'opus', 'sonnet', 'opus', 'sonnet'])
  // It was said in a chat, and a call is none.
  const call = await night.pipe({ args: ['-m', 'deep', 'And you?'], lodging: place })
  expect(call.code).toBe(4)
  expect(lines(night).slice(5)).toEqual(['opus'])
  place.remove()
})

test('no is remembered as well; /fallback tells and changes it', async () => {
  await using night = await evening(`${LIMITED} x2`)
  const place = lodge()
  const session = await night.chat({ args: ['-m', 'deep'], columns: 120, lodging: place })
  session.type('Why?\r')
  await session.see('Ctrl+S no, and never ask')
  session.type('\x13')
  await session.see('No other model answers. It is kept in the setting fallback')
  session.press('enter')
  await session.see(/› Why\?[\s\S]*› Why\?[\s\S]*› Why\?/)
  expect(lines(night)).toEqual(['opus', 'opus'])
  expect(session.emulator.text().match(/May Sonnet/g)).toBeNull()
  session.type('\x15/fallback fast, balanced\r')
  await session.see(/When the model cannot answer, Haiku [\d.]+, then Sonnet [\d.]+ may, and it is said each time\./)
  expect(JSON.parse(readFileSync(join(place.config, 'settings.json'), 'utf8'))).toMatchObject({
    fallback: 'fast,balanced',
  })
  place.remove()
})

test('an earlier answer stands for one that cannot be had, marked and dated, for nothing', async () => {
  await using night = await evening(`text "Because of the rivers."\n${LIMITED} x9`)
  const place = lodge()
  const first = await night.chat({ args: ['-m', 'deep'], lodging: place })
  first.type('Why is the sea salt?\r')
  await first.see('Because of the rivers.')
  first.type('\x04')
  await first.exited
  const session = await night.chat({ args: ['-m', 'deep', '--fallback', 'fast'], columns: 120, lodging: place })
  session.type('Why is the sea salt?\r')
  await session.see(
    /An earlier answer to this very request, by Opus [\d.]+ on \d{4}-\d\d-\d\d \d\d:\d\d UTC, from the history; it costs nothing\./,
  )
  await session.see('Because of the rivers.')
  await session.see('turn $0 ')
  place.remove()
})

test('plain lines ask the same in words, and /fallback answers', async () => {
  await using night = await evening(`${LIMITED} x2\ntext "Because."`)
  const session = await night.chat({ args: ['--screen-reader', '-m', 'deep'], prompt: 'You: ', columns: 120 })
  session.type('Why?\r')
  await session.see(/May Sonnet [\d.]+ answer when Opus [\d.]+ cannot\? \/fallback on says yes, \/fallback off says no/)
  session.type('/fallback on\r')
  await session.see(/When the model cannot answer, Sonnet [\d.]+, then Haiku [\d.]+ may, and it is said each time\./)
  session.type('/retry\r')
  await session.see(/Sonnet [\d.]+ is asked in place of Opus/)
  await session.see('Because.')
})
