// Gathers the chunks that are always loaded together into one file each: a file that a start has to find, read and link
// costs it half a millisecond, and esbuild makes a chunk of its own for whatever has its own set of readers.
import path from 'node:path'
import { rolldown } from 'rolldown'

/**
 * What a start loads, by the modules it begins with: what two of them need lies in a file that both load.
 * Whatever else there is stays in chunks of its own, loaded when it is wanted.
 */
const STARTS = {
  chat: ['src/main.ts', 'src/setup.ts', 'src/modes/chat.ts'],
  call: ['src/main.ts', 'src/setup.ts', 'src/modes/ask.ts', 'src/modes/history/recording.ts'],
  client: ['src/io/client.ts'],
  look: ['src/modes/shell/stats.ts', 'src/modes/shell/io.ts'],
}
/** What esbuild puts into modules that never name it. */
const INJECTED = ['src/io/transport/light-headers.ts']

/**
 * @param outputs what esbuild has made: `{ path, text }`
 * @param metafile esbuild's account of it
 * @param banner what every file begins with
 * @param dir where to write
 */
export async function gather({ outputs, metafile, banner, dir, external }) {
  const texts = new Map(outputs.map(({ path: file, text }) => [path.basename(file), text]))
  const needs = Object.entries(STARTS).map(([name, roots]) => [name, closure(metafile, roots)])
  const isDoor = (file) => file === 'cli.js' || file === 'workshop.js'
  const groups = new Map(
    Object.entries(metafile.outputs).map(([file, { inputs, imports }]) => {
      const wanting = needs.filter(([, modules]) => Object.keys(inputs).some((input) => modules.has(input)))
      // What both a chat and a call need is small enough to be loaded by a look back as well.
      const isCommon = ['chat', 'call'].every((name) => wanting.some(([one]) => one === name))
      const names = wanting.filter(([name]) => !isCommon || name !== 'look')
      // What esbuild itself has added is wanted by all of them.
      const isEsbuilds =
        Object.keys(inputs).length + imports.length === 0 || Object.keys(inputs).some((one) => INJECTED.includes(one))
      return [path.basename(file), (isEsbuilds ? needs : names).map(([name]) => name).join('_')]
    }),
  )
  const groupOf = (id) => (isDoor(id) ? '' : (groups.get(id) ?? ''))
  const bundle = await rolldown({
    input: Object.fromEntries(['cli', 'workshop'].map((name) => [name, `${name}.js`])),
    external,
    platform: 'node',
    // esbuild has left out what nobody reads; what is here stays, in its order.
    treeshake: false,
    preserveEntrySignatures: 'allow-extension',
    plugins: [
      {
        name: 'made by esbuild',
        resolveId: (id) => (texts.has(path.basename(id)) ? path.basename(id) : null),
        load: (id) => texts.get(id) ?? null,
      },
    ],
  })
  await bundle.write({
    dir,
    format: 'esm',
    minify: true,
    postBanner: banner,
    entryFileNames: '[name].js',
    // Without the hash that esbuild has given it.
    chunkFileNames: ({ name }) => `${name.replace(/-[0-9A-Z]{8}$/, '')}-[hash].js`,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: groupOf, debugName: 'starts', test: (id) => groupOf(id) !== '' }],
    },
  })
  await bundle.close()
}

/** All modules that come with these, without those that are loaded later. */
function closure({ inputs }, roots) {
  const found = new Set()
  const visit = (file) => {
    if (found.has(file)) return
    if (!inputs[file]) throw new Error(`${file} is named in gather.mjs and is not part of the program`)
    found.add(file)
    for (const { path: other, kind, external } of inputs[file].imports)
      if (!external && kind !== 'dynamic-import') visit(other)
  }
  for (const root of roots) visit(root)
  return found
}
