import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SETTINGS } from '../../src/core/settings.ts'
import { runConfig } from '../../src/modes/shell/config.ts'

const SECRET = 'sk-ant-api03-precious'

let home: string
let path: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'claude-tui-config-mode-'))
  path = join(home, 'claude-tui', 'settings.json')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function given(text: string) {
  mkdirSync(join(home, 'claude-tui'), { recursive: true })
  writeFileSync(path, text)
}
const stored = () => JSON.parse(readFileSync(path, 'utf8'))

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** What lies in the keychain; null: there is none. */
let keychain: Map<string, string> | null
beforeEach(() => {
  keychain = null
})
async function openKeychain() {
  const entries = keychain
  if (!entries) return null
  return {
    read: async (account: string) => entries.get(account) ?? null,
    write: async (account: string, secret: string) => void entries.set(account, secret),
    remove: async (account: string) => void entries.delete(account),
  }
}

/** `claude-tui config` with these words, this environment and this text waiting on stdin. */
async function config(args: string, env: Record<string, string> = {}, stdin?: string): Promise<Said> {
  const out: string[] = []
  const err: string[] = []
  const code = await runConfig(args.split(' ').filter(Boolean), {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    env,
    stdin: () => (stdin === undefined ? Promise.reject(new Error('nobody asked for stdin')) : Promise.resolve(stdin)),
    path,
    keychain: openKeychain,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

describe('get, set, unset', () => {
  test('what is set is what get prints, until it is unset', async () => {
    expect(await config('get model')).toEqual({ code: 0, out: 'balanced', err: '' })
    expect(await config('set model deep')).toEqual({ code: 0, out: '', err: 'model is now deep' })
    expect(await config('get model')).toEqual({ code: 0, out: 'deep', err: '' })
    expect(await config('unset model')).toEqual({ code: 0, out: '', err: 'model is no longer in the settings' })
    expect(await config('get model')).toEqual({ code: 0, out: 'balanced', err: '' })
    expect(await config('unset model')).toEqual({ code: 0, out: '', err: 'model was not in the settings' })
  })

  test('what get prints can be given back to set, for every setting that is no secret', async () => {
    given(
      JSON.stringify({
        model: 'fast',
        effort: 'low',
        system: 'x',
        maxTokens: 5,
        baseUrl: 'http://localhost:1',
        serverFeatures: 'plain',
        ...{ apiKeyHelper: 'pass', apiKeyStore: 'file', apiKeyFor: 'https://gateway.example' },
        theme: 'plain',
        imagePreview: 'blocks',
        screenReader: true,
        motion: 'reduced',
        summariseAt: 0.5,
        stallAfterMs: 500,
        offerAfterMs: 9000,
        models: [{ id: 'a', window: 8192 }],
        thinking: 'hidden',
        history: 'off',
        keys: 'vim',
        titles: 'off',
        keepDays: 90,
        cacheTtl: '1h',
        keepWarm: '45m',
        ...{ concise: true, temperature: 0.5, topP: 0.9, presets: [{ name: 'code', effort: 'high' }] },
        imageSize: '720p',
        ...{ retryFor: '5m', fallback: 'deep,fast', breaker: 'off' },
        ...{ maxCostTurn: 0.5, maxCostSession: 2, maxCostDay: 5, askAbove: 0.25, telemetry: 'otlp' },
        ...{ sloTtft: '2s', sloTotal: '9s,deep=30s', cascade: 'fast,deep', check: 'regex:/ok/' },
        ...{ route: 'code=deep', routeIfSlow: '2s' },
        ...{ alertInvalidAbove: 0.05, alertRefusedAbove: 0.01, alertTruncatedAbove: 0.02 },
      }),
    )
    for (const { key, secret } of SETTINGS) {
      if (secret) continue
      const before = stored()
      const { out } = await config(`get ${key}`)
      expect((await config(`set ${key} ${out}`)).code).toBe(0)
      expect(stored()).toEqual(before)
    }
  })

  test('a setting that has no value says so', async () => {
    expect((await config('get effort')).out).toBe('auto')
    expect((await config('get baseUrl')).out).toBe('not set')
    expect((await config('get apiKey')).out).toBe('not set')
  })

  test('a variable goes before the file, and set says so', async () => {
    given('{"model": "deep"}')
    const env = { CLAUDE_TUI_MODEL: 'fast' }
    expect((await config('get model', env)).out).toBe('fast')
    const { err } = await config('set model balanced', env)
    expect(err).toContain('CLAUDE_TUI_MODEL in the environment goes before it')
    expect(stored()).toEqual({ model: 'balanced' })
  })

  test('a long text comes from stdin, without the line break at its end', async () => {
    const prompt = '  You are a lighthouse.\n\nBlink.'
    expect((await config('set system -', {}, `${prompt}\n`)).code).toBe(0)
    expect(stored()).toEqual({ system: prompt })
    expect((await config('get system')).out).toBe(prompt)
  })

  test('a stray name in the file can be dropped', async () => {
    given('{"modle": "deep"}')
    expect((await config('unset modle')).code).toBe(0)
    expect(stored()).toEqual({})
  })

  test('an unknown model is stored with a word about it', async () => {
    const { code, err } = await config('set model claude-opus-5-6')
    expect(code).toBe(0)
    expect(err).toContain('did you mean "claude-opus-5-5"')
    given('{"models": [{"id": "qwen3:8b", "window": 8192, "source": "its card"}]}')
    expect((await config('set model qwen3:8b')).err).toBe('model is now qwen3:8b')
  })
})

describe('rules that route', () => {
  test('are refused where none of them would ever be followed, with what was expected', async () => {
    const { code, err } = await config('set route clasify=fast')
    expect(code).toBe(2)
    expect(err).toMatch(
      /^route: expected a task, one of classify, extract,.* got "clasify"; did you mean "classify"\?$/,
    )
    expect((await config('set route code=fast,code=deep')).err).toBe(
      'route: expected one rule for each task, got two for "code"',
    )
    expect((await config('set route code')).err).toContain('expected rules such as classify=fast,code=balanced, or off')
    expect((await config('get route')).out).toBe('off')
  })

  test('may name a preset of your own; a model that nobody knows is stored with a word about it', async () => {
    given('{"presets": [{"name": "my-mails", "model": "fast"}]}')
    expect((await config('set route my-mails=fast')).err).toBe('route is now my-mails=fast')
    expect((await config('set route code=depe')).err).toContain('"depe" is not in the catalogue')
  })
})

describe('the key', () => {
  test('it comes from stdin and is never shown again', async () => {
    const runs = [
      await config('set apiKey', {}, `${SECRET}\n`),
      await config('get apiKey'),
      await config('list'),
      await config('list --json'),
      await config('set apiKey -', {}, `"${SECRET}"`),
    ]
    expect(stored()).toEqual({ apiKey: SECRET })
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    expect(runs[0]!.err).toBe(
      `apiKey is now set (hidden): it lies in ${path}, unencrypted, readable by you alone (there is no keychain here), and is sent to https://api.anthropic.com alone`,
    )
    expect(runs[1]!.out).toBe('set (hidden)')
    for (const { out, err } of runs) expect(out + err).not.toContain('precious')
    expect(JSON.parse(runs[3]!.out).apiKey).toEqual({ value: 'set (hidden)', origin: 'file' })
  })

  test.skipIf(process.platform === 'win32')('the file that holds it is for its owner alone', async () => {
    await config('set apiKey', {}, SECRET)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(home, 'claude-tui')).mode & 0o777).toBe(0o700)
  })

  test('where there is a keychain it lies there, and the file says so without it', async () => {
    keychain = new Map()
    const { err } = await config('set apiKey', {}, SECRET)
    expect(err).toBe(
      "apiKey is now set (hidden): it lies in the system's keychain, and is sent to https://api.anthropic.com alone",
    )
    expect(stored()).toEqual({ apiKeyStore: 'keychain' })
    expect([...keychain]).toEqual([['https://api.anthropic.com', SECRET]])
    expect((await config('get apiKey')).out).toBe('set (hidden)')
    expect((await config('list')).out).not.toContain('precious')
    expect((await config('unset apiKey')).err).toBe("apiKey is no longer in the system's keychain")
    expect(keychain.size).toBe(0)
    expect(stored()).toEqual({})
    await config('set apiKeyStore file')
    expect((await config('set apiKey', {}, SECRET)).err).toContain(
      `lies in ${path}, unencrypted, readable by you alone, and`,
    )
    expect(keychain.size).toBe(0)
  })

  test('it is kept for the server that the settings name, and that stands beside it', async () => {
    await config('set baseUrl https://gateway.example/v1')
    expect((await config('set apiKey', {}, SECRET)).err).toContain('is sent to https://gateway.example alone')
    expect(stored()).toMatchObject({ apiKeyFor: 'https://gateway.example' })
    await config('unset baseUrl')
    await config('set apiKey', {}, SECRET)
    expect(stored()).toEqual({ apiKey: SECRET })
  })

  test('a key on the command line is taken, with a word about the shell that remembers it', async () => {
    const { code, err } = await config(`set apiKey ${SECRET}`)
    expect(code).toBe(0)
    expect(err).toContain('the shell may remember it')
    expect(err).not.toContain('precious')
  })

  test('wherever a key is typed by mistake, it is not echoed', async () => {
    const mistakes = [
      await config(`get ${SECRET}`),
      await config(`set ${SECRET}`),
      await config(`${SECRET}`),
      await config(`list ${SECRET}`),
      await config(`set apiKey half ${SECRET}`),
      await config('set apiKey half other-half'),
      await config('set apiKey', {}, 'half other-half'),
      await config('set apiKey', {}, ''),
    ]
    for (const { code, out, err } of mistakes) {
      expect(code).toBe(2)
      expect(out).toBe('')
      expect(err).not.toMatch(/precious|other-half/)
    }
    expect(existsSync(path)).toBe(false)
  })

  test('a key in the environment is said to go before a stored one', async () => {
    const { err } = await config('set apiKey', { ANTHROPIC_API_KEY: 'other' }, SECRET)
    expect(err).toContain('ANTHROPIC_API_KEY in the environment goes before it')
  })
})

describe('list and path', () => {
  test('list shows every setting with its value and where it comes from', async () => {
    given('{"model": "deep", "system": "line one\\nline two", "effort": null}')
    const { code, out } = await config('list', { CLAUDE_TUI_THEME: 'plain', ANTHROPIC_BASE_URL: 'http://localhost:9' })
    expect(code).toBe(0)
    const rows = out.split('\n').map((row) => row.split(/ {2,}/))
    expect(rows).toHaveLength(SETTINGS.length)
    expect(rows).toContainEqual(['model', 'deep', 'file'])
    expect(rows).toContainEqual(['system', '"line one\\nline two"', 'file'])
    expect(rows).toContainEqual(['effort', 'auto', 'file'])
    expect(rows).toContainEqual(['theme', 'plain', 'environment (CLAUDE_TUI_THEME)'])
    expect(rows).toContainEqual(['baseUrl', 'http://localhost:9', 'environment (ANTHROPIC_BASE_URL)'])
    expect(rows).toContainEqual(['stallAfterMs', '90000', 'default'])
  })

  test('list --json holds the values themselves', async () => {
    given('{"maxTokens": 5}')
    const parsed = JSON.parse((await config('list --json')).out)
    expect(Object.keys(parsed)).toEqual(SETTINGS.map(({ key }) => key))
    expect(parsed.maxTokens).toEqual({ value: 5, origin: 'file' })
    expect(parsed.effort).toEqual({ value: null, origin: 'default' })
    expect(parsed.models).toEqual({ value: [], origin: 'default' })
  })

  test('path prints the path and touches nothing', async () => {
    given('{broken')
    expect(await config('path')).toEqual({ code: 0, out: path, err: '' })
    expect(readFileSync(path, 'utf8')).toBe('{broken')
  })
})

describe('what can go wrong', () => {
  test.each([
    ['get modle', 'config: expected the name of a setting, got "modle"; did you mean "model" or "models"?'],
    ['set thinkng x', 'config: expected the name of a setting, got "thinkng"; did you mean "thinking"?'],
    ['unset constructor', 'config: expected the name of a setting, got "constructor"; known are model, effort'],
    ['get', 'config: expected the name of a setting, got nothing; known are model, effort'],
    ['set model', 'config set model: expected a value, got nothing; give one, or - to read it from stdin'],
    ['set effort huge', 'effort: expected one of low, medium, high, xhigh, max, or auto, got "huge"'],
    ['set system You are', 'config: expected nothing more, got "are"; put a value of several words in quotes'],
    ['get model now', 'config: expected nothing more, got "now"'],
    ['list --yaml', 'config: expected nothing more, got "--yaml"'],
    ['path there', 'config: expected nothing more, got "there"'],
    ['show', 'config: expected one of get, set, unset, list, path, got "show"'],
    ['', 'config: expected one of get, set, unset, list, path, got nothing'],
  ])('"config %s" is a usage error that says what was expected', async (args, sentence) => {
    const { code, out, err } = await config(args)
    expect(err.startsWith(sentence), err).toBe(true)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(existsSync(path)).toBe(false)
  })

  test('help goes to stdout', async () => {
    const { code, out } = await config('--help')
    expect(code).toBe(0)
    expect(out).toContain('claude-tui config set KEY VALUE')
  })

  test('a variable that makes no sense is an error of usage, and the value that holds is still printed', async () => {
    given('{"effort": "low"}')
    const { code, out, err } = await config('get effort', { CLAUDE_TUI_EFFORT: 'huge' })
    expect({ code, out }).toEqual({ code: 2, out: 'low' })
    expect(err).toContain('unset CLAUDE_TUI_EFFORT')
    expect((await config('get model', { CLAUDE_TUI_EFFORT: 'huge' })).code).toBe(0)
  })

  test('an illegal value in the file is a warning with the commands that mend it', async () => {
    given('{"effort": "huge"}')
    const { code, out, err } = await config('get effort')
    expect({ code, out }).toEqual({ code: 0, out: 'auto' })
    expect(err).toContain('claude-tui config unset effort')
    expect((await config('unset effort')).code).toBe(0)
    expect((await config('get effort')).err).toBe('')
  })

  test('a broken file is code 3 once, named and kept', async () => {
    given('{broken')
    const { code, out, err } = await config('get model')
    expect({ code, out }).toEqual({ code: 3, out: 'balanced' })
    const aside = readdirSync(join(home, 'claude-tui'))[0]!
    expect(err).toContain(join(home, 'claude-tui', aside))
    expect(readFileSync(join(home, 'claude-tui', aside), 'utf8')).toBe('{broken')
    expect(await config('get model')).toEqual({ code: 0, out: 'balanced', err: '' })
  })

  test('setting over a broken file works and says where the old one went', async () => {
    given('{broken')
    const { code, err } = await config('set model deep')
    expect(code).toBe(0)
    expect(err).toContain('settings.broken-')
    expect(stored()).toEqual({ model: 'deep' })
    expect(readdirSync(join(home, 'claude-tui'))).toHaveLength(2)
  })

  test('a folder that cannot be written to is code 3 with a way out', async () => {
    writeFileSync(join(home, 'claude-tui'), 'in the way')
    const { code, err } = await config('set model deep')
    expect(code).toBe(3)
    expect(err).toContain('CLAUDE_TUI_CONFIG_DIR')
    mkdirSync(join(home, 'elsewhere', 'settings.json'), { recursive: true })
    path = join(home, 'elsewhere', 'settings.json')
    for (const args of ['set model deep', 'unset model', 'list']) expect((await config(args)).code).toBe(3)
  })
})
