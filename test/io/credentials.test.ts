import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { headersWithheld } from '../../src/core/server/key-host.ts'
import { isLocalAddress } from '../../src/core/server/local-address.ts'
import { CredentialError, findCredential, hideSecrets } from '../../src/io/credentials.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'claude-tui-credentials-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

type Ask = Partial<Parameters<typeof findCredential>[0]>
const LOCAL = 'http://127.0.0.1:11434'
const GATEWAY = 'https://gateway.example/claude'
const bare = { apiKey: null, apiKeyStore: 'auto', apiKeyHelper: null, apiKeyFor: null } as const

/** Looks for a credential in an environment that holds a home of its own and what is given. */
function find({ env, ...rest }: Ask = {}) {
  const own = { PATH: process.env.PATH, SystemRoot: process.env.SystemRoot, ANTHROPIC_CONFIG_DIR: home }
  return findCredential({ settings: bare, baseUrl: null, ...rest, env: { ...own, ...env } })
}

async function failure(step: Promise<unknown>): Promise<string> {
  const error = await step.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(CredentialError)
  return (error as CredentialError).message
}

/** A login as Anthropic's own tools leave it on the disk. */
function loggedIn(name = 'default') {
  mkdirSync(join(home, 'configs'), { recursive: true })
  writeFileSync(join(home, 'configs', `${name}.json`), '{"authentication": {"type": "user_oauth"}}')
}

/** A shell command that runs a line of JavaScript; the same on every platform. */
const node = (script: string) => `"${process.execPath}" -e "${script}"`

describe('the order of looking', () => {
  test('each place is asked only when the ones before it are empty', async () => {
    loggedIn()
    const env: Record<string, string> = { ANTHROPIC_API_KEY: 'key-env', ANTHROPIC_AUTH_TOKEN: 'token-env' }
    const settings: Ask['settings'] & { apiKey: string | null; apiKeyHelper: string | null } = {
      ...bare,
      apiKey: 'key-stored',
      apiKeyHelper: node("console.log('key-helped')"),
    }
    expect(await find({ env, settings })).toMatchObject({ kind: 'key', secret: 'key-env', origin: 'ANTHROPIC_API_KEY' })
    env.ANTHROPIC_API_KEY = ''
    expect(await find({ env, settings })).toEqual({
      kind: 'token',
      secret: 'token-env',
      origin: 'ANTHROPIC_AUTH_TOKEN',
    })
    env.ANTHROPIC_AUTH_TOKEN = ' '
    expect(await find({ env, settings })).toEqual({ kind: 'key', secret: 'key-stored', origin: 'settings' })
    settings.apiKey = null
    expect(await find({ env, settings })).toEqual({ kind: 'key', secret: 'key-helped', origin: 'apiKeyHelper' })
    settings.apiKeyHelper = null
    expect(await find({ env, settings })).toMatchObject({ kind: 'profile' })
    rmSync(join(home, 'configs'), { recursive: true })
    expect(await find({ env, settings, baseUrl: LOCAL })).toMatchObject({ kind: 'none-needed' })
    expect(await find({ env, settings })).toBeNull()
    expect(await find({ env, settings, baseUrl: 'https://gateway.example' })).toBeNull()
  })

  test('a key and a token together: the key is used, and a note says so', async () => {
    const both = await find({ env: { ANTHROPIC_API_KEY: 'key-env', ANTHROPIC_AUTH_TOKEN: 'token-env' } })
    expect(both).toMatchObject({ kind: 'key', secret: 'key-env' })
    expect(both).toHaveProperty('note', expect.stringContaining('ANTHROPIC_AUTH_TOKEN'))
    expect(await find({ env: { ANTHROPIC_API_KEY: 'key-env' } })).not.toHaveProperty('note')
  })

  test('white space and quotes around a key are taken off', async () => {
    for (const text of [' sk-ant-x\n', '"sk-ant-x"', "'sk-ant-x'\r\n", ' " sk-ant-x" ']) {
      expect(await find({ env: { ANTHROPIC_API_KEY: text } })).toMatchObject({ secret: 'sk-ant-x' })
    }
  })

  test('a key that is damaged stops the search, and is named without being shown', async () => {
    for (const text of ['sk-ant secret', 'sk-ant-\nsecret', '"sk-ant-secret', 'sk-ant-sécret', '""', 'Bearer secret']) {
      const said = await failure(find({ env: { ANTHROPIC_API_KEY: text }, settings: { ...bare, apiKey: 'good' } }))
      expect(said).toMatch(/^ANTHROPIC_API_KEY: expected one API key, got /)
      expect(said).not.toMatch(/s[eé]cret/)
    }
  })
})

