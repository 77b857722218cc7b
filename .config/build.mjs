// Bundles the client into dist/: one small entry, a chunk for whatever is wanted later, all licences beside it.
// `node .config/build.mjs [--plain]`; --plain leaves out the lean substitutions below (the tests must pass either way).
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { writeGrammars } from './grammars.mjs'
import { lean, noDevtools } from './lean.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const plain = process.argv.includes('--plain')
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

rmSync(path.join(root, 'dist'), { recursive: true, force: true })
const { metafile } = await build({
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
  // CommonJS dependencies of Ink call `require` for Node's own modules. A Node too old for this is told so by the entry.
  banner: { js: `const require=process.getBuiltinModule?.('node:module').createRequire(import.meta.url);` },
  plugins: plain ? [noDevtools] : [noDevtools, ...lean],
})
chmodSync(path.join(root, 'dist/cli.js'), 0o755)
const grammars = await writeGrammars(path.join(root, 'dist/grammars'), { translated: !plain })
const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs))
writeFileSync(path.join(root, 'dist/licenses.txt'), licences([...bundled, ...grammars]))

/** The licence text of every package that went into the bundle. */
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
      const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry))
      const text = file
        ? readFileSync(path.join(root, folder, file), 'utf8').trim()
        : `Licensed under ${license} by ${author?.name ?? author ?? 'its authors'}; the package holds no text of it. Source: ${repository?.url ?? repository ?? name}`
      return `${name} ${version} (${license})\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(79)}\n\n`)
}
