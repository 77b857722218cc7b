/** A question behind a conversation that has grown too long for its model. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { evening } from '../kit/evening.ts'
import { lodge } from '../kit/lodging.ts'

const SMALL = 'claude-haiku-4-5'
/** About so many tokens by the demo's count for that model; its window takes 200,000. */
const material = (tokens: number) => 'a long text. '.repeat(tokens / 4)

function home() {
  const lodging = lodge()
  return { lodging, env: { CLAUDE_TUI_DATA_DIR: join(lodging.home, 'data') }, [Symbol.dispose]: () => lodging.remove() }
}

/** Two questions that leave room for a short third one, and for no long one. */
async function nearlyFull(mine: ReturnType<typeof home>, script: string) {
  const night = await evening(`text "One."\ntext "Two."\n${script}`)
  await night.pipe({ ...mine, args: ['-m', SMALL], stdin: material(110_000) })
  await night.pipe({ ...mine, args: ['-c'], stdin: material(70_000) })
  return night
}
const LONG = { args: ['-c', 'And now?'], stdin: material(40_000) }

describe('a question behind a conversation that no longer fits', () => {
  test('is asked once its beginning is summarised, which is said on stderr', async () => {
    using mine = home()
    await using night = await nearlyFull(mine, 'for-summary text "Two long texts."\ntext "Three."')
    const { code, stdout, stderr } = await night.pipe({ ...mine, ...LONG })
    expect([code, String(stdout)]).toEqual([0, 'Three.\n'])
    expect(stderr).toMatch(/^Summarising turns? 1.* first \(~\d+k tokens, by Claude Haiku 4\.5\): .* holds 200,000\.$/m)
    expect(stderr).toMatch(/^Summarised turns? 1.*: ~\d+k? tokens are sent\. Nothing is deleted\.$/m)
    const again = await night.pipe({ ...mine, args: ['-c', '-q', 'Again?'] })
    expect([again.code, again.stderr]).toEqual([0, ''])
    expect(night.questions.map(({ messages }) => messages.length)).toEqual([1, 3, 5, 5, 7])
  })

  test('is refused with the numbers, and code 9, when no summary can be had', async () => {
    using mine = home()
    await using night = await nearlyFull(mine, 'for-summary 529')
    const { code, stdout, stderr } = await night.pipe({ ...mine, ...LONG })
    expect([code, String(stdout)]).toEqual([9, ''])
    expect(stderr).toMatch(
      /takes 2\d\d,\d{3} tokens, Claude Haiku 4\.5 holds 200,000\. No summary of its beginning could be made: Overloaded/,
    )
    expect(night.questions).toHaveLength(3)
  })
})
