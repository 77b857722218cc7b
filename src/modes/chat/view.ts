/** From the conversation and what is being typed to what the live region shows. Values in, a view out. */

import { PROMPT, type View } from '../../../components/view.ts'
import { type Enclosed, enclosedAgain, enclosedIn, readyIn } from '../../core/attachments/enclosures.ts'
import { attachedTo, type Question, questionOf, spelledOut, wordsOf } from '../../core/attachments.ts'
import { statusBar } from '../../core/chat/status.ts'
import { viewWelcome, WELCOME, type Welcome } from '../../core/chat/welcome.ts'
import { type Composer, emptyComposer, labelled, withDraft, writtenOut } from '../../core/composer/composer.ts'
import { layoutComposer } from '../../core/composer/layout.ts'
import { sayOfSearch } from '../../core/composer/search.ts'
import { selected, VIM, type Vim } from '../../core/composer/vim.ts'
import { retryAhead } from '../../core/conversation/branching.ts'
import type { State, Turn } from '../../core/conversation.ts'
import { lostAhead } from '../../core/models/levers/cost.ts'
import type { Span } from '../../core/text/spans.ts'
import { fitted, type Steps } from '../../core/text/steps.ts'
import type { Theme } from '../../core/text/theme.ts'
import type { Ms } from '../../core/turn.ts'
import { countdown } from '../../core/weather/countdown.ts'
import { sayAwaited } from '../../core/weather/silence.ts'

import type { Setup } from '../../setup.ts'
import { harmlessView } from './harmless-view.ts'
import type { LeftPage } from './with-pages.ts'

/** What belongs to the screen alone and to no conversation. */
export interface Ui extends Enclosed {
  readonly composer: Composer
  readonly notice: string | null
  readonly welcome: Welcome | null
  /** Vim's keys, where they are on. */
  readonly vim: Vim | null
  /** What one key would do in an empty composer. */
  readonly offer?: string | null
  /** A line above the status bar. */
  readonly tag?: Steps | null
  /** What goes with the message that is being typed, as rows. */
  readonly beside?: (width: number, most: number) => readonly (readonly Span[])[]
  /** What goes with pages of the composer that are not shown. */
  readonly pages?: readonly LeftPage[]
  /** Messages that wait until what goes with them is prepared. */
  readonly waiting?: readonly Question[]
}

/** An empty desk; behind a welcome where nobody has a key yet. */
export const freshUi = ({ api, settings }: Pick<Setup, 'api' | 'settings'>): Ui => ({
  ...{ composer: emptyComposer(), notice: null },
  welcome: api ? null : WELCOME,
  vim: settings.keys === 'vim' ? VIM : null,
})

/** The same with vim's keys on, or off. */
export const vimSwitched = (ui: Ui): Ui => ({
  ...ui,
  vim: ui.vim ? null : VIM,
  notice: `Vim's keys are ${ui.vim ? 'off' : 'on'}.`,
})

/** What would be sent. */
export const draftIn = (ui: Pick<Ui, 'composer' | 'enclosed'>): Question =>
  questionOf(writtenOut(ui.composer.text, ui.composer), readyIn(enclosedIn(ui)))

/** The same as it stands in the composer, large pastes as signs. */
export const plainDraftIn = (ui: Pick<Ui, 'composer' | 'enclosed'>): Question =>
  questionOf(ui.composer.text, readyIn(enclosedIn(ui)))

/** Lays a question into the composer, with what goes with it. */
export function laidIn(ui: Ui, question: Question): Ui {
  const enclosed = enclosedAgain(attachedTo(question))
  return { ...ui, composer: withDraft(ui.composer, wordsOf(question)), enclosed, pointed: null }
}

/** Composer rows shown at most. */
const COMPOSER_ROWS = 8
/** Rows of what goes with the message at most, their sum not counted, and at most so much of the window. */
const ENCLOSED_ROWS = 6
const ENCLOSED_SHARE = 1 / 3
/** Rows of the window that are for others than them and the composer. */
const OTHER_ROWS = 8
export interface Laid {
  readonly view: View
  /** The caret's cell within the composer. */
  readonly caret: { readonly row: number; readonly col: number }
}