describe('a key goes to the server it was set for, and to no other:', () => {
  const stored = { ...bare, apiKey: 'key-stored' }
  const own = { ANTHROPIC_API_KEY: 'sk-ant-own-key' }

  test('a stored one to Anthropic unless it was stored for another', async () => {
    for (const baseUrl of [null, 'https://api.anthropic.com', 'https://api.anthropic.com/x'])
      expect(await find({ settings: stored, baseUrl })).toMatchObject({ secret: 'key-stored' })
    // Also when the server stands in the environment: nothing there says that the stored key is its own.
    for (const isFromEnv of [false, true])
      expect(await failure(find({ settings: stored, baseUrl: GATEWAY, isFromEnv }))).toBe(
        'The stored key: expected https://api.anthropic.com, which it is for, got https://gateway.example; give gateway.example its own in ANTHROPIC_API_KEY, or `claude-tui config set apiKeyFor https://gateway.example/claude` if this one is for it',
      )
    const settings = { ...stored, apiKeyFor: 'https://gateway.example' }
    expect(await find({ settings, baseUrl: GATEWAY })).toMatchObject({ secret: 'key-stored' })
    expect(await failure(find({ settings }))).toContain('expected https://gateway.example')
    for (const near of ['http://gateway.example/claude', 'https://gateway.example:8443', 'https://gateway.example.org'])
      expect(await failure(find({ settings, baseUrl: near }))).not.toContain('key-stored')
    expect(await failure(find({ settings: stored, baseUrl: 'http://api.anthropic.com' }))).toContain('got http:')
    expect(await failure(find({ settings: stored, baseUrl: 'https://api.anthropic.com.example' }))).toContain('got')
  })

  test('what the helper prints likewise: it is not even run', async () => {
    const settings = { ...bare, apiKeyHelper: 'no-such-command-here' }
    expect(await failure(find({ settings, baseUrl: GATEWAY }))).toContain('The key of apiKeyHelper: expected')
  })

  test("Anthropic's own in the environment, to another server only when that stands beside it", async () => {
    expect(await find({ env: own, baseUrl: GATEWAY, isFromEnv: true })).toMatchObject({ secret: 'sk-ant-own-key' })
    const said = await failure(find({ env: own, baseUrl: GATEWAY }))
    expect(said).toContain('set ANTHROPIC_BASE_URL=https://gateway.example/claude beside it')
    expect(said).not.toContain('own-key')
    const token = { ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-token' }
    expect(await failure(find({ env: token, baseUrl: GATEWAY }))).toContain('ANTHROPIC_AUTH_TOKEN')
  })

  test('what a gateway gave out, wherever it is pointed to', async () => {
    const env = { ANTHROPIC_API_KEY: 'sk-gateway-1' }
    expect(await find({ env, baseUrl: GATEWAY })).toMatchObject({ secret: 'sk-gateway-1' })
  })

  test('what a gateway gave out, only to the server that stands beside it when one does', async () => {
    const env = { ANTHROPIC_API_KEY: 'gw-key', ANTHROPIC_BASE_URL: GATEWAY }
    for (const baseUrl of [GATEWAY, 'https://gateway.example/other'])
      expect(await find({ env, baseUrl })).toMatchObject({ secret: 'gw-key' })
    expect(await find({ env: { ...env, ...own }, baseUrl: GATEWAY })).toMatchObject({ secret: 'sk-ant-own-key' })
    for (const baseUrl of [null, 'https://other.example', 'https://gateway.example:8443'])
      expect(await failure(find({ env, baseUrl }))).toMatch(
        /^ANTHROPIC_API_KEY: expected https:\/\/gateway\.example, which it is for, got https:.*; set ANTHROPIC_BASE_URL=/,
      )
    expect(await find({ env, baseUrl: LOCAL })).toMatchObject({ kind: 'none-needed' })
    const slip = { ...env, ANTHROPIC_BASE_URL: 'gateway.example' }
    expect(await failure(find({ env: slip, baseUrl: GATEWAY }))).toContain('expected "gateway.example"')
  })

  test('headers of the environment likewise, but for such as name a version', () => {
    const env = { ANTHROPIC_CUSTOM_HEADERS: 'x-pass: word\nanthropic-beta: b', ANTHROPIC_BASE_URL: GATEWAY }
    expect(headersWithheld(env, GATEWAY, false)).toEqual([])
    for (const url of [LOCAL, 'https://api.anthropic.com']) expect(headersWithheld(env, url, false)).toEqual(['x-pass'])
    const alone = { ...env, ANTHROPIC_BASE_URL: '' }
    expect(headersWithheld(alone, 'https://api.anthropic.com', false)).toEqual([])
    expect(headersWithheld(alone, GATEWAY, false)).toEqual(['x-pass'])
  })

  test('one that may not be sent makes room for the next that may, and a server nearby gets none', async () => {
    const settings = { ...stored, apiKeyFor: 'https://gateway.example' }
    expect(await find({ env: own, settings, baseUrl: GATEWAY })).toMatchObject({ secret: 'key-stored' })
    expect(await find({ env: own, baseUrl: LOCAL })).toMatchObject({
      kind: 'none-needed',
      note: expect.stringMatching(
        /^ANTHROPIC_API_KEY: expected https:\/\/api\.anthropic\.com, which it is for, got http/,
      ),
    })
    expect(await find({ settings: stored, baseUrl: LOCAL })).toMatchObject({ kind: 'none-needed' })
  })
})

test.each([
  ['nocolon-secret', 1, 'no colon in it'],
  ['x-a: b\n: secret', 2, 'no name before the colon'],
  ['x-é: secret', 1, 'the name "x-é", which no header can have'],
  ['x-a: b\r\n\nx-b: secr\u0001et', 3, 'a value of "x-b" with characters that no header can hold'],
])(
  'a header in the environment that is none (%j) is named by its line before anything is sent',
  async (text, line, came) => {
    const env = { ANTHROPIC_API_KEY: 'key', ANTHROPIC_CUSTOM_HEADERS: text }
    const said = await failure(find({ env }))
    expect(said).toContain(
      `ANTHROPIC_CUSTOM_HEADERS, line ${line}: expected a header such as x-team: blue, got ${came};`,
    )
    expect(said).not.toContain('secr')
    const legal = { ...env, ANTHROPIC_CUSTOM_HEADERS: 'x-team: blé\n\n x-empty:\r\n' }
    expect(await find({ env: legal })).toMatchObject({ secret: 'key' })
  },
)

describe('the key helper', () => {
  const asked = (apiKeyHelper: string, rest: Ask = {}) => find({ settings: { ...bare, apiKeyHelper }, ...rest })

  test('its output is trimmed, and it sees the environment', async () => {
    const env = { WHERE: 'vault' }
    const command = node("console.log('  key-from-' + process.env.WHERE + '  \\n')")
    expect(await asked(command, { env })).toEqual({ kind: 'key', secret: 'key-from-vault', origin: 'apiKeyHelper' })
  })

  test('it cannot take our standard input', async () => {
    const command = node("console.log('read-' + require('fs').readFileSync(0).length)")
    expect(await asked(command)).toMatchObject({ secret: 'read-0' })
  })

  test('when it fails, its complaint is told on one line and without keys', async () => {
    const script = "console.error('vault\\n\\u001b[2Jlocked for sk-ant-secret-1'); process.exit(7)"
    const said = await failure(asked(node(script.replaceAll('\\', '\\\\'))))
    expect(said).toContain('apiKeyHelper')
    expect(said).toContain('exit code 7')
    expect(said).toContain('locked for sk-ant-…(hidden)')
    expect(said).not.toContain('secret-1')
    expect(said).toMatch(/^[^\p{C}]*$/u)
  })

  test('what it printed before failing is not told', async () => {
    expect(await failure(asked(node("console.log('secret'); process.exit(1)")))).not.toMatch(/got .*secret/)
  })

  test('a command that does not exist, and one that prints nothing, are told apart', async () => {
    expect(await failure(asked('no-such-command-here'))).toMatch(/exit code (127|1)/)
    expect(await failure(asked(node('')))).toMatch(/^apiKeyHelper: expected one API key, got nothing/)
  })

  test('one that prints more than a key is refused', async () => {
    const said = await failure(asked(node("console.log('Welcome!'); console.log('secret')")))
    expect(said).toContain('white space inside')
    expect(said).not.toContain('secret')
  })

  test('one that never ends is given up', async () => {
    const said = await failure(asked(node('setInterval(() => {}, 1000)'), { helperLimitMs: 20 }))
    expect(said).toContain('no end within 0.02 s')
  })

  // Runs our file as it stands, which needs a Node that reads TypeScript.
  const alone = process.platform !== 'win32' && process.features.typescript
  test.skipIf(!alone)('one that is given up does not keep us from ending, even if its child lives on', async () => {
    const file = new URL('../../src/io/credentials/key-helper.ts', import.meta.url)
    const script = `
      const { runKeyHelper } = await import('${file}')
      const answer = await runKeyHelper('sleep 20 & sleep 20; true', process.env, String, 20)
      console.log(answer.problem.came)`
    const ended = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(ended.stdout).toBe('no end within 0.02 s\n')
  })

  test.skipIf(process.platform === 'win32')('one whose child holds the pipe open is given up as well', async () => {
    expect(await failure(asked('sleep 5 & sleep 5; echo late', { helperLimitMs: 20 }))).toContain('no end within')
  })
})

describe("the SDK's own login", () => {
  test('the active profile is the one the folder names, else default', async () => {
    loggedIn('work')
    expect(await find()).toBeNull()
    writeFileSync(join(home, 'active_config'), 'work\n')
    expect(await find()).toEqual({ kind: 'profile', origin: `profile "work" in ${home}` })
  })

  test('a profile that is named must exist', async () => {
    loggedIn('work')
    expect(await find({ env: { ANTHROPIC_PROFILE: 'work' } })).toMatchObject({ kind: 'profile' })
    const said = await failure(find({ env: { ANTHROPIC_PROFILE: 'play' } }))
    expect(said).toContain(join(home, 'configs'))
    expect(said).toContain('"play"')
    expect(await failure(find({ env: { ANTHROPIC_PROFILE: '../configs/work' } }))).toContain('ANTHROPIC_PROFILE')
  })

  test('workload identity needs rule, organisation and a token', async () => {
    const env: Record<string, string> = { ANTHROPIC_FEDERATION_RULE_ID: 'fdrl_1', ANTHROPIC_ORGANIZATION_ID: 'org' }
    expect(await find({ env })).toBeNull()
    env.ANTHROPIC_IDENTITY_TOKEN_FILE = '/token'
    expect(await find({ env })).toMatchObject({ kind: 'profile', origin: expect.stringContaining('workload identity') })
  })

  test('the folder follows XDG_CONFIG_HOME and HOME when it has no variable of its own', async () => {
    const place = join(home, 'anthropic', 'configs')
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'default.json'), '{}')
    const env =
      process.platform === 'win32'
        ? { ANTHROPIC_CONFIG_DIR: '', APPDATA: home }
        : { ANTHROPIC_CONFIG_DIR: '', XDG_CONFIG_HOME: home }
    expect(await find({ env })).toMatchObject({ kind: 'profile' })
    expect(await find({ env: { ANTHROPIC_CONFIG_DIR: '' } })).toBeNull()
  })

  test('a login is offered to no other server, but one that stands in the environment beside its name', async () => {
    loggedIn()
    const env = { ANTHROPIC_PROFILE: 'default' }
    expect(await find({ baseUrl: LOCAL })).toMatchObject({
      kind: 'none-needed',
      note: expect.stringContaining('login'),
    })
    expect(await find({ baseUrl: LOCAL, env })).toMatchObject({ kind: 'none-needed' })
    expect(await find({ baseUrl: LOCAL, env, isFromEnv: true })).toMatchObject({ kind: 'profile' })
    expect(await find({ baseUrl: LOCAL, isFromEnv: true })).toMatchObject({ kind: 'none-needed' })
    expect(await failure(find({ baseUrl: GATEWAY }))).toMatch(/^The login .*, got https:\/\/gateway\.example;/)
    expect(await find({ baseUrl: 'https://eu.anthropic.com' })).toMatchObject({ kind: 'profile' })
  })
})

