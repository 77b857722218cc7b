import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Conf from 'conf'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SETTINGS, type SettingKey, sayProblem, settingRow, settingsSchema } from '../../src/core/settings.ts'
import { readSettingsFile, removeSetting, SettingsFileError, writeSetting } from '../../src/io/config.ts'
import { folders, settingsPath } from '../../src/io/files/folders.ts'

let home: string
let path: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'claude-tui-config-'))
  path = join(home, 'claude-tui', 'settings.json')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** A settings file with exactly this text, made by hand. */
function given(text: string, mode = 0o644) {
  mkdirSync(join(home, 'claude-tui'), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}
const stored = () => JSON.parse(readFileSync(path, 'utf8'))
const modeOf = (file: string) => statSync(file).mode & 0o777
const onPosix = test.skipIf(process.platform === 'win32')

async function failure(step: Promise<unknown>): Promise<SettingsFileError> {
  const error = await step.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(SettingsFileError)
  return error as SettingsFileError
}

describe('reading', () => {
  test('no file, a blank file and a file under a file hold no settings and are no problem', () => {
    expect(readSettingsFile(path)).toEqual({ values: {}, problem: null, setAside: null })
    given(' \n')
    expect(readSettingsFile(path)).toEqual({ values: {}, problem: null, setAside: null })
    expect(readSettingsFile(join(path, 'deeper.json'))).toEqual({ values: {}, problem: null, setAside: null })
  })

  test('what an editor with a byte order mark has saved is read', () => {
    given('\uFEFF{"model": "deep"}')
    expect(readSettingsFile(path).values).toEqual({ model: 'deep' })
  })

  test('a broken file is set aside whole, named, and the next start is clean', () => {
    const text = '{\n  "model": "deep",\n  "apiKey": "sk-ant-precious" "oops"\n}'
    given(text)
    const { values, problem, setAside } = readSettingsFile(path, new Date('2026-11-20T13:58:00.123Z'))
    expect(values).toEqual({})
    expect(setAside).toBe(join(home, 'claude-tui', 'settings.broken-2026-11-20T13-58-00-123Z.json'))
    expect(readFileSync(setAside!, 'utf8')).toBe(text)
    const said = sayProblem(problem!)
    expect(said).toContain(path)
    expect(said).toContain(setAside)
    expect(said).toContain('line 3 column')
    expect(said).not.toContain('precious')
    expect(readSettingsFile(path)).toEqual({ values: {}, problem: null, setAside: null })
  })

  test('however the JSON is broken, the key in it is not told', () => {
    for (const text of [
      'sk-ant-precious',
      '{"apiKey": sk-ant-precious}',
      '{"apiKey": "sk-ant-precious',
      '"sk-ant-precious"',
    ]) {
      given(text)
      const { problem } = readSettingsFile(path)
      expect(problem).not.toBeNull()
      expect(sayProblem(problem!)).not.toContain('precious')
    }
  })

  test('two files broken in the same moment are both kept', () => {
    const now = new Date('2026-11-20T13:58:00Z')
    const texts = ['{', '[1]', 'null']
    const kept = texts.map((text) => {
      given(text)
      return readSettingsFile(path, now).setAside!
    })
    expect(kept.map((file) => readFileSync(file, 'utf8'))).toEqual(texts)
  })

  test('a folder in place of the file is a problem with a way out, and stays', () => {
    mkdirSync(path, { recursive: true })
    const { problem, setAside } = readSettingsFile(path)
    expect(sayProblem(problem!)).toMatch(/expected a readable file, got a folder \(EISDIR\); .*CLAUDE_TUI_CONFIG_DIR/)
    expect(setAside).toBeNull()
    expect(existsSync(path)).toBe(true)
  })
})

describe('writing', () => {
  test('what is written is read back, beside what was there', async () => {
    given('{"model": "deep", "note to self": [1, 2], "dotted.name": true}')
    await writeSetting(path, 'system', 'Be brief.')
    await writeSetting(path, 'maxTokens', 512)
    const expected = { model: 'deep', 'note to self': [1, 2], 'dotted.name': true, system: 'Be brief.', maxTokens: 512 }
    expect(readSettingsFile(path).values).toEqual(expected)
    await removeSetting(path, 'dotted.name')
    await removeSetting(path, 'model')
    expect(readSettingsFile(path).values).toEqual({ 'note to self': [1, 2], system: 'Be brief.', maxTokens: 512 })
  })

  test('no default slips into the file', async () => {
    await writeSetting(path, 'theme', 'plain')
    expect(stored()).toEqual({ theme: 'plain' })
  })

  onPosix('a new file is 0600 in a folder of 0700', async () => {
    await writeSetting(path, 'apiKey', 'sk-ant-x')
    expect(modeOf(path)).toBe(0o600)
    expect(modeOf(join(home, 'claude-tui'))).toBe(0o700)
  })

  onPosix('a file that others could read is tightened by the next write, whatever is written', async () => {
    given('{"apiKey": "sk-ant-x"}', 0o644)
    await writeSetting(path, 'model', 'fast')
    expect(modeOf(path)).toBe(0o600)
    given('{"apiKey": "sk-ant-x", "model": "fast"}', 0o664)
    await removeSetting(path, 'model')
    expect(modeOf(path)).toBe(0o600)
  })

  onPosix('a file that is a link stays one, and its target gets the setting', async () => {
    given('{}')
    const link = join(home, 'link.json')
    symlinkSync(path, link)
    await writeSetting(link, 'model', 'fast')
    expect(stored()).toEqual({ model: 'fast' })
    expect(readFileSync(link, 'utf8')).toBe(readFileSync(path, 'utf8'))
  })

  test('an illegal value is refused and the file stays as it was', async () => {
    given('{"model": "deep"}')
    const { problem } = await failure(writeSetting(path, 'effort', 'huge'))
    expect(problem.where).toBe('effort')
    expect(readFileSync(path, 'utf8')).toBe('{"model": "deep"}')
  })

  test('the value is stored in its proper form', async () => {
    await writeSetting(path, 'baseUrl', 'http://localhost:11434/v1/')
    expect(stored()).toEqual({ baseUrl: 'http://localhost:11434' })
  })

  test('a value that is wrong already does not stand in the way, and can be mended or dropped', async () => {
    given('{"stallAfterMs": "long", "effort": 7, "theme": "dark"}')
    await writeSetting(path, 'model', 'fast')
    await writeSetting(path, 'stallAfterMs', 1000)
    await removeSetting(path, 'effort')
    expect(stored()).toEqual({ stallAfterMs: 1000, theme: 'dark', model: 'fast' })
  })

  test('writing over a broken file keeps it beside the new one', async () => {
    given('{"model": ')
    await writeSetting(path, 'theme', 'plain')
    expect(stored()).toEqual({ theme: 'plain' })
    const aside = readdirSync(join(home, 'claude-tui')).filter((name) => name.includes('broken'))
    expect(aside).toHaveLength(1)
    expect(readFileSync(join(home, 'claude-tui', aside[0]!), 'utf8')).toBe('{"model": ')
  })

  test('a blank file can be written to', async () => {
    given('')
    await writeSetting(path, 'theme', 'plain')
    expect(stored()).toEqual({ theme: 'plain' })
  })

  test('removing what is not there creates nothing', async () => {
    await removeSetting(path, 'model')
    expect(existsSync(join(home, 'claude-tui'))).toBe(false)
  })

  test('a place that cannot be written to is told with a way out', async () => {
    writeFileSync(join(home, 'claude-tui'), 'I am a file')
    const { message } = await failure(writeSetting(path, 'model', 'fast'))
    expect(message).toMatch(/expected a file that can be written, got a file where a folder should be/)
    expect(message).toContain('CLAUDE_TUI_CONFIG_DIR')
    expect(readFileSync(join(home, 'claude-tui'), 'utf8')).toBe('I am a file')
  })

  test('nothing is left lying about beside the file', async () => {
    for (const model of ['fast', 'deep', 'balanced']) await writeSetting(path, 'model', model)
    expect(readdirSync(join(home, 'claude-tui'))).toEqual(['settings.json'])
  })
})

describe('the two ways in', () => {
  test('conf, given our schema, accepts what our own check makes of any value, and refuses what no check lets through', () => {
    const store = new Conf<Record<string, unknown>>({
      cwd: home,
      configName: 'law',
      accessPropertiesByDotNotation: false,
      schema: settingsSchema() as Record<string, object>,
    })
    const confTakes = (key: string, value: unknown) => {
      try {
        store.set(key, value)
        return true
      } catch {
        return false
      }
    }
    const card = fc.record({
      id: fc.oneof(fc.constant('local'), fc.jsonValue({ maxDepth: 0 })),
      window: fc.oneof(fc.nat(), fc.constant(null), fc.double()),
      efforts: fc.array(fc.constantFrom('low', 'max', 'huge')),
    })
    const values: fc.Arbitrary<unknown> = fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.integer(),
      fc.double({ min: -1, max: 2 }),
      fc.webUrl(),
      fc.constantFrom('auto', 'low', 'full', 'plain', 'hidden', 'a b', ' x ', 'a\0b', ''),
      fc.array(card, { maxLength: 2 }),
    )
    /** What they hold has a grammar of its own, of which the schema knows no more than that it is a text. */
    const OF_MANY_WORDS = [
      'baseUrl',
      'apiKey',
      'models',
      'check',
      'cascade',
      'route',
      'routeIfSlow',
      'sloTtft',
      'sloTotal',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...SETTINGS), values, ({ key, check }, value) => {
        const reading = check(value)
        if ('value' in reading) expect(confTakes(key, reading.value)).toBe(true)
        else if (!OF_MANY_WORDS.includes(key)) expect(confTakes(key, value)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('every default can be written', async () => {
    for (const { key } of SETTINGS) await writeSetting(path, key, settingRow(key as SettingKey).default)
    expect(Object.keys(stored())).toHaveLength(SETTINGS.length)
  })
})

describe('folders', () => {
  test('each folder can be set by its own variable', () => {
    const env = {
      CLAUDE_TUI_CONFIG_DIR: join(home, 'c'),
      CLAUDE_TUI_DATA_DIR: join(home, 'd'),
      CLAUDE_TUI_CACHE_DIR: join(home, 'e'),
      CLAUDE_TUI_STATE_DIR: join(home, 'f'),
    }
    const [config, data, cache, state] = ['c', 'd', 'e', 'f'].map((name) => join(home, name))
    expect(folders(env)).toEqual({ config, data, cache, state })
    expect(settingsPath(env)).toBe(join(home, 'c', 'settings.json'))
  })

  test('without them, and with empty ones, the platform decides, under our name', () => {
    const usual = folders({ CLAUDE_TUI_CONFIG_DIR: '' })
    for (const folder of Object.values(usual)) expect(folder).toMatch(/claude-tui/)
    expect(new Set(Object.values(usual)).size).toBe(Object.values(usual).length)
  })
})
