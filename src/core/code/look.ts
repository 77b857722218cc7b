/**
 * How code looks: which TextMate scopes play which role. A grammar's scopes are looked up in a theme whose colours are
 * mere marks; each mark stands for a role of the one palette. Functions and variables keep the default foreground.
 */

import type { Role, Theme } from '../text/theme.ts'

/** A longer scope wins over a shorter one. A null is the default look, for what grammars call keywords and nobody reads so. */
const SCOPES: readonly (readonly [role: Role | null, scopes: readonly string[]])[] = [
  ['comment', ['comment', 'punctuation.definition.comment', 'string.comment']],
  ['string', ['string', 'punctuation.definition.string', 'markup.inline.raw', 'markup.fenced_code', 'markup.raw']],
  ['constant', ['constant', 'constant.character.escape', 'support.constant', 'keyword.other.unit']],
  [
    'keyword',
    [
      'keyword',
      'storage',
      'entity.name.tag',
      'punctuation.definition.tag',
      'support.type.primitive',
      'variable.language',
      'markup.heading',
      'entity.name.function.preprocessor',
      'punctuation.definition.directive',
    ],
  ],
  [
    'name',
    [
      'entity.name.type',
      'entity.name.class',
      'entity.name.namespace',
      'entity.name.section',
      'entity.other.inherited-class',
      'entity.other.attribute-name',
      'entity.name.function.decorator',
      'support.type',
      'support.class',
      'support.type.property-name',
      'entity.name.tag.yaml',
      'variable.other.key.toml',
      'support.type.property-name.toml',
      'variable.css',
      'markup.underline.link',
      'punctuation.definition.annotation',
      'storage.type.annotation',
      'storage.type.java',
      'storage.type.object',
      'storage.type.generic.java',
      'keyword.other.definition.ini',
    ],
  ],
  ['strong', ['markup.bold']],
  ['emphasis', ['markup.italic']],
  [
    null,
    [
      'keyword.operator',
      'punctuation',
      'meta.brace',
      'meta.embedded',
      'meta.template.expression',
      'punctuation.section.embedded',
      'string.unquoted.argument',
      'string.unquoted.plain',
      'constant.other.database-name',
      'constant.other.table-name',
      'storage.modifier.import',
      'storage.modifier.package',
    ],
  ],
  [
    'keyword',
    [
      'keyword.operator.new',
      'keyword.operator.expression',
      'keyword.operator.logical.python',
      'keyword.operator.word',
      'keyword.operator.sizeof',
      'storage.type.primitive.java',
    ],
  ],
]

/** A theme as shiki takes it; mark n (as `#00000n`) stands for the role at n. */
export interface MarkTheme {
  readonly name: string
  readonly type: 'dark'
  readonly fg: string
  readonly bg: string
  readonly settings: { scope: string[]; settings: { foreground: string } }[]
}

const markOf = (index: number) => `#0000${index.toString(16).padStart(2, '0')}`

export function markTheme(): MarkTheme {
  const settings = SCOPES.map(([, scopes], i) => ({
    scope: [...scopes],
    settings: { foreground: markOf(i + 1) },
  }))
  return { name: 'marks', type: 'dark', fg: markOf(0), bg: markOf(255), settings }
}

/** SGR parameters per colour of the given map, in which shiki's tokens are numbered. */
export function sgrOfMarks(colours: readonly string[], theme: Theme): readonly string[] {
  return colours.map((colour) => {
    const role = SCOPES[Number.parseInt(colour?.slice(1) ?? '0', 16) - 1]?.[0]
    return role ? theme.sgr[role] : ''
  })
}
