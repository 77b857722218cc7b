/** Which addresses stay on this machine or its own network, judged by their spelling alone. Nothing is looked up. */

/** Names that only ever mean something nearby: RFC 6761, 6762, 8375 and ICANN's reservation of `internal`. */
const NEAR_NAMES = ['localhost', 'local', 'home.arpa', 'internal']

/** Whether a server at this http(s) address is on this machine or a private network; false for what is no address. */
export function isLocalAddress(url: string): boolean {
  if (!URL.canParse(url)) return false
  // URL has already brought the odd spellings (0x7f.1, 2130706433, [::ffff:127.0.0.1]) into one form.
  const host = new URL(url).hostname.toLowerCase().replace(/\.$/, '')
  if (host.startsWith('[')) return isPrivateV6(host.slice(1, -1))
  const parts = host.split('.')
  if (parts.length === 4 && parts.every((part) => /^\d+$/.test(part))) return isPrivateV4(parts.map(Number))
  // A name without a dot can only be found on the machine's own network, like a container's.
  return (host !== '' && !host.includes('.')) || NEAR_NAMES.some((name) => host.endsWith(`.${name}`))
}

/** Loopback, RFC 1918, link-local (RFC 3927), shared carrier space as overlay networks use it (RFC 6598), 0.0.0.0. */
function isPrivateV4(bytes: readonly number[]): boolean {
  const [a = -1, b = -1] = bytes
  if (a === 127 || a === 10 || bytes.every((byte) => byte === 0)) return true
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168
  if (a === 169) return b === 254
  return a === 100 && b >= 64 && b <= 127
}

/** Loopback, unique local (RFC 4193), link-local, and IPv4 in IPv6's clothes. */
function isPrivateV6(host: string): boolean {
  if (host === '::1' || host === '::') return true
  const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(host)
  if (mapped) {
    const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)]
    return isPrivateV4([high >> 8, high & 255, low >> 8, low & 255])
  }
  const first = Number.parseInt(host.split(':')[0] || '0', 16)
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80
}