export function layOut(
  state: State,
  ui: Ui,
  now: Ms,
  size: { readonly columns: number; readonly rows: number },
  theme: Theme,
  still = false,
): Laid {
  // One column stays free: a row that fills the width would wrap when the window shrinks, and leave a ghost behind.
  const columns = Math.max(1, size.columns - 1)
  const { composer, welcome, vim } = ui
  const pending = vim?.pending ? ` ${vim.pending}` : ''
  const mode: View['status'] = vim
    ? [{ text: `${vim.mode}${pending}  `, tone: vim.mode === 'insert' ? 'dim' : 'plain' }]
    : []
  const typing = welcome === null || welcome.step !== 'choose'
  const secret = welcome?.step === 'key'
  const hidden = { text: '•'.repeat(composer.text.length), cursor: composer.cursor, shownIndex: (at: number) => at }
  const shown = secret ? hidden : labelled(composer)
  const span = vim && !welcome && !composer.search ? selected(vim, composer) : null
  const width = Math.max(2, columns - PROMPT.length)
  const most = Math.min(ENCLOSED_ROWS, size.rows * ENCLOSED_SHARE, size.rows - OTHER_ROWS - rowsOf(shown.text, width))
  const enclosed = welcome ? [] : besideIn(ui, columns, Math.max(1, Math.floor(most)))
  const laid = layoutComposer(typing ? shown : { text: '', cursor: 0 }, {
    width,
    maxRows: Math.max(1, Math.min(COMPOSER_ROWS, size.rows - 6 - enclosed.length)),
    selection: span && {
      from: shown.shownIndex(span.from),
      // Whole lines with their newline, as they are deleted.
      to: shown.shownIndex(span.to) + (span.lines ? 1 : 0),
    },
  })
  return {
    caret: { row: laid.caret.row, col: laid.caret.col + PROMPT.length },
    view: harmlessView({
      columns,
      waiting: state.live && !state.live.race ? awaited(state, state.live, now, columns - SPINNER_COLUMNS) : null,
      queue: [...state.queue, ...(ui.waiting ?? [])].map(spelledOut),
      enclosed,
      composer: {
        rows: laid.rows,
        marks: laid.marks,
        placeholder: placeholder(state, ui),
        above: laid.above,
        below: laid.below,
      },
      menu: composer.menu && composer.menu.items.length > 0 ? composer.menu : null,
      tag: welcome || !ui.tag ? null : fitted(ui.tag, columns - 2),
      notice: composer.search ? sayOfSearch(composer.search) : (ui.notice ?? ahead(state, composer, now, columns)),
      status: [
        ...mode,
        ...statusBar(
          state,
          composer.text.startsWith('/') || welcome ? '' : draftIn(ui),
          now,
          columns - 2 - (mode[0]?.text.length ?? 0),
        ),
      ],
      welcome: welcome && viewWelcome(welcome),
      theme,
      still,
    }),
  }
}

/** Rows of the composer that a text fills, about; wide signs are not looked for. */
function rowsOf(text: string, width: number): number {
  if (text.length >= COMPOSER_ROWS * width) return COMPOSER_ROWS
  const rows = text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / width)), 0)
  return Math.min(COMPOSER_ROWS, rows)
}

function besideIn({ beside }: Ui, columns: number, most: number): readonly (readonly Span[])[] {
  return beside?.(columns, most) ?? []
}

/** `/retry` asks at once, `/lever` may lose the prompt cache: what that costs is to be seen before Enter. */
function ahead(state: State, { text }: Composer, now: Ms, columns: number): string | null {
  const [, command, argument = ''] = /^\/(retry|lever)(?:\s+(.*))?$/.exec(text) ?? []
  if (command === undefined) return null
  const steps = command === 'retry' ? retryAhead(state, argument, now) : lostAhead(state, argument, now)
  return steps && fitted(steps, columns - 2)
}

function placeholder(state: State, { welcome, offer }: Ui): string {
  if (welcome) return ''
  if (offer && !state.live) return offer
  if (state.live)
    return state.live.phase === 'answering' ? 'type the next message · esc stops' : 'type the next message'
  return state.turns.length === 0 ? 'Ask anything · /help shows keys and commands' : ''
}

/** The spinner, and a blank behind it. */
const SPINNER_COLUMNS = 4

/** What the spinner stands for, in a row or two; null while the answer is flowing. */
function awaited(state: State, turn: Turn, now: Ms, width: number): readonly string[] | null {
  if (turn.phase === 'waiting') return countdown(state, turn, now, width)
  const steps = sayAwaited(turn, now)
  return steps === null ? null : [fitted(steps, width)]
}
