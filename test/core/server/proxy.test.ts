import { describe, expect, test } from 'vitest'
import { proxyFor } from '../../../src/core/server/proxy.ts'

const API = new URL('https://api.anthropic.com/v1/messages')
const PROXY = 'http://proxy.example:3128'

describe('the proxy of the environment', () => {
  test('is the one for https, lower case first; without a scheme it is http', () => {
    expect(proxyFor(API, {})).toBeNull()
    expect(proxyFor(API, { HTTP_PROXY: PROXY })).toBeNull()
    expect(proxyFor(API, { HTTPS_PROXY: PROXY })).toMatchObject({
      host: 'proxy.example',
      port: 3128,
      protocol: 'http:',
    })
    expect(proxyFor(API, { HTTPS_PROXY: 'http://other', https_proxy: 'proxy.example:3128' })).toMatchObject({
      ...{ host: 'proxy.example', port: 3128, user: null, variable: 'https_proxy' },
    })
    expect(proxyFor(new URL('http://llama.example'), { HTTP_PROXY: PROXY })).toMatchObject({ variable: 'HTTP_PROXY' })
    expect(proxyFor(API, { HTTPS_PROXY: '' })).toBeNull()
  })

  test('has a user, whose password is never shown', () => {
    const proxy = proxyFor(API, { HTTPS_PROXY: 'https://me%40work:p%3As@[2001:db8::1]' })
    expect(proxy).toMatchObject({ user: 'me@work:p:s', host: '2001:db8::1', port: 443 })
    expect(proxy).toMatchObject({ shown: 'https://[2001:db8::1]' })
    expect(proxyFor(API, { HTTPS_PROXY: 'http://me:100%@p' })).toMatchObject({ user: 'me:100%' })
  })

  test('may be of no use', () => {
    expect(proxyFor(API, { HTTPS_PROXY: 'socks5://me:secret@p:1080' })).toEqual({
      variable: 'HTTPS_PROXY',
      unusable: 'socks5 proxies are not spoken here',
    })
    expect(proxyFor(API, { HTTPS_PROXY: 'http://:::' })).toMatchObject({ unusable: 'it is no address' })
  })

  test.each(['http://localhost:11434', 'http://127.0.0.1:8080', 'http://[::1]:1234', 'http://llm.localhost'])(
    'could not reach this machine: %s is asked itself',
    (url) => expect(proxyFor(new URL(url), { HTTP_PROXY: PROXY })).toBeNull(),
  )
})

describe('NO_PROXY', () => {
  const isLeftOut = (entry: string, url = 'https://api.anthropic.com') =>
    proxyFor(new URL(url), { HTTPS_PROXY: PROXY, NO_PROXY: entry }) === null

  test.each([
    '*',
    'api.anthropic.com',
    'API.Anthropic.com',
    'anthropic.com',
    '.anthropic.com',
    '*.anthropic.com',
    'a.example, api.anthropic.com:443',
    'a.example api.anthropic.com.',
  ])('leaves the proxy out for %s', (entry) => expect(isLeftOut(entry)).toBe(true))

  test.each(['', ',', '.', 'thropic.com', 'api.anthropic.com:8443', 'anthropic.com.example', 'com.anthropic'])(
    'but not for "%s"',
    (entry) => expect(isLeftOut(entry)).toBe(false),
  )

  test('knows addresses, and blocks of them', () => {
    expect(isLeftOut('10.0.0.0/8', 'https://10.1.2.3')).toBe(true)
    expect(isLeftOut('10.0.0.0/8', 'https://11.1.2.3')).toBe(false)
    expect(isLeftOut('192.168.178.0/24,10.0.0.0/33', 'https://10.0.0.1')).toBe(false)
    expect(isLeftOut('0.0.0.0/0', 'https://203.0.113.9')).toBe(true)
    expect(isLeftOut('10.0.0.0/8', 'https://api.anthropic.com')).toBe(false)
    expect(isLeftOut('[2001:db8::1]:443', 'https://[2001:db8::1]')).toBe(true)
    expect(isLeftOut('2001:db8::1', 'https://[2001:db8::1]')).toBe(true)
  })
})
