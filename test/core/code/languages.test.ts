import { describe, expect, it } from 'vitest'
import { LANGUAGES, languageOf } from '../../../src/core/code/languages.ts'

describe('the name of a fence', () => {
  it.each([
    ['ts', 'typescript'],
    ['tsx', 'tsx'],
    ['js', 'javascript'],
    ['json', 'json'],
    ['py', 'python'],
    ['bash', 'shellscript'],
    ['console', 'shellsession'],
    ['golang', 'go'],
    ['rs', 'rust'],
    ['c++', 'cpp'],
    ['c#', 'csharp'],
    ['yml', 'yaml'],
    ['dockerfile', 'docker'],
    ['src/core/app.ts', 'typescript'],
    ['ts:src/app.ts', 'typescript'],
    ['title:build/makefile', 'make'],
    ['.env', 'dotenv'],
  ])('%s is written in %s', (name, language) => {
    expect(languageOf(name)).toBe(language)
  })

  it.each(['', 'text', 'mermaid', 'constructor', '__proto__', ':', '/', '.'])('%j is nobody’s', (name) => {
    expect(languageOf(name)).toBeNull()
  })

  it('is claimed by one language alone, and borrows only from languages that exist', () => {
    const names = Object.entries(LANGUAGES).flatMap(([id, { names }]) => [id, ...names])
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    for (const { needs = [] } of Object.values(LANGUAGES))
      for (const needed of needs) expect(LANGUAGES).toHaveProperty(needed)
  })
})
