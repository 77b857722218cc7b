/** A few words on a turn that did not simply come to its end, for whoever reads it later and elsewhere. */

import { CATALOGUE } from '../../models.ts'
import { announced, cutShort } from '../../turn/outcome.ts'
import type { Turn } from '../../turn/turns.ts'

/** null: it is whole, and its first choice's. */
export function endMark(turn: Pick<Turn, 'end' | 'answer' | 'instead' | 'recalled' | 'model'>): string | null {
  const said = [...announced(turn, CATALOGUE), ofEnd(turn) ?? ''].filter((one) => one !== '')
  return said.length === 0 ? null : said.join(' ')
}

function ofEnd({ end, answer }: Pick<Turn, 'end' | 'answer'>): string | null {
  const isEmpty = answer.trim() === ''
  switch (end?.type) {
    case undefined:
      return isEmpty ? 'There was no answer yet.' : 'The answer was still being written.'
    case 'stopped':
      return isEmpty ? 'Stopped before anything came.' : 'Stopped here.'
    case 'failed':
      return `${isEmpty ? 'Failed' : 'Cut off here'}: ${end.failure.reason}`
    case 'finished':
      if (end.stopReason === 'refusal') return `The model declined${end.explanation ? `: ${end.explanation}` : '.'}`
      if (end.stopReason === 'max_tokens') return 'Cut short at the limit of output tokens.'
      if (cutShort(end.stopReason)) return 'Cut short: the context window was full.'
      return isEmpty ? 'The model answered without any text.' : null
  }
}