describe('addresses that are near', () => {
  test.each([
    'http://localhost',
    'http://api.localhost:80',
    'http://127.0.0.1:11434',
    'http://127.1',
    'http://0x7f.0.0.1',
    'http://2130706433',
    'http://0.0.0.0:8080',
    'http://10.1.2.3',
    'http://172.16.0.1',
    'http://172.31.255.255',
    'http://192.168.178.20:1234',
    'http://169.254.1.1',
    'http://100.64.0.1',
    'http://[::1]:8080',
    'http://[fd00::1]',
    'http://[fe80::1]',
    'http://[::ffff:127.0.0.1]',
    'http://nas.local',
    'http://ollama:11434',
    'http://host.docker.internal:11434',
  ])('%s is', (url) => expect(isLocalAddress(url)).toBe(true))

  test.each([
    'https://api.anthropic.com',
    'https://localhost.example.com',
    'https://127.0.0.1.example.com',
    'https://10.example.com',
    'http://172.15.0.1',
    'http://172.32.0.1',
    'http://192.169.0.1',
    'http://100.128.0.1',
    'http://11.0.0.1',
    'http://8.8.8.8',
    'http://[2001:db8::1]',
    'http://[::ffff:8.8.8.8]',
    'http://[fc::1]',
    'http://nas.notlocal',
    'not an address',
    '',
  ])('%s is not', (url) => expect(isLocalAddress(url)).toBe(false))
})

