/** The door to `taking-in`, which is loaded only when an earlier program has left something. */

import { leftAside } from '../../io/aside.ts'
import type { History } from '../../io/history.ts'

/** As `takeIn`; nearly always there is nothing. @throws HistoryTrouble */
export async function takeInLeft(
  history: Pick<History, 'path' | 'bring' | 'meant' | 'rest'>,
  tell: (line: string) => void,
): Promise<readonly number[]> {
  if (leftAside(history.path).length === 0) return []
  const { takeIn } = await import('../history/taking-in.ts')
  return takeIn(history, tell)
}
