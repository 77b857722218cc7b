/** What was said on the command line goes before what was chosen in the conversation it goes on with. */

import type { Args } from '../../args.ts'
import type { Choices } from '../../core/conversation/choices.ts'
import type { Setup } from '../../setup.ts'

/** The choices a conversation keeps, as far as flags or a preset say otherwise; null: they say nothing of them. */
export function flagsFirst({ flags }: Pick<Args, 'flags'>, { state, preset }: Setup): Partial<Choices> | null {
  const { model, effort, system, concise = false, cascade = null } = state.choices
  const chosen: Partial<Choices> = {
    ...(flags.model === undefined && preset?.model === undefined && !cascade ? {} : { model }),
    ...(cascade ? { cascade } : {}),
    ...(flags.effort === undefined && preset?.effort === undefined ? {} : { effort }),
    ...(flags.system === undefined ? {} : { system }),
    ...(flags.concise === undefined && preset?.concise === undefined ? {} : { concise }),
  }
  return Object.keys(chosen).length === 0 ? null : chosen
}
