/**
 * A batch that the server does: its rows go to the Message Batches API, half the price, and the answers are fetched when
 * it is done with them, by this program or by a later one. What is at the server stands beside the answers before it is
 * sent, so that nothing is sent twice.
 */

import { createPurse } from '../../core/batch/purse.ts'
import { requestOf } from '../../core/batch/request.ts'
import { isBad } from '../../core/batch/row.ts'
import type { Asked } from '../../core/batch/run-file.ts'
import { count, duration } from '../../core/figures/words.ts'
import { failure } from '../../core/weather/failures.ts'
import { afterFailure, type Patience } from '../../core/weather/resilience.ts'
import { rowsOf } from '../../io/batch/rows.ts'
import { BATCH_FACTOR, BatchTrouble, type ServerBatch } from '../../io/batches.ts'
import type { BatchCall } from './call.ts'
import { collect, type Errand, keep } from './collecting.ts'
import type { Over } from './ending.ts'
import { pause } from './stopping.ts'
import type { Work } from './work.ts'

/**
 * Most of one batch. The server takes 100,000 requests or 256 MB (source: batch processing, 2026-08-22); a body has to be
 * in memory as a whole, and several batches cost the same as one.
 */
const MOST_REQUESTS = 100_000
const MOST_BYTES = 48 * 1024 * 1024

/** Between two looks at the server, in ms: from the first on a half longer each time. */
const FIRST_POLL_MS = 5_000
const LONGEST_POLL_MS = 60_000

/** Questions about a batch are asked again for an hour: the answers are worth it. */
const PATIENCE: Patience = { attempts: 60, deadlineMs: 3_600_000, firstDelayMs: 1_000, maxDelayMs: 60_000 }

/** @returns why it ended before its end; null: everything is fetched */
export async function runOffloaded(work: Work, how: NonNullable<BatchCall['offload']>): Promise<Over> {
  const errand: Errand = {
    ...work,
    server: await work.setup.api.batches(work.stopping.now),
    state: work.run.offloaded!,
  }
  let over: Over = null
  try {
    await adopt(errand)
    const isOpen = errand.state.batches.some(({ isCollected }) => !isCollected)
    if (how.cancels) {
      if (!isOpen) work.telling.note('Nothing of this batch is at the server: there is nothing to cancel.')
      await cancelAll(errand)
    } else {
      // All rows were sent before, and all results are here: those without an answer go out once more.
      if (!isOpen && errand.state.upTo >= work.run.rows) keep(errand, { upTo: 0, batches: [] })
      over = await sendRest(errand)
      if (over === 'at the server') return over
      if (how.detaches) return leave(errand) ?? over
    }
    return (await collectAll(errand, how.pollMs)) ?? over
  } catch (error) {
    if (work.stopping.now.aborted) return 'at the server'
    if (error instanceof BatchTrouble) return error.failure
    throw error
  }
}

/** Asks again as long as that makes sense. @throws BatchTrouble */
async function patiently<T>({ now, stopping }: Errand, call: () => Promise<T>): Promise<T> {
  const startedAt = now()
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof BatchTrouble) || stopping.polite.aborted) throw error
      const known = { failure: error.failure, attempt, elapsedMs: now() - startedAt, textShown: false }
      const way = afterFailure({ ...known, patience: PATIENCE, chance: Math.random() })
      if (way.type === 'enough') throw error
      await pause(way.delayMs, stopping.polite)
    }
  }
}

/** A program that was killed while it sent a batch does not know whether that came to be: the server does. */
async function adopt(errand: Errand): Promise<void> {
  const { asked, batches } = errand.state
  if (!asked) return
  const latest = await patiently(errand, () => errand.server.latest())
  const known = new Set(batches.map(({ id }) => id))
  const mine = latest.filter(
    ({ id, size, createdMs }) =>
      !known.has(id) && size === asked.requests && createdMs >= asked.atMs - CLOCKS_DIFFER_MS,
  )
  if (mine.length === 1) return settle(errand, asked, mine[0]!)
  if (mine.length > 1)
    errand.telling.note(
      'The last run ended while it sent a batch, and several at the server could be it: its rows are sent anew.',
    )
  keep(errand, { asked: null })
}

/** Ours and the server's, in ms. */
const CLOCKS_DIFFER_MS = 60_000

const settle = (errand: Errand, asked: Asked, { id }: ServerBatch) =>
  keep(errand, {
    ...{ asked: null, upTo: asked.upTo },
    batches: [...errand.state.batches, { id, requests: asked.requests, isCollected: false }],
  })

