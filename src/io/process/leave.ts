/**
 * Ends the process, and really does. A compiler thread of V8 that runs out of room waits for the main thread to collect
 * garbage, and `process.exit` waits for the compiler: neither ever goes on (nodejs/node#54918, open; seen here in 1 of
 * 50 calls that were given 33 MB). So whoever leaves a full heap makes room first.
 */

/** What a call that read little never reaches; above it a collection (about 8 ms) is spent. */
const FULL_BYTES = 20 * 1024 * 1024

/** After so many seconds, code that is used often is being compiled in the background, and 10 ms more are noticed by nobody. */
const LONG_S = 2

/** @param code the exit code */
export function leave(code: number): never {
  const { heapUsed, external } = process.memoryUsage()
  if (heapUsed > FULL_BYTES || external > FULL_BYTES || process.uptime() > LONG_S) makeRoom()
  process.exit(code)
}

/** A full collection: after it the limit lies far above what is in use. */
function makeRoom(): void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  setFlagsFromString('--expose-gc')
  process.getBuiltinModule('node:vm').runInNewContext('gc')()
}
