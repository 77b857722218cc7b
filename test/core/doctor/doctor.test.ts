import { describe, expect, test } from 'vitest'
import { type DiskFacts, diskFindings } from '../../../src/core/doctor/disk.ts'
import { isAtLeast, programFindings } from '../../../src/core/doctor/program.ts'
import { type ServerFacts, serverFindings } from '../../../src/core/doctor/server.ts'
import { type TerminalFacts, terminalFindings } from '../../../src/core/doctor/terminal.ts'
import { type Finding, inPart, isWell, partRows, summed, type Told } from '../../../src/core/doctor.ts'
import { theme } from '../../../src/core/text/theme.ts'
import { widthOf } from '../../../src/core/text/width.ts'

const SONNET = 'claude-sonnet-5-5'
const NOW = Date.UTC(2026, 10, 21, 12)
const about = (told: readonly Told[], topic: string) => told.filter((one) => one.topic === topic)
const marks = (told: readonly Told[]) => told.map(({ topic, mark }) => `${topic} ${mark}`)

const PROGRAM = {
  ...{ version: '0.1.0', node: '24.21.0', nodePath: '/usr/bin/node', platform: 'linux x64' },
  ...{ sqlite: '3.53.4', hasSearch: true, sharp: { version: '0.35.5', ms: 60 } },
}

const folder = (path: string) => ({ path, isThere: true, isWritable: true, free: 5e9 })
const DISK: DiskFacts = {
  settings: { path: '/c/settings.json', isThere: true, mode: 0o600, problem: null, values: [] },
  history: {
    ...{ path: '/d/history.db', size: 400_000, mode: 0o600, version: 3, newest: 3 },
    ...{ integrity: 'ok', check: 'whole', conversations: 12, trouble: null },
  },
  keepsHistory: true,
  folders: { config: folder('/c'), data: folder('/d'), cache: folder('/k') },
}

const SERVER: ServerFacts = {
  ...{ baseUrl: 'https://api.anthropic.com', baseUrlFrom: 'default', credentialTrouble: null },
  credential: { kind: 'key', origin: 'ANTHROPIC_API_KEY' },
  proxy: null,
  dns: { ms: 12, host: 'api.anthropic.com', addresses: ['160.79.104.10'] },
  tcp: { ms: 30, address: '160.79.104.10:443' },
  tls: { ms: 60, protocol: 'TLSv1.3', validTo: 'Jan 20 12:00:00 2027 GMT' },
  http: { ms: 180, status: 200, failure: null, aheadMs: 300, limits: {}, models: 9 },
  againMs: 40,
}

const TERMINAL: TerminalFacts = {
  ...{ term: 'xterm-kitty', columns: 100, rows: 30, within: null, colour: 'truecolor', isAsked: true },
  deafToClipboard: null,
  answers: {
    ...{ afterMs: 3, name: 'kitty(0.40.1)', attributes: [62, 52], kitty: true, modes: { 2026: 2, 2004: 2 } },
    ...{ background: [0, 0, 0], trueColour: true, clipboard: true, graphics: 'kitty', cell: { width: 9, height: 18 } },
  },
}

test('a healthy machine has nothing but ok', () => {
  const all = [
    ...programFindings(PROGRAM),
    ...terminalFindings(TERMINAL),
    ...diskFindings(DISK),
    ...serverFindings({ ...SERVER, http: { ...SERVER.http, limits: LIMITS } as never }, NOW),
  ]
  expect(all.filter(({ mark }) => mark !== 'ok')).toEqual([])
  expect(summed(inPart('This program', all))).toBe('All is well.')
})

const LIMITS = { requests: { limit: 4000, remaining: 3999, reset: null } }

describe('this program', () => {
  test('versions are compared number by number', () => {
    expect(isAtLeast('22.9.0', '22.13.0')).toBe(false)
    expect(isAtLeast('22.13.0', '22.13.0')).toBe(true)
    expect(isAtLeast('24.0.0', '22.13.0')).toBe(true)
  })

  test('an old Node is broken, a missing image library is not', () => {
    expect(marks(programFindings({ ...PROGRAM, node: '20.11.1' }))).toContain('node broken')
    const without = programFindings({ ...PROGRAM, sharp: { trouble: 'Cannot find package' } })
    expect(marks(without)).toContain('sharp look')
    expect(isWell(inPart('This program', without))).toBe(true)
  })
})