describe('hiding secrets', () => {
  test('what is known and what looks like a credential gives way to a short mark', () => {
    expect(hideSecrets('key sk-ant-api03-AbC_d-9 was refused', [])).toBe('key sk-ant-…(hidden) was refused')
    expect(hideSecrets('Authorization: Bearer eyJhbGciOi.x.y', [])).toBe('Authorization: Bearer …(hidden)')
    expect(hideSecrets('{"x-api-key":"local-secret","a":1}', [])).toBe('{"x-api-key":"…(hidden)","a":1}')
    expect(hideSecrets('at /?k=my%2Fsecret and my/secret', ['my/secret'])).toBe('at /?k=…(hidden) and …(hidden)')
    expect(hideSecrets('sk-ant-one$two and Bearer sk-ant-one$two', ['sk-ant-one$two'])).toBe(
      'sk-ant-…(hidden) and Bearer sk-ant-…(hidden)',
    )
  })

  test('ordinary words stay', () => {
    const text = 'The bearer of bad news: no key, see sk-ant- in the manual; task-antics.'
    expect(hideSecrets(text, ['', 'no', 'key'])).toBe(text)
  })

  test('however secrets stand in a text, none is left in it', () => {
    const secret = fc
      .array(fc.constantFrom(...'abcXYZ019-_$./+="\\%'), { minLength: 8, maxLength: 40 })
      .map((chars) => chars.join(''))
    const secrets = fc.array(
      fc.oneof(
        secret,
        secret.map((text) => `sk-ant-${text}`),
      ),
      { minLength: 1, maxLength: 3 },
    )
    const between = fc.constantFrom('', ' ', 'Bearer ', 'x-api-key: ', '"', '\n', 'sk-ant-', 'as JSON ', '?key=', ', ')
    fc.assert(
      fc.property(secrets, fc.array(fc.tuple(between, fc.nat(2), fc.nat(2)), { maxLength: 8 }), (known, parts) => {
        const text = parts
          .map(([before, which, spelling]) => {
            const one = known[which % known.length]!
            return before + [one, encodeURIComponent(one), JSON.stringify(one)][spelling]
          })
          .join('')
        const hidden = hideSecrets(text, known)
        for (const one of known) expect(hidden).not.toContain(one)
      }),
      { numRuns: 500 },
    )
  })
})
