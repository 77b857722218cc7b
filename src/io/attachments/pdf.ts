/** A PDF, as it is; or why the server would not take it. */

import { setImmediate as breathe } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { MOST_PDF_BYTES, mostPages, readPdf } from '../../core/attachments/pdf.ts'
import type { Prepared, PrepareOptions, Source } from '../../core/attachments/prepared.ts'
import { ready } from './ready.ts'

/** Tables and lists of objects are far smaller. */
const MOST_UNPACKED = 64_000_000

const unpack = promisify<Uint8Array, { maxOutputLength: number; finishFlush: number }, Buffer>(inflate)

export async function preparePdf(
  { name, bytes }: Source,
  { card }: PrepareOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  const refuse = (why: string, wayOut: string): Prepared => ({ refused: `${name} ${why}. ${wayOut}` })
  if (bytes.length > MOST_PDF_BYTES) {
    const limit = Math.floor(MOST_PDF_BYTES / 1e6)
    return refuse(
      `is a PDF of ${(bytes.length / 1e6).toFixed(1)} MB; ${limit} MB fit into a request`,
      'Attach the pages you mean, or its text.',
    )
  }
  const rest = async () => {
    await breathe()
    signal.throwIfAborted()
  }
  // What follows the end of the data is no reason to fail.
  const facts = await readPdf(
    bytes,
    (packed) => unpack(packed, { maxOutputLength: MOST_UNPACKED, finishFlush: 2 }),
    rest,
  )
  signal.throwIfAborted()
  if (facts === 'locked')
    return refuse(
      'is an encrypted PDF, which the API does not take',
      'Print it into a new PDF, or unlock it: qpdf --decrypt.',
    )
  if (facts === 'damaged')
    return refuse('is a damaged PDF: its pages cannot be found', 'Open it in a viewer and print it into a new PDF.')
  const most = mostPages(card)
  if (facts.pages > most) {
    return refuse(
      `has ${facts.pages.toLocaleString('en-US')} pages; this model takes ${most}`,
      'Attach the pages you mean, or its text.',
    )
  }
  return ready(name, bytes, 'application/pdf', { kind: 'pdf', pages: facts.pages })
}
