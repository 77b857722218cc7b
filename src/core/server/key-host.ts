/** Which server a key belongs to. A key is sent nowhere else: not to another host, nor unencrypted to the same one. */

/** Anthropic's own API: where a key goes unless it was set for another server. */
export const ANTHROPIC_URL = 'https://api.anthropic.com'

/** Whether this is Anthropic's own API, encrypted. */
export function isAnthropicUrl(url: string): boolean {
  const { protocol, hostname } = URL.parse(url) ?? {}
  return protocol === 'https:' && (hostname === 'anthropic.com' || hostname?.endsWith('.anthropic.com') === true)
}

/** Whether a key for the one server may be sent to the other: the same scheme, host and port, or both Anthropic's. */
export function isSameServer(one: string, other: string): boolean {
  if (isAnthropicUrl(one) && isAnthropicUrl(other)) return true
  const [origin, ...others] = [one, other].map((url) => URL.parse(url)?.origin)
  return origin !== undefined && origin !== 'null' && others.every((another) => another === origin)
}

/** What such a header says is which version of the API is meant: no secret. */
const HARMLESS = /^anthropic-/i

/**
 * Names of those headers in `ANTHROPIC_CUSTOM_HEADERS` that do not go to a server: what they hold may open a door, and was
 * meant for the server that was named in the environment together with them, or for Anthropic when none was.
 */
export function headersWithheld(
  { ANTHROPIC_CUSTOM_HEADERS: headers, ANTHROPIC_BASE_URL: beside }: Readonly<Record<string, string | undefined>>,
  baseUrl: string,
  isFromEnv: boolean,
): readonly string[] {
  if (headers === undefined || isFromEnv || isSameServer(beside?.trim() || ANTHROPIC_URL, baseUrl)) return []
  const names = headers
    .split('\n')
    .flatMap((line) => (line.includes(':') ? [line.slice(0, line.indexOf(':')).trim()] : []))
  return names.filter((name) => name !== '' && !HARMLESS.test(name))
}

/** Whether a key or token was issued by Anthropic: gateways give out others. */
export const isAnthropicKey = (secret: string): boolean => secret.startsWith('sk-ant-')
