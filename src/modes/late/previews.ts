/** The door to `previews`, which is loaded when the first image appears, where a terminal may be drawn on. */

import { type Enclosure, readyIn } from '../../core/attachments/enclosures.ts'
import type { Attachment } from '../../core/attachments.ts'
import type { Event, State, Turn } from '../../core/conversation.ts'
import type { Theme } from '../../core/text/theme.ts'
import type { TerminalReply } from '../../glass/replies.ts'
import type { Tty } from '../../glass/tty.ts'
import type { Setup } from '../../setup.ts'
import type { Previews } from '../attachments/previews.ts'

export interface LatePreviews {
  /** The pictures of these that are ready, as rows. */
  rows(attached: readonly Attachment[]): readonly string[]
  /** Makes those of what lies beside the draft, while it waits to be sent. Cheap to call with every frame. */
  prepare(enclosed: readonly Enclosure[]): void
  /** Shows the last turn once its pictures are ready, but does not wait for long; at once when it has none. */
  before(redraw: (turn: Turn | null) => void): void
  /** To be called before the transcript takes it in. A question may have been asked before its pictures were ready: they come later, if no answer stands there yet. */
  follow(state: State, event: Event): void
  told(reply: TerminalReply): void
}

export interface LatePreviewParts {
  readonly tty: Pick<Tty, 'columns' | 'rows' | 'write' | 'lent'>
  readonly ground: { readonly theme: Theme }
  readonly setup: () => Pick<Setup, 'settings' | 'shelf'>
  readonly state: () => State
  /** Shows pictures of a running turn that have come late. */
  readonly show: (turn: Turn) => void
}

type Env = Readonly<Record<string, string | undefined>>

/** Longest wait of something else for a picture, in ms. */
const WAIT_MS = 1_500

const hasImages = (attached: readonly Attachment[]) => attached.some(({ kind }) => kind === 'image')

/** Programs between us and the terminal that pass nothing on that they do not know. */
const isBetween = ({ TMUX, STY, ZELLIJ }: Env) => Boolean(TMUX || STY || ZELLIJ)

export function latePreviews(env: Env, { tty, ground, setup, state, show }: LatePreviewParts): LatePreviews {
  let previews: Previews | null = null
  let loading: Promise<Previews> | null = null
  /** Shows the turn that waits for its pictures. */
  let waiting: (() => void) | null = null
  let seen: readonly Enclosure[] | null = null

  const isWanted = (attached: readonly Attachment[]) =>
    hasImages(attached) && setup().settings.imagePreview !== 'off' && ground.theme.colour !== 'none'
  const make = async (attached: readonly Attachment[]): Promise<void> => {
    loading ??= Promise.all([import('../attachments/previews.ts'), import('../../io/workshop.ts')]).then(
      ([{ createPreviews }, door]) => {
        previews = createPreviews({
          drawn: door.inWorkshop,
          ...{ size: tty, write: tty.write, colour: () => ground.theme.colour },
          bytesOf: (hash) => setup().shelf.get(hash),
          blocksOnly: setup().settings.imagePreview === 'blocks' || isBetween(env),
        })
        return previews
      },
    )
    await (await loading).make(attached)
  }

  return {
    rows: (attached) => previews?.rows(attached) ?? [],
    prepare(enclosed) {
      // Another program would get the terminal's answers.
      if (enclosed === seen || tty.lent) return
      seen = enclosed
      const attached = readyIn(enclosed)
      if (isWanted(attached)) void make(attached)
    },
    before(redraw) {
      const { live, turns } = state()
      const turn = live ?? turns.at(-1) ?? null
      const attached = turn?.attachments ?? []
      if (tty.lent || !isWanted(attached)) return redraw(turn)
      const once = () => {
        if (waiting !== once) return
        waiting = null
        redraw(turn)
      }
      waiting = once
      setTimeout(once, WAIT_MS).unref()
      void make(attached).then(once)
    },
    follow({ live }, { type }) {
      // What has been asked meanwhile goes below the turn that is still to be shown; another past has a turn of its own.
      if (type === 'asked') waiting?.()
      if (type === 'resumed' || type === 'moved' || type === 'cleared') waiting = null
      if (type !== 'asked' && type !== 'sent') return
      if (!live?.attachments || tty.lent || !isWanted(live.attachments)) return
      void make(live.attachments).then(() => {
        const now = state().live
        if (now?.number === live.number) show(now)
      })
    },
    told: (reply) => previews?.told(reply),
  }
}
