/**
 * Certificates made on the spot, X.509 v3 with ECDSA over P-256: an authority of one's own, and servers it vouches for.
 * Nothing that is checked in can expire, or be taken for a secret.
 */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Certified {
  /** PEM. */
  readonly key: string
  readonly cert: string
}

export interface Authority extends Certified {
  /** A certificate for these names and IPv4 addresses. @param until when it ends; a day ahead when absent */
  issue(names: readonly string[], until?: Date): Certified
}

const DAY_MS = 86_400_000

/** One value in DER: its tag, its length, its content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const octets = (...parts: readonly Uint8Array[]) => der(0x04, ...parts)
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes)
const TRUE = der(0x01, Buffer.from([255]))

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const base128 = (value: number): number[] =>
    value < 128 ? [value] : [...base128(value >> 7).map((byte) => byte | 128), value & 127]
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))

const name = (common: string) => sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(common)))))
/** GeneralizedTime, which needs no century to be guessed. */
const time = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]|\.\d+/g, '')}`))

const extension = (id: string, isCritical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(isCritical ? [TRUE] : []), octets(value))

const altNames = (names: readonly string[]) =>
  sequence(
    ...names.map((one) =>
      /^[\d.]+$/.test(one) ? der(0x87, Buffer.from(one.split('.').map(Number))) : der(0x82, Buffer.from(one)),
    ),
  )

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

interface Wanted {
  readonly issuer: string
  readonly signedBy: KeyObject
  readonly subject: string
  readonly holder: KeyObject
  readonly until: Date
  readonly extensions: readonly Uint8Array[]
}

function certificate({ issuer, signedBy, subject, holder, until, extensions }: Wanted): string {
  const from = new Date(Math.min(Date.now(), until.getTime()) - DAY_MS)
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    // Positive, whatever the bytes are.
    der(0x02, Buffer.from([1]), randomBytes(8)),
    ECDSA_SHA256,
    name(issuer),
    sequence(time(from), time(until)),
    name(subject),
    holder.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return pem(sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signedBy))))
}

const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyText = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

/** An authority that nobody knows yet. */
export function authority(issuer = 'An authority of the tests'): Authority {
  const own = keys()
  const soon = () => new Date(Date.now() + DAY_MS)
  return {
    key: keyText(own.privateKey),
    cert: certificate({
      ...{ issuer, signedBy: own.privateKey, subject: issuer, holder: own.publicKey, until: soon() },
      extensions: [extension('2.5.29.19', true, sequence(TRUE))],
    }),
    issue(names, until = soon()) {
      const { privateKey, publicKey } = keys()
      const cert = certificate({
        ...{ issuer, signedBy: own.privateKey, subject: names[0] ?? 'nobody', holder: publicKey, until },
        extensions: [extension('2.5.29.17', false, altNames(names))],
      })
      return { key: keyText(privateKey), cert }
    },
  }
}
