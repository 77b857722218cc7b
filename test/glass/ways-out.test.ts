/** Every place in the source that writes to a terminal's streams is known, and what it writes is looked at elsewhere. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A place that is new belongs on this list, and on the roads that `test/pty/hostile-roads.test.ts` walks. */
const KNOWN = [
  'src/cli.ts',
  'src/glass/early-keys.ts',
  'src/glass/interview.ts',
  'src/glass/tty.ts',
  'src/glass/typed-lines.ts',
  'src/io/attachments/svg.ts',
  'src/main.ts',
  'src/modes/ask/answer-on-glass.ts',
  'src/modes/chat.ts',
  'src/modes/ask/dry-run.ts',
  'src/modes/mistake.ts',
  'src/modes/plain/deeds.ts',
  'src/modes/plain/voice.ts',
  'src/modes/tape/printed-replay.ts',
  'src/modes/ask/printed-turn.ts',
  'src/modes/shell/io.ts',
  'src/modes/shell/sink.ts',
  'src/modes/telling.ts',
]

const WRITES = /\b(?:stdout|stderr)\.write\(|\bconsole\.(?:log|error|info|warn|debug)\(|\/dev\/tty['"]/

test('whoever writes to the terminal is known', () => {
  const files = ['src', 'components'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => join(folder, path).replaceAll('\\', '/')),
  )
  const writing = files.filter((path) => WRITES.test(readFileSync(join(ROOT, path), 'utf8')))
  expect(writing.sort()).toEqual([...KNOWN].sort())
})
