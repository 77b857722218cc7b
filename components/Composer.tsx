/** Draws what is being typed. What a key means is known to `core/composer`, where the caret goes to `glass`. */

import { Text } from 'ink'
import { PROMPT, type View } from './view.ts'

export function Composer({ composer }: Pick<View, 'composer'>) {
  const { rows, placeholder, above, below } = composer
  const indent = ' '.repeat(PROMPT.length)
  return (
    <>
      {rows.map((row, i) => (
        <Text key={i} wrap="truncate-end">
          <Text color="cyan">{i === 0 ? PROMPT : indent}</Text>
          {row}
          {i === 0 && rows.length === 1 && row === '' && <Text dimColor>{placeholder}</Text>}
        </Text>
      ))}
      {above + below > 0 && <Text dimColor wrap="truncate-end">{`${indent}${more(above, below)}`}</Text>}
    </>
  )
}

const more = (above: number, below: number) =>
  [above > 0 && `${above} more above`, below > 0 && `${below} more below`].filter(Boolean).join(', ')
