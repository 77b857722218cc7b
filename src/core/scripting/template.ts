/**
 * A template: a prompt in a file, with variables and, if it wants them, roles.
 *
 *     ---
 *     model: fast
 *     ---
 *     system:
 *     You translate into {{language}}.
 *     user:
 *     Good morning
 *     assistant:
 *     Guten Morgen
 *     user:
 *     {{stdin}}
 *
 * A line that is a role and a colon begins a section; a file without such a line is what the user says. `{{name}}` takes
 * a variable, `{{stdin}}` what is piped in, `{{prompt}}` the words of the command line; `\{{` stands for itself.
 */

export const ROLES = ['system', 'user', 'assistant'] as const
export type Role = (typeof ROLES)[number]

/** What the front matter may choose; each is the flag of that name, and a flag goes before it. */
export const CHOOSES = ['model', 'effort', 'max-tokens', 'schema'] as const
export type Chosen = Readonly<Partial<Record<(typeof CHOOSES)[number], string>>>

export interface Section {
  readonly role: Role
  readonly text: string
  /** Of its first line in the file, from 1. */
  readonly line: number
}

export interface Template {
  readonly chosen: Chosen
  readonly sections: readonly Section[]
  /** Names of its variables, each once, in order; `stdin` and `prompt` are among them where it takes those. */
  readonly variables: readonly string[]
}

/** A question with what was said before it. */
export interface Filled {
  readonly system: string | null
  readonly exchanges: readonly { readonly question: string; readonly answer: string }[]
  /** What the last section of the user says; null: the file ends with an answer, or says nothing. */
  readonly question: string | null
}

const VARIABLE = /\\\{\{|\{\{[ \t]*([A-Za-z_][\w.-]*)[ \t]*\}\}/g
const HEAD = /^(system|user|assistant):[ \t]*$/

/** A template as it is written, or a sentence with the line that cannot be read. */
export function readTemplate(text: string): Template | string {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const front = frontMatter(lines)
  if (typeof front === 'string') return front
  const sections: Section[] = []
  let now: { role: Role; from: number; lines: string[] } | null = null
  const close = () => {
    if (now) sections.push({ role: now.role, text: trimmed(now.lines), line: now.from + 1 })
  }
  for (let i = front.lines; i < lines.length; i++) {
    const role = HEAD.exec(lines[i]!)?.[1] as Role | undefined
    if (role) {
      close()
      now = { role, from: i, lines: [] }
    } else if (now) now.lines.push(lines[i]!)
    else if (lines[i]!.trim() !== '') now = { role: 'user', from: i, lines: [lines[i]!] }
  }
  close()
  const problem = orderProblem(sections)
  if (problem) return problem
  const names = sections.flatMap(({ text: said }) => [...said.matchAll(VARIABLE)].flatMap(([, name]) => name ?? []))
  return { chosen: front.chosen, sections, variables: [...new Set(names)] }
}

/** A section without the blank lines around it. */
const trimmed = (lines: readonly string[]) =>
  lines
    .join('\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()

function frontMatter(lines: readonly string[]): { readonly chosen: Chosen; readonly lines: number } | string {
  if (lines[0]?.trimEnd() !== '---') return { chosen: {}, lines: 0 }
  const end = lines.findIndex((line, i) => i > 0 && line.trimEnd() === '---')
  if (end < 0) return 'line 1 begins with --- what is chosen, and no line of --- ends it.'
  const chosen: Record<string, string> = {}
  for (const [i, line] of lines.slice(1, end).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, name = '', value = ''] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? []
    if (!(CHOOSES as readonly string[]).includes(name) || value === '')
      return `line ${i + 2} should be one of ${CHOOSES.map((one) => `${one}: …`).join(', ')}, but it is "${line.trim()}".`
    chosen[name] = value.replace(/^(["'])(.*)\1$/, '$2')
  }
  return { chosen, lines: end + 1 }
}

/** Why the sections are no conversation; null: they are. */
function orderProblem(sections: readonly Section[]): string | null {
  if (sections.every(({ text }) => text === '')) return 'it says nothing.'
  const late = sections.findIndex(({ role }, i) => role === 'system' && i > 0)
  if (late >= 0) return `line ${sections[late]!.line}: system: comes first, and once.`
  const said = sections.filter(({ role }) => role !== 'system')
  const odd = said.find(({ role }, i) => role !== (i % 2 === 0 ? 'user' : 'assistant'))
  if (odd && odd === said[0]) return `line ${odd.line}: user: begins; ${odd.role}: came instead.`
  if (odd)
    return `line ${odd.line}: user: and assistant: take turns, and user: begins; a second ${odd.role}: came instead.`
  const empty = said.slice(0, -1).find(({ text }) => text === '')
  return empty ? `line ${empty.line}: ${empty.role}: says nothing.` : null
}

/** Every variable with its value, in one pass: what a value says is not looked at again. */
export function filled({ sections }: Template, values: ReadonlyMap<string, string>): Filled {
  const fill = (text: string) =>
    text.replace(VARIABLE, (whole, name?: string) => (name === undefined ? '{{' : (values.get(name) ?? whole)))
  const said = sections.filter(({ role }) => role !== 'system').map(({ text }) => fill(text))
  const pairs = said.flatMap((question, i) => (i % 2 === 0 ? [[question, said[i + 1]] as const] : []))
  const system = sections.find(({ role }) => role === 'system')
  const last = pairs.at(-1)
  return {
    system: system && system.text !== '' ? fill(system.text) : null,
    exchanges: pairs.flatMap(([question, answer]) => (answer === undefined ? [] : [{ question, answer }])),
    question: last && last[1] === undefined && last[0] !== '' ? last[0] : null,
  }
}
