// Bundles the client into dist/: one small entry, a chunk for whatever is wanted later, all licences beside it.
// `node .config/build.mjs [--plain]`; --plain leaves out the lean substitutions below (the tests must pass either way).
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { gather } from './gather.mjs'
import { writeGrammars } from './grammars.mjs'
import { lean, noDevtools } from './lean.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const plain = process.argv.includes('--plain')
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

/** What may be bundled into a program under the MIT licence, as long as its text goes with it. */
const FITTING = /^(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0)$/

rmSync(path.join(root, 'dist'), { recursive: true, force: true })
// CommonJS dependencies of Ink call `require` for Node's own modules. A Node too old for this is told so by the entry.
const banner = `const require=process.getBuiltinModule?.('node:module').createRequire(import.meta.url);`
const external = ['sharp']
const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: { cli: 'src/cli.ts', workshop: 'src/workshop.ts' },
  outdir: 'dist',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node22.13',
  minify: true,
  keepNames: false,
  metafile: true,
  write: false,
  legalComments: 'none',
  logLevel: 'warning',
  jsx: 'automatic',
  external: ['sharp'],
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env.DEV': '"false"',
    __VERSION__: JSON.stringify(manifest.version),
    __GRAMMARS__: '"./grammars"',
  },
  // Header fields without the whole of undici: see there.
  inject: plain ? [] : ['src/io/transport/light-headers.ts'],
  plugins: plain ? [noDevtools] : [noDevtools, ...lean],
})
await gather({ outputs: outputFiles, metafile, banner, dir: path.join(root, 'dist'), external })
chmodSync(path.join(root, 'dist/cli.js'), 0o755)
const grammars = await writeGrammars(path.join(root, 'dist/grammars'), { translated: !plain })
const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
writeFileSync(path.join(root, 'dist/licenses.txt'), licences([...bundled, ...grammars]))

/** The licence text of every package that went into the bundle. @throws Error when one of them does not fit */
function licences(inputs) {
  const packages = new Set()
  for (const input of inputs) {
    const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)
    if (match) packages.add(match[1])
  }
  return [...packages]
    .sort()
    .map((folder) => {
      const { name, version, license, author, repository } = JSON.parse(
        readFileSync(path.join(root, folder, 'package.json'), 'utf8'),
      )
      if (!FITTING.test(license))
        throw new Error(
          `${name} ${version} is bundled, but its licence is ${JSON.stringify(license)}: it fits none of ${FITTING}`,
        )
      const files = readdirSync(path.join(root, folder)).filter((entry) => /^(?:licen[cs]e|notice)/i.test(entry))
      const text = files.some((file) => /^licen/i.test(file))
        ? files.map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim()).join('\n\n')
        : `Licensed under ${license} by ${author?.name ?? author ?? 'its authors'}; the package holds no text of it. Source: ${repository?.url ?? repository ?? name}`
      return `${name} ${version} (${license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(79)}\n\n`)
}
