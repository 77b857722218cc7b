/** Work that nobody can break off, such as a match that backtracks, in a thread of its own: that can be ended. */

/**
 * What `source`, a CommonJS text, posts first; null: `within` was over before. Rejects with what it throws.
 * @param data its `workerData`
 */
export async function inWorker<T>(source: string, data: unknown, within: AbortSignal): Promise<T | null> {
  const { Worker } = await import('node:worker_threads')
  if (within.aborted) return null
  const thread = new Worker(source, { eval: true, workerData: data })
  try {
    return await new Promise<T | null>((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
      within.addEventListener('abort', () => resolve(null), { once: true })
    })
  } finally {
    void thread.terminate()
  }
}
