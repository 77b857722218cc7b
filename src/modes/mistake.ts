/** A mistake of ours: it must not leave a raw terminal behind, nor take with it what was said. */

import { sanitise } from '../core/sanitise.ts'

/** @param leave saves what runs and gives the terminal back; the process ends soon after */
export function onMistake(leave: () => void): void {
  process.once('uncaughtException', (error) => {
    leave()
    process.stderr.write(`${sanitise(`Unexpected: ${error.stack ?? error.message}`)}\n`)
  })
}
