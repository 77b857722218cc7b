/** What a copy of a conversation is called: nobody should have to guess which of the two is which. */

import { numberedTitle } from '../../core/conversation/title.ts'
import type { Summary } from '../../core/history/saved.ts'
import type { Access } from './access.ts'

const TAKEN = 'select 1 from conversations where title = ?'

/** A name of a person stays a person's: no model finds another one for it. */
export function nameOfCopy(
  { sql }: Pick<Access, 'sql'>,
  { title, titleBy }: Pick<Summary, 'title' | 'titleBy'>,
): { readonly title: string; readonly by: 'user' | 'model' } {
  const isTaken = (one: string) => sql(TAKEN).get(one) !== undefined
  return { title: numberedTitle(title, isTaken), by: titleBy === 'user' ? 'user' : 'model' }
}
