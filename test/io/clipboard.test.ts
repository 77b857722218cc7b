import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { clipboardTools, handTo, keepInFile } from '../../src/io/terminal/clipboard.ts'
import { pagers } from '../../src/io/terminal/pager.ts'

const home = mkdtempSync(join(tmpdir(), 'claude-tui-copy-'))
afterAll(() => rmSync(home, { recursive: true }))

/** A tool of this name that does what the shell script says. */
function tool(name: string, script: string) {
  writeFileSync(join(home, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(home, name), 0o755)
  return { command: join(home, name), args: [] }
}

describe('tools of the platform', () => {
  const names = (env: Record<string, string>, platform: NodeJS.Platform) =>
    clipboardTools(env, platform).map(({ command }) => command)

  test.each([
    [{ WAYLAND_DISPLAY: 'w', DISPLAY: ':0' }, 'linux', ['wl-copy', 'xclip', 'xsel']],
    [{ DISPLAY: ':0' }, 'linux', ['xclip', 'xsel']],
    [{ TMUX: '/tmp/s' }, 'linux', ['tmux']],
    [{}, 'linux', []],
    [{}, 'darwin', ['pbcopy']],
    [{ SSH_CONNECTION: 'a b' }, 'darwin', []],
    [{}, 'win32', ['clip.exe']],
    [{ WSL_DISTRO_NAME: 'x' }, 'linux', ['win32yank.exe', 'clip.exe']],
  ] as [Record<string, string>, NodeJS.Platform, string[]][])('%j on %s: %j', (env, platform, expected) => {
    expect(names(env, platform)).toEqual(expected)
  })

  test('a tool gets the text to the letter', async () => {
    const path = join(home, 'got')
    expect(await handTo(tool('good', `cat > ${path}`), 'ä\n\0 x\n', process.env)).toBeNull()
    expect(readFileSync(path, 'utf8')).toBe('ä\n\0 x\n')
  })

  test('one that is missing or fails says so in a few words', async () => {
    expect(await handTo({ command: join(home, 'none'), args: [] }, 'x', process.env)).toBe('not installed')
    expect(await handTo(tool('bad', 'exit 3'), 'x'.repeat(1e6), process.env)).toBe('ended with code 3')
  })
})

describe('a file as the last resort', () => {
  test('is for its owner alone', () => {
    const kept = keepInFile('text', 'answer-1.md', { CLAUDE_TUI_DATA_DIR: join(home, 'data') })
    const path = join(home, 'data', 'copied', 'answer-1.md')
    expect(kept).toEqual({ path })
    expect(readFileSync(path, 'utf8')).toBe('text')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('goes to the temporary folder when there is no other, and names both when there is none', () => {
    writeFileSync(join(home, 'file'), '')
    const env = { CLAUDE_TUI_DATA_DIR: join(home, 'file') }
    const kept = keepInFile('text', 'claude-tui-copy-test.md', env)
    expect(kept).toEqual({ path: join(tmpdir(), 'claude-tui-copy-test.md') })
    rmSync(join(tmpdir(), 'claude-tui-copy-test.md'))
    const nowhere = keepInFile('text', 'no/such/folder', env)
    expect(nowhere).toMatchObject({ why: [expect.stringContaining('ENOTDIR'), expect.stringContaining('ENOENT')] })
  })
})

describe('the pager', () => {
  test('is the one PAGER names, with colours where it shows them, and a usual one after it', () => {
    expect(pagers({ PAGER: 'most' }, 'linux')[0]).toEqual({ command: 'most', colours: false })
    expect(pagers({ PAGER: 'less -S' }, 'linux')[0]).toEqual({ command: 'less -S -R', colours: true })
    expect(pagers({}, 'linux').map(({ command }) => command)).toEqual(['less -R', 'more'])
    expect(pagers({ PAGER: ' ' }, 'win32').map(({ command }) => command)).toEqual(['more'])
  })
})
