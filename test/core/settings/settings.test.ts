import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EFFORT_LEVELS } from '../../../src/core/models.ts'
import {
  resolveSettings,
  SETTINGS,
  type SettingKey,
  type Settings,
  sayProblem,
  settingRow,
  settingsSchema,
} from '../../../src/core/settings.ts'

const nothing = { flags: {}, env: {}, file: {} }

const PROMISES = [
  ['1s', '1s'],
  ['800ms', '800ms'],
  [' 1s, deep = 3s,claude-haiku-5-5=0.4s ', '1s,deep=3s,claude-haiku-5-5=0.4s'],
] as const
const NO_PROMISES = ['', 'soon', 'deep=3s', '1s,deep', '1s,,deep=1s', '-1s', 1, null]
const RATES: readonly (readonly [string, number | null])[] = [
  ['5%', 0.05],
  ['0', 0],
  ['0.02', 0.02],
  ['none', null],
]
const DOLLARS = [
  ['1', 1],
  ['0.05', 0.05],
  ['$2.50', 2.5],
] as const

/** For every setting: legal texts and the values they mean. At least four, so that the layers can differ. */
const LEGAL: { readonly [K in SettingKey]: readonly (readonly [string, Settings[K]])[] } = {
  model: [
    ['fast', 'fast'],
    ['deep', 'deep'],
    ['claude-opus-5-5', 'claude-opus-5-5'],
    [' qwen3:8b ', 'qwen3:8b'],
  ],
  effort: [...EFFORT_LEVELS.map((level) => [level, level] as const), ['auto', null]],
  system: [
    ['Be brief.', 'Be brief.'],
    ['@prompt.md', '@prompt.md'],
    ['  indented\n', '  indented\n'],
    ['日本語', '日本語'],
  ],
  maxTokens: [
    ['1', 1],
    ['4096', 4096],
    ['auto', null],
    ['128000', 128_000],
  ],
  baseUrl: [
    ['http://localhost:11434/v1', 'http://localhost:11434'],
    ['https://gateway.example/claude/', 'https://gateway.example/claude'],
    ['HTTPS://API.Anthropic.com', 'https://api.anthropic.com'],
    ['http://[::1]:8080/v1/', 'http://[::1]:8080'],
  ],
  serverFeatures: [
    ['auto', 'auto'],
    ['full', 'full'],
    ['plain', 'plain'],
    [' full', 'full'],
  ],
  apiKey: [
    ['sk-ant-one', 'sk-ant-one'],
    ['"sk-ant-two"', 'sk-ant-two'],
    [" 'three'\n", 'three'],
    ['four', 'four'],
  ],
  apiKeyStore: [
    ['auto', 'auto'],
    ['keychain', 'keychain'],
    ['file', 'file'],
    [' file', 'file'],
  ],
  apiKeyFor: [
    ['none', null],
    ['https://gateway.example/v1', 'https://gateway.example'],
    ['http://localhost:4000/', 'http://localhost:4000'],
    [' https://gateway.example', 'https://gateway.example'],
  ],
  apiKeyHelper: [
    ['pass show claude', 'pass show claude'],
    ['cat ~/key', 'cat ~/key'],
    ['echo "a b"', 'echo "a b"'],
    ['x | y', 'x | y'],
  ],
  theme: [
    ['plain', 'plain'],
    ['dark', 'dark'],
    ['light ', 'light'],
    [' auto', 'auto'],
  ],
  imagePreview: [
    ['off', 'off'],
    [' blocks', 'blocks'],
    ['auto', 'auto'],
  ],
  screenReader: [
    ['on', true],
    ['0', false],
    [' Yes', true],
    ['false', false],
  ],
  motion: [
    ['reduced', 'reduced'],
    ['full', 'full'],
    ['reduced ', 'reduced'],
    [' full', 'full'],
  ],
  summariseAt: [
    ['0.5', 0.5],
    ['75%', 0.75],
    ['1', 1],
    ['.9', 0.9],
  ],
  retryFor: [
    ['auto', 'auto'],
    [' 90s', '90s'],
    ['0', '0'],
    ['1.5m', '1.5m'],
  ],
  fallback: [
    ['ask', 'ask'],
    ['chat', 'chat'],
    ['off', 'off'],
    ['deep, balanced ,fast', 'deep,balanced,fast'],
    ['claude-opus-5-5', 'claude-opus-5-5'],
  ],
  breaker: [
    ['on', 'on'],
    ['off', 'off'],
    [' on', 'on'],
    ['off ', 'off'],
  ],
  stallAfterMs: [
    ['100', 100],
    ['30000', 30_000],
    ['60000', 60_000],
    ['2147483647', 2_147_483_647],
  ],
  offerAfterMs: [
    ['100', 100],
    ['15000', 15_000],
    ['60000', 60_000],
  ],
  models: [
    ['[]', []],
    ['[{"id":"local","window":8192}]', [{ id: 'local', window: 8192 }]],
    ['[{"id":"a"},{"id":"b","prices":null}]', [{ id: 'a' }, { id: 'b', prices: null }]],
    ['[{"id":"c","efforts":["low"]}]', [{ id: 'c', efforts: ['low'] }]],
  ],
  thinking: [
    ['hidden', 'hidden'],
    ['summarised', 'summarised'],
    ['hidden ', 'hidden'],
    [' summarised', 'summarised'],
  ],
  concise: [
    ['on', true],
    ['off', false],
    ['Yes', true],
    ['0', false],
  ],
  temperature: [
    ['0', 0],
    ['0.7', 0.7],
    [' 2 ', 2],
    ['none', null],
  ],
  topP: [
    ['1', 1],
    ['.9', 0.9],
    ['0.05', 0.05],
    ['none', null],
  ],
  imageSize: [
    ['auto', 'auto'],
    [' Native', 'native'],
    ['720p', '720p'],
    ['1024X768', '1024x768'],
    ['640×480', '640x480'],
  ],
  presets: [
    ['[]', []],
    ['[{"name":"code","effort":"high"}]', [{ name: 'code', effort: 'high' }]],
    ['[{"name":"mail","model":"fast","concise":true}]', [{ name: 'mail', model: 'fast', concise: true }]],
    ['[{"name":"c","effort":null,"maxTokens":null}]', [{ name: 'c', effort: null, maxTokens: null }]],
  ],
  history: [
    ['off', 'off'],
    ['on', 'on'],
    ['off ', 'off'],
    [' on', 'on'],
  ],
  keys: [
    ['vim', 'vim'],
    ['emacs', 'emacs'],
    ['vim ', 'vim'],
    [' emacs', 'emacs'],
  ],
  titles: [
    ['auto', 'auto'],
    ['off', 'off'],
    ['auto ', 'auto'],
    [' off', 'off'],
  ],
  cacheTtl: [
    ['1h', '1h'],
    ['5m', '5m'],
    ['off ', 'off'],
    [' auto', 'auto'],
  ],
  keepWarm: [
    ['45m', '45m'],
    ['2h', '2h'],
    [' $0.50', '$0.50'],
    ['off', 'off'],
  ],
  keepDays: [
    ['forever', null],
    ['90', 90],
    [' 1 ', 1],
  ],
  cascade: [
    ['off', 'off'],
    ['fast,deep', 'fast,deep'],
    [' fast , balanced, deep ', 'fast,balanced,deep'],
    ['qwen3:8b,claude-opus-5-5', 'qwen3:8b,claude-opus-5-5'],
  ],
  check: [
    ['judge', 'judge'],
    ['schema:answer.json', 'schema:answer.json'],
    ['regex:/^yes|no$/i', 'regex:/^yes|no$/i'],
    ['cmd:grep -q done', 'cmd:grep -q done'],
  ],
  route: [
    ['off', 'off'],
    ['classify=fast', 'classify=fast'],
    ['classify = fast, code=balanced', 'classify=fast,code=balanced'],
    ['maths=claude-opus-5-5', 'maths=claude-opus-5-5'],
  ],
  routeIfSlow: [
    ['off', 'off'],
    ['2s', '2s'],
    ['800ms', '800ms'],
    ['1.5s', '1.5s'],
  ],
  maxCostTurn: [...DOLLARS, ['none', null]],
  maxCostSession: [...DOLLARS, ['none', null]],
  maxCostDay: [...DOLLARS, ['none', null]],
  askAbove: [...DOLLARS, ['never', null]],
  sloTtft: PROMISES,
  sloTotal: PROMISES,
  telemetry: [
    ['otlp', 'otlp'],
    [' otlp ', 'otlp'],
    ['off', 'off'],
    ['off ', 'off'],
  ],
  alertInvalidAbove: RATES,
  alertRefusedAbove: RATES,
  alertTruncatedAbove: RATES,
}

