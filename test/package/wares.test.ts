/** What people get with the program: whose code it is, under which licence, and that nothing runs when it is installed. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

interface Locked {
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
  readonly license?: string
  readonly resolved?: string
}
const manifest = JSON.parse(read('package.json'))
const locked = JSON.parse(read('package-lock.json')).packages as Readonly<Record<string, Locked>>
const shipped = Object.entries(locked).filter(([path, { dev }]) => path !== '' && !dev)

describe('an installation', () => {
  test('runs no script of ours, and none of a package that comes along', () => {
    // `prepare` is for a checkout: npm runs it for no package that comes from a registry.
    for (const name of ['preinstall', 'install', 'postinstall', 'preprepare', 'postprepare'])
      expect(Object.keys(manifest.scripts)).not.toContain(name)
    expect(shipped.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([])
  })

  test('brings along only what is named here, in exact versions, and from no address of its own', () => {
    const known = /^(?:sharp|semver|detect-libc|tslib|@img\/[\w-]+|@emnapi\/runtime|@napi-rs\/keyring[\w-]*)$/
    for (const [path] of shipped) expect(path.replace(/^.*node_modules\//, '')).toMatch(known)
    for (const [path, { resolved = '' }] of Object.entries(locked)) expect([path, resolved]).toEqual([path, ''])
    const versions = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies }
    for (const version of Object.values(versions)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test('has no package under a licence that is not told', () => {
    for (const [path, { license }] of shipped) expect([path, license]).not.toContain(undefined)
  })
})

test('the licence of everything that is bundled lies beside it, with its text', () => {
  const parts = read('dist/licenses.txt').split(`\n${'-'.repeat(79)}\n\n`)
  const heads = parts.map((part) => part.trim().split('\n')[0] ?? '')
  for (const name of [
    '@anthropic-ai/sdk',
    'conf',
    'ink',
    'ink-spinner',
    'marked',
    'react',
    'yoga-layout',
    '@shikijs/langs',
  ])
    expect(heads.some((head) => head.startsWith(`${name} `))).toBe(true)
  for (const part of parts) {
    expect(part.trim()).toMatch(/^\S+ \d+\.\d+\.\d+\S* \([\w.-]+\)\n\n/)
    expect(part).toMatch(/permission|licen[cs]e|redistribution/i)
  }
})
