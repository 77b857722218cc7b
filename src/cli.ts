#!/usr/bin/env node
/**
 * The door: small enough to be parsed at once, and by any Node, so that one too old gets a sentence and not a stack.
 * Everything else is behind `main`.
 */

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(
    `claude-tui needs Node 22.13 or newer, but this is Node ${process.versions.node}. Install a newer one from https://nodejs.org\n`,
  )
  process.exitCode = 1
} else {
  // Compiled code is kept between runs: about 10 ms of every later start.
  process.getBuiltinModule('node:module').enableCompileCache()
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
}
