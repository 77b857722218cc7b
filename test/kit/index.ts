/** The test kit in one import: a terminal to sit at, a pipe to call through, and homes for both. */

export { AT_REST, type Counters, createEmulator, type Emulator, type Modes } from './emulator.ts'
export { keyBytes, pasteBytes } from './key-bytes.ts'
export { CLIENT, type Environment, type Lodging, lodge } from './lodging.ts'
export { type PipeOptions, type PipeResult, runPipe } from './pipe.ts'
export { openPty, type Patience, type PtyExit, type PtyOptions, type PtySession } from './pty.ts'
