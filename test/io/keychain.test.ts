/** The system's keychain: there, silent, forgetful or missing. What lies in it is sent to the server it was kept for. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKeychain } from '../../src/io/credentials/keychain.ts'
import { keepKey } from '../../src/io/credentials/stored-key.ts'
import { findCredential } from '../../src/io/credentials.ts'

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'claude-tui-keychain-')), 'settings.json')
})
afterEach(() => rmSync(join(path, '..'), { recursive: true, force: true }))

/** A library that keeps what it is given, as the real one does; `asked` notes what for. */
function library({ isSilent = false, forgets = false } = {}) {
  const kept = new Map<string, string>()
  const asked: unknown[] = []
  const answer = <T>(value: T) => (isSilent ? new Promise<T>(() => {}) : Promise.resolve(value))
  class AsyncEntry {
    readonly name: string
    constructor(service: string, account: string, options: object) {
      this.name = `${service} ${account}`
      asked.push(options)
    }
    getPassword = () => answer(kept.get(this.name) ?? null)
    setPassword = (secret: string) => answer(forgets ? undefined : void kept.set(this.name, secret))
    deletePassword = () => answer(kept.delete(this.name))
  }
  return { kept, asked, open: () => openKeychain(async () => ({ AsyncEntry }), 20) }
}

const find = (keychain: typeof openKeychain, baseUrl: string | null = null) =>
  findCredential({
    env: {},
    settings: { apiKey: null, apiKeyStore: 'keychain', apiKeyHelper: null, apiKeyFor: null },
    baseUrl,
    readProfile: () => null,
    keychain,
  })

test('a key is kept by its server, found again, and asked of a store that outlives the machine being off', async () => {
  const { kept, asked, open } = library()
  expect(await keepKey(path, 'sk-ant-1', null, 'auto', open)).toEqual({
    where: 'keychain',
    server: 'https://api.anthropic.com',
  })
  expect([...kept]).toEqual([['claude-tui https://api.anthropic.com', 'sk-ant-1']])
  expect(asked[0]).toEqual({ linux: { store: 'secret-service' } })
  expect(readFileSync(path, 'utf8')).not.toContain('sk-ant')
  expect(await find(open)).toEqual({ kind: 'key', secret: 'sk-ant-1', origin: 'keychain' })
  await expect(find(open, 'https://gateway.example')).rejects.toThrow('The stored key: expected https://api.anthropic')
})

test.each([
  ['that is not there', () => openKeychain(() => Promise.reject(new Error('Cannot find module')))],
  ['that stays locked', library({ isSilent: true }).open],
  ['that forgets', library({ forgets: true }).open],
])('one %s leaves the key to the file', async (_, open) => {
  expect(await keepKey(path, 'sk-ant-1', null, 'auto', open)).toMatchObject({ where: 'file' })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ apiKey: 'sk-ant-1' })
})

test('one that does not answer is told with a way out', async () => {
  await expect(find(library({ isSilent: true }).open)).rejects.toThrow(
    'keychain: expected the stored key, got no answer within 0.02 s; unlock it, store the key again',
  )
  await expect(find(library().open)).rejects.toThrow('got no key for https://api.anthropic.com in it')
})
