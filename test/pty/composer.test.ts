/** The composer in the built client: what only a real terminal, a disk and other programs can show. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { evening } from '../kit/evening.ts'
import { AT_REST } from '../kit/index.ts'
import { lodge } from '../kit/lodging.ts'

const sent = (night: { readonly questions: readonly unknown[] }) => JSON.stringify(night.questions.at(-1))

describe('a large paste', () => {
  test('of 50,000 lines stands in the draft as a chip, is sent in full and comes back from history as it was', async () => {
    await using night = await evening('text "read"')
    const chat = await night.chat()
    chat.type('look: ')
    chat.paste(Array.from({ length: 50_000 }, (_, n) => `line ${n}`).join('\n'))
    chat.type(' why?')
    await chat.see(/› look: \[paste 1: 50,000 lines, ~\d+k tokens\] why\?/)
    chat.press('enter')
    await chat.see('read')
    expect(sent(night)).toContain('look: line 0\\nline 1\\n')
    expect(sent(night)).toContain('line 49999 why?')
    await chat.see(/ttft/)
    chat.press('up')
    await chat.see(/› look: \[paste 1: 50,000 lines/)
  })

  test('goes with one Backspace and unfolds with Ctrl+O', async () => {
    await using night = await evening()
    const chat = await night.chat()
    chat.paste(Array.from({ length: 12 }, (_, n) => `row ${n}`).join('\n'))
    await chat.see('› [paste 1: 12 lines')
    chat.press('ctrl+o')
    await chat.see(/row 10\n\s+row 11/)
    chat.press('ctrl+z')
    await chat.see('› [paste 1: 12 lines')
    chat.press('backspace')
    await chat.gone('paste 1')
    expect(night.questions).toEqual([])
  })

  test('that could not be sent returns as the chip it was', async () => {
    await using night = await evening('400')
    const chat = await night.chat()
    chat.paste('x\n'.repeat(40))
    chat.press('enter')
    await chat.see('HTTP 400')
    await chat.see(/› \[paste 1: 40 lines/)
  })
})

/** Files below a folder with their texts, by path from there; none when it is not there. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(folder, name)).isFile())
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** A home that outlives a chat, and what the client keeps there. */
function home() {
  const lodging = lodge()
  const data = join(lodging.home, 'data')
  const kept = () => JSON.stringify(filesIn(data))
  return {
    lodging,
    env: { CLAUDE_TUI_DATA_DIR: data },
    kept,
    /** Waits until what is on disk says so. */
    keeps: (what: string | RegExp) => vi.waitFor(() => expect(kept()).toMatch(what), { timeout: 10_000, interval: 20 }),
    [Symbol.dispose]: () => lodging.remove(),
  }
}

describe('a draft', () => {
  test('survives kill -9, its large paste included, and is gone once it was sent', async () => {
    using mine = home()
    await using night = await evening('text "read"')
    const first = await night.chat(mine)
    first.type('words worth keeping ')
    first.paste('row\n'.repeat(30))
    first.type('and a last one')
    await mine.keeps('last one')
    first.kill('SIGKILL')
    await first.exited

    const second = await night.chat(mine)
    await second.see('Draft restored. Ctrl+C clears it.')
    await second.see(/› words worth keeping \[paste 1: 30 lines, ~\d+ tokens\]and a last one/)
    second.press('enter')
    await second.see('read')
    expect(sent(night)).toContain('words worth keeping row\\nrow')
    await mine.keeps(/^(?!.*drafts)/)
    second.press('ctrl+d')
    await second.exited

    const third = await night.chat(mine)
    third.type('x')
    await mine.keeps(/draft.json.*x/)
    expect(third.screen).toMatch(/^› x$/m)
  })

  test('survives the end of its terminal, and belongs to one terminal only', async () => {
    using mine = home()
    await using night = await evening()
    const first = await night.chat(mine)
    const other = await night.chat(mine)
    other.type('of the other terminal')
    await mine.keeps('other terminal')
    first.type('typed a moment before the end')
    await first.see('before the end')
    first.kill('SIGHUP')
    await first.exited

    const second = await night.chat(mine)
    await second.see('› typed a moment before the end')
    await other.see('› of the other terminal')
    expect(second.screen).not.toContain('other terminal')
  })

  test('that is found while one types already waits in history', async () => {
    using mine = home()
    await using night = await evening()
    const first = await night.chat(mine)
    first.type('left behind')
    await mine.keeps('left behind')
    first.kill('SIGKILL')
    await first.exited
    const second = await night.chat(mine)
    // Typed while the program is still loading: earlier drafts are looked for in the first pause.
    second.type('early')
    await second.see('› early')
    await second.see('A draft from before is in history')
    second.press('up')
    await second.see('› left behind')
  })

  test('leaves no trace where history is off', async () => {
    using mine = home()
    await using night = await evening('text "read"')
    const chat = await night.chat({ ...mine, env: { ...mine.env, CLAUDE_TUI_HISTORY: 'off' } })
    chat.type('a question\r')
    await chat.see('read')
    await chat.see(/ttft/)
    chat.type('secret words')
    await chat.see('› secret words')
    chat.kill('SIGTERM')
    await chat.exited
    expect(mine.kept()).toBe('{}')
  })
})