/** For every setting: JSON values it must not take. */
const ILLEGAL: { readonly [K in SettingKey]: readonly unknown[] } = {
  model: ['', '  ', 'two words', 'bell\u0007', 5, null, {}],
  effort: ['huge', 'auto', 1, [], true],
  system: [5, {}, false],
  maxTokens: [0, -1, 1.5, '5', Number.POSITIVE_INFINITY],
  baseUrl: ['localhost:80', 'ftp://x', 'http://', 'http://a:b@host', 'http://h/?q=1', 'http://h/#x', 5],
  serverFeatures: ['', 'some', null, 1],
  apiKey: ['', 'two words', 'two\nlines', 'clé', 'a"b', 'Bearer abc', 5],
  apiKeyStore: ['', 'disk', true],
  apiKeyFor: ['gateway.example', 'https://a:b@host', 5],
  apiKeyHelper: ['', '   ', 'a\0b', 5],
  theme: ['black', '', null],
  imagePreview: ['on', '', null],
  screenReader: ['on', 1, null],
  motion: ['none', null, true],
  summariseAt: [0, -0.5, 1.01, '80%', null],
  stallAfterMs: [0, 99, 2 ** 31, 100.5, null],
  offerAfterMs: [0, 99, 2 ** 31, 1.5, null],
  retryFor: ['', 'soon', '-1', '1d', '5 m', null, true],
  fallback: ['', 'two words', ',', 'deep,', 'deep,,fast', 'bell\u0007', null, ['deep']],
  breaker: ['', 'yes', null, true],
  models: [
    null,
    {},
    ['x'],
    [{}],
    [{ id: '' }],
    [{ id: 5 }],
    [{ id: 'x', window: 0 }],
    [{ id: 'x', widnow: 5 }],
    [{ id: 'x', thinking: 'maybe' }],
    [{ id: 'x', retires: 'soon' }],
    [{ id: 'x', prices: [{ upToPrompt: null, card: { input: 1 } }] }],
  ],
  thinking: ['shown', null, true],
  concise: ['on', 1, null],
  temperature: [-0.1, 2.1, '0.5', true],
  topP: [0, 1.1, '1', true],
  imageSize: ['', 'huge', '0x5', '1080', 1024, null],
  presets: [
    null,
    {},
    [{}],
    [{ name: '' }],
    [{ name: 'two words' }],
    [{ name: 'x', effort: 'huge' }],
    [{ name: 'x', modle: 'y' }],
  ],
  history: ['yes', true, null],
  keys: ['vi', null, 1],
  titles: ['', 'on', null, 1],
  cacheTtl: ['', '10m', null, 1],
  keepWarm: ['', '0m', '45', '$', '1d', null, 30],
  keepDays: [0, -1, 1.5, '90', true],
  cascade: ['', 'fast', 'fast,', 'a,b,c,d,e', 'two words,x', null, ['fast', 'deep']],
  check: ['', 'jury', 'regex:/(/', 'schema:', 'cmd:', null, true],
  route: ['', 'fast', 'classify=', '=fast', 'a=b,c', 'Classi fy=fast', null, {}],
  routeIfSlow: ['', '2', 'soon', '2d', null, 2000],
  maxCostTurn: [0, -1, '1', true],
  maxCostSession: [0, -1, '1', true],
  maxCostDay: [0, -0.01, '1', {}],
  askAbove: [0, -1, '1', 'never'],
  sloTtft: NO_PROMISES,
  sloTotal: NO_PROMISES,
  telemetry: ['', 'on', 'OTLP', null, true],
  alertInvalidAbove: [-0.1, 1.5, '5%', true],
  alertRefusedAbove: [-0.1, 1.5, '5%', true],
  alertTruncatedAbove: [-0.1, 1.5, '5%', true],
}

