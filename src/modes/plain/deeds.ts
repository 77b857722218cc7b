/** Carries out what a slash command asks for, in plain lines: everything is said, nothing is drawn. */

import { type Question, spelledOut } from '../../core/attachments.ts'
import type { Event, State } from '../../core/conversation.ts'
import type { Perf } from '../../core/figures/perf.ts'
import type { Remark } from '../../core/text/remark.ts'
import { SPOKEN } from '../../glass/plain-lines.ts'
import type { Doing } from '../chat/commands.ts'
import type { LateRemembering } from '../late/remembering.ts'
import type { LateThrift } from '../late/thrift.ts'
import type { PlainEnclosing } from './enclosing.ts'

export interface PlainDeedsParts {
  readonly chat: { readonly state: State; dispatch(event: Event): void }
  readonly say: (remark: Remark) => void
  readonly mayAsk: (question: Question) => void
  /** The prompt, unless an answer runs. */
  readonly after: () => void
  readonly enclosing: () => Promise<Pick<PlainEnclosing, 'run' | 'cleared'>>
  readonly remembering: Pick<LateRemembering, 'run'>
  readonly thrift: Pick<LateThrift, 'run'>
  readonly lists: Readonly<Record<Exclude<NonNullable<Doing['list']>, 'room'>, () => Promise<unknown>>>
  readonly voice: { write(text: string): void }
  readonly columns: () => number
  readonly perf: Pick<Perf, 'report'>
  readonly quit: () => void
}

export function plainDeeds(parts: PlainDeedsParts): (deed: Doing) => void {
  const { chat, say, mayAsk, after, enclosing, remembering, thrift, lists, voice, columns, perf, quit } = parts
  return (deed) => {
    if (deed.remark !== null) say(deed.remark)
    if (deed.vim) say("Vim's keys are not at hand here: the terminal itself edits the line.")
    for (const event of deed.events) chat.dispatch(event)
    if (deed.draft !== undefined) say(`Its question was: ${spelledOut(deed.draft)}`)
    if (deed.asks) mayAsk(deed.asks.question)
    for (const event of deed.asks?.after ?? []) chat.dispatch(event)
    if (deed.quit) return quit()
    const isCleared = deed.events.some(({ type }) => type === 'cleared')
    if (isCleared) return void enclosing().then((made) => made.cleared().then(after))
    if (deed.enclosing) return void enclosing().then((made) => made.run(deed.enclosing!).then(after))
    if (deed.memory) return void remembering.run(deed.memory, say).then(after)
    if (deed.thrift) return void thrift.run(deed.thrift, say).then(after)
    if (deed.list === 'room') return void thrift.run({ name: 'context', argument: '' }, say).then(after)
    if (deed.list) return void lists[deed.list]().then(after)
    if (!deed.errand) return after()
    const { name, argument } = deed.errand
    void import('../chat/errands.ts').then(async ({ runErrand }) => {
      // What was written stays where it is, so drawing again means saying again.
      await runErrand(name === 'redraw' ? { name: 'show', argument: '' } : { name, argument }, {
        state: chat.state,
        env: process.env,
        columns: columns(),
        theme: SPOKEN,
        write: process.env.TERM === 'dumb' ? null : (sequence) => void process.stdout.write(sequence),
        say,
        reader: { print: voice.write },
        perf: () => perf.report(process.memoryUsage()),
      })
      after()
    })
  }
}
