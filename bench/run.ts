/** `npm run bench -- NAME [--rounds N]`: runs a bench, prints its figures, keeps them as JSON, fails when one is short. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import build from '../test/kit/built.ts'
import { attachments } from './attachments.ts'
import { glass } from './glass.ts'
import { lab } from './lab.ts'
import { type Figure, isGood, report } from './measure.ts'
import { memory } from './memory.ts'
import { money } from './money.ts'
import { road } from './road.ts'
import { type Server, startServer } from './server.ts'
import { weather } from './weather.ts'

const BENCHES: Readonly<Record<string, (server: Server, rounds: number) => Promise<readonly Figure[]>>> = {
  road,
  glass,
  memory,
  money,
  attachments,
  weather,
  lab,
}
const ROUNDS = 15

const known = `Expected one of: ${Object.keys(BENCHES).join(', ')}. As in: npm run bench -- road [--rounds ${ROUNDS}]`

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: String(ROUNDS) } },
  })
  const [name = '', ...others] = positionals
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
  const rounds = Number(values.rounds)
  if (!bench || others.length > 0) throw new Error(`"${positionals.join(' ')}" is not a bench. ${known}`)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1; "${values.rounds}" came.`)

  build()
  const startedAt = performance.now()
  const load = loadavg()[0]!.toFixed(2)
  const server = await startServer()
  const figures = await bench(server, rounds).finally(() => server.stop())
  console.log(report(figures))
  const short = figures.filter((figure) => !isGood(figure))
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  const path = save(name, { rounds, node: process.version, cpus: cpus().length, load, seconds, figures })
  console.log(
    `\n${figures.length - short.length} ok, ${short.length} short, in ${seconds} s, load ${load} at the start; kept in ${path}`,
  )
  return short.length > 0 ? 1 : 0
}

/** Writes the results beside the benches; returns the path inside the project. */
function save(name: string, results: object): string {
  const folder = fileURLToPath(new URL('results/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify(results, null, 2)}\n`)
  return `bench/results/${name}.json`
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
