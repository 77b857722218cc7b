// `npm test`: types, lint and tests, each of them even when one before it fails. Arguments go to vitest, but for
// `--plain` (`npm test -- --plain`): the same against the build without the lean substitutions, see `lean.mjs`.
// The last line is the count: every test, and one failure more for each check, test file or run that broke.

import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCLI, startVitest } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

/** Runs a tool of this project; its words go to the terminal. Returns whether it was content. */
function check(name, tool, args) {
  const PATH = join(root, 'node_modules/.bin') + delimiter + process.env.PATH
  const { status } = spawnSync(tool, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PATH } })
  console.log(`${name}: ${status === 0 ? 'ok' : 'FAILED'}`)
  return status === 0
}

/** Runs vitest in this process and counts what it knows, not what it prints: `{ passed, failed }`. */
async function runTests(args) {
  const { filter, options } = parseCLI(['vitest', 'run', ...args])
  const vitest = await startVitest('test', filter, { ...options, config: '.config/vitest.ts', watch: false })
  const modules = vitest.state.getTestModules()
  const states = modules.map((module) => [...module.children.allTests()].map((test) => test.result().state))
  const passed = states.flat().filter((state) => state === 'passed').length
  // A file that cannot be loaded has no test to fail, nor has an error outside of every test.
  const broken = modules.filter((module, i) => !module.ok() && !states[i].includes('failed')).length
  const outside = vitest.state.getUnhandledErrors().length
  const failed = states.flat().filter((state) => state === 'failed').length + broken + outside
  const silent = process.exitCode && failed === 0 ? 1 : 0
  await vitest.close()
  return { passed, failed: failed + silent }
}

const args = process.argv.slice(2)
const plain = args.includes('--plain')
const BUILD = '.config/build.mjs'
// However the run ends, what stands in dist/ afterwards is what people get.
if (plain) process.once('exit', () => spawnSync(process.execPath, [BUILD], { stdio: ['ignore', 'ignore', 'inherit'] }))

const checks = [
  check('types', 'tsc', ['--noEmit']),
  check('lint', 'biome', ['check', '--config-path', '.config', '--error-on-warnings', '.']),
  ...(plain ? [check('plain build', process.execPath, [BUILD, '--plain'])] : []),
]
const { passed, failed } = await runTests(args.filter((arg) => arg !== '--plain'))
const total = failed + checks.filter((fine) => !fine).length
process.exitCode = total > 0 || passed === 0 ? 1 : 0
console.log(`${passed} passed, ${total} failed`)
