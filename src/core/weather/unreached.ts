/** Why no connection came about, as sentences: what a system code means, and what to check. */

import type { Failure } from '../turn.ts'
import { failure } from './failures.ts'

/** A proxy that did not let us through. */
export interface ProxyTrouble {
  readonly what: 'unusable' | 'unreachable' | 'garbled' | 'wants-password' | 'refuses'
  /** Its address without a password; null: there is none. */
  readonly shown: string | null
  /** The environment variable that names it. */
  readonly variable: string
  /** A system code, `HTTP` and a status, or words. */
  readonly why: string
}

interface Meaning {
  readonly why: string
  readonly check: string
  /** The same address will not do better in a moment. */
  readonly lasts?: true
}

const ONLINE = 'Check that this machine is online'
const OWN_CA =
  'Behind a company proxy, or with a certificate of your own, name its CA in NODE_EXTRA_CA_CERTS (a PEM file)'
const PORTAL = 'A network that wants a login first answers in place of the server: open any page in a browser.'

const untrusted = (why: string): Meaning => ({ why, check: `${OWN_CA}. ${PORTAL}`, lasts: true })
const name = (why: string): Meaning => ({ why, check: `${ONLINE}, and how the base URL is spelled.` })

/** What a system code of a failed connection means. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: {
    why: 'nothing listens there',
    check: 'Check the host and the port of the base URL, and that the server runs.',
    lasts: true,
  },
  ENOTFOUND: { ...name('the host name is not known (DNS)'), lasts: true },
  EAI_AGAIN: name('the name service did not answer (DNS)'),
  EAI_FAIL: name('the name service failed (DNS)'),
  ETIMEDOUT: { why: 'the connection timed out', check: `${ONLINE}; a firewall or VPN may swallow the connection.` },
  ENETUNREACH: { why: 'the network is unreachable', check: `${ONLINE}, and the VPN if there is one.` },
  ENETDOWN: { why: 'the network is down', check: `${ONLINE}.` },
  EHOSTUNREACH: { why: 'the host is unreachable', check: `${ONLINE}, and the VPN if there is one.` },
  EADDRNOTAVAIL: { why: 'this machine has no address to connect from', check: `${ONLINE}.` },
  ECONNRESET: { why: 'the connection was reset', check: 'Send again; a firewall, VPN or proxy may be cutting it off.' },
  EPIPE: { why: 'the connection was closed', check: 'Send again; a firewall, VPN or proxy may be cutting it off.' },
  EPROTO: {
    why: 'the server does not speak TLS there (is it http, not https?)',
    check: 'Check the scheme and the port of the base URL.',
    lasts: true,
  },
  HPE_INVALID_CONSTANT: {
    why: 'what answers there does not speak HTTP (is it https, not http?)',
    check: 'Check the scheme and the port of the base URL.',
    lasts: true,
  },
  CERT_HAS_EXPIRED: {
    why: 'its TLS certificate has expired',
    check: 'Check the clock of this machine; otherwise whoever runs the server has to renew it.',
    lasts: true,
  },
  CERT_NOT_YET_VALID: {
    why: 'its TLS certificate is not valid yet',
    check: 'Check the clock of this machine.',
    lasts: true,
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('its TLS certificate is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('its TLS certificate chain is self-signed'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('its TLS certificate could not be verified'),
  UNABLE_TO_GET_ISSUER_CERT: untrusted('this machine does not trust the issuer of its TLS certificate'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('this machine does not trust the issuer of its TLS certificate'),
  ERR_TLS_CERT_ALTNAME_INVALID: {
    why: 'its TLS certificate is for another name',
    check: `Check the base URL. ${PORTAL}`,
    lasts: true,
  },
}

/** Codes of OpenSSL, which are many, mostly mean the same. */
const TLS_CODE = /^ERR_SSL_/
/** Codes of Node's parser of HTTP: something came, and it breaks the rules, as control characters in a header do. */
const HTTP_CODE = /^HPE_/

/** Whether a code tells of an answer that is not HTTP, rather than of none. */
export const isGarbled = (code: string | null | undefined): boolean => HTTP_CODE.test(code ?? '')
const CERT_CODE = /CERT|^UNABLE_/

