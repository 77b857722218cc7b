/** Which IP addresses lie in the open internet: all that are given out there, and nothing nearby. */

/** First bits of what is no single public host (IANA's special-purpose registry, RFC 6890), and multicast. */
const NOT_PUBLIC_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

/**
 * Whether an address, as a resolver tells it, may be anybody's out there. An IPv4 address in IPv6's clothes (mapped, or
 * behind NAT64) is looked at as what it is; what cannot be read is not public.
 */
export function isPublicAddress(address: string): boolean {
  const v4 = readV4(address)
  if (v4 !== null) return isPublicV4(v4)
  const groups = readV6(address)
  if (!groups) return false
  const [a, b, c, d, e, f, high, low] = groups as [number, number, number, number, number, number, number, number]
  const inside = high * 0x1_0000 + low
  if ([a, b, c, d, e].every((group) => group === 0) && f === 0xffff) return isPublicV4(inside)
  if (a === 0x64 && b === 0xff9b && [c, d, e, f].every((group) => group === 0)) return isPublicV4(inside)
  // 2000::/3 is all that is given out; of it 2001::/23 are protocols, 2001:db8::/32 and 3fff::/20 are for books, and
  // 2002::/16 carries an IPv4 address whose network the other end chooses.
  if ((a & 0xe000) !== 0x2000) return false
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return false
  return a !== 0x2002 && !(a === 0x3fff && b < 0x1000)
}

function isPublicV4(address: number): boolean {
  return NOT_PUBLIC_V4.every(([start, bits]) => Math.floor((address - readV4(start)!) / 2 ** (32 - bits)) !== 0)
}

/** As a number of 32 bits; null: it is not four numbers with dots. */
function readV4(text: string): number | null {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Its eight groups; null: it is no IPv6 address, or one that only means something on one network (`fe80::1%eth0`). */
function readV6(text: string): readonly number[] | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const v4 = dotted ? readV4(dotted[2]!) : null
  if (dotted && v4 === null) return null
  const whole = dotted ? `${dotted[1]}${(v4! >>> 16).toString(16)}:${(v4! & 0xffff).toString(16)}` : text
  const halves = whole.split('::')
  if (halves.length > 2) return null
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - (tail?.length ?? 0)
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])]
  return groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : null
}
