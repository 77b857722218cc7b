/** What in an environment opens doors, by the names that say so: to be hidden wherever the environment shows through. */

type Env = Readonly<Record<string, string | undefined>>

const TOKENS = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_IDENTITY_TOKEN',
  'ANTHROPIC_WEBHOOK_SIGNING_KEY',
]
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']

export function secretsInEnv(env: Env): readonly string[] {
  const tokens = TOKENS.map((name) => env[name]?.trim())
  // Lines of `name: value`; which of them are secret nobody knows, so all of them are.
  const headers = (env.ANTHROPIC_CUSTOM_HEADERS ?? '').split('\n').flatMap((line) => {
    const value = line.slice(line.indexOf(':') + 1).trim()
    return [value, value.replace(/^\w+\s+/, '')]
  })
  const passwords = PROXIES.flatMap((name) => {
    const { password = '' } = URL.parse(env[name] ?? '') ?? {}
    return [password, decoded(password)]
  })
  return [...new Set([...tokens, ...headers, ...passwords])].filter((secret): secret is string => Boolean(secret))
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}