function meaningOf(code: string | null, message: string): Meaning {
  const known = code === null ? undefined : MEANINGS[code]
  if (known) return known
  if (TLS_CODE.test(code ?? '')) return MEANINGS.EPROTO!
  if (isGarbled(code)) {
    const check = 'Check the host and the port of the base URL; a proxy or a firewall in between may be answering.'
    return { why: `what answers there breaks the rules of HTTP (${code})`, check, lasts: true }
  }
  if (CERT_CODE.test(code ?? '')) return untrusted(`its TLS certificate was not accepted (${code})`)
  return { why: message.replace(/\.$/, ''), check: `${ONLINE}, and the base URL.` }
}

/** No connection could be made, or it broke before an answer. */
export function connectionFailure(url: string, code: string | null, message: string): Failure {
  const { why, check, lasts } = meaningOf(code, message)
  return failure('offline', `No connection to ${url}: ${why}.`, { code, remedy: check, transient: !lasts })
}

/** A proxy stood in the way. */
export function proxyFailure(url: string, { what, shown, variable, why }: ProxyTrouble): Failure {
  const through = `No connection to ${url} through the proxy`
  const setIt = 'the environment variable'
  switch (what) {
    case 'unusable':
      return failure('offline', `No connection to ${url}: ${setIt} ${variable} names no usable proxy, ${why}.`, {
        code: 'PROXY',
        remedy: `Set ${variable} to http://host:port, or unset it.`,
        transient: false,
      })
    case 'unreachable': {
      const { why: reason, lasts } = meaningOf(why, why)
      return failure('offline', `${through} ${shown}, which cannot be reached itself: ${reason}.`, {
        code: 'PROXY',
        remedy: `Check ${setIt} ${variable} and that the proxy runs; outside its network, unset it.`,
        transient: !lasts,
      })
    }
    case 'garbled':
      return failure(
        'offline',
        `${through} ${shown}: what answers there breaks the rules of HTTP (${why}), as something else than a proxy would.`,
        {
          code: 'PROXY',
          remedy: `Check ${setIt} ${variable}: its host, its port, and http or https before them; outside its network, unset it.`,
          transient: false,
        },
      )
    case 'wants-password':
      return failure(
        'offline',
        `${through} ${shown}: it wants a user name and a password, or does not take these (HTTP 407).`,
        {
          code: 'PROXY',
          remedy: `Put them into its address: ${variable}=http://user:password@host:port.`,
          transient: false,
        },
      )
    case 'refuses': {
      // It let us ask and could not get through itself: that may pass.
      const passes = /HTTP 5/.test(why)
      const host = URL.canParse(url) ? new URL(url).hostname : url
      return failure(
        'offline',
        passes
          ? `${through} ${shown}: it cannot reach the server (${why}).`
          : `${through} ${shown}: it does not let us through (${why}).`,
        {
          code: 'PROXY',
          remedy: passes
            ? 'Check that the proxy is online, and the base URL.'
            : `Ask whoever runs the proxy to allow ${host}, or leave the proxy out with NO_PROXY=${host}.`,
          transient: passes,
        },
      )
    }
  }
}

/** The code of an answer that somebody else gave in the API's place. */
export const STRANGER = 'STRANGER'

/** Somebody answered, but not the API: a captive portal, a firewall, another program. @param location where it redirects to */
export function strangerFailure(
  url: string,
  { status, location }: { readonly status: number; readonly location: string | null },
): Failure {
  const base = 'Otherwise check the base URL, and the proxy if there is one.'
  if (location === null && (status < 300 || status >= 400)) {
    const reason = `${url} answered with a web page (HTTP ${status}), not in the words of the Claude Messages API.`
    return failure('alien', reason, { status, code: STRANGER, remedy: `${PORTAL} ${base}` })
  }
  const to = location !== null && URL.canParse(location, url) ? new URL(location, url) : null
  // What follows a question mark is for the browser, and may be a secret.
  const where = to ? `${to.origin}${to.pathname}` : 'elsewhere'
  const isAtHome = to !== null && URL.canParse(url) && to.hostname === new URL(url).hostname
  return failure('alien', `${url} redirects (HTTP ${status}) to ${where}.`, {
    ...{ status, code: isAtHome ? null : STRANGER },
    remedy: isAtHome ? 'Set the base URL to where it leads.' : `${PORTAL} ${base}`,
  })
}