/** Sends the rows that are not at the server yet. @returns why it stopped; null: all are there */
async function sendRest(errand: Errand): Promise<Over> {
  const { outbox, shared, source, stopping, telling, setup, mostUsd } = errand
  // It is reckoned at the card, and costs half of it.
  const purse = createPurse(mostUsd === null ? null : mostUsd / BATCH_FACTOR, setup.state.models)
  let chunk: { customId: string; request: ReturnType<typeof requestOf> }[] = []
  let [bytes, last] = [0, errand.state.upTo]
  const send = async () => {
    if (chunk.length === 0) return keep(errand, { upTo: last })
    const asked: Asked = { requests: chunk.length, upTo: last, atMs: Date.now() }
    keep(errand, { asked })
    let batch: ServerBatch
    try {
      // Never twice: when nobody knows whether it came to be, the next run asks the server.
      batch = await errand.server.create(chunk)
      errand.tally.requests += chunk.length
    } catch (error) {
      // A refusal is certain; a broken line is not.
      if (error instanceof BatchTrouble && error.failure.status !== null) keep(errand, { asked: null })
      throw error
    }
    settle(errand, asked, batch)
    telling.note(`${count(chunk.length, 'row')} are at the server, as ${batch.id}.`)
    chunk = []
    bytes = 0
  }
  for await (const row of rowsOf(source)) {
    if (isBad(row) || row.index <= errand.state.upTo) continue
    if (stopping.polite.aborted) return 'at the server'
    if (outbox.done.has(row.id)) {
      last = row.index
      continue
    }
    const taken = purse.take(requestOf(row, shared))
    if (typeof taken === 'string') {
      await send()
      return 'over'
    }
    const { request } = taken
    const size = JSON.stringify(request).length
    if (chunk.length >= MOST_REQUESTS || (chunk.length > 0 && bytes + size > MOST_BYTES)) {
      await send()
    }
    last = row.index
    chunk.push({ customId: `${errand.state.token}_${row.index}`, request })
    bytes += size
  }
  await send()
  return null
}

function leave({ state, call, telling }: Errand): Over {
  const open = state.batches.filter(({ isCollected }) => !isCollected)
  const rows = open.reduce((sum, { requests }) => sum + requests, 0)
  telling.note(
    rows === 0
      ? 'Nothing is left at the server.'
      : `${count(rows, 'row')} are left to the server, within 24 hours. The same command without --detach fetches the answers into "${call.out}".`,
  )
  return rows === 0 ? null : 'at the server'
}

async function cancelAll(errand: Errand): Promise<void> {
  for (const { id, isCollected } of errand.state.batches) {
    if (isCollected) continue
    const { status } = await patiently(errand, () => errand.server.cancel(id))
    errand.telling.note(status === 'ended' ? `${id} had ended already.` : `${id} is being canceled.`)
  }
}

/** Waits for each batch, and fetches its results. */
async function collectAll(errand: Errand, pollMs: number | null): Promise<Over> {
  const { stopping, telling, now } = errand
  const startedAt = now()
  let wait = pollMs ?? FIRST_POLL_MS
  for await (const row of rowsOf(errand.source))
    if (!isBad(row) && errand.outbox.done.has(row.id)) errand.outbox.passed(row.index, row.id)
  for (;;) {
    const open = errand.state.batches.filter(({ isCollected }) => !isCollected)
    if (open.length === 0) return null
    for (const batch of open) {
      if (stopping.polite.aborted) return 'at the server'
      const { status, isGone } = await patiently(errand, () => errand.server.retrieve(batch.id))
      if (isGone)
        throw new BatchTrouble(
          failure('missing', `The results of ${batch.id} are gone: the server keeps them for 29 days.`, {
            remedy: 'Send the rows anew, with another file of answers.',
          }),
        )
      if (status === 'ended') await collect(errand, batch)
    }
    if (errand.state.batches.every(({ isCollected }) => isCollected)) return null
    telling.progress(() => `${errand.sayProgress()} · at the server for ${duration(now() - startedAt)}`)
    await pause(wait, stopping.polite)
    if (stopping.polite.aborted) {
      telling.note('What is at the server goes on there: the same command fetches the answers.')
      return 'at the server'
    }
    if (pollMs === null) wait = Math.min(LONGEST_POLL_MS, wait * 1.5)
  }
}
