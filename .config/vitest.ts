/**
 * How the tests run: those of values and small parts at once, those that start the built client after it is built. What
 * is pure has no state that one file could leave to the next: its files share a process, which saves loading it anew.
 * Three workers suit a small machine, as they often wait for a program; four are enough for a large one; a wait that shows its screen gives up after 10 s, long before a test does.
 */

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** Tests of what touches nothing outside itself. */
const PURE = ['test/{core,demo}/**/*.test.{ts,tsx}']
/** Tests that start the built client: a PTY, a pipe, a packed tarball. */
const WHOLE = ['test/{pty,pipe,package}/**/*.test.{ts,tsx}']

const shared = { testTimeout: 30_000, hookTimeout: 60_000 }

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    pool: 'forks',
    maxWorkers: Math.min(4, Math.max(3, availableParallelism())),
    projects: [
      { test: { ...shared, name: 'pure', include: PURE, isolate: false } },
      { test: { ...shared, name: 'parts', include: ['test/**/*.test.{ts,tsx}'], exclude: [...PURE, ...WHOLE] } },
      { test: { ...shared, name: 'whole', include: WHOLE, globalSetup: ['test/kit/built.ts'] } },
    ],
  },
})
