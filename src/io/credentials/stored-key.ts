/**
 * Where a key is kept that somebody has given us: in the system's keychain, or in the settings file, which its owner
 * alone can read. Either way beside it stands the server it is for.
 */

import { ANTHROPIC_URL, isAnthropicUrl } from '../../core/server/key-host.ts'
import type { Settings } from '../../core/settings.ts'
import { removeSetting, writeSetting } from '../config.ts'
import { type Keychain, openKeychain } from './keychain.ts'

export interface KeptKey {
  readonly where: 'keychain' | 'file'
  /** The only server it is sent to. */
  readonly server: string
}

/** The name of an entry in the keychain: the server's origin. */
const accountOf = (server: string): string => new URL(isAnthropicUrl(server) ? ANTHROPIC_URL : server).origin

/**
 * Keeps a key for a server, in the place of the one before it.
 * @param path of the settings file
 * @param baseUrl null: Anthropic's own
 * @throws SettingsFileError
 */
export async function keepKey(
  path: string,
  key: string,
  baseUrl: string | null,
  store: Settings['apiKeyStore'],
  keychain: () => Promise<Keychain | null> = openKeychain,
): Promise<KeptKey> {
  const server = baseUrl === null || isAnthropicUrl(baseUrl) ? ANTHROPIC_URL : baseUrl
  if (server === ANTHROPIC_URL) await removeSetting(path, 'apiKeyFor')
  else await writeSetting(path, 'apiKeyFor', server)
  if (store !== 'file' && (await isInKeychain(keychain, server, key))) {
    await writeSetting(path, 'apiKeyStore', 'keychain')
    await removeSetting(path, 'apiKey')
    return { where: 'keychain', server }
  }
  await writeSetting(path, 'apiKey', key)
  if (store === 'keychain') await removeSetting(path, 'apiKeyStore')
  return { where: 'file', server }
}

/** Kept counts only once it can be read again: some accept everything and forget it. */
async function isInKeychain(open: () => Promise<Keychain | null>, server: string, key: string): Promise<boolean> {
  try {
    const keychain = await open()
    await keychain?.write(accountOf(server), key)
    return (await keychain?.read(accountOf(server))) === key
  } catch {
    return false
  }
}

/** The key in the keychain, or why there is none. Never throws. */
export async function keyInKeychain(
  server: string,
  open: () => Promise<Keychain | null> = openKeychain,
): Promise<{ readonly key: string } | { readonly why: string }> {
  try {
    const keychain = await open()
    if (!keychain) return { why: 'no keychain that this program can open' }
    const key = await keychain.read(accountOf(server))
    return key === null ? { why: `no key for ${accountOf(server)} in it` } : { key }
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) }
  }
}

/** Forgets a key that lies in the keychain, and that it does. */
export async function forgetKeychainKey(
  path: string,
  server: string,
  open: () => Promise<Keychain | null> = openKeychain,
): Promise<void> {
  try {
    await (await open())?.remove(accountOf(server))
  } finally {
    await removeSetting(path, 'apiKeyStore')
  }
}
