/** Makes of any file what the API takes: an image as small as it can be, a PDF, a text; or a reason why not. */

import type { Prepared, PrepareOptions, Source } from '../../core/attachments/prepared.ts'
import { type Sniffed, sniff } from '../../core/attachments/sniff.ts'
import { prepareImage } from './image.ts'
import { type Kept, keptInMemory } from './kept.ts'
import { preparePdf } from './pdf.ts'
import { hashOf, titled } from './ready.ts'
import { prepareText } from './text.ts'

/** Counted up whenever the same file would be prepared in another way. */
const RECIPE = 3

const inMemory = keptInMemory()

export interface PrepareWishes extends PrepareOptions {
  /** Where results are kept; in memory when absent. */
  readonly kept?: Kept
}

/**
 * @param signal stops it where it stands
 * @throws the signal's reason when it was stopped, and nothing else: what cannot be sent is refused
 */
export async function prepare(source: Source, options: PrepareWishes, signal: AbortSignal): Promise<Prepared> {
  signal.throwIfAborted()
  const { kept = inMemory, size, card, many, part = 'whole' } = options
  const named = { ...source, name: titled(source.name) }
  const what = sniff(source.bytes)
  const { images, window, charsPerToken } = card
  const how = JSON.stringify([RECIPE, await hashOf(source.bytes), size, images, window, charsPerToken, many, part])
  const key = await hashOf(new TextEncoder().encode(how))
  const before = await kept.get(key)
  signal.throwIfAborted()
  // The same bytes may have come by another name.
  if (before) return { ...before, attachment: { ...before.attachment, name: named.name } }
  const prepared = await prepareAs(what, named, options, signal)
  // What is sent as it is need not be kept beside itself.
  if ('attachment' in prepared && prepared.attachment.kind === 'image') await kept.put(key, prepared)
  return prepared
}

async function prepareAs(
  what: Sniffed,
  source: Source,
  options: PrepareOptions,
  signal: AbortSignal,
): Promise<Prepared> {
  const { name } = source
  switch (what.kind) {
    case 'image':
      return prepareImage(source, what.type, options, signal)
    case 'pdf':
      return preparePdf(source, options, signal)
    case 'text':
      return prepareText(source, options)
    case 'known':
      return { refused: `${name} is ${what.what}, which the API does not take. ${what.wayOut}` }
    case 'empty':
      return { refused: `${name} is empty. Attach a file with something in it.` }
    case 'binary':
      return {
        refused: `${name} is neither an image, a PDF nor text. Images, PDFs and text are taken; export it as one of them.`,
      }
  }
}
