/**
 * A file from the web, on request: http and https, public addresses alone, of a kind that can be attached, not too large
 * and not too slow. The address that was looked at is the one that is connected to, at every redirect anew.
 */

import { lookup as resolve } from 'node:dns/promises'
import type { IncomingMessage } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import type { Refusal, Source } from '../../core/attachments/prepared.ts'
import { isPublicAddress } from '../../core/server/public-address.ts'
import { VERSION } from '../../version.ts'
import { titled } from './ready.ts'

/** Larger ones are for people to look at first. */
export const MOST_REMOTE_BYTES = 50_000_000
const WITHIN_MS = 30_000
const MOST_REDIRECTS = 5

/** What is asked of the world, so that a test can be one. */
export interface Web {
  /** All addresses of a name. */
  resolve(host: string): Promise<readonly { readonly address: string; readonly family: number }[]>
  isPublic(address: string): boolean
  readonly withinMs: number
}

const THE_WEB: Web = {
  resolve: (host) => resolve(host, { all: true }),
  isPublic: isPublicAddress,
  withinMs: WITHIN_MS,
}

/** Types that are not worth fetching; what else comes is told by its bytes. */
const NOT_TAKEN: readonly (readonly [RegExp, what: string, wayOut: string])[] = [
  [
    /^(text\/html|application\/xhtml\+xml)$/,
    'a web page',
    'Attach the address of a file on it, or save it as PDF or text.',
  ],
  [/^(video|audio)\//, 'sound or video', 'Attach a transcript or single pictures of it.'],
  [
    /^application\/(zip|gzip|x-(gzip|tar|7z-compressed|xz|bzip2|rar-compressed))$/,
    'an archive',
    'Unpack it and attach the files you mean.',
  ],
]

/** Why it cannot be had, as it is to be told. */
class Trouble extends Error {}

/** @throws the signal's reason when it was stopped */
export async function fetchSource(address: string, signal: AbortSignal, web: Web = THE_WEB): Promise<Source | Refusal> {
  signal.throwIfAborted()
  const shown = titled(address)
  const late = AbortSignal.timeout(web.withinMs)
  const until = AbortSignal.any([signal, late])
  try {
    return await follow(address, until, web)
  } catch (error) {
    signal.throwIfAborted()
    if (late.aborted)
      return { refused: `${shown} did not come within ${web.withinMs / 1000} s. Download it, and attach the file.` }
    if (error instanceof Trouble) return { refused: `${shown} ${error.message}` }
    const { code, message } = error as NodeJS.ErrnoException
    return {
      refused: `${shown} could not be fetched: ${WHY[code ?? ''] ?? code ?? message}. Download it, and attach the file.`,
    }
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of its host cannot be looked up now',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the line was cut',
  ENETUNREACH: 'there is no way to that network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody vouches for its certificate',
}

async function follow(address: string, signal: AbortSignal, web: Web): Promise<Source> {
  let url = checked(address, null)
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, signal, web)
    const { statusCode = 0, headers } = response
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy()
      if (redirects === MOST_REDIRECTS)
        throw new Trouble(`leads on more than ${MOST_REDIRECTS} times. Attach the address it ends at.`)
      url = checked(headers.location, url)
      continue
    }
    try {
      if (statusCode !== 200)
        throw new Trouble(`was answered with ${statusCode}${meaning(statusCode)}. Look at the address in a browser.`)
      return { name: nameOf(url, headers['content-disposition']), bytes: await bytesOf(response, signal) }
    } finally {
      response.destroy()
    }
  }
}

/** An address that may be asked, as far as its spelling tells. */
function checked(address: string, from: URL | null): URL {
  const way = from ? `leads to ${titled(address)}, which ` : ''
  if (!URL.canParse(address, from?.href))
    throw new Trouble(`${way}is no address. Expected one as https://example.org/photo.jpg.`)
  const url = new URL(address, from?.href)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Trouble(
      `${way}begins with ${url.protocol}; http and https are fetched. Download it, and attach the file.`,
    )
  if (from?.protocol === 'https:' && url.protocol === 'http:')
    throw new Trouble(`${way}is no longer encrypted. Attach that address if you trust it.`)
  if (url.username !== '' || url.password !== '')
    throw new Trouble(`${way}holds a name or password, which are not sent from here. Download it, and attach the file.`)
  return url
}