const keys = SETTINGS.map(({ key }) => key)

describe('one setting', () => {
  test.each(keys)('%s understands every legal text, and its value is legal in the file as well', (key) => {
    for (const [text, value] of LEGAL[key]) {
      expect(settingRow(key).parse(text)).toEqual({ value })
      expect(settingRow(key).check(value)).toEqual({ value })
    }
  })

  test.each(keys)('%s refuses what it must not be, and says what it expected and got', (key) => {
    for (const value of ILLEGAL[key]) {
      const reading = settingRow(key).check(value)
      expect(reading, JSON.stringify(value)).toHaveProperty('problem')
      if (!('problem' in reading)) continue
      expect(reading.problem.where.startsWith(key)).toBe(true)
      expect(reading.problem.expected).not.toBe('')
      expect(reading.problem.came).not.toBe('')
    }
  })

  test('every default is legal', () => {
    for (const row of SETTINGS) expect(row.check(row.default)).toEqual({ value: row.default })
  })

  test('the empty system prompt means there is none', () => {
    expect(settingRow('system').parse('')).toEqual({ value: null })
  })

  test('an address without a scheme is met with the likely one', () => {
    const reading = settingRow('baseUrl').parse('localhost:11434')
    expect('problem' in reading && sayProblem(reading.problem)).toBe(
      'baseUrl: expected the http:// or https:// address of a server, got "localhost:11434"; did you mean http://localhost:11434?',
    )
  })

  test('a problem with a key or a password in an address never quotes it', () => {
    const hidden = 'hunter2'
    const texts = [`http://me:${hidden}@host`, `me:${hidden}@host`, `ftp://me:${hidden}@host`, `http://me:${hidden}@`]
    const readings = [
      ...texts.map((text) => settingRow('baseUrl').parse(text)),
      ...[`${hidden} ${hidden}`, `"${hidden}`, `Bearer ${hidden}`, `é${hidden}`].map((text) =>
        settingRow('apiKey').parse(text),
      ),
      settingRow('apiKey').check(20_261_120),
    ]
    for (const reading of readings) {
      expect(reading).toHaveProperty('problem')
      expect(JSON.stringify(reading)).not.toMatch(/hunter2|20261120/)
    }
  })

  test('a slip in a model row names the row and the nearest field', () => {
    const reading = settingRow('models').check([{ id: 'a' }, { id: 'b', widnow: 5 }])
    expect('problem' in reading && sayProblem(reading.problem)).toBe(
      'models[1]: expected the name of a field, got "widnow"; did you mean "window"?',
    )
  })

  test('price steps out of order are refused, since the first that fits sets the price', () => {
    const card = { input: 1, write5m: 1, write1h: 1, read: 1, output: 1 }
    const prices = (...ends: (number | null)[]) => [
      { id: 'x', prices: ends.map((upToPrompt) => ({ upToPrompt, card })) },
    ]
    expect(settingRow('models').check(prices(10, 20, null))).toHaveProperty('value')
    expect(settingRow('models').check(prices(20, 10, null))).toHaveProperty('problem')
    expect(settingRow('models').check(prices(null, 10))).toHaveProperty('problem')
    expect(settingRow('models').check(prices(null, null))).toHaveProperty('problem')
  })

  test('what came is shown on one line, short, with invisible characters spelled out', () => {
    const reading = settingRow('theme').check(`\u001b[2J\u009b\u202e${'x'.repeat(1e5)}`)
    const said = 'problem' in reading ? sayProblem(reading.problem) : ''
    expect(said).toContain('"\\u{1b}[2J\\u{9b}\\u{202e}xxx')
    expect(said.length).toBeLessThan(200)
    expect(said).toMatch(/^[^\p{C}]*$/u)
  })
})

