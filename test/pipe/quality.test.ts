import { describe, expect, test } from 'vitest'
import { room } from '../io/history-kit.ts'
import { evening } from '../kit/evening.ts'

const told = (stdout: Buffer) => JSON.parse(stdout.toString())

describe('the quality of answers', () => {
  test('is told from the ledger, saved, compared, and ends with 1 where a condition is passed', async () => {
    using place = room()
    const env = { CLAUDE_TUI_DATA_DIR: place.folder }
    await using night = await evening(
      'text "{\\"a\\": \\"x\\"}"\ntext "no"\nrefusal after=0\ntext "a b c" max-tokens after=1',
    )
    const held = ['--schema', 'a', '--no-repair', 'why?']
    for (const args of [held, held, ['why?'], ['why?']]) await night.pipe({ args, env })
    const json = await night.pipe({ args: ['quality', '--json'], env })
    expect(json.code).toBe(0)
    expect(told(json.stdout)).toMatchObject({
      ...{ type: 'quality', answers: 4, ok: true, against: null },
      ...{ invalid: { of: 2, count: 1, share: 0.5 }, refused: { of: 4, count: 1 }, truncated: { of: 4, count: 1 } },
      byModel: { 'claude-sonnet-5-5': { answers: 4 } },
    })
    const words = (await night.pipe({ args: ['quality', '--save', 'base'], env })).stdout.toString()
    expect(words).toMatch(/^answers +4 in the last 7 days$/m)
    expect(words).toMatch(/^fit their schema +50% of 2 answers held to one$/m)
    const against = await night.pipe({ args: ['quality', '--against', 'base', '--fail-if', 'invalid > 5%'], env })
    expect(against.code).toBe(1)
    expect(against.stdout.toString()).toContain('50% of 2 answers did not fit their schema (invalid > 5%).')
    expect(against.stdout.toString()).toMatch(
      /^against +base, saved \d{4}-\d\d-\d\d, 4 answers: too few answers to compare/m,
    )
    const bySetting = await night.pipe({ args: ['quality'], env: { ...env, CLAUDE_TUI_ALERT_REFUSED_ABOVE: '10%' } })
    expect(bySetting).toMatchObject({ code: 1 })
  })

  test('says what it expected: a span, a name that was saved, a condition', async () => {
    using place = room()
    const env = { CLAUDE_TUI_DATA_DIR: place.folder }
    await using night = await evening()
    const err = async (...args: string[]) => (await night.pipe({ args: ['quality', ...args], env })).stderr
    expect(await err('--since', 'soon')).toContain('--since takes a span such as 12h, 7d, 4w')
    expect(await err('--against', 'none')).toContain('nothing was saved under that name')
    expect(await err('--fail-if', 'drift')).toContain('add --against NAME')
    expect(await err('--save', '../x')).toContain('--save takes a name')
    const none = await night.pipe({ args: ['quality', '--fail-if', 'invalid > 5%'], env })
    expect(none.code).toBe(1)
    expect(none.stdout.toString()).toContain(
      'Nothing was measured: there is no answer held to a schema (invalid > 5%).',
    )
    expect((await night.pipe({ args: ['quality'], env })).stdout.toString()).toBe('No answer in the last 7 days.\n')
  })

  test('is said in a call once more answers than a threshold allows do not fit', async () => {
    using place = room()
    const env = { CLAUDE_TUI_DATA_DIR: place.folder, CLAUDE_TUI_ALERT_INVALID_ABOVE: '5%' }
    await using night = await evening('text "no" x40')
    const args = ['--schema', 'a', 'why?']
    const notes: string[] = []
    for (let i = 0; i < 10; i++) notes.push((await night.pipe({ args, env })).stderr)
    expect(notes.slice(0, 9).join()).not.toContain('Lately')
    expect(notes.at(-1)).toContain('Lately 100% of 20 answers did not fit their schema (alertInvalidAbove 5%).')
  })
})
