/** A turn of the chat that goes up a cascade: what judging costs is told, and what came of it is kept. */

import type { Cascade } from '../../core/lab/cascade/choice.ts'
import type { TurnRequest } from '../../core/request.ts'
import type { Emit } from '../../io/api.ts'
import type { RoadOptions } from '../../road.ts'
import type { ThriftParts } from '../thrift.ts'
import { climb } from './cascade-road.ts'

export function climbInChat(
  request: TurnRequest,
  signal: AbortSignal,
  emit: Emit,
  options: RoadOptions,
  cascade: Cascade,
  { runtime, history }: Pick<ThriftParts, 'runtime' | 'history'>,
): Promise<void> {
  return climb(request, signal, emit, options, {
    ...{ cascade, state: () => runtime.state, tell: (event) => runtime.dispatch(event) },
    // A history that takes nothing is told of elsewhere.
    climbed: (row) =>
      void history()
        .then((open) => open && !open.isReadOnly && open.history.climbed(row))
        .catch(() => {}),
  })
}
