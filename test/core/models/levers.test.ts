/** The levers: what is legal for a model, what pulling one makes of the choices, the request and the prompt cache. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Choices } from '../../../src/core/conversation/choices.ts'
import { fold, newConversation, type State, update } from '../../../src/core/conversation.ts'
import { lostAhead, sayCacheChange } from '../../../src/core/models/levers/cost.ts'
import { leverReport, leverValue } from '../../../src/core/models/levers/report.ts'
import {
  completeLever,
  LEVER_NAMES,
  type LeverName,
  leverTyped,
  pulled,
  sayUnsent,
} from '../../../src/core/models/levers.ts'
import { PRESETS, presetsWith, presetValues } from '../../../src/core/models/presets.ts'
import { asksForOlderApi, sayNotTaken, takes } from '../../../src/core/models/sampling.ts'
import { ALIASES, CATALOGUE, EFFORT_LEVELS, modelCard, priceFor } from '../../../src/core/models.ts'
import { CONCISE, CONCISE_TOKENS } from '../../../src/core/request/concise.ts'
import { planRequest } from '../../../src/core/request/plan.ts'
import { settingRow } from '../../../src/core/settings.ts'
import { GO_ON } from '../../../src/core/turn/going-on.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { CHOICES } from '../../kit/choices.ts'

const asked = (choices: Partial<Choices> = {}) => newConversation({ ...CHOICES, ...choices })
const choose = (state: State, choices: Partial<Choices>) => update(state, { type: 'chosen', choices }).state

/** A turn that is asked and answered; its prompt was read from and written to the cache. */
function turn(state: State, question: string, at: number, read = 0, written = 3_000): State {
  const usage = { ...NO_USAGE, cacheRead: read, cacheWrite5m: written, output: 400, thinking: 100 }
  const { id } = modelCard(state.choices.model)
  return fold(state, [
    { type: 'asked', at, text: question },
    { type: 'sent', at, attempt: 1, model: id },
    { type: 'began', at: at + 1, model: id, messageId: `m${at}`, usage, cacheMiss: null },
    { type: 'delta', at: at + 2, text: `Answer to ${question}` },
    { type: 'usage', at: at + 3, usage },
    { type: 'finished', at: at + 3, stopReason: 'end_turn', explanation: null },
  ])
}

const LONG = 'long '.repeat(2_000)

describe('an effort', () => {
  test.each(CATALOGUE.map(({ id }) => id))(
    '%s takes the efforts of its card, and says which when another comes',
    (model) => {
      const state = asked({ model })
      const { efforts, defaultEffort } = modelCard(model)
      for (const level of EFFORT_LEVELS) {
        const change = pulled(state, 'effort', level, [])
        if (!efforts.includes(level)) {
          expect(change).toEqual(expect.stringMatching(efforts.length > 0 ? efforts.join(', ') : 'no effort to choose'))
          continue
        }
        expect(change).toEqual({ effort: level })
        const { effort } = planRequest(choose(state, { effort: level }), 'q')
        expect(effort).toBe(level === defaultEffort ? null : level)
      }
      expect(pulled(state, 'effort', 'auto', [])).toEqual({ effort: null })
    },
  )

  test('mistyped has a suggestion', () => {
    expect(pulled(asked(), 'effort', 'hihg', [])).toMatch(/Did you mean high\?$/)
  })
})

