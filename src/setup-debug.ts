/** `--debug`: where its log lies, and what stands at its head. */

import { join } from 'node:path'
import { UsageError } from './args.ts'
import type { Resolved } from './core/settings.ts'
import type { Credential } from './io/credentials.ts'
import { folders } from './io/files/folders.ts'
import { makeFolder } from './io/files/private-folder.ts'
import { whyNot } from './io/wire/tape-file.ts'
import { createWireLog, type WireLog } from './io/wire/wire-log.ts'
import { VERSION } from './version.ts'

export interface Debugged {
  readonly given: string | true
  readonly env: Readonly<Record<string, string | undefined>>
  readonly baseUrl: string
  readonly credential: Credential
  readonly origin: Resolved['origin']
  readonly secrets: readonly string[]
}

/** @throws UsageError when the file cannot be made */
export function openWireLog(options: Debugged): WireLog & { readonly path: string } {
  const { given, env, secrets } = options
  const now = new Date().toISOString()
  const path = given === true ? join(folders(env).state, `debug-${now.replace(/[:.]/g, '-')}.log`) : given
  try {
    if (given === true) makeFolder(folders(env).state)
    const head = headOf(options, now)
    return { ...createWireLog({ path, head, secrets, now: () => performance.now() }), path }
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'there is a file by that name already' : whyNot(error)
    throw new UsageError(`The log of --debug cannot be written to "${path}": ${why}. Choose another name.`)
  }
}

function headOf({ env, baseUrl, credential, origin }: Debugged, now: string): readonly string[] {
  const set = Object.entries(origin).filter(([, layer]) => layer !== 'default')
  const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'].filter((name) => env[name] || env[name.toLowerCase()])
  return [
    `claude-tui ${VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}, ${now}`,
    `server ${baseUrl} (${origin.baseUrl}); credential: ${credential.kind} (${credential.origin})`,
    `set: ${set.map(([name, layer]) => `${name} (${layer})`).join(', ') || 'nothing'}; proxies: ${proxies.join(', ') || 'none'}`,
  ]
}
