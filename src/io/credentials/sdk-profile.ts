/**
 * Whether Anthropic's own tools have left a login the SDK would find. Looks for presence only: reading, refreshing and
 * exchanging it is the SDK's own chain (SDK 1.11, `core/credentials` and `lib/credentials`), whose order this follows.
 */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../../core/problem.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface Profile {
  /** In human words, for "where does my login come from". */
  readonly origin: string
  /** Whether the environment names it, rather than it lying on the disk. */
  readonly named: boolean
}

/** The login the SDK would use, null when there is none, or why the one that is named cannot be it. */
export function findProfile(env: Env): Profile | { readonly problem: Problem } | null {
  const folder = configFolder(env)
  const name = read(env, 'ANTHROPIC_PROFILE')
  if (name !== null) {
    if (folder !== null && hasProfile(folder, name)) return { origin: `ANTHROPIC_PROFILE (${name})`, named: true }
    const wayOut = 'name one that exists, or unset ANTHROPIC_PROFILE'
    const expected = `the name of a profile in ${folder ? join(folder, 'configs') : 'the folder in ANTHROPIC_CONFIG_DIR'}`
    return { problem: { where: 'ANTHROPIC_PROFILE', expected, came: `"${name}"`, wayOut } }
  }
  if (hasWorkloadIdentity(env)) return { origin: 'workload identity from the environment', named: true }
  if (folder === null) return null
  const active = activeProfile(folder)
  return hasProfile(folder, active) ? { origin: `profile "${active}" in ${folder}`, named: false } : null
}

function hasWorkloadIdentity(env: Env): boolean {
  const has = (name: string) => read(env, name) !== null
  return (
    has('ANTHROPIC_FEDERATION_RULE_ID') &&
    has('ANTHROPIC_ORGANIZATION_ID') &&
    (has('ANTHROPIC_IDENTITY_TOKEN') || has('ANTHROPIC_IDENTITY_TOKEN_FILE'))
  )
}

/** A name that could lead out of the folder is no profile. */
function hasProfile(folder: string, name: string): boolean {
  return /^[\w.-]+$/.test(name) && name !== '.' && name !== '..' && existsSync(join(folder, 'configs', `${name}.json`))
}

function activeProfile(folder: string): string {
  try {
    return readFileSync(join(folder, 'active_config'), 'utf8').trim() || 'default'
  } catch {
    return 'default'
  }
}

/** Anthropic's shared folder, by the SDK's rules; null when the environment does not lead to one. */
function configFolder(env: Env): string | null {
  const own = read(env, 'ANTHROPIC_CONFIG_DIR')
  if (own !== null) return own
  const from = (name: string, ...rest: string[]) => {
    const base = read(env, name)
    return base === null ? null : join(base, ...rest)
  }
  return process.platform === 'win32'
    ? (from('APPDATA', 'Anthropic') ?? from('USERPROFILE', 'AppData', 'Roaming', 'Anthropic'))
    : (from('XDG_CONFIG_HOME', 'anthropic') ?? from('HOME', '.config', 'anthropic'))
}

/** A variable without the white space around it; null when there is nothing in it. */
function read(env: Env, name: string): string | null {
  return env[name]?.trim() || null
}
