import { expect, test } from 'vitest'
import { CATALOGUE, modelCard } from '../../src/core/models.ts'
import { forgotten, MODELS } from '../../src/demo/abilities.ts'
import { visit } from './visit.ts'

test('every model of the catalogue is served', () => {
  expect(forgotten()).toEqual([])
  expect(MODELS).toHaveLength(CATALOGUE.length)
})

test('abilities agree with the catalogue about thinking', () => {
  for (const { card, abilities } of MODELS) {
    expect([abilities.id, abilities.thinking.includes('adaptive')]).toEqual([
      abilities.id,
      card.thinking === 'adaptive',
    ])
  }
})

test('the list comes in pages, newest first, in the SDK’s own shape', async () => {
  await using here = await visit()
  const ids: string[] = []
  for await (const { id } of here.client.models.list({ limit: 5 })) ids.push(id)
  expect(ids).toEqual(MODELS.map(({ abilities }) => abilities.id))
  expect(here.demo.requests).toHaveLength(Math.ceil(ids.length / 5))
  const page = await here.client.models.list({ before_id: ids[7]!, limit: 3 })
  expect(page.data.map(({ id }) => id)).toEqual(ids.slice(4, 7))
  expect((await here.client.models.list({ lifecycle: ['retired'] })).data).toEqual([])
  expect((await here.client.models.list({ lifecycle: ['deprecated'] })).data.map(({ id }) => id)).toEqual([
    'claude-sonnet-4-5-20250929',
  ])
})

test('one model tells its limits, its life and what it can do', async () => {
  await using here = await visit()
  const haiku = await here.client.models.retrieve('claude-haiku-5-5')
  expect(haiku).toMatchObject({
    type: 'model',
    line: 'haiku',
    lifecycle: 'active',
    deprecated_at: null,
    retires_at: null,
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
  })
  expect(haiku.capabilities?.thinking.types).toEqual({
    adaptive: { supported: true },
    between_tools: { supported: false },
    disabled: { supported: true },
    enabled: { supported: false },
  })
  expect(haiku.capabilities?.effort).toMatchObject({ supported: true, xhigh: { supported: true } })
  const old = await here.client.models.retrieve('claude-sonnet-4-5')
  expect(old).toMatchObject({
    id: 'claude-sonnet-4-5-20250929',
    lifecycle: 'deprecated',
    retires_at: '2026-11-30T00:00:00Z',
    deprecated_at: expect.any(String),
  })
  expect(old.display_name).toBe(modelCard('claude-sonnet-4-5').name)
})

test('an unknown model is a 404', async () => {
  await using here = await visit()
  await expect(here.client.models.retrieve('claude-of-tomorrow')).rejects.toMatchObject({
    status: 404,
    type: 'not_found_error',
  })
})