describe('Ctrl+G', () => {
  /** An editor that asks for a line and puts it behind the text; it leaves a note about the file it was given. */
  const EDITOR = `#!/bin/sh
printf 'EDITOR OPEN\\n'
read line
ls -l "$1" > "$HOME/seen"
echo "$1" >> "$HOME/seen"
printf '%s, %s\\n' "$(cat "$1")" "$line" > "$1"
`

  test('lends the terminal to the editor and takes the draft back, while the answer waits to be painted', async () => {
    using mine = home()
    await using night = await evening('words n=40 tag=qaaa hold after=10')
    const editor = join(mine.lodging.home, 'my editor.sh')
    writeFileSync(editor, EDITOR, { mode: 0o755 })
    const chat = await night.chat({ ...mine, env: { ...mine.env, VISUAL: `"${editor}"` } })
    chat.type('go\r')
    await chat.see('qaaa00010')
    chat.type('first words')
    await chat.see('› first words')
    chat.press('ctrl+g')
    await chat.see('EDITOR OPEN')
    expect(chat.modes).toMatchObject({ bracketedPaste: false, cursorVisible: true })
    night.demo.release()
    expect(chat.screen).not.toContain('qaaa00040')
    chat.type('and more\n')
    await chat.see('› first words, and more')
    await chat.see('qaaa00040')
    expect(chat.modes).toMatchObject({ bracketedPaste: true })
    const [listed = '', path = ''] = readFileSync(join(mine.lodging.home, 'seen'), 'utf8').trim().split('\n')
    expect(listed).toMatch(/^-rw------- /)
    expect(existsSync(path)).toBe(false)
    chat.press('ctrl+z')
    await chat.see(/› first words\s*$/m)
  })

  test('says so when there is no editor, or none of that name', async () => {
    using mine = home()
    await using night = await evening()
    const without = await night.chat(mine)
    without.type('kept')
    without.press('ctrl+g')
    await without.see('No editor is set')
    const wrong = await night.chat({ ...mine, env: { ...mine.env, EDITOR: 'no-such-editor' } })
    wrong.type('kept, too')
    wrong.press('ctrl+g')
    await wrong.see('The editor "no-such-editor" was not found')
    await wrong.see('› kept, too')
  })
})

describe('history', () => {
  test('reaches over sessions: Up walks it, Ctrl+R searches it', async () => {
    using mine = home()
    await using night = await evening('text "1"\ntext "2"\ntext "3"')
    const first = await night.chat(mine)
    first.type('which sea is the deepest?\r')
    await first.see(/ttft/)
    first.type('never sent, only cleared')
    first.press('ctrl+c')
    await mine.keeps('only cleared')
    first.kill('SIGKILL')
    await first.exited

    const second = await night.chat(mine)
    second.type('a draft')
    await mine.keeps(/drafts.*a draft/)
    second.press('ctrl+r')
    await second.see('Search history: type what to look for')
    second.type('SEA')
    await second.see('› which sea is the deepest?')
    await second.see('Search history: SEA · Enter takes it')
    second.press('esc')
    await second.see('› a draft')
    second.press('ctrl+r')
    second.type('sea')
    await second.see('› which sea')
    second.press('enter')
    await second.gone('Search history')
    second.press('down')
    await second.see('› never sent')
    second.press('down')
    await second.see('› a draft')
  })
})

test('@ offers the files of the project, without those that git ignores, and Enter takes one into the draft', async () => {
  using mine = home()
  await using night = await evening('text "read"')
  const project = join(mine.lodging.home, 'project')
  for (const path of ['src/harbour.ts', 'notes/harbour plan.md', 'secret/harbour.key']) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), 'The harbour opens at six.')
  }
  writeFileSync(join(project, '.gitignore'), 'secret/\n')
  execFileSync('git', ['init', '-q', project])
  const chat = await night.chat({ ...mine, cwd: project })
  chat.type('x')
  await mine.keeps(/draft.json.*x/)
  chat.press('backspace')
  chat.type('read @harb')
  await chat.see('src/harbour.ts')
  await chat.see('notes/harbour plan.md')
  expect(chat.screen).not.toContain('harbour.key')
  chat.type('p')
  await chat.gone('src/harbour.ts')
  chat.press('enter')
  await chat.see('› read @"notes/harbour plan.md"')
  chat.press('enter')
  await chat.see('read')
  await chat.until(() => night.questions.length > 0, 'the request')
  expect(sent(night)).toContain('read @\\"notes/harbour plan.md\\"')
})

