// What the bundle changes in Ink's dependencies so that it starts sooner; Ink itself is untouched. Each change looks for
// the exact text it replaces and fails the build when a new version no longer has it. `--plain` builds without them, and
// all tests must pass either way: `npm test -- --plain`.
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'

const root = path.dirname(import.meta.dirname)

/** Ink's bridge to React's browser developer tools: an optional package that is not installed, and never wanted here. */
export const noDevtools = {
  name: 'no-devtools',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^react-devtools-core$|\/devtools\.js$/ }, () => ({ path: 'none', namespace: 'none' }))
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default {}' }))
  },
}

/** Replaces `from` (a string or a regular expression) and insists that it was there. */
function swap(text, from, to, file) {
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${file} has changed: "${from}" is not in it. See .config/lean.mjs`)
  return changed
}

/** Yoga's loader fetches its own data: URL, which loads all of undici (about 30 ms); here it is handed the bytes. */
const yogaBytes = {
  name: 'yoga-bytes',
  setup({ onLoad, onResolve }) {
    const loader = path.join(root, 'node_modules/yoga-layout/dist/binaries/yoga-wasm-base64-esm.js')
    const data = /(data:application\/octet-stream;base64,)([A-Za-z0-9+/=]+)/
    onResolve({ filter: /^yoga-wasm$/ }, () => ({ path: 'yoga-wasm', namespace: 'yoga' }))
    onLoad({ filter: /.*/, namespace: 'yoga' }, () => {
      const [, , base64] = data.exec(readFileSync(loader, 'utf8'))
      return { contents: `export default Buffer.from("${base64}", "base64")` }
    })
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, ({ path: file }) => ({
      contents: swap(readFileSync(file, 'utf8'), data, '$1', file),
    }))
    onLoad({ filter: /yoga-layout\/dist\/src\/index\.js$/ }, ({ path: file }) => ({
      contents: `import wasmBinary from 'yoga-wasm';\n${swap(readFileSync(file, 'utf8'), 'loadYoga()', 'loadYoga({ wasmBinary })', file)}`,
      resolveDir: path.dirname(file),
    }))
  },
}

/** One width for painter, wrapping, editor and Ink: string-width's own copy costs about 9 ms to set up. */
const ownWidth = {
  name: 'own-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'own-width' }))
    onLoad({ filter: /.*/, namespace: 'own-width' }, () => ({
      contents: `export { styledWidthOf as default } from './src/core/text/width.ts'`,
      resolveDir: root,
    }))
  },
}

/** A segmenter is made when the first text needs one: building it costs about 8 ms, and plain ASCII never does. */
const lateSegmenter = {
  name: 'late-segmenter',
  setup({ onLoad }) {
    const made = /new Intl\.Segmenter\([^)]*\)/
    const graphemes = '(globalThis.__graphemes ??= new Intl.Segmenter()).segment(text)'
    const ascii = 'Array.from(text, (segment, index) => ({ segment, index }))'
    const late = `{ segment: (text) => (/^[\\x20-\\x7e]*$/.test(text) ? ${ascii} : ${graphemes}) }`
    // slice-ansi asks its segments for more than their order.
    const later = `{ segment: (text) => ${graphemes} }`
    for (const [filter, to] of [
      [/(wrap-ansi\/index|ansi-tokenize\/build\/tokenize|ink\/build\/line-update)\.js$/, late],
      [/slice-ansi\/tokenize-ansi\.js$/, later],
    ]) {
      onLoad({ filter }, ({ path: file }) => ({ contents: swap(readFileSync(file, 'utf8'), made, to, file) }))
    }
  },
}

/**
 * Node's own modules, taken as they are. An `import` of one reads everything it exports, getters included: that of
 * `node:http` loads all of undici (about 20 ms), that of `node:process` builds a list of Node's flags.
 */
const ownModules = {
  name: 'own-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z_:/]+$/ }, ({ path: id, kind, importer }) => {
      if (kind !== 'import-statement' || !isBuiltin(id)) return
      // It wants `fs.promises`, one of the getters, and is never called here.
      if (importer.includes('/machine-id/')) return
      return { path: id.replace(/^node:/, ''), namespace: 'own-module', sideEffects: false }
    })
    onLoad({ filter: /.*/, namespace: 'own-module' }, ({ path: id }) => {
      const taken = process.getBuiltinModule(`node:${id}`)
      const ofFunctions = typeof taken === 'function' ? Object.getOwnPropertyNames(() => {}) : []
      const names = Object.entries(Object.getOwnPropertyDescriptors(taken))
        .filter(
          ([name, { get }]) =>
            !get && /^[a-zA-Z]\w*$/.test(name) && ![...ofFunctions, 'prototype', 'default'].includes(name),
        )
        .map(([name]) => name)
      const each = names.map((name) => `const _${name} = /* @__PURE__ */ (() => own.${name})();`)
      const exported = `export { ${['own as default', ...names.map((name) => `_${name} as ${name}`)].join(', ')} }`
      return { contents: `const own = process.getBuiltinModule('node:${id}');\n${each.join('\n')}\n${exported}` }
    })
  },
}

export const lean = [yogaBytes, ownWidth, lateSegmenter, ownModules]