describe('the terminal', () => {
  test('a pipe is not asked, and that is no fault', () => {
    expect(terminalFindings({ ...TERMINAL, isAsked: false, answers: null })).toMatchObject([{ mark: 'unasked' }])
  })

  test('one that promises more colours than it has, and one that has more than it promises', () => {
    const answers = TERMINAL.answers!
    const less = terminalFindings({ ...TERMINAL, answers: { ...answers, trueColour: false } })
    expect(about(less, 'colours')).toMatchObject([{ mark: 'look', todo: expect.stringContaining('COLORTERM') }])
    const more = terminalFindings({ ...TERMINAL, colour: 'ansi256' })
    expect(about(more, 'colours')).toMatchObject([
      { mark: 'look', todo: expect.stringContaining('COLORTERM=truecolor') },
    ])
  })

  test('one without a paste in brackets is told from one that says nothing on it', () => {
    const answers = TERMINAL.answers!
    const without = terminalFindings({ ...TERMINAL, answers: { ...answers, modes: { 2004: 0 } } })
    expect(about(without, 'pastes')).toMatchObject([{ mark: 'look' }])
    expect(about(terminalFindings({ ...TERMINAL, answers: { ...answers, modes: {} } }), 'pastes')).toEqual([])
  })

  test('one that answers nothing is a word, not a fault', () => {
    expect(marks(terminalFindings({ ...TERMINAL, answers: null }))).toEqual(['size ok', 'answers look', 'colours ok'])
  })
})

describe('what is on disk', () => {
  const history = (more: Partial<DiskFacts['history']>) =>
    about(diskFindings({ ...DISK, history: { ...DISK.history, ...more } }), 'history')[0]

  test('damage, trouble and eyes of others are told apart', () => {
    expect(history({ integrity: 'row 7 missing from index' })).toMatchObject({ mark: 'broken' })
    expect(history({ trouble: 'It was written by a newer claude-tui.' })).toMatchObject({ mark: 'broken' })
    expect(history({ mode: 0o644 })).toMatchObject({ mark: 'look', todo: 'chmod 600 /d/history.db' })
    expect(history({ size: null })).toMatchObject({ mark: 'ok', says: expect.stringContaining('No history yet') })
    expect(history({ version: 2 })).toMatchObject({ mark: 'ok', says: expect.stringContaining('older version') })
  })

  test('a value of the file is passed over, one of the environment stops the program', () => {
    const problem = { where: 'x', expected: 'a number', came: '"many"', wayOut: 'change it' }
    const told = diskFindings({
      ...DISK,
      settings: {
        ...DISK.settings,
        values: [
          { ...problem, layer: 'file' },
          { ...problem, layer: 'environment' },
        ],
      },
    })
    expect(about(told, 'settings').map(({ mark }) => mark)).toEqual(['ok', 'look', 'broken'])
  })

  test('little room is worth a look, none is broken; so is a folder that cannot be written', () => {
    const data = (more: object) =>
      diskFindings({ ...DISK, folders: { ...DISK.folders, data: { ...DISK.folders.data, ...more } } })
    expect(marks(data({ free: 50_000_000 }))).toContain('space look')
    expect(marks(data({ free: 0 }))).toContain('space broken')
    expect(marks(data({ isWritable: false }))).toContain('data folder broken')
  })
})

