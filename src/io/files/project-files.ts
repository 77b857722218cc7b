/** Which files lie in a folder: what git would track, elsewhere a bounded walk. Reads names, opens no file. */

import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** So many paths at most, and so many folders walked where there is no git. */
export const MOST_FILES = 20_000
const MOST_FOLDERS = 2000
/** Folders full of what nobody wrote. */
const SKIPPED = new Set(['node_modules', 'target', 'dist', 'build', '__pycache__', 'venv'])

/** Paths relative to the folder, with `/`, at most `MOST_FILES`; none when it cannot be read. Respects .gitignore. */
export async function projectFiles(folder: string): Promise<readonly string[]> {
  return (await listedByGit(folder)) ?? walked(folder)
}

/** null: this is no repository, or there is no git. */
function listedByGit(folder: string): Promise<readonly string[] | null> {
  // A repository may name a program as its file monitor; looking for names must not run it.
  const options = ['-c', 'core.fsmonitor=false', 'ls-files', '-co', '--exclude-standard', '-z']
  return new Promise((resolve) => {
    const child = spawn('git', options, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
    const paths: string[] = []
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const names = (rest + chunk).split('\0')
      rest = names.pop() ?? ''
      for (const name of names) paths.push(name)
      if (paths.length < MOST_FILES) return
      child.kill()
      resolve(paths.slice(0, MOST_FILES))
    })
    child.once('error', () => resolve(null))
    child.once('close', (code) => resolve(code === 0 ? paths : null))
  })
}

/** Level by level, so that what lies near is found first. Hidden folders and links are not followed. */
async function walked(folder: string): Promise<readonly string[]> {
  const paths: string[] = []
  const folders = ['']
  for (let nth = 0; nth < Math.min(folders.length, MOST_FOLDERS); nth++) {
    const within = folders[nth]!
    const entries = await readdir(join(folder, within), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = within === '' ? entry.name : `${within}/${entry.name}`
      if (entry.isFile() && paths.push(path) === MOST_FILES) return paths
      if (entry.isDirectory() && !entry.name.startsWith('.') && !SKIPPED.has(entry.name)) folders.push(path)
    }
  }
  return paths
}
