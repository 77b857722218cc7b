/** A call where the network has something to say: proxies, certificates of one's own, login pages. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Authority, authority } from '../kit/certificates.ts'
import { evening } from '../kit/evening.ts'
import { type Environment, lodge, runPipe } from '../kit/index.ts'
import { type ProxyOptions, standInProxy } from '../kit/proxy.ts'
import { tlsFront } from '../kit/tls-front.ts'
import { wireServer } from '../kit/wire-server.ts'

let own: Authority
beforeAll(() => {
  own = authority()
})

const call = async (url: string, env: Environment = {}) => {
  const { code, stdout, stderr } = await runPipe({
    args: ['--base-url', url, '-m', 'claude-sonnet-5-5', 'hi'],
    env: { ANTHROPIC_API_KEY: 'key-of-a-play', ...env },
  })
  return { code, out: stdout.toString(), err: stderr }
}

/** The authority's certificate as a file. */
function trusting() {
  const lodging = lodge()
  const path = join(lodging.home, 'own-ca.pem')
  writeFileSync(path, own.cert)
  return { path, [Symbol.dispose]: () => lodging.remove() }
}

describe('a server behind TLS', () => {
  const visit = async (names: readonly string[], { until, trusts }: { until?: Date; trusts?: boolean } = {}) => {
    await using night = await evening('text "ok"')
    await using front = await tlsFront(own.issue(names, until), Number(new URL(night.demo.url).port))
    using ca = trusting()
    return await call(`https://127.0.0.1:${front.port}`, trusts ? { NODE_EXTRA_CA_CERTS: ca.path } : {})
  }

  test('with a CA of its own is believed once NODE_EXTRA_CA_CERTS names it', async () =>
    expect(await visit(['127.0.0.1'], { trusts: true })).toMatchObject({ code: 0, out: 'ok\n' }))

  test('with a CA nobody knows is not; how to name it is said', async () => {
    const { code, err } = await visit(['127.0.0.1'])
    expect(code).toBe(1)
    expect(err).toMatch(/No connection to https:\/\/127\.0\.0\.1:\d+: .*TLS certificate/)
    expect(err).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('whose certificate is for another name', async () => {
    const { code, err } = await visit(['login.hotel.example'], { trusts: true })
    expect(code).toBe(1)
    expect(err).toContain('its TLS certificate is for another name')
    expect(err).toContain('open any page in a browser')
  })

  test('whose certificate has expired: the clock may be wrong', async () => {
    const { code, err } = await visit(['127.0.0.1'], { trusts: true, until: new Date(Date.now() - 60_000) })
    expect(code).toBe(1)
    expect(err).toContain('its TLS certificate has expired')
    expect(err).toContain('clock')
  })

  test('or rather one that speaks plain HTTP, when https was asked for', async () => {
    await using night = await evening()
    const { code, err } = await call(night.demo.url.replace('http:', 'https:'))
    expect(code).toBe(1)
    expect(err).toContain('does not speak TLS there (is it http, not https?)')
  })
})

describe('a proxy', () => {
  /** A call to a server that only the proxy can find. */
  const through = async (options: Omit<ProxyOptions, 'port'> & { lost?: true }, env: (url: string) => Environment) => {
    await using night = await evening('text "ok"')
    await using front = await tlsFront(own.issue(['api.example']), Number(new URL(night.demo.url).port))
    await using proxy = await standInProxy({ ...options, ...(options.lost ? {} : { port: front.port }) })
    using ca = trusting()
    const said = await call('https://api.example', { NODE_EXTRA_CA_CERTS: ca.path, ...env(proxy.url) })
    return { ...said, asked: proxy.asked, url: proxy.url }
  }

  test('is asked for the way, once, and the key goes to the server alone', async () =>
    expect(await through({}, (url) => ({ HTTPS_PROXY: url }))).toMatchObject({
      ...{ code: 0, out: 'ok\n', err: '' },
      asked: ['CONNECT api.example:443'],
    }))

  test('is told its user and password, escapes and all', async () =>
    expect(
      await through({ user: 'me@work:p:s%' }, (url) => ({
        https_proxy: url.replace('://', '://me%40work:p%3As%25@'),
      })),
    ).toMatchObject({ code: 0, out: 'ok\n' }))

  test('that wants a password says so, and where it belongs; the wrong one is not repeated', async () => {
    const { code, err, url } = await through({ user: 'me:secret' }, (at) => ({
      HTTPS_PROXY: at.replace('://', '://me:hunter2@'),
    }))
    expect(code).toBe(1)
    expect(err).toContain(`through the proxy ${url}: it wants a user name and a password`)
    expect(err).toContain('HTTPS_PROXY=http://user:password@host:port')
    expect(err).not.toContain('hunter2')
  })

  test('that forbids the way', async () => {
    const { code, err } = await through({ status: 403 }, (url) => ({ HTTPS_PROXY: url }))
    expect(code).toBe(1)
    expect(err).toContain('it does not let us through (HTTP 403)')
    expect(err).toContain('NO_PROXY=api.example')
  })

  test('that is not there', async () => {
    const { code, err } = await through({}, () => ({ HTTPS_PROXY: 'http://127.0.0.1:9' }))
    expect(code).toBe(1)
    expect(err).toContain('through the proxy http://127.0.0.1:9, which cannot be reached itself: nothing listens there')
    expect(err).toContain('HTTPS_PROXY')
  })

  test.each([
    ['control characters in its answer', 'HTTP/1.1 502 Bad\r\nvia: a\u0001\u001b]0;b\u0007\r\n\r\n'],
    ['an answer that is no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ])('with %s: what it is and what to check, in words', async (_, says) => {
    const { code, err, url, asked } = await through({ says }, (at) => ({ HTTPS_PROXY: at }))
    expect({ code, asked }).toEqual({ code: 1, asked: ['CONNECT api.example:443'] })
    expect(err).toContain(`https://api.example through the proxy ${url}: what answers there breaks the rules of HTTP`)
    expect(err).toContain('Check the environment variable HTTPS_PROXY')
  })

  test('that passes requests on, with control characters in its answer', async () => {
    await using garbled = await wireServer((response) => {
      response.socket!.end('HTTP/1.1 200 OK\r\nx: \u0001\r\n\r\n')
    })
    const { err } = await call('http://llama.example:8080', { HTTP_PROXY: garbled.url })
    expect(err).toContain(`http://llama.example:8080 through the proxy ${garbled.url}: what answers there breaks`)
    expect((await call(garbled.url)).err).toContain(
      `No connection to ${garbled.url}: what answers there breaks the rules`,
    )
  })

  test('of a kind that is not spoken here', async () => {
    const { code, err } = await through({}, () => ({ HTTPS_PROXY: 'socks5://127.0.0.1:1080' }))
    expect(code).toBe(1)
    expect(err).toContain('HTTPS_PROXY names no usable proxy, socks5 proxies are not spoken here')
  })

  test('is left out for what NO_PROXY names', async () => {
    const { asked, err } = await through({}, (url) => ({ HTTPS_PROXY: url, NO_PROXY: 'localhost,.example' }))
    expect(asked).toEqual([])
    expect(err).toContain('No connection to https://api.example: ')
  })

  test('passes on what goes to a plain server', async () => {
    await using night = await evening('text "ok"')
    const port = Number(new URL(night.demo.url).port)
    await using proxy = await standInProxy({ port, user: 'me:secret' })
    const env = { HTTP_PROXY: proxy.url.replace('://', '://me:secret@') }
    expect(await call('http://llama.example:8080', env)).toMatchObject({ code: 0, out: 'ok\n' })
    expect(proxy.asked).toEqual(['POST http://llama.example:8080/v1/messages'])
    expect(night.demo.requests.at(-1)!.headers).not.toHaveProperty('proxy-authorization')
    const { code, err } = await call('http://llama.example:8080', { HTTP_PROXY: proxy.url })
    expect(code).toBe(1)
    expect(err).toContain('it wants a user name and a password')
  })
})

describe('somebody else answers', () => {
  const PAGE = '<html><title>Welcome to the hotel</title></html>'

  test('with a page to log in', async () => {
    await using hotel = await wireServer((response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    })
    const { code, out, err } = await call(hotel.url)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain(`${hotel.url} answered with a web page (HTTP 200)`)
    expect(err).toContain('open any page in a browser')
  })

  test('with a page to log in that comes in pieces', async () => {
    await using hotel = await wireServer((response) => {
      response.writeHead(200)
      response.write('<!DOC')
      setTimeout(() => response.end(`TYPE html>${PAGE}`), 300)
    })
    expect((await call(hotel.url)).err).toContain(`${hotel.url} answered with a web page (HTTP 200)`)
  })

  test.each([
    ['nothing about what it is', {}, PAGE],
    [
      'another word for it',
      { 'content-type': 'application/octet-stream' },
      `\ufeff\n<!-- hotel --><!DOCTYPE html>${PAGE}`,
    ],
    ['that it is packed', { 'content-encoding': 'gzip' }, gzipSync(PAGE)],
    ['nothing, refusing', {}, `<!doctype html>${PAGE}`, 403],
  ] as const)('with a page to log in that says %s', async (_, head, page, status: number = 200) => {
    await using hotel = await wireServer((response) => {
      response.writeHead(status, head).end(page)
    })
    for (const more of [[], ['--no-stream']]) {
      const { stdout, stderr, code } = await runPipe({
        args: ['--base-url', hotel.url, '-m', 'claude-sonnet-5-5', ...more, 'hi'],
        env: { ANTHROPIC_API_KEY: 'key-of-a-play' },
      })
      expect({ code, out: stdout.toString() }).toEqual({ code: 3, out: '' })
      expect(stderr).toContain(`${hotel.url} answered with a web page (HTTP ${status})`)
      expect(stderr).toContain('open any page in a browser')
    }
  })

  test('with a redirect to one; what is secret in it is not shown, and nobody follows', async () => {
    await using hotel = await wireServer((response) => {
      response.writeHead(302, { location: 'https://login.hotel.example/in?token=s3cret' }).end()
    })
    const { code, err } = await call(hotel.url)
    expect(code).toBe(3)
    expect(err).toContain(`${hotel.url} redirects (HTTP 302) to https://login.hotel.example/in.`)
    expect(err).toContain('open any page in a browser')
    expect(err).not.toContain('s3cret')
    expect(hotel.requests.length).toBe(1)
  })

  test('with the page of a firewall, which is not about the key', async () => {
    await using firewall = await wireServer((response) => {
      response.writeHead(403, { 'content-type': 'text/html' }).end(PAGE)
    })
    const { code, err } = await call(firewall.url)
    expect(code).toBe(3)
    expect(err).toContain('answered with a web page (HTTP 403)')
    expect(err).not.toContain('Check the key')
  })

  test('with a redirect to the same server: the base URL is to be set', async () => {
    await using server = await wireServer((response) => response.writeHead(308, { location: '/api/v1/messages' }).end())
    expect((await call(server.url)).err).toContain('Set the base URL to where it leads.')
  })
})
