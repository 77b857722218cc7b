/** The composer in the built client: what only a real terminal, a disk and other programs can show. */

import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'

const sent = (night: { readonly questions: readonly unknown[] }) => JSON.stringify(night.questions.at(-1))

describe('a large paste', () => {
  test('of 50,000 lines stands in the draft as a chip, is sent in full and comes back from history as it was', async () => {
    await using night = await evening('text "read"')
    const chat = await night.chat()
    chat.type('look: ')
    chat.paste(Array.from({ length: 50_000 }, (_, n) => `line ${n}`).join('\n'))
    chat.type(' why?')
    await chat.see(/› look: \[paste 1: 50,000 lines, ~\d+k tokens\] why\?/)
    chat.press('enter')
    await chat.see('read')
    expect(sent(night)).toContain('look: line 0\\nline 1\\n')
    expect(sent(night)).toContain('line 49999 why?')
    await chat.see(/ttft/)
    chat.press('up')
    await chat.see(/› look: \[paste 1: 50,000 lines/)
  })

  test('goes with one Backspace and unfolds with Ctrl+O', async () => {
    await using night = await evening()
    const chat = await night.chat()
    chat.paste(Array.from({ length: 12 }, (_, n) => `row ${n}`).join('\n'))
    await chat.see('› [paste 1: 12 lines')
    chat.press('ctrl+o')
    await chat.see(/row 10\n\s+row 11/)
    chat.press('ctrl+z')
    await chat.see('› [paste 1: 12 lines')
    chat.press('backspace')
    await chat.gone('paste 1')
    expect(night.questions).toEqual([])
  })

  test('that could not be sent returns as the chip it was', async () => {
    await using night = await evening('400')
    const chat = await night.chat()
    chat.paste('x\n'.repeat(40))
    chat.press('enter')
    await chat.see('HTTP 400')
    await chat.see(/› \[paste 1: 40 lines/)
  })
})