const isNear = (host: string) =>
  new Trouble(
    `is not fetched: ${host} is on this machine or a private network, and only public addresses are. Download it, and attach the file.`,
  )

async function request(url: URL, signal: AbortSignal, web: Web): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  // One that is written as a number is connected to without being looked up.
  if (isIP(host) !== 0 && !web.isPublic(host)) throw isNear(host)
  const lookup: LookupFunction = (name, options, done) => {
    web.resolve(name).then(
      (found) => {
        if (found.length === 0 || !found.every(({ address }) => web.isPublic(address))) return done(isNear(name), '')
        if (options.all)
          return done(
            null,
            found.map(({ address, family }) => ({ address, family })),
          )
        done(null, found[0]!.address, found[0]!.family)
      },
      (error) => done(error, ''),
    )
  }
  const { request: ask } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'))
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const headers = {
      accept: 'image/*, application/pdf, text/plain, */*;q=0.5',
      'accept-encoding': 'identity',
      'user-agent': `claude-tui/${VERSION}`,
    }
    // An agent of its own: no connection is left open, and no proxy stands between the check and the connection.
    const asked = ask(url, { agent: false, lookup, signal, headers }, resolve)
    asked.on('error', reject)
    asked.end()
  })
}

async function bytesOf(response: IncomingMessage, signal: AbortSignal): Promise<Uint8Array> {
  const { headers } = response
  const type = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  for (const [pattern, what, wayOut] of NOT_TAKEN) if (pattern.test(type)) throw new Trouble(`is ${what}. ${wayOut}`)
  const tooLarge = (bytes: number | null) =>
    new Trouble(
      `has ${bytes === null ? 'more than' : `${Math.ceil(bytes / 1e6)} MB;`} ${MOST_REMOTE_BYTES / 1e6} MB${bytes === null ? '' : ' are fetched'}. Download it, and attach the part you mean.`,
    )
  const told = Number(headers['content-length'] ?? 0)
  if (told > MOST_REMOTE_BYTES) throw tooLarge(told)
  const chunks: Uint8Array[] = []
  let held = 0
  for await (const chunk of await unpacked(response)) {
    signal.throwIfAborted()
    held += (chunk as Uint8Array).length
    if (held > MOST_REMOTE_BYTES) throw tooLarge(null)
    chunks.push(chunk as Uint8Array)
  }
  return Buffer.concat(chunks)
}

/** Nothing packed is asked for; some servers pack all the same. */
async function unpacked(response: IncomingMessage): Promise<Readable> {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return response
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib')
  const { pipeline } = await import('node:stream')
  const unpack =
    encoding === 'gzip' || encoding === 'x-gzip'
      ? createGunzip()
      : encoding === 'br'
        ? createBrotliDecompress()
        : encoding === 'deflate'
          ? createInflate()
          : null
  if (!unpack) throw new Trouble(`comes packed as ${titled(encoding)}. Download it, and attach the file.`)
  // Its errors come out of the stream that is read.
  return pipeline(response, unpack, () => {})
}

/** The name it is offered under, else the last part of its path, else its host. */
function nameOf(url: URL, disposition: string | undefined): string {
  const offered = /filename="([^"]+)"|filename=([^;\s]+)/i.exec(disposition ?? '')
  const last = offered?.[1] ?? offered?.[2] ?? url.pathname.split('/').at(-1) ?? ''
  return titled(decoded(last).split(/[\\/]/).at(-1) || url.hostname)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const meaning = (status: number) =>
  status === 404
    ? ' (not found)'
    : status === 401 || status === 403
      ? ' (it is not for everybody)'
      : status === 429
        ? ' (too many requests)'
        : ''