describe('a lever', () => {
  test.each([
    ['model deep', { model: 'deep' }],
    ['max-tokens 4000', { maxTokens: 4_000 }],
    ['max-tokens auto', { maxTokens: null }],
    ['concise on', { concise: true }],
    ['thinking hidden', { thinking: 'hidden' }],
    ['cache-ttl 1h', { cacheTtl: '1h' }],
    ['summarise-at 60%', { summariseAt: 0.6 }],
    ['EFFORT low', { effort: 'low' }],
  ])('/lever %s', (line, change) => {
    const typed = leverTyped(line)
    expect(typed).toBeTypeOf('object')
    const { name, value } = typed as { name: LeverName; value: string }
    expect(pulled(asked(), name, value, [])).toEqual(change)
  })

  test.each([
    ['efort low', /Did you mean effort\?$/],
    ['model sonet', /Did you mean sonnet\?$/],
    ['max-tokens 999999', /Sonnet 5\.5 writes at most 128000 tokens; 999999 came/],
    ['max-tokens many', /expected a whole number from 1, or auto, got "many"/],
    ['concise maybe', /expected on or off/],
    ['thinking hiden', /Did you mean hidden\?$/],
    ['cache-ttl 2h', /one of auto, 5m, 1h, off/],
    ['preset cod', /Presets are classify, .*Did you mean code\?$/],
    ['temperature 0.5', /not taken by Sonnet 5\.5.*--effort/],
    ['temperature 5', /a number from 0 to 2/],
    ['top-p 0', /a share above 0/],
    ['prefill {', /not taken by Sonnet 5\.5.*Say in the prompt/],
  ])('that cannot be, says what can: /lever %s', (line, says) => {
    const typed = leverTyped(line)
    expect(typeof typed === 'string' ? typed : pulled(asked(), typed.name, typed.value, [])).toMatch(says)
  })

  test('is completed by name, then by what this model takes', () => {
    const offered = (text: string, state = asked()) => completeLever(text, state, []).map(({ insert }) => insert)
    expect(offered('/lever ')).toEqual(LEVER_NAMES.map((name) => `${name} `))
    expect(offered('/lever ef')).toEqual(['effort ', 'prefill '])
    expect(offered('/lever effort ')).toEqual([...EFFORT_LEVELS, 'auto'])
    expect(offered('/lever effort ', asked({ model: 'claude-opus-4-5' }))).toEqual(['low', 'medium', 'high', 'auto'])
    expect(offered('/lever preset c')).toEqual(['classify', 'code', 'creative', 'extract', 'research'])
    expect(offered('/lever prefill word more')).toEqual([])
    expect(offered('/leverage')).toEqual([])
  })

  test('whose every offered value is one it takes', () => {
    for (const name of LEVER_NAMES)
      for (const { insert } of completeLever(`/lever ${name} `, asked(), []))
        expect(pulled(asked(), name, insert, []), `${name} ${insert}`).toBeTypeOf('object')
  })

  test('is told with its value and who set it, on a listing that names each once', () => {
    const state = asked({ effort: 'low', concise: true })
    const [{ list }] = leverReport(state, [], (name) => `by ${name}`) as unknown as [{ list: string[][] }]
    expect(list.map(([name]) => name!.split(' ')[0])).toEqual([...LEVER_NAMES])
    expect(list.find(([name]) => name === 'effort low')?.[1]).toMatch(/^by effort · .*auto is medium here/)
    expect(list.find(([name]) => name === 'concise on')?.[1]).toContain(`~${CONCISE_TOKENS} tokens`)
  })

  test("tells this conversation's own numbers", () => {
    const state = turn(turn(asked(), LONG, 0), 'more', 10_000, 3_000, 500)
    const [{ list }] = leverReport(state, [], () => 'default') as unknown as [{ list: string[][] }]
    const said = Object.fromEntries(list as [string, string][])
    expect(said['effort auto']).toContain('thinking was 25% of the output here, $0.0020')
    expect(said['max-tokens auto']).toContain('$0.64 at most; the longest here had 400 tokens')
    expect(said['concise off']).toContain('answers here have 400 tokens on average, $0.0040')
    expect(said['model balanced']).toMatch(/reading these ~3\.9k tokens anew: Sonnet 5\.5 ~\$0\.0078, fast ~\$0\.0004/)
  })
})

