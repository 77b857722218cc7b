/** Draws what is being typed. What a key means is known to `core/composer`, where the caret goes to `glass`. */

import { Text } from 'ink'
import { PROMPT, paintRow, type View } from './view.ts'

export function Composer({ composer, theme }: Pick<View, 'composer' | 'theme'>) {
  const { rows, placeholder, above, below } = composer
  const indent = ' '.repeat(PROMPT.length)
  const isEmpty = rows.length === 1 && rows[0] === ''
  return (
    <>
      {rows.map((_, i) => (
        <Text key={i} wrap="truncate-end">
          {theme.accent(i === 0 ? PROMPT : indent) +
            (isEmpty ? theme.dim(placeholder) : paintRow({ composer, theme }, i))}
        </Text>
      ))}
      {above + below > 0 && <Text wrap="truncate-end">{theme.dim(indent + more(above, below))}</Text>}
    </>
  )
}

const more = (above: number, below: number) =>
  [above > 0 && `${above} more above`, below > 0 && `${below} more below`].filter(Boolean).join(', ')
