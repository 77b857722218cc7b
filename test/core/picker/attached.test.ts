import { expect, test } from 'vitest'
import { fold, newConversation } from '../../../src/core/conversation.ts'
import { attachedReport } from '../../../src/core/picker/attached.ts'
import { PHOTO } from '../../kit/attachments.ts'
import { CHOICES } from '../../kit/choices.ts'
import { turn } from '../../kit/told-turns.ts'

test('what went with the question that is being answered is told, and listed afterwards', () => {
  const before = newConversation(CHOICES)
  expect(attachedReport(before)).toMatch(/^Nothing is attached to this conversation\./)
  const events = turn(0, { input: 1_400 }, { attachments: [PHOTO] })
  const running = fold(before, events.slice(0, 2))
  expect(attachedReport(running)).toMatch(new RegExp(`^${PHOTO.name} went with the question that is being answered\\.`))
  expect(JSON.stringify(attachedReport(fold(before, events)))).toContain(`1 ${PHOTO.name}`)
})