describe('the prompt cache', () => {
  const state = turn(asked(), LONG, 0)

  test.each<readonly [Partial<Choices>, string]>([
    [{ model: 'deep' }, 'The prompt cache is lost: the next question reads'],
    [{ effort: 'low' }, 'The prompt cache is lost: the next question reads'],
    [{ thinking: 'hidden' }, 'The prompt cache is kept.'],
    [{ concise: true }, 'The prompt cache is kept.'],
    [{ maxTokens: 4_000 }, 'The prompt cache is kept.'],
    [{ cacheTtl: '1h' }, 'The prompt cache is kept.'],
  ])('after %o', (change, says) => {
    const said = sayCacheChange(state, change, 5_000)
    expect(said).toContain(says)
    if (says.includes('lost')) expect(said).toMatch(/tokens anew: ~\$0\.0\d+ instead of ~\$0\.00\d+\. Changed back/)
  })

  test('has nothing to lose before the first turn, and when it is over', () => {
    expect(sayCacheChange(asked(), { effort: 'low' }, 0)).toBe('')
    expect(sayCacheChange(state, { effort: 'low' }, 7 * 3_600_000)).toBe('')
  })

  test('is told of while a command is typed, where it would be lost', () => {
    expect(lostAhead(state, 'effort low', 5_000)).not.toBeNull()
    for (const line of ['concise on', 'effort', 'effort hgh', 'frob on'])
      expect(lostAhead(state, line, 5_000)).toBeNull()
  })
})

describe('concise mode', () => {
  test('stands at the end of each question, and leaves what was sent before as it was, however it is switched', () => {
    const law = fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (switches) => {
      let state = asked({ system: 'Be kind.' })
      let before: readonly { readonly text: string }[] = []
      switches.forEach((concise, i) => {
        state = choose(state, { concise })
        const request = planRequest(state, `Question ${i}`)
        expect(request.system).toBe('Be kind.')
        expect(request.messages.slice(0, before.length)).toEqual(before)
        expect(request.messages.at(-1)!.text).toBe(concise ? `Question ${i}\n\n${CONCISE}` : `Question ${i}`)
        before = request.messages
        state = turn(state, `Question ${i}`, i * 1_000)
        expect(state.turns.at(-1)!.question).toBe(`Question ${i}`)
      })
    })
    fc.assert(law, { numRuns: 50 })
  })

  test('is all that the client adds, far below 300 tokens', () => {
    const state = turn(turn(asked({ concise: true }), 'a', 0), 'b', 1_000)
    const { messages, system } = planRequest(state, 'c')
    const said = ['a', 'Answer to a', 'b', 'Answer to b', 'c'].join('').length
    const added = messages.reduce((sum, { text }) => sum + text.length, system?.length ?? 0) - said
    expect(added / 3).toBeLessThan(300)
    expect(CONCISE_TOKENS).toBeLessThan(30)
    const silent = planRequest(turn(asked(), 'a', 0), 'b')
    expect([silent.system, silent.messages.map(({ text }) => text)]).toEqual([null, ['a', 'Answer to a', 'b']])
  })
})

