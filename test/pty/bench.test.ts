/** `/bench here` as a person meets it: the price first, then the figures, and a conversation that stays as it was. */

import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'

test('/bench here says the price, begins at a yes, measures two models and leaves the conversation alone', async () => {
  await using night = await evening('text "Twice a day."')
  const chat = await night.chat({ rows: 50 })
  chat.type('/bench here\r')
  await chat.see('There is no turn yet')
  chat.type('Why do tides turn?\r')
  await chat.see('Twice a day.')
  await chat.see(/turn <?\$0/)
  chat.type('/bench yes\r')
  await chat.see('Nothing is quoted that could begin.')
  const before = night.questions.filter(({ model }) => model === 'claude-opus-5-5').length
  chat.type('/bench here 2 fast deep\r')
  await chat.see('2 runs each of Haiku 5.5 and Opus 5.5 and one to warm up, for')
  await chat.see('/bench yes begins')
  expect(night.questions.filter(({ model }) => model === 'claude-opus-5-5').length).toBe(before)
  chat.type('/bench yes\r')
  await chat.see('Against Haiku 5.5:')
  await chat.see('It cost $')
  const measured = night.questions.filter(({ model }) => model === 'claude-opus-5-5')
  expect(measured.length - before).toBe(3)
  expect(measured.at(-1)!.messages).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Why do tides turn?' }] }])
  night.demo.enqueue('text "Every twelve hours."')
  chat.type('How often?\r')
  await chat.see('Every twelve hours.')
  expect(night.questions.at(-1)!.messages).toHaveLength(3)
  chat.type('/cost\r')
  await chat.see('of it benches')
})
