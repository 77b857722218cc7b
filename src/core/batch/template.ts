/** A prompt with places for the fields of a row: `Translate {{text}} into {{language}}`. */

const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g

/** The text with its places filled, or the name of the first field that the row does not have. */
export function filled(
  template: string,
  fields: Readonly<Record<string, unknown>>,
): { readonly text: string } | { readonly missing: string } {
  let missing: string | null = null
  const text = template.replace(PLACE, (_, name: string) => {
    if (!Object.hasOwn(fields, name)) missing ??= name
    return spelled(fields[name])
  })
  return missing === null ? { text } : { missing }
}

/** The fields a template asks for. */
export const placesOf = (template: string): readonly string[] => [
  ...new Set([...template.matchAll(PLACE)].map(([, name]) => name!)),
]

function spelled(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
