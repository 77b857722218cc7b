/** What lies on the clipboard, by tools that stand in for the platform's own. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readClipboard } from '../../src/io/terminal/clipboard-reading.ts'

let place: string
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'clipboard-'))
})
afterEach(() => rmSync(place, { recursive: true, force: true }))

/** A tool that says this, by its arguments in a shell's `case`. */
function tool(name: string, cases: string): void {
  writeFileSync(
    join(place, name),
    `#!/bin/sh\ncase "$*" in\n${cases}\n*) echo "no such thing: $*" >&2; exit 1;;\nesac\n`,
  )
  chmodSync(join(place, name), 0o755)
}
const PATH = () => [place, '/usr/bin', '/bin'].join(delimiter)
const read = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  readClipboard({ PATH: PATH(), ...env }, platform, new AbortController().signal)

describe('on Wayland', () => {
  const env = { WAYLAND_DISPLAY: 'wayland-0' }
  test('an image, the exact one of several', async () => {
    tool('wl-paste', '*list-types*) printf "text/html\\nimage/jpeg\\nimage/png\\n";;\n*image/png*) printf "PNG!";;')
    expect(await read(env)).toEqual({ type: 'image', bytes: Buffer.from('PNG!') })
  })
  test('files of a file manager go before the picture of one', async () => {
    tool(
      'wl-paste',
      '*list-types*) printf "image/png\\ntext/uri-list\\n";;\n*uri-list*) printf "file:///a%%20b.png\\r\\nfile:///c.pdf\\r\\n";;',
    )
    expect(await read(env)).toEqual({ type: 'files', paths: ['file:///a%20b.png', 'file:///c.pdf'] })
  })
  test('text', async () => {
    tool('wl-paste', '*list-types*) echo "text/plain;charset=utf-8";;\n*) printf "héllo";;')
    expect(await read(env)).toEqual({ type: 'text', text: 'héllo' })
  })
  test('nothing at all', async () => {
    tool('wl-paste', '*list-types*) echo "Nothing is copied" >&2; exit 1;;')
    expect(await read(env)).toEqual({ type: 'nothing' })
  })
})

test('under X11 the same, by xclip', async () => {
  tool('xclip', '*TARGETS*) printf "TARGETS\\nimage/png\\n";;\n*image/png*) printf "PNG!";;')
  expect(await read({ DISPLAY: ':0' })).toEqual({ type: 'image', bytes: Buffer.from('PNG!') })
})

test('on macOS AppleScript tells what there is, an image in hex', async () => {
  tool(
    'osascript',
    '*"clipboard info"*) echo "«class PNGf», 512, TIFF picture, 2048";;\n*PNGf*) echo "«data PNGf89504E47»";;',
  )
  expect(await read({}, 'darwin')).toEqual({ type: 'image', bytes: Buffer.from('89504e47', 'hex') })
})

test('in WSL PowerShell tells it', async () => {
  const said = Buffer.from('C:\\Users\\me\\a.png').toString('base64')
  tool('powershell.exe', `*EncodedCommand*) printf 'files ${said}';;`)
  expect(await read({ WSL_DISTRO_NAME: 'Ubuntu' })).toEqual({ type: 'files', paths: ['C:\\Users\\me\\a.png'] })
  tool('powershell.exe', "*EncodedCommand*) printf 'nothing ';;")
  expect(await read({ WSL_DISTRO_NAME: 'Ubuntu' })).toEqual({ type: 'nothing' })
})

describe('a clipboard out of reach', () => {
  test('tells each tool that was tried, why not, and what mends it', async () => {
    tool('xclip', '*TARGETS*) echo "Error: Can\'t open display: :9" >&2; exit 1;;')
    const found = await readClipboard(
      { PATH: place, WAYLAND_DISPLAY: 'w', DISPLAY: ':9' },
      'linux',
      new AbortController().signal,
    )
    expect(found).toMatchObject({
      type: 'unreached',
      tried: [
        ['wl-paste', 'not installed; it comes with wl-clipboard (apt install wl-clipboard)'],
        ['xclip', expect.stringContaining("Can't open display")],
      ],
      remedy: expect.stringContaining('/attach PATH'),
    })
  })
  test('over SSH says whose clipboard is meant, and does not read that of the other machine', async () => {
    tool('osascript', '*) echo never;;')
    const found = await read({ SSH_CONNECTION: '1 2 3 4' }, 'darwin')
    expect(found).toMatchObject({ type: 'unreached', tried: [], remedy: expect.stringMatching(/^Over SSH .*scp FILE/) })
  })
  test('without a display says so', async () => {
    expect(await read({})).toMatchObject({ remedy: expect.stringContaining('There is no display here') })
  })
})
