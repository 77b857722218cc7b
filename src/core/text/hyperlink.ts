/** Which links may be made clickable, and when the visible text of one would deceive. Drawing them is the theme's. */

/** An address an OSC 8 sequence may carry: http, https or mailto, printable ASCII only; null for any other. */
export function linkTarget(url: string): string | null {
  if (!/^(?:https?:\/\/|mailto:)[^\s]/i.test(url)) return null
  return url.replace(/[^!-~]/gu, (char) => encodeURIComponent(char.isWellFormed() ? char : '\ufffd'))
}

/** File endings that look like a host but are no top-level domain: `Node.js`, `package.json`. */
const FILES = /\.(?:js|ts|jsx|tsx|mjs|json|ya?ml|toml|html?|css|txt|go|cpp|java|png|jpg|svg|pdf|lock)$/i

const ADDRESS =
  /[a-z][a-z\d+.-]*:\/\/\S+|www\.\S+|\S+@\S+\.\S+|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}(?=$|[^\p{L}\p{N}-])/giu

/** Whether the text names an address that is not the one the link leads to. */
export function deceives(text: string, url: string): boolean {
  const shown = text.trim()
  if (same(shown, url)) return false
  for (const [address] of shown.matchAll(ADDRESS)) if (!FILES.test(address)) return true
  return false
}

function same(text: string, url: string): boolean {
  const bare = (address: string) => address.replace(/^(?:https?:\/\/|mailto:)/i, '').replace(/\/$/, '')
  return text === url || (bare(text) === bare(url) && !(/^http:/i.test(url) && /^https:/i.test(text)))
}

/** OSC 8 around a text. `target` must come from `linkTarget`. */
export function hyperlink(target: string, text: string): string {
  return `\x1b]8;;${target}\x1b\\${text}\x1b]8;;\x1b\\`
}
