/** Where the time went, as a person asks for it: `/why` and `/explain`, also days later and read aloud. */

import { expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'

test('/why draws the last turn, once more after it was resumed; /explain puts it into the formula', async () => {
  await using night = await evening('text "The moon." thinking=20 ttft=120ms\ntext "Twice."', { speed: 1 })
  const home = lodge()
  try {
    const chat = await night.chat({ lodging: home })
    chat.type('Why do tides turn?\r')
    await chat.see('The moon.')
    await chat.see('$0')
    chat.type('/why\r')
    await chat.see(/Turn 1 took \d+ms\.|Turn 1 took \d\.\ds\./)
    await chat.see(/h wait for headers \d/)
    await chat.see('/why all lists each phase')
    chat.type('/explain ttft\r')
    await chat.see('until the first visible text has arrived')
    await chat.see(/Turn 1: \d/)
    chat.type('/quit\r')
    await chat.exited

    const later = await night.chat({ lodging: home, args: ['-c', '--screen-reader'], prompt: 'You:' })
    later.type('/why 1 all\r')
    await later.see('Within that, this program itself')
    await later.see(/^(upload|before sending): \d/m)
    later.type('/why 7\r')
    await later.see('There is no turn "7": expected a number from 1 to 1')
    expect(later.screen).not.toMatch(/hhhh/)
  } finally {
    home.remove()
  }
})
