/** What somebody without a key has given on the first screen, kept: a key for the server in use, or a server. */

import type { Args } from '../../args.ts'
import { resolveSettings } from '../../core/settings.ts'
import { readSettingsFile, writeSetting } from '../../io/config.ts'
import { settingsPath } from '../../io/files/folders.ts'

/** @returns why it could not be kept; null: it is */
export async function keepGiven(setting: 'apiKey' | 'baseUrl', value: string, { flags }: Args): Promise<string | null> {
  const path = settingsPath(process.env)
  try {
    if (setting === 'baseUrl') await writeSetting(path, setting, value)
    else {
      const own = flags['base-url']
      const file = readSettingsFile(path).values
      const layers = { flags: typeof own === 'string' ? { baseUrl: own } : {}, env: process.env, file }
      const { baseUrl, apiKeyStore } = resolveSettings(layers).settings
      const { keepKey } = await import('../../io/credentials/stored-key.ts')
      await keepKey(path, value, baseUrl, apiKeyStore)
    }
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
