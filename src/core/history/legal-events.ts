/** Events as they were read from a file: what is none is passed over, whoever wrote it, so that the rest can be told. */

import type { Event } from '../conversation.ts'
import { eventOf } from './import/event-shapes.ts'

export function legalEvents(read: unknown): readonly Event[] {
  if (!Array.isArray(read)) return []
  return read.every(isLegal) ? read : read.filter(isLegal)
}

const isLegal = (value: unknown): value is Event => 'event' in eventOf(value, '')
