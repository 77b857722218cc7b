/**
 * The keychain of the operating system: Keychain on macOS, the Credential Manager on Windows, the Secret Service on
 * Linux. Its library is an optional package with prebuilt code for each platform, loaded when a key is kept or asked for.
 */

/** Null when there is none, or none that answers. */
export interface Keychain {
  read(account: string): Promise<string | null>
  write(account: string, secret: string): Promise<void>
  /** Nothing happens when it is not there. */
  remove(account: string): Promise<void>
}

/** The part of `@napi-rs/keyring` that is used. */
interface Entry {
  getPassword(signal: AbortSignal): Promise<string | null>
  setPassword(secret: string, signal: AbortSignal): Promise<void>
  deletePassword(signal: AbortSignal): Promise<boolean>
}
interface Library {
  readonly AsyncEntry: new (service: string, account: string, options: object) => Entry
}

const SERVICE = 'claude-tui'
/**
 * On Linux its other choice is the kernel's keyring, which forgets everything when the machine is turned off; nobody
 * would expect that of a key that was stored.
 */
const LASTING = { linux: { store: 'secret-service' } }

/** Time for somebody to unlock it, in ms: where nobody sits before it, it never answers. */
const UNLOCK_MS = 20_000

/** Not literal, so that neither the compiler nor the bundler wants it: a platform may have none. */
const LIBRARY: string = '@napi-rs/keyring'

/** @param load the library; for tests */
export async function openKeychain(
  load: () => Promise<unknown> = () => import(LIBRARY),
  limitMs: number = UNLOCK_MS,
): Promise<Keychain | null> {
  let library: Library
  try {
    library = (await load()) as Library
  } catch {
    return null
  }
  /** @throws Error in words, when it is locked, not there, or silent */
  const use = async <T>(account: string, step: (entry: Entry, signal: AbortSignal) => Promise<T>): Promise<T> => {
    const limit = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const silent = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        limit.abort()
        reject(new Error(`no answer within ${limitMs / 1000} s`))
      }, limitMs)
    })
    try {
      return await Promise.race([step(new library.AsyncEntry(SERVICE, account, LASTING), limit.signal), silent])
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    read: (account) => use(account, (entry, signal) => entry.getPassword(signal)),
    write: (account, secret) => use(account, (entry, signal) => entry.setPassword(secret, signal)),
    remove: (account) => use(account, async (entry, signal) => void (await entry.deletePassword(signal))),
  }
}