describe('layers', () => {
  test('flag before environment before file before default, for every setting', () => {
    for (const row of SETTINGS) {
      const [flag, env, file] = LEGAL[row.key]
      const layers = {
        flags: { [row.key]: flag![0] },
        env: row.env.length > 0 ? { [row.env[0]!]: env![0] } : {},
        file: { [row.key]: file![1] },
      }
      const seen = (given: typeof layers) => {
        const { settings, origin, problems } = resolveSettings(given)
        expect(problems).toEqual([])
        return [settings[row.key], origin[row.key]]
      }
      expect(seen(layers)).toEqual([flag![1], 'flag'])
      if (row.env.length > 0) expect(seen({ ...layers, flags: {} })).toEqual([env![1], 'environment'])
      expect(seen({ ...layers, flags: {}, env: {} })).toEqual([file![1], 'file'])
      expect(seen({ flags: {}, env: {}, file: {} })).toEqual([row.default, 'default'])
    }
  })

  test('any mix of layers gives each setting from its own strongest layer', () => {
    const choice = fc.record({ flag: fc.boolean(), env: fc.boolean(), file: fc.boolean() })
    fc.assert(
      fc.property(fc.tuple(...keys.map(() => choice)), (choices) => {
        const flags: Record<string, string> = {}
        const env: Record<string, string> = {}
        const file: Record<string, unknown> = {}
        const expected: Record<string, unknown> = {}
        for (const [i, row] of SETTINGS.entries()) {
          const [inFlag, inEnv, inFile] = LEGAL[row.key]
          const use = choices[i]!
          const hasEnv = use.env && row.env.length > 0
          if (use.flag) flags[row.key] = inFlag![0]
          if (hasEnv) env[row.env.at(-1)!] = inEnv![0]
          if (use.file) file[row.key] = inFile![1]
          expected[row.key] = use.flag ? inFlag![1] : hasEnv ? inEnv![1] : use.file ? inFile![1] : row.default
        }
        expect(resolveSettings({ flags, env, file }).settings).toEqual(expected)
      }),
    )
  })

  test('our own variable goes before the shared one', () => {
    const env = { ANTHROPIC_BASE_URL: 'http://shared', CLAUDE_TUI_BASE_URL: 'http://own' }
    expect(resolveSettings({ ...nothing, env }).settings.baseUrl).toBe('http://own')
  })

  test('an empty variable counts as not set', () => {
    const env = {
      CLAUDE_TUI_MODEL: '',
      CLAUDE_TUI_EFFORT: '  ',
      CLAUDE_TUI_BASE_URL: '',
      ANTHROPIC_BASE_URL: 'http://shared',
    }
    const { settings, origin, problems } = resolveSettings({ ...nothing, env })
    expect(problems).toEqual([])
    expect(origin.model).toBe('default')
    expect(settings.baseUrl).toBe('http://shared')
  })

  test('an illegal value is a problem of its layer, and the next layer is asked', () => {
    const { settings, origin, problems } = resolveSettings({
      flags: { maxTokens: 'many' },
      env: { CLAUDE_TUI_MAX_TOKENS: '-3' },
      file: { maxTokens: 1.5 },
    })
    expect(settings.maxTokens).toBeNull()
    expect(origin.maxTokens).toBe('default')
    expect(problems.map(({ layer, key }) => [layer, key])).toEqual([
      ['flag', 'maxTokens'],
      ['environment', 'maxTokens'],
      ['file', 'maxTokens'],
    ])
    expect(problems.map(sayProblem)).toEqual([
      '--max-tokens: expected a whole number from 1, or auto, got "many"',
      'CLAUDE_TUI_MAX_TOKENS: expected a whole number from 1, or auto, got -3; change or unset CLAUDE_TUI_MAX_TOKENS',
      'settings, maxTokens: expected a whole number from 1, or auto, got 1.5; ' +
        'change it with "claude-tui config set maxTokens" or drop it with "claude-tui config unset maxTokens"',
    ])
  })

  test('an illegal value that a stronger layer outranks is no problem', () => {
    const given = { flags: { effort: 'low' }, env: { CLAUDE_TUI_EFFORT: 'huge' }, file: { effort: 5 } }
    expect(resolveSettings(given).problems).toEqual([])
  })

  test('a stray name in the file is pointed out with the nearest setting', () => {
    const { problems } = resolveSettings({ ...nothing, file: { modle: 'deep', $schema: 'x' } })
    expect(problems.map(sayProblem)).toEqual([
      'settings: expected the name of a setting, got "modle"; did you mean "model" or "models"?',
    ])
  })
})

