/** The phases of a turn in words. Apart from their times: a start and a call need none of it. */

import type { PhaseName } from './phases.ts'

/** What each is called, how the waterfall writes it without colours, and what it is, in words. */
export const PHASE_WORDS: Readonly<Record<PhaseName, { readonly name: string; letter: string; tells: string }>> = {
  own: { name: 'before sending', letter: 'o', tells: 'this program, from the question to the request' },
  tries: { name: 'earlier tries', letter: 'r', tells: 'attempts that failed, and the waits between them' },
  connect: { name: 'connect', letter: 'c', tells: 'looking up the name and TCP, a proxy included' },
  tls: { name: 'TLS', letter: 's', tells: 'agreeing on keys' },
  upload: { name: 'upload', letter: 'u', tells: 'the request, until the system had its last byte' },
  headers: { name: 'wait for headers', letter: 'h', tells: 'from there to the first byte of the response' },
  start: { name: 'to message_start', letter: 'm', tells: 'from the headers to the first event' },
  wait: { name: 'to first output', letter: 'w', tells: 'from message_start to the first thinking or text' },
  thinking: { name: 'thinking', letter: 't', tells: 'from the first thinking to the first visible text' },
  decode: { name: 'decode', letter: 'd', tells: 'from the first visible text to the last, without stalls' },
  stalls: { name: 'stalls', letter: '!', tells: 'gaps above 3 s in the output' },
  end: { name: 'to the end', letter: 'e', tells: 'from the last output to message_stop' },
}
