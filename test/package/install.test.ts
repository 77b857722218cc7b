/** What a stranger does: install the packed program, or clone the repository, and run it. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPty, runPipe } from '../kit/index.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
const MINUTES = 60_000

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'claude-tui-package-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** npm as a person calls it: without the variables that `npm test` itself has set. */
function npm(args: readonly string[], cwd: string): string {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|NODE_ENV|CI$|VITEST)/i.test(name) || name === 'npm_config_cache',
    ),
  )
  return execFileSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test(
  'the packed program holds what it needs and no more, installs globally, and runs',
  async () => {
    npm(['pack', '--ignore-scripts', '--pack-destination', home], ROOT)
    const tarball = readdirSync(home).find((name) => name.endsWith('.tgz'))!
    const files = execFileSync('tar', ['-tzf', join(home, tarball)], { encoding: 'utf8' })
      .trim()
      .split('\n')
    expect(files).toContain('package/dist/cli.js')
    expect(files).toContain('package/dist/licenses.txt')
    expect(files).toContain('package/dist/grammars/typescript.json')
    for (const file of files)
      expect(file).toMatch(
        /^package\/(dist\/[\w.-]+|dist\/grammars\/[\w-]+\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
      )

    npm(['install', '--global', '--prefix', join(home, 'global'), join(home, tarball)], home)
    const program = join(home, 'global/lib/node_modules/claude-tui/dist/cli.js')
    expect((await runPipe({ program, args: ['--version'] })).stdout.toString()).toBe(`${version}\n`)
    const { code, stdout } = await runPipe({ program, args: ['--demo', '--speed', '1000', 'help'] })
    expect(code).toBe(0)
    expect(stdout.toString()).toContain('claude-tui')
    await using chat = openPty({ program, args: ['--demo'] })
    await chat.see('› ')
    chat.press('ctrl+d')
    expect((await chat.exited).code).toBe(0)
  },
  3 * MINUTES,
)

test(
  'a fresh clone installs, builds itself, and answers',
  async () => {
    const clone = join(home, 'clone')
    execFileSync('git', ['clone', '--quiet', ROOT, clone], { stdio: 'ignore' })
    npm(['install'], clone)
    const { code, stdout } = await runPipe({
      program: join(clone, 'dist/cli.js'),
      args: ['--demo', '--speed', '1000', 'help'],
    })
    expect(code).toBe(0)
    expect(stdout.toString()).toContain('claude-tui')
    // The checkout brings its own Node for whoever has an older one.
    const own = execFileSync(join(clone, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' })
    expect(own).toMatch(/^v24\./)
  },
  5 * MINUTES,
)

test('a Node too old gets one clear sentence', async () => {
  const preload = join(home, 'old.mjs')
  writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '20.20.2' })`)
  const { code, stdout, stderr } = await runPipe({ args: ['hi'], env: { NODE_OPTIONS: `--import=${preload}` } })
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toBe(
    'claude-tui needs Node 22.13 or newer, but this is Node 20.20.2. Install a newer one from https://nodejs.org\n',
  )
})
