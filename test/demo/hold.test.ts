import { expect, test } from 'vitest'
import { PATIENT, stopOf, visit } from './visit.ts'

const WORDS = 'words n=6 tag=qa'

test('a held request goes on by the deltas it is given, and is held again after them', async () => {
  await using here = await visit(`${WORDS} hold after=2`)
  let seen = ''
  const heard = here.hear({}, { onText: (text) => (seen = text) })
  await here.demo.held()
  await expect.poll(() => seen.trim(), PATIENT).toBe('qa00001 qa00002')
  here.demo.release(1)
  await here.demo.held()
  await expect.poll(() => seen.trim(), PATIENT).toBe('qa00001 qa00002 qa00003')
  here.demo.release()
  expect((await heard).text).toContain('qa00006')
})

test('hold alone has begun, but has no text yet', async () => {
  await using here = await visit(`${WORDS} hold`)
  const heard = here.hear()
  await here.demo.held()
  expect(here.demo.requests[0]).toMatchObject({ headAt: expect.any(Number), firstDeltaAt: null, deltas: 0 })
  here.demo.release()
  expect(stopOf(await heard).reason).toBe('end_turn')
})

test('hold-before-head has sent nothing at all', async () => {
  await using here = await visit(`${WORDS} hold-before-head`)
  const heard = here.hear()
  await here.demo.held()
  expect(here.demo.requests[0]!.headAt).toBeNull()
  here.demo.release()
  expect((await heard).text).toContain('qa00006')
})

test('the end of the message can be held, too', async () => {
  await using here = await visit(`${WORDS} hold`)
  let seen = ''
  const heard = here.hear({}, { onText: (text) => (seen = text) })
  await here.demo.held()
  here.demo.release(6)
  await here.demo.held()
  await expect.poll(() => seen, PATIENT).toContain('qa00006')
  expect(here.demo.requests[0]!.lastByteAt).toBeNull()
  here.demo.release()
  expect((await heard).error).toBeNull()
})

test('a client that goes is no longer held, and there is nothing to release', async () => {
  await using here = await visit(`${WORDS} hold`)
  const leaving = new AbortController()
  const heard = here.hear({}, { signal: leaving.signal })
  await here.demo.held()
  leaving.abort()
  await heard
  await expect.poll(() => here.demo.requests[0]!.aborted, PATIENT).toBe(true)
  expect(() => here.demo.release()).toThrow('no request is held')
})

test('closing the server ends what is held', async () => {
  const here = await visit(`${WORDS} hold`)
  const heard = here.hear()
  await here.demo.held()
  await here.demo.close()
  expect((await heard).error).toBeInstanceOf(Error)
})