describe('whatever the file holds', () => {
  const anything = fc.jsonValue({ maxDepth: 4 })
  const legalOrNot = fc.oneof(
    anything,
    ...keys.flatMap((key) => LEGAL[key].map(([, value]) => fc.constant<unknown>(value))),
  )
  const files = fc.oneof(
    fc.dictionary(fc.string(), anything),
    fc.dictionary(fc.constantFrom<string>(...keys, '__proto__', 'constructor', 'toString'), legalOrNot),
  )

  function expectLegal(file: Readonly<Record<string, unknown>>) {
    const { settings, origin } = resolveSettings({ ...nothing, file })
    expect(Object.keys(settings).sort()).toEqual([...keys].sort())
    for (const row of SETTINGS) {
      expect(row.check(settings[row.key])).toEqual({ value: settings[row.key] })
      if (!Object.hasOwn(file, row.key)) expect(origin[row.key]).toBe('default')
    }
  }

  test('the settings that come out are legal, and nothing is thrown', () => {
    fc.assert(fc.property(files, expectLegal), { numRuns: 500 })
  })

  test('names every object has are not mistaken for settings, and a nest ten thousand deep is only a wrong value', () => {
    expectLegal(JSON.parse('{"__proto__": {"model": "deep"}, "constructor": 1}'))
    const deep = JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)
    expectLegal(Object.fromEntries(keys.map((key) => [key, deep])))
  })

  test('a tidy value stays as it is when tidied again', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTINGS), fc.oneof(fc.string(), fc.webUrl(), anything), (row, value) => {
        const once = row.check(value)
        if ('value' in once) expect(row.check(once.value)).toEqual(once)
      }),
    )
  })
})

test('the schema has a described property for every setting', () => {
  const schema = settingsSchema()
  expect(Object.keys(schema)).toEqual(keys)
  for (const key of keys) expect(schema[key].description).toBe(settingRow(key).tells)
})
