import { expect, test } from 'vitest'
import { isKnown, modelCard, resolveModel } from '../../../src/core/models.ts'

test('names that every object has are unknown models, and no others', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'valueOf', 'hasOwnProperty']) {
    expect(resolveModel(name)).toBe(name)
    expect(modelCard(name)).toMatchObject({ id: name, source: 'unknown', prices: null })
    expect(isKnown(name)).toBe(false)
  }
})