describe('temperature, top_p and a begun answer', () => {
  const all = { temperature: 0.3, topP: 0.9, prefill: 'Yes' }

  test.each(CATALOGUE.map(({ id }) => id))('%s is never sent any by itself, nor where it would be refused', (model) => {
    const card = modelCard(model)
    const sent = ({ temperature, topP, prefill }: ReturnType<typeof planRequest>) => ({ temperature, topP, prefill })
    expect(sent(planRequest(asked({ model }), 'q'))).toEqual({})
    expect(sent(planRequest(asked({ model, ...all }), 'q'))).toEqual(card.prefill ? { prefill: 'Yes' } : {})
    const older = card.sampling ? { temperature: 0.3, topP: 0.9 } : {}
    expect(sent(planRequest(asked({ model, ...all, olderApi: true }), 'q'))).toEqual({
      ...older,
      ...(card.prefill ? { prefill: 'Yes' } : {}),
    })
    expect(sent(planRequest(asked({ model, ...all, features: 'plain' }), 'q'))).toEqual(all)
  })

  test('begin an answer, and not what goes on with one', () => {
    const state = asked({ model: 'claude-haiku-4-5', prefill: 'Yes' })
    expect(planRequest(state, GO_ON).prefill).toBeUndefined()
    expect(planRequest(state, 'Why?').prefill).toBe('Yes')
  })

  test('say who takes them, and what to use instead', () => {
    expect(sayNotTaken('temperature', '--temperature', modelCard('balanced'))).toMatch(/--effort.*--base-url/)
    expect(sayNotTaken('prefill', '--prefill', modelCard('balanced'))).toMatch(/Say in the prompt.*4\.5.*--base-url/)
    expect(takes('prefill', { features: 'full' }, modelCard('claude-haiku-4-5-20251001'))).toBe(true)
  })

  test('are named when the model is changed for one that takes none', () => {
    expect(sayUnsent(asked({ model: 'deep', prefill: 'Yes', temperature: 0 }))).toBe(
      'Not sent to Opus 5.5: temperature, prefill.',
    )
    expect(sayUnsent(asked({ model: 'claude-haiku-4-5', effort: 'low' }))).toContain('has no effort to choose')
    expect(sayUnsent(asked())).toBe('')
  })

  test('an older API version is asked for by a header of the right name with an earlier date', () => {
    expect(asksForOlderApi('x-team: a\nAnthropic-Version: 2023-06-01')).toBe(true)
    expect(asksForOlderApi('anthropic-version: 2026-10-21')).toBe(false)
    expect(asksForOlderApi('x-anthropic-version: 2023-06-01')).toBe(false)
    expect(asksForOlderApi(undefined)).toBe(false)
  })
})

describe('a preset', () => {
  test.each(PRESETS.map((preset) => [preset.name, preset] as const))('%s is legal, all of it', (_, preset) => {
    const card = modelCard(preset.model!)
    expect(Object.keys(ALIASES)).toContain(preset.model)
    if (preset.effort) expect(card.efforts).toContain(preset.effort)
    expect(preset.maxTokens).toBeLessThanOrEqual(card.maxOutput!)
    for (const [key, text] of Object.entries(presetValues(preset)))
      expect(settingRow(key as never).parse(text)).toEqual({ value: preset[key as 'model'] })
  })

  test('whose reason names what its longest answer costs is right about that', () => {
    const told = PRESETS.flatMap(({ model, maxTokens, reason }) => {
      const [, most] = /tokens are at most \$([\d.]+)/.exec(reason) ?? []
      return most === undefined ? [] : [[Number(most), (maxTokens! * priceFor(modelCard(model!), 0)!.output) / 1e6]]
    })
    expect(told.length).toBeGreaterThan(3)
    for (const [said, is] of told) expect(said).toBeCloseTo(is!, 9)
    const [fast, balanced, deep] = ['fast', 'balanced', 'deep'].map((name) => priceFor(modelCard(name), 0)!)
    expect([balanced!.input / fast!.input, balanced!.output / fast!.output]).toEqual([20, 20])
    expect([deep!.input / balanced!.input, deep!.output / balanced!.output]).toEqual([2, 2])
  })

  test("is the user's where a row of theirs says so, and theirs alone where it is new", () => {
    const rows = [
      { name: 'code', effort: 'high' },
      { name: 'mail', model: 'fast', concise: true },
    ] as const
    const all = presetsWith(rows)
    expect(all.find(({ name }) => name === 'code')).toMatchObject({ model: 'deep', effort: 'high', maxTokens: 64_000 })
    expect(pulled(asked(), 'preset', 'mail', rows)).toEqual({ model: 'fast', concise: true })
    const state = choose(asked(), pulled(asked(), 'preset', 'code', rows) as Partial<Choices>)
    expect(leverValue('effort', state.choices)).toBe('high')
  })

  test('with more room than another model has asks for no more than that', () => {
    const state = choose(asked(), pulled(asked(), 'preset', 'maths', []) as Partial<Choices>)
    expect(planRequest(state, 'q').maxTokens).toBe(100_000)
    expect(planRequest(choose(state, { model: 'claude-haiku-4-5' }), 'q').maxTokens).toBe(64_000)
  })
})
