/** What the README and the help promise, the program has; what the program has, they name. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FLAGS } from '../src/args/flags.ts'
import { briefHelp, fullHelp } from '../src/args/help.ts'
import { SUBCOMMANDS } from '../src/args/subcommands.ts'
import { COMMANDS } from '../src/core/chat/commands.ts'
import { asJsonDocument } from '../src/core/history/export/json.ts'
import { toldOf } from '../src/core/history/export/told.ts'
import { ALIASES } from '../src/core/models.ts'
import { EXIT } from '../src/core/turn/outcome.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const first = readme.split('\n').slice(0, 20).join('\n')

describe('the README', () => {
  test('says on its first screen what it is, shows a picture that exists, and gives two commands', () => {
    expect(first).toContain('streaming chat for Claude')
    const [, picture] = /!\[[^\]]+\]\(([^)]+)\)/.exec(first) ?? []
    expect(existsSync(join(ROOT, picture!))).toBe(true)
    expect(first).toContain('npm install && npx claude-tui --demo')
    expect(first).toContain('npm install && npm test')
  })

  test('names every exit code, slash command, model alias and subcommand', () => {
    const codes = readme.slice(readme.indexOf('| exit code |'))
    for (const code of Object.values(EXIT)) expect(codes).toMatch(new RegExp(`\\| .*\\b${code}\\b.* \\|`))
    for (const { name } of COMMANDS) expect(readme).toContain(`\`/${name}`)
    for (const alias of Object.keys(ALIASES)) expect(readme).toContain(`\`${alias}\``)
    for (const { name } of SUBCOMMANDS) expect(readme).toContain(`claude-tui ${name}`)
  })

  test('names every field of an exported conversation, and no other', () => {
    const at = { type: 'asked', at: 0, text: 'q' } as const
    const head = { uid: null, title: '', titleBy: 'question', kind: 'chat', createdMs: 0, updatedMs: 0 } as const
    const document = JSON.parse([...asJsonDocument(toldOf(head, () => [at]))].join(''))
    const [, fields, ofTurn] = /^Fields of `json`: ([\s\S]*?); of a turn: ([\s\S]*?)\. A cost/m.exec(readme) ?? []
    const names = (list = '') => [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(names(fields)).toEqual(Object.keys(document))
    expect(names(ofTurn)).toEqual(Object.keys(document.turns[0]))
  })

  test('uses only flags that exist, and names only files that are there', () => {
    for (const [, command, flag] of readme.matchAll(/claude-tui(?: ([a-z-]+))?[^`\n]*? --([a-z-]+)/g)) {
      const own = SUBCOMMANDS.find(({ name }) => name === command)?.flags ?? FLAGS
      expect(own.map(({ name }) => name)).toContain(String(flag))
    }
    for (const [, file] of readme.matchAll(/`((?:src|docs|components|core|io|glass)\/[\w./-]+\.(?:ts|tsx|svg))`/g)) {
      expect([String(file), `src/${file}`].some((path) => existsSync(join(ROOT, path)))).toBe(true)
    }
  })
})

test('the help names every flag, subcommand and exit code', () => {
  const help = fullHelp()
  for (const { name, short } of FLAGS) expect(help).toContain(`${short ? `-${short}, ` : ''}--${name}`)
  for (const { name } of SUBCOMMANDS) expect(help).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  for (const code of Object.values(EXIT)) expect(help).toMatch(new RegExp(`\\b${code}\\b`))
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
})

test('the short help fits one screen', () => {
  const lines = briefHelp().split('\n')
  expect(lines.length).toBeLessThanOrEqual(45)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100)
})
