import { describe, expect, test } from 'vitest'
import { connectionFailure, proxyFailure, strangerFailure } from '../../../src/core/weather/unreached.ts'

const URL = 'https://api.anthropic.com'

describe('no connection', () => {
  test.each([
    ['ENOTFOUND', 'the host name is not known (DNS)', /online, and how the base URL is spelled/, false],
    ['EAI_AGAIN', 'the name service did not answer (DNS)', /online/, true],
    ['ECONNREFUSED', 'nothing listens there', /host and the port/, false],
    ['ENETUNREACH', 'the network is unreachable', /online/, true],
    ['ETIMEDOUT', 'the connection timed out', /firewall or VPN/, true],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'does not trust the issuer', /NODE_EXTRA_CA_CERTS/, false],
    ['CERT_NOT_YET_VALID', 'not valid yet', /clock/, false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS there', /scheme and the port/, false],
    ['HPE_INVALID_HEADER_TOKEN', 'breaks the rules of HTTP (HPE_INVALID_HEADER_TOKEN)', /proxy or a firewall/, false],
    ['CERT_REVOKED', 'was not accepted (CERT_REVOKED)', /NODE_EXTRA_CA_CERTS/, false],
    ['ENOBODYKNOWS', 'something odd', /online/, true],
  ])('%s: %s', (code, why, check, transient) => {
    const failure = connectionFailure(URL, code, 'something odd.')
    expect(failure).toMatchObject({ kind: 'offline', code, transient })
    expect(failure.reason).toMatch(/^No connection to https:\/\/api\.anthropic\.com: .*[^.]\.$/)
    expect(failure.reason).toContain(why)
    expect(failure.remedy).toMatch(check)
  })

  test('through a proxy: one that has no way itself may have one in a moment', () => {
    const trouble = { what: 'refuses', shown: 'http://p:1', variable: 'HTTPS_PROXY' } as const
    expect(proxyFailure(URL, { ...trouble, why: 'HTTP 502' })).toMatchObject({ kind: 'offline', transient: true })
    expect(proxyFailure(URL, { ...trouble, why: 'HTTP 403' })).toMatchObject({ kind: 'offline', transient: false })
  })
})

test('a redirect within the server is about the base URL, one elsewhere about the network', () => {
  const at = (location: string | null) => strangerFailure('http://api.example', { status: 301, location }).remedy
  expect(at('https://api.example/')).toContain('Set the base URL')
  expect(at('https://portal.example/')).toContain('browser')
  expect(at('\u0000')).toContain('Set the base URL')
  expect(at(null)).toContain('browser')
})
