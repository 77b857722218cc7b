/**
 * Which proxy stands between this program and a server, by the word of the environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY
 * (lower case goes first, as with curl). Asks nobody: an environment and an address in, a proxy out.
 */

export interface ProxyAddress {
  readonly protocol: 'http:' | 'https:'
  readonly host: string
  readonly port: number
  /** `user:password`, without the escapes of a URL; null: its address names no user. */
  readonly user: string | null
  /** The address as it may be shown: without user and password. */
  readonly shown: string
  /** Where it comes from, such as `HTTPS_PROXY`. */
  readonly variable: string
}

/** A variable that names no proxy we could use, without what it may hold of a password. */
export interface UnusableProxy {
  readonly variable: string
  readonly unusable: string
}

type Env = Readonly<Record<string, string | undefined>>

/** The proxy for this server; null: it is asked itself. */
export function proxyFor(server: URL, env: Env): ProxyAddress | UnusableProxy | null {
  const name = server.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const variable = [name, name.toUpperCase()].find((one) => env[one])
  if (variable === undefined || isDirect(server, env.no_proxy || env.NO_PROXY || '')) return null
  return readProxy(env[variable]!.trim(), variable)
}

function readProxy(given: string, variable: string): ProxyAddress | UnusableProxy {
  // As everywhere, "proxy:3128" alone means http.
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? given : `http://${given}`
  if (!URL.canParse(text)) return { variable, unusable: 'it is no address' }
  const { protocol, hostname, port, username, password } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:')
    return { variable, unusable: `${protocol.slice(0, -1)} proxies are not spoken here` }
  return {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
    user: username === '' && password === '' ? null : plain(`${username}:${password}`),
    shown: `${protocol}//${hostname}${port === '' ? '' : `:${port}`}`,
    variable,
  }
}

/** Without the escapes of a URL; a lone % is itself. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether NO_PROXY, or its being this very machine, leaves the proxy out: it could not reach a server here. */
function isDirect({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$|\.$/g, '')
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host))
    return true
  const own = port || (protocol === 'https:' ? '443' : '80')
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => covers(entry, host, own))
}

/** `*`, `host`, `.suffix`, `*.suffix`, `10.0.0.0/8`, each but the last with a `:port` if wanted. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const block = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(entry)
  if (block) return isWithin(host, block[1]!, Number(block[2]))
  const [, bracketed, plainName, wanted] = /^(?:\[([^\]]+)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? []
  if (wanted !== undefined && wanted !== port) return false
  const name = (bracketed ?? plainName ?? entry).replace(/^\*?\./, '').replace(/\.$/, '')
  return name !== '' && (host === name || host.endsWith(`.${name}`))
}

/** Whether an IPv4 address lies in a block of addresses. */
function isWithin(host: string, base: string, bits: number): boolean {
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(host) || bits > 32) return false
  const number = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - bits)
  return Math.floor(number(host) / size) === Math.floor(number(base) / size)
}
