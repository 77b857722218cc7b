/** What has to be known about a PDF before it is sent: whether it is locked, and how many pages it has. */

import type { ModelCard } from '../models.ts'
import { bySearch, byTables, type Inflate, type Objects } from './pdf-objects.ts'
import { isDict, isName, Ref, type Value } from './pdf-syntax.ts'

export type PdfFacts = { readonly pages: number } | 'locked' | 'damaged'

/** A request may take 32 MB, most of them base64; a megabyte is left for the words (source: errors, as of D8). */
export const MOST_PDF_BYTES = ((32_000_000 - 1_000_000) / 4) * 3
/** Pages that models with a window of a million tokens take, and others (source: pdf-support). */
const MOST_PAGES = { million: 600, others: 100 } as const
/** Pages are counted no further. */
const COUNTED = 20_000

export function mostPages(card: Pick<ModelCard, 'window'>): number {
  return (card.window ?? 0) >= 1_000_000 ? MOST_PAGES.million : MOST_PAGES.others
}

/** @param breathe lets others go on for a moment; called now and then */
export async function readPdf(bytes: Uint8Array, inflate: Inflate, breathe: () => Promise<unknown>): Promise<PdfFacts> {
  const found = await byTables(bytes, inflate)
    .then((objects) => facts(objects, breathe))
    .catch(() => 'damaged' as const)
  if (found !== 'damaged') return found
  // As every reader does when a table is wrong.
  return bySearch(bytes, inflate, breathe)
    .then((objects) => facts(objects, breathe))
    .catch(() => 'damaged' as const)
}

async function facts({ trailer, resolve }: Objects, breathe: () => Promise<unknown>): Promise<PdfFacts> {
  if ((await resolve(trailer.get('Encrypt'))) !== null || trailer.get('Encrypt') instanceof Ref) return 'locked'
  const root = await resolve(trailer.get('Root'))
  if (!isDict(root)) return 'damaged'
  const todo: Value[] = [root.get('Pages') ?? null]
  const seen = new Set<number>()
  let pages = 0
  for (let steps = 0; todo.length > 0 && pages < COUNTED; steps++) {
    if (steps % 500 === 499) await breathe()
    const next = todo.pop()!
    if (next instanceof Ref) {
      if (seen.has(next.number)) return 'damaged'
      seen.add(next.number)
    }
    const node = await resolve(next)
    if (!isDict(node)) return 'damaged'
    const kids = await resolve(node.get('Kids'))
    if (Array.isArray(kids)) todo.push(...(kids as readonly Value[]))
    else if (isName(await resolve(node.get('Type')), 'Pages')) continue
    else pages++
  }
  return pages > 0 ? { pages } : 'damaged'
}
