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

/** Whether a key or token was issued by Anthropic: gateways give out others. */
export const isAnthropicKey = (secret: string): boolean => secret.startsWith('sk-ant-')
