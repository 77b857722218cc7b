/** A mistake of ours: it must not leave a raw terminal behind, nor take with it what was said, nor tell a secret. */

import { secretsInEnv } from '../core/server/secrets-in-env.ts'
import { sanitise } from '../core/text/sanitise.ts'
import { hideSecrets } from '../io/credentials.ts'

/** What is told of it. An error may quote what it choked on, such as a header that cannot be sent. */
export function unexpected(error: unknown): string {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `Unexpected: ${hideSecrets(said, secretsInEnv(process.env))}`
}

/** @param leave saves what runs and gives the terminal back; the process ends soon after */
export function onMistake(leave: () => void): void {
  process.once('uncaughtException', (error) => {
    leave()
    process.stderr.write(`${sanitise(unexpected(error))}\n`)
  })
}
