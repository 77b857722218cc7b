/** A clipboard that does not answer, in words: what was tried, and what mends it. */

import type { Remark } from '../../../core/text/remark.ts'
import type { OnClipboard } from '../../../io/terminal/clipboard-reading.ts'

export function sayUnreached({ tried, remedy }: Extract<OnClipboard, { readonly type: 'unreached' }>): Remark {
  if (tried.length === 0) return `The clipboard cannot be reached. ${remedy}`
  return [`The clipboard cannot be reached. ${remedy}`, { list: tried }]
}
