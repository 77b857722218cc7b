/**
 * What lies on the clipboard, by way of the platform's own tools: an image, files, or text. Each tool that may reach it is
 * tried; what kept it from doing so is told with what would mend it.
 */

import { spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

export type OnClipboard =
  | { readonly type: 'image'; readonly bytes: Uint8Array }
  /** Paths, or `file://` addresses. */
  | { readonly type: 'files'; readonly paths: readonly string[] }
  | { readonly type: 'text'; readonly text: string }
  /** Somebody could look, and there is nothing that can be attached. */
  | { readonly type: 'nothing' }
  | Unreached

export interface Unreached {
  readonly type: 'unreached'
  /** By tool: why not, and what would mend it. Empty: there is no tool for this place. */
  readonly tried: readonly (readonly [tool: string, why: string])[]
  readonly remedy: string
}

/** One way to the clipboard. */
interface Way {
  readonly tool: string
  /** What installs it. */
  readonly fix: string
  read(run: Run): Promise<OnClipboard | { readonly why: string }>
}

/** What a tool has written, or why it has not. */
type Ran = { readonly out: Buffer; readonly why: null } | { readonly why: string }

type Run = (command: string, ...args: readonly string[]) => Promise<Ran>

/** Windows takes a second to begin at all. In ms. */
const PATIENCE_MS = 8_000
/** No image that is worth sending is larger. */
const MOST_BYTES = 200_000_000
/** As tools name them, the best first: what is exact, then what is small. */
const IMAGES = ['image/png', 'image/webp', 'image/jpeg', 'image/jpg', 'image/gif', 'image/bmp', 'image/tiff']
const TEXTS = ['text/plain;charset=utf-8', 'UTF8_STRING', 'text/plain', 'STRING', 'TEXT']

/** @param signal stops the tool that is at work */
export async function readClipboard(env: Env, platform: NodeJS.Platform, signal: AbortSignal): Promise<OnClipboard> {
  const run: Run = (command, ...args) => ran(command, args, env, signal)
  const tried: (readonly [string, string])[] = []
  for (const { tool, fix, read } of waysTo(env, platform)) {
    const found = await read(run)
    if (!('why' in found)) return found
    signal.throwIfAborted()
    tried.push([tool, found.why === MISSING ? `not installed; ${fix}` : found.why])
  }
  return { type: 'unreached', tried, remedy: remedyIn(env, platform) }
}

const MISSING = 'not installed'

function waysTo(env: Env, platform: NodeJS.Platform): readonly Way[] {
  const isRemote = Boolean(env.SSH_CONNECTION || env.SSH_TTY)
  const ways: Way[] = []
  if (env.WAYLAND_DISPLAY) ways.push(WAYLAND)
  if (env.DISPLAY && platform !== 'darwin') ways.push(X11)
  // From here on it would be the clipboard of the machine this runs on, which is not the person's.
  if (isRemote) return ways
  if (platform === 'darwin') ways.push(MAC)
  if (platform === 'win32' || env.WSL_DISTRO_NAME) ways.push(WINDOWS)
  return ways
}

function remedyIn(env: Env, platform: NodeJS.Platform): string {
  const otherwise = 'Save it as a file, and attach that with /attach PATH'
  if (env.SSH_CONNECTION || env.SSH_TTY)
    return `Over SSH the clipboard of your own machine is out of reach, but for a forwarded display (ssh -X) with xclip. ${otherwise}, once it is copied here: scp FILE HOST:`
  if (platform === 'linux' && !env.WAYLAND_DISPLAY && !env.DISPLAY && !env.WSL_DISTRO_NAME)
    return `There is no display here (WAYLAND_DISPLAY and DISPLAY are not set), and so no clipboard. ${otherwise}.`
  return `${otherwise}.`
}

/** By the types that are offered: the best image, else files, else text. */
async function byTypes(
  offered: readonly string[],
  get: (type: string) => Promise<Ran>,
): Promise<OnClipboard | { readonly why: string }> {
  const image = IMAGES.find((type) => offered.includes(type))
  const files = offered.find((type) => type === 'text/uri-list')
  // Whoever copies files in a file manager means the files, not the picture of their first one.
  const type = files ?? image ?? TEXTS.find((one) => offered.includes(one))
  if (type === undefined) return { type: 'nothing' }
  const got = await get(type)
  if (got.why !== null) return got
  const { out } = got
  if (type === files) {
    const lines = out.toString().split(/\r?\n/)
    const paths = lines.filter((line) => line.startsWith('file://'))
    return paths.length > 0 ? { type: 'files', paths } : { type: 'text', text: lines.join('\n').trim() }
  }
  if (type === image) return out.length > 0 ? { type: 'image', bytes: out } : { type: 'nothing' }
  return textOrNothing(out.toString())
}

const textOrNothing = (text: string): OnClipboard => (text === '' ? { type: 'nothing' } : { type: 'text', text })

const linesOf = (out: Buffer) => out.toString().split(/\r?\n/).filter(Boolean)

const WAYLAND: Way = {
  tool: 'wl-paste',
  fix: 'it comes with wl-clipboard (apt install wl-clipboard)',
  async read(run) {
    const types = await run('wl-paste', '--list-types')
    if (types.why !== null) return /no selection|nothing is copied/i.test(types.why) ? { type: 'nothing' } : types
    return byTypes(linesOf(types.out), (type) => run('wl-paste', '--no-newline', '--type', type))
  },
}

const X11: Way = {
  tool: 'xclip',
  fix: 'apt install xclip',
  async read(run) {
    const get = (type: string) => run('xclip', '-selection', 'clipboard', '-o', '-t', type)
    const types = await get('TARGETS')
    if (types.why !== null) return /target .* not available/i.test(types.why) ? { type: 'nothing' } : types
    return byTypes(linesOf(types.out), get)
  },
}

const MAC: Way = {
  tool: 'osascript',
  fix: 'it is part of macOS: look at your PATH',
  async read(run) {
    const script = (...lines: readonly string[]) => run('osascript', ...lines.flatMap((line) => ['-e', line]))
    const info = await script('clipboard info')
    if (info.why !== null) return info
    const kinds = info.out.toString()
    if (kinds.includes('furl')) {
      const file = await script('POSIX path of (the clipboard as «class furl»)')
      if (file.why === null) return { type: 'files', paths: [file.out.toString().trimEnd()] }
    }
    // macOS makes a PNG of whatever image there is.
    if (/PNGf|TIFF|JPEG|GIF|picture/.test(kinds)) {
      const image = await script('the clipboard as «class PNGf»')
      if (image.why !== null) return image
      const [, hex = ''] = /PNGf([0-9A-Fa-f]+)/.exec(image.out.toString('latin1')) ?? []
      return hex === '' ? { type: 'nothing' } : { type: 'image', bytes: Buffer.from(hex, 'hex') }
    }
    const text = await run('pbpaste')
    return text.why === null ? textOrNothing(text.out.toString()) : text
  },
}

/** A word for what it is, then what it is: base64, so that no code page of the console is in the way. */
const POWERSHELL = `$ErrorActionPreference='Stop'
Add-Type -AssemblyName System.Windows.Forms,System.Drawing
$c=[System.Windows.Forms.Clipboard]
function Out64($b){[Console]::Out.Write([Convert]::ToBase64String($b))}
if($c::ContainsFileDropList()){[Console]::Out.Write('files ');Out64([Text.Encoding]::UTF8.GetBytes(($c::GetFileDropList()) -join [char]10))}
elseif($c::ContainsImage()){$m=New-Object System.IO.MemoryStream;$c::GetImage().Save($m,[System.Drawing.Imaging.ImageFormat]::Png);[Console]::Out.Write('image ');Out64($m.ToArray())}
elseif($c::ContainsText()){[Console]::Out.Write('text ');Out64([Text.Encoding]::UTF8.GetBytes($c::GetText()))}
else{[Console]::Out.Write('nothing ')}`

const WINDOWS: Way = {
  tool: 'powershell.exe',
  fix: 'it is part of Windows: look at your PATH (in WSL, at interop in /etc/wsl.conf)',
  async read(run) {
    // Encoded, so that no shell reads it on its way.
    const encoded = Buffer.from(POWERSHELL, 'utf16le').toString('base64')
    const ran = await run(
      'powershell.exe',
      ...['-NoProfile', '-NonInteractive', '-STA', '-ExecutionPolicy', 'Bypass', '-EncodedCommand', encoded],
    )
    if (ran.why !== null) return ran
    const [, type, base64 = ''] =
      /^(files|image|text|nothing) ([\s\S]*)$/.exec(`${ran.out.toString('latin1').trim()} `) ?? []
    const bytes = Buffer.from(base64, 'base64')
    if (type === 'image') return { type, bytes }
    if (type === 'files') return { type, paths: linesOf(bytes) }
    return type === 'text' ? textOrNothing(bytes.toString().replace(/\r\n?/g, '\n')) : { type: 'nothing' }
  },
}

/** Runs a tool to its end. Never rejects. */
async function ran(command: string, args: readonly string[], env: Env, signal: AbortSignal): Promise<Ran> {
  if (!(await isThere(command, env))) return { why: MISSING }
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    let held = 0
    let said = ''
    const settle = (why: string | null) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve(why === null ? { out: Buffer.concat(out), why } : { why })
    }
    const end = (why: string) => {
      child.kill()
      settle(why)
    }
    const stop = () => end('stopped')
    const timer = setTimeout(() => end(`no answer within ${PATIENCE_MS / 1000} s`), PATIENCE_MS)
    signal.addEventListener('abort', stop, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      held += chunk.length
      if (held > MOST_BYTES) return end(`more than ${MOST_BYTES / 1e6} MB`)
      out.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(0, 2_000)
    })
    child.on('error', (error: NodeJS.ErrnoException) => settle(error.code === 'ENOENT' ? MISSING : error.message))
    child.on('close', (code) => {
      const words = said.trim().split('\n')[0] ?? ''
      settle(code === 0 ? null : words === '' ? `ended with code ${code ?? 'of a signal'}` : words)
    })
  })
}

/** Looked for first: where there are endings to names, as on Windows, the system knows better. */
async function isThere(command: string, env: Env): Promise<boolean> {
  if (process.platform === 'win32') return true
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean)
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, command), 1).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
