/**
 * Slash commands in the chat on the glass: what they say stands above, below the line that asked for it. While an answer
 * runs it may have to wait for a place there; then a notice says so at once, or says it itself when it is short.
 */

import type { Question } from '../../core/attachments.ts'
import type { Event, State } from '../../core/conversation.ts'
import { inOneLine, type Remark } from '../../core/text/remark.ts'
import type { Transcript } from '../../glass/transcript.ts'
import type { EnclosingCommand } from '../late/enclosing.ts'
import type { ThriftCommand } from '../thrift.ts'
import { type Doing, type Memory, obey } from './commands.ts'
import type { Reading } from './reading.ts'

export interface CommandingParts {
  readonly runtime: { readonly state: State; dispatch(event: Event): void }
  readonly transcript: Pick<Transcript, 'remark' | 'isHolding'>
  readonly stage: { settle(rows: readonly string[]): void }
  readonly reading: Pick<Reading, 'run' | 'redraw'>
  /** Shows a line for the moment. */
  readonly notice: (text: string) => void
  /** Lays a question into the composer. */
  readonly draft: (question: Question) => void
  readonly ask: (question: Question) => void
  readonly remember: (memory: Memory, say: (remark: Remark) => void) => void
  readonly thrift: (command: ThriftCommand, say: (remark: Remark) => void) => void
  readonly enclosing: (command: EnclosingCommand, say: (remark: Remark) => void) => void
  readonly list: (list: NonNullable<Doing['list']>) => void
  readonly switchVim: () => void
  readonly quit: () => void
}

/** @returns a function that obeys a line; false: it is a message */
export function createCommanding(parts: CommandingParts): (line: string) => boolean {
  const { runtime, transcript, stage, reading, notice } = parts

  const say = (line: string, remark: Remark) => {
    stage.settle(transcript.remark([line, '', ...(isSeveral(remark) ? remark : [remark])]))
    if (!transcript.isHolding) return
    const [command] = line.split(/\s/)
    notice(inOneLine(remark) ?? `What ${command} says follows below this part of the answer.`)
  }
  return (line) => {
    const deed = obey(line, runtime.state, performance.now())
    if (!deed) return false
    if (deed.remark !== null) say(line, deed.remark)
    if (deed.errand?.name === 'redraw') reading.redraw()
    else if (deed.errand) void reading.run(deed.errand, (remark) => say(line, remark))
    for (const event of deed.events) runtime.dispatch(event)
    if (deed.draft !== undefined) parts.draft(deed.draft)
    if (deed.asks) parts.ask(deed.asks.question)
    for (const event of deed.asks?.after ?? []) runtime.dispatch(event)
    if (deed.memory) parts.remember(deed.memory, (remark) => say(line, remark))
    if (deed.enclosing) parts.enclosing(deed.enclosing, (remark) => say(line, remark))
    if (deed.thrift) parts.thrift(deed.thrift, (remark) => say(line, remark))
    if (deed.list) parts.list(deed.list)
    if (deed.vim) parts.switchVim()
    if (deed.quit) parts.quit()
    return true
  }
}

const isSeveral = (remark: Remark): remark is Extract<Remark, readonly unknown[]> => Array.isArray(remark)