describe('the server', () => {
  const told = (more: Partial<ServerFacts>) => serverFindings({ ...SERVER, ...more }, NOW)

  test('names the models that are left alone, and for how long', () => {
    const resting = [
      { model: 'claude-opus-5-1', failures: 5, untilMs: NOW + 24_000 },
      { model: 'claude-haiku-5-5', failures: 6, untilMs: NOW - 1 },
    ]
    expect(told({ resting }).at(-1)).toMatchObject({
      ...{ topic: 'resting', mark: 'look' },
      says: 'claude-opus-5-1 was limited or overloaded 5 times in a row, and is left alone for 24.0s. claude-haiku-5-5 was limited or overloaded 6 times in a row; the next question to it begins with a probe.',
    })
    expect(told({ resting: [] }).at(-1)).toMatchObject({ topic: 'resting', mark: 'ok' })
  })
  test('tells the limits of its answer, else those heard last with their age, else that none were', () => {
    const requests = { limit: 4_000, remaining: 3_000, reset: null }
    const heard = [{ model: SONNET, atMs: NOW - 180_000, limits: { requests } }]
    const said = (limits: object, more: Partial<ServerFacts> = {}) =>
      about(told({ http: { ...SERVER.http, limits } as never, ...more }), 'limits')
    expect(said({ requests }, { heard })).toMatchObject([
      { mark: 'ok', says: 'Left of the limits: 75% of 4,000 requests.' },
    ])
    expect(said({}, { heard })).toMatchObject([
      {
        ...{ mark: 'ok', facts: { heard } },
        says: 'The limits heard last: of claude-sonnet-5-5 3 minutes ago 75% of 4,000 requests were left.',
      },
    ])
    expect(said({}, { heard: [] })).toMatchObject([
      { mark: 'unasked', says: expect.stringMatching(/^No limits were heard/) },
    ])
    const spent = (agoMs: number, reset: string | null) => [
      { model: SONNET, atMs: NOW - agoMs, limits: { requests: { limit: 50, remaining: 0, reset } } },
    ]
    const resets = (ms: number) => new Date(NOW - 300 + ms).toISOString()
    expect(said({}, { heard: spent(5_000, resets(40_000)) })).toMatchObject([
      {
        says: 'The limits heard last: of claude-sonnet-5-5 5 s ago 0% of 50 requests were left.',
        ...{ mark: 'look', todo: 'Send less at once, or wait for the reset, in 40.0s.' },
      },
    ])
    expect(said({}, { heard: spent(50_000, resets(-1)) })).toMatchObject([
      { mark: 'ok', says: expect.stringContaining(' 50 s ago 0% of 50 requests (full again since) were left') },
    ])
    expect(said({}, { heard: spent(50_000, null) })).toMatchObject([{ mark: 'look' }])
    expect(said({}, { heard: spent(70_000, null) })).toMatchObject([{ mark: 'ok' }])
    // Whatever is wrong with the road to it.
    expect(about(told({ http: null, heard }), 'limits')).toMatchObject([{ mark: 'ok' }])
  })

  const http = (more: object) => told({ http: { ...SERVER.http, ...more } as never })

  test('no key is broken, and a refusal without one is what a healthy server says', () => {
    const failure = { kind: 'key', reason: 'no key', remedy: 'get one' }
    const without = told({ credential: null, http: { ...SERVER.http, status: 401, failure } as never })
    expect(marks(without)).toEqual(expect.arrayContaining(['credential broken', 'http ok']))
    expect(marks(http({ status: 401, failure }))).toContain('http broken')
  })

  test('a server without a list of models is worth a look', () => {
    expect(marks(http({ status: 404, failure: { kind: 'missing', reason: 'no', remedy: '' } }))).toContain('http look')
  })

  test('a leg that fails ends the road there, with the way out', () => {
    const trouble = { reason: 'No connection to x: nothing listens there.', remedy: 'Check the base URL.' }
    const short = told({ tcp: { trouble }, tls: null, http: null })
    expect(about(short, 'tcp')).toMatchObject([{ mark: 'broken', says: trouble.reason, todo: trouble.remedy }])
    expect(about(short, 'http')).toEqual([])
  })

  test('a clock that is off says by how much and in which direction', () => {
    expect(about(http({ aheadMs: 65_000 }), 'clock')).toMatchObject([
      { mark: 'look', says: "This clock is 1m 5s ahead of the server's." },
    ])
    expect(about(http({ aheadMs: -65_000 }), 'clock')[0]?.says).toContain('behind')
    expect(about(http({ aheadMs: null }), 'clock')).toMatchObject([{ mark: 'unasked' }])
  })

  test('a limit that is nearly used up is worth a look', () => {
    const limits = { requests: { limit: 50, remaining: 5, reset: null } }
    expect(about(http({ limits }), 'limits')).toMatchObject([
      { mark: 'look', says: 'Left of the limits: 10% of 50 requests.' },
    ])
  })

  test('a certificate near its end, a slow leg, and a proxy', () => {
    expect(marks(told({ tls: { ms: 50, protocol: 'TLSv1.3', validTo: 'Nov 23 12:00:00 2026 GMT' } }))).toContain(
      'tls look',
    )
    expect(marks(told({ tcp: { ms: 1_400, address: 'x:443' } }))).toContain('tcp look')
    expect(about(told({ proxy: { shown: 'http://proxy:3128', variable: 'HTTPS_PROXY' } }), 'proxy')).toMatchObject([
      { mark: 'ok', says: expect.stringContaining('http://proxy:3128 (HTTPS_PROXY)') },
    ])
  })
})

describe('the page', () => {
  const hostile: readonly Finding[] = inPart('The server', [
    { topic: 'http', mark: 'broken', says: `It said \x1b[2J${'and on '.repeat(40)}`, todo: 'Look elsewhere.' },
    { topic: 'limits', mark: 'unasked', says: 'Nobody knows.' },
  ])

  test.each([40, 80, 120])('fits %i columns, and nothing of a server steers the terminal', (columns) => {
    const rows = partRows(hostile, columns, theme({ colour: 'none', links: false }))
    for (const row of rows) expect(widthOf(row)).toBeLessThanOrEqual(columns)
    expect(rows.join('\n')).not.toContain('\x1b')
  })

  test('read aloud it has no columns', () => {
    const rows = partRows(hostile, 80, theme({ colour: 'none', links: false, spoken: true }))
    expect(rows[1]).toMatch(/^broken: It said/)
    expect(rows[2]).toBe('not asked: Nobody knows.')
  })

  test('the last sentence counts', () => {
    expect(summed(hostile)).toBe('1 thing is broken.')
    expect(summed([...hostile, ...inPart('The server', [{ topic: 'tls', mark: 'look', says: '' }])])).toBe(
      '1 thing is broken, and 1 thing to look at.',
    )
  })
})
