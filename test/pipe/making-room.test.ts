/** A question behind a conversation that has grown too long for its model. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'

const SMALL = 'claude-haiku-4-5'
/** Tokens of it by the demo's count: two of them do not fit the 200,000 of the small model. */
const HALF = 'text of a hundred and ten thousand tokens '.repeat(8_500)

function home() {
  const lodging = lodge()
  return { lodging, env: { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data') }, [Symbol.dispose]: () => lodging.remove() }
}

async function twoHalves(mine: ReturnType<typeof home>, script: string) {
  const night = await evening(`text "One."\ntext "Two."\n${script}`)
  for (const args of [
    ['-m', 'deep'],
    ['-c', '-m', 'deep'],
  ])
    await night.pipe({ ...mine, args, stdin: HALF })
  return night
}

describe('a question behind a conversation that no longer fits', () => {
  test('is asked once its beginning is summarised, which is said on stderr', async () => {
    using mine = home()
    await using night = await twoHalves(mine, 'for-summary text "Two long texts."\ntext "Three."')
    const { code, stdout, stderr } = await night.pipe({ ...mine, args: ['-c', '-m', SMALL, 'And now?'] })
    expect([code, String(stdout)]).toEqual([0, 'Three.'])
    expect(stderr).toMatch(
      /^Summarising turns 1–2 first \(~2\d\dk tokens, by Claude Haiku 5\.5\): .* holds 200,000\.$/m,
    )
    expect(stderr).toMatch(/^Summarised turns 1–2: ~\d+ tokens are sent\. Nothing is deleted\.$/m)
    const again = await night.pipe({ ...mine, args: ['-c', '-q', '-m', SMALL, 'Again?'] })
    expect([again.code, again.stderr]).toEqual([0, ''])
    expect(night.questions.map(({ messages }) => messages.length)).toEqual([1, 3, 1, 3, 5])
  })

  test('is refused with the numbers, and code 9, when no summary can be had', async () => {
    using mine = home()
    await using night = await twoHalves(mine, 'for-summary 529')
    const { code, stdout, stderr } = await night.pipe({ ...mine, args: ['-c', '-m', SMALL, 'And now?'] })
    expect([code, String(stdout)]).toEqual([9, ''])
    expect(stderr).toMatch(
      /takes 2\d\d,\d{3} tokens, Claude Haiku 4\.5 holds 200,000\. No summary of its beginning could be made: Overloaded/,
    )
    expect(night.questions).toHaveLength(3)
  })
})
