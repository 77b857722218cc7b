/**
 * Which languages can be coloured, and the names a fence may call them by. Names are those of shiki's grammars; the
 * grammars themselves are read elsewhere.
 */

interface Language {
  /** Other names, file endings among them. */
  readonly names: readonly string[]
  /** Grammars it borrows from. Fewer than shiki would load: what is not there stays plain within its frame. */
  readonly needs?: readonly string[]
  /**
   * Expressions of more characters are left out. They look far ahead to tell a function's name from another one, which
   * has the same look here; each takes milliseconds to compile, and they are those that can run away.
   */
  readonly longest?: number
  /** How an expression begins that runs away on ordinary lines: left out, too. */
  readonly runaway?: string
}

export const LANGUAGES: Readonly<Record<string, Language>> = {
  c: { names: ['h', 'objective-c', 'objectivec', 'objc', 'm', 'glsl', 'cuda'] },
  clojure: { names: ['clj', 'cljs', 'edn'] },
  cpp: { names: ['c++', 'cc', 'cxx', 'hpp', 'hh', 'hxx', 'arduino', 'ino'], longest: 1600 },
  csharp: { names: ['c#', 'cs'] },
  css: { names: ['less', 'postcss'] },
  dart: { names: [] },
  docker: { names: ['dockerfile', 'containerfile'] },
  dotenv: { names: ['env'] },
  elixir: { names: ['ex', 'exs'] },
  // Fields of a struct on one line: its time grows with a power of their length.
  go: { names: ['golang'], runaway: '(?<=\\{)((?:' },
  graphql: { names: ['gql'] },
  haskell: { names: ['hs'] },
  hcl: { names: ['terraform', 'tf', 'tfvars'] },
  html: { names: ['htm', 'xhtml', 'vue', 'svelte'], needs: ['css', 'javascript'] },
  ini: { names: ['cfg', 'conf', 'properties', 'editorconfig', 'systemd'] },
  java: { names: ['groovy', 'gradle', 'jenkinsfile'] },
  javascript: { names: ['js', 'jsx', 'mjs', 'cjs', 'node'], longest: 1900 },
  json: { names: ['jsonl', 'ndjson', 'webmanifest'] },
  jsonc: { names: ['json5'] },
  julia: { names: ['jl'] },
  kotlin: { names: ['kt', 'kts'] },
  lua: { names: ['luau'] },
  make: { names: ['makefile', 'mk', 'gnumakefile'] },
  markdown: { names: ['md', 'mdx'] },
  nginx: { names: [] },
  nix: { names: [] },
  perl: { names: ['pl', 'pm'] },
  php: { names: [], needs: ['html'] },
  powershell: { names: ['ps1', 'ps', 'pwsh'] },
  proto: { names: ['protobuf'] },
  python: { names: ['py', 'python3', 'py3', 'pyi', 'starlark', 'bzl'] },
  r: { names: [] },
  ruby: { names: ['rb', 'gemfile', 'rakefile', 'podfile'] },
  rust: { names: ['rs'] },
  scala: { names: ['sbt'] },
  scss: { names: ['sass'], needs: ['css'] },
  shellscript: { names: ['shell', 'bash', 'sh', 'zsh', 'ksh', 'bashrc', 'zshrc'] },
  shellsession: { names: ['console', 'shell-session', 'sh-session'], needs: ['shellscript'] },
  sql: { names: ['mysql', 'pgsql', 'plsql', 'postgres', 'postgresql', 'sqlite', 'tsql'] },
  swift: { names: [] },
  toml: { names: [] },
  tsx: { names: [], longest: 1900 },
  typescript: { names: ['ts', 'mts', 'cts', 'deno'], longest: 2200 },
  xml: { names: ['svg', 'xsd', 'xsl', 'plist', 'rss', 'atom', 'csproj', 'pom'] },
  yaml: { names: ['yml', 'docker-compose', 'openapi'] },
  zig: { names: [] },
}

/** Whether an expression of a grammar is better never tried. */
export function isLeftOut(language: string, expression: string): boolean {
  const { longest = Number.POSITIVE_INFINITY, runaway } = LANGUAGES[language] ?? {}
  return expression.length > longest || (runaway !== undefined && expression.startsWith(runaway))
}

const BY_NAME = new Map(
  Object.entries(LANGUAGES).flatMap(([id, { names }]) => [id, ...names].map((name) => [name, id] as const)),
)

/**
 * The grammar for what a fence calls itself: a name, a file name (`src/app.ts`), or both (`ts:src/app.ts`). In lower
 * case. Null when nobody here knows it.
 */
export function languageOf(name: string): string | null {
  const [first = '', file = ''] = name.split(':')
  return known(first) ?? known(file)
}

function known(name: string): string | null {
  const base = name.slice(name.lastIndexOf('/') + 1)
  return BY_NAME.get(base) ?? BY_NAME.get(base.slice(base.lastIndexOf('.') + 1)) ?? null
}