test("/vim switches vim's keys on and off, the mode stands in the status bar, and the setting makes it last", async () => {
  await using night = await evening('text "read"')
  const chat = await night.chat()
  chat.type('/vim\r')
  await chat.see("Vim's keys are on.")
  chat.type('one two')
  await chat.see(/insert {2}Sonnet/)
  chat.press('esc')
  await chat.see(/normal {2}Sonnet/)
  chat.type('0dwA, three')
  await chat.see('› two, three')
  chat.press('enter')
  await chat.see('read')
  expect(sent(night)).toContain('two, three')
  chat.type('/vim\r')
  await chat.see("Vim's keys are off.")
  chat.type('x')
  await chat.see(/^ {2}Sonnet/m)
  const lasting = await night.chat({ env: { CLAUDE_TUI_KEYS: 'vim' } })
  await lasting.see(/insert {2}Sonnet/)
})

test("vim's visual mode shows what it takes, also without colours, and the status bar what is half typed", async () => {
  for (const env of [{}, { NO_COLOR: '1' }]) {
    await using night = await evening()
    const chat = await night.chat({ env: { ...env, CLAUDE_TUI_KEYS: 'vim' } })
    const inverse = () => {
      const { active } = chat.emulator.terminal.buffer
      const cells = Array.from({ length: 30 * 100 }, (_, n) =>
        active.getLine(active.baseY + ((n / 100) | 0))?.getCell(n % 100),
      )
      return cells.map((cell) => (cell?.isInverse() ? cell.getChars() || ' ' : '')).join('')
    }
    chat.type('take (these words) away')
    await chat.see('› take (these words) away')
    chat.press('esc')
    await chat.see(/normal {2}Sonnet/)
    chat.type('0vib')
    await chat.see(/visual {2}Sonnet/)
    await chat.until(() => inverse() === 'these words', 'the selection')
    chat.type('d2')
    await chat.see('› take () away')
    await chat.see(/normal 2 {2}Sonnet/)
    expect(inverse()).toBe('')
    chat.press('esc')
    chat.type('V')
    await chat.until(() => inverse() === 'take () away', 'the line')
  }
})

test('keys behind a paste of 50,000 lines write it to disk no second time', async () => {
  using mine = home()
  await using night = await evening()
  const chat = await night.chat(mine)
  chat.paste(Array.from({ length: 50_000 }, (_, n) => `line ${n}`).join('\n'))
  await chat.see('[paste 1: 50,000 lines')
  chat.type('a')
  await mine.keeps(/draft.json.*a/)
  const folder = join(mine.env.CLAUDE_TUI_DATA_DIR, 'drafts')
  const file = join(folder, readdirSync(folder)[0]!, 'paste-0.txt')
  const before = statSync(file)
  for (let i = 0; i < 100; i++) chat.type('b')
  chat.type('z')
  await mine.keeps(/draft.json.*b{100}z/)
  expect([statSync(file).ino, statSync(file).mtimeMs]).toEqual([before.ino, before.mtimeMs])
})

test('the kitty keyboard, where the terminal has it: Shift+Enter, Ctrl+Shift+Z and Escape are told apart, and it is given back', async () => {
  using mine = home()
  await using night = await evening()
  const chat = await night.chat({ ...mine, env: { ...mine.env, EDITOR: 'printf "flags off\\n"; read line; :' } })
  expect(chat.modes.kittyFlags).toBe(0)
  // What a terminal answers to the query, cut in two on its way.
  chat.type('\x1b[?')
  chat.type('0u')
  await chat.until(() => chat.modes.kittyFlags === 1, 'the keyboard to be switched on')
  chat.type('one\x1b[13;2utwo')
  await chat.see(/› one\n {2}two/)
  chat.type('\x1b[122;5u')
  await chat.gone('two')
  chat.type('\x1b[122;6u')
  await chat.see('two')
  chat.type('\x1b[57420;129u\x1b[97;5u!\x1b[27u')
  await chat.see('  !two')
  chat.press('ctrl+g')
  await chat.see('flags off')
  expect(chat.modes.kittyFlags).toBe(0)
  chat.type('\n')
  await chat.until(() => chat.modes.kittyFlags === 1, 'the keyboard to be switched on again')
  chat.type('\x1b[99;5u\x1b[100;5u')
  expect((await chat.exited).code).toBe(0)
  expect(chat.modes).toEqual(AT_REST)
})
