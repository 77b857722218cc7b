/** `--template` and `--var`: the file that asks, with its variables filled. */

import { type Args, UsageError } from '../../args.ts'
import { suggest } from '../../core/models.ts'
import { CHOOSES, type Filled, filled, readTemplate, type Template } from '../../core/scripting/template.ts'
import { readText } from '../../setup-texts.ts'

/** What a template makes of a call. */
export interface Form {
  /** Whether it says where what is piped in belongs. */
  readonly takesStdin: boolean
  /**
   * Fills it. The words of the command line stand behind what it says, unless it says where they belong.
   * @returns the question; empty: it is left to what is piped in
   */
  ask(words: string, stdin: string | null): string
  /** What was said before the question; once it was asked. */
  readonly said: Pick<Filled, 'system' | 'exchanges'>
}

/** The command line with what the template chooses: a flag goes before it. @throws UsageError */
export function templated(args: Args): { readonly args: Args; readonly form: Form | null } {
  const { template: path } = args.flags
  const given = args.many?.var ?? []
  if (typeof path !== 'string') {
    if (given.length > 0) throw new UsageError('--var fills a template, and there is none. Add --template FILE.')
    return { args, form: null }
  }
  const template = readTemplate(readText(path, 'The template'))
  if (typeof template === 'string') throw new UsageError(`The template ${path} cannot be used: ${template}`)
  const chosen = Object.fromEntries(
    CHOOSES.flatMap((name) => {
      const value = template.chosen[name]
      return value === undefined || args.flags[name] !== undefined ? [] : [[name, value]]
    }),
  )
  const values = valuesOf(given, template, path)
  return { args: { ...args, flags: { ...args.flags, ...chosen } }, form: formOf(template, values, path) }
}

/** Filled from elsewhere than `--var`. */
const OWN: readonly string[] = ['stdin', 'prompt']

function valuesOf(given: readonly string[], { variables }: Template, path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const free = variables.filter((name) => !OWN.includes(name))
  for (const one of given) {
    const [, name, value] = /^([A-Za-z_][\w.-]*)=([\s\S]*)$/.exec(one) ?? []
    if (name === undefined || value === undefined)
      throw new UsageError(`--var takes name=value, or name=@file; "${one}" came.`)
    if (OWN.includes(name)) throw new UsageError(`--var ${name}: {{${name}}} is what ${TAKEN_FROM[name]!}.`)
    if (!free.includes(name)) {
      const [near] = suggest(name, free)
      const has = free.length === 0 ? 'It has no variables.' : `It has ${free.join(', ')}.`
      throw new UsageError(
        `--var ${name}: the template ${path} has no {{${name}}}. ${near ? `Did you mean ${near}?` : has}`,
      )
    }
    values.set(name, value.startsWith('@') ? readText(value.slice(1), `--var ${name}`).replace(/\n$/, '') : value)
  }
  const missing = free.filter((name) => !values.has(name))
  if (missing.length === 0) return values
  const flags = missing.map((name) => `--var ${name}=…`).join(' ')
  throw new UsageError(`The template ${path} has no value for ${missing.join(', ')}: add ${flags}.`)
}

const TAKEN_FROM: Readonly<Record<string, string>> = { stdin: 'is piped in', prompt: 'the command line says' }

function formOf(template: Template, values: ReadonlyMap<string, string>, path: string): Form {
  const { variables } = template
  let said: Form['said'] = { system: null, exchanges: [] }
  return {
    takesStdin: variables.includes('stdin'),
    ask(words, stdin) {
      const takesWords = variables.includes('prompt')
      if (takesWords && words === '')
        throw new UsageError(
          `The template ${path} takes {{prompt}}, and no words came: claude-tui -t ${path} "your words"`,
        )
      const all = new Map([...values, ['prompt', words], ['stdin', (stdin ?? '').replace(/\n$/, '')]])
      const { question, ...before } = filled(template, all)
      said = before
      return [question ?? '', takesWords ? '' : words].filter((part) => part !== '').join('\n\n')
    },
    get said() {
      return said
    },
  }
}
