/** A chat without a network: the message waits, and goes out by itself once there is one. */

import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startDemo } from '../../src/demo/server.ts'
import { type Environment, openPty } from '../kit/index.ts'

/** A port where nothing listens, yet. */
async function freePort(): Promise<number> {
  const free = createServer()
  await new Promise<void>((listening) => free.listen(0, '127.0.0.1', listening))
  const { port } = free.address() as { port: number }
  await new Promise((closed) => free.close(closed))
  return port
}

const leading = (port: number): Environment => ({
  ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
  ANTHROPIC_API_KEY: 'test-key-of-a-play',
})

describe('without a network', () => {
  test('a message waits in the composer when the person says so, and is sent when there is one', async () => {
    const port = await freePort()
    await using chat = openPty({ env: leading(port) })
    await chat.see('› ')
    chat.type('Are you there?\r')
    await chat.see('nothing listens there')
    await chat.see('Ctrl+S sends it by itself as soon as the network is back.')
    chat.press('ctrl+s')
    await chat.see(/Waiting for the network, next look in \ds\./)
    await chat.see('› Are you there?')
    const demo = await startDemo({ port, script: 'text "Yes, I am."' })
    await chat.see('The network is back after a moment: sent.', { timeout: 20_000 })
    await chat.see('Yes, I am.')
    expect(chat.screen).not.toContain('Ctrl+S')
    expect(demo.requests.filter(({ path }) => path === '/v1/messages').length).toBe(1)
    await demo.close()
  })

  test('Esc stops waiting, and a changed message is not sent by itself', async () => {
    await using chat = openPty({ env: leading(await freePort()) })
    await chat.see('› ')
    chat.type('Are you there?\r')
    await chat.see('Ctrl+S sends it by itself')
    chat.press('ctrl+s')
    await chat.see('Waiting for the network')
    chat.press('esc')
    await chat.gone('Waiting for the network')
    expect(chat.screen).toContain('› Are you there?')
    chat.press('ctrl+s')
    await chat.see('Waiting for the network')
    chat.type(' Hello?')
    await chat.see('No longer waiting for the network')
    chat.press('ctrl+u')
    await chat.gone('Hello?')
    chat.type('/wait\r')
    await chat.see('Nothing waits for the network')
  })

  test('plain lines say the same in words', async () => {
    const port = await freePort()
    await using chat = openPty({ env: leading(port), args: ['--screen-reader'] })
    await chat.see('You: ')
    chat.type('Are you there?\r')
    await chat.see('/wait sends it by itself as soon as the network is back.')
    chat.type('/wait\r')
    await chat.see('Waiting for the network; the message is sent by itself then.')
    const demo = await startDemo({ port, script: 'text "Yes, I am."' })
    await chat.see('Yes, I am.', { timeout: 20_000 })
    expect(chat.emulator.text()).toContain('The network is back')
    await demo.close()
  })
})
