/** A command line that is not understood, for whoever asked for JSON with it: errors are part of what was promised. */

import type { Misread } from '../../args.ts'
import { resultOfEnding } from '../../core/scripting/result.ts'
import { blankOf } from './frame.ts'
import { asJson } from './sink.ts'

/** A line of JSON; empty: nobody asked for it. */
export function misreadInJson({ command, message, code }: Misread, argv: readonly string[]): string {
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  if (command !== 'chat') return flags.includes('--json') ? `${asJson({ ...blankOf(command), error: message })}\n` : ''
  const isAsked = flags.some((word, i) => {
    const value = flags[i - 1] === '--output-format' ? word : word.match(/^--output-format=(.*)$/)?.[1]
    return value === 'json' || value === 'stream-json'
  })
  return isAsked ? `${asJson(resultOfEnding({ message, code }))}\n` : ''
}
