/**
 * Asks a terminal what it can do, one question after the other, and gives it back as it was found. What the answers mean
 * is known to `core/doctor/terminal`.
 *
 * Sequences used besides questions (`replies`): a colour of 24 bits, which is asked back and taken away again, and the
 * erasing of a row, for what a terminal may have printed of a question it does not know.
 */

import { CLIPBOARD_ATTRIBUTE, type TerminalAnswers } from '../core/doctor/terminal.ts'
import { askGraphics } from './graphics.ts'
import { InputDecoder } from './input.ts'
import {
  ATTRIBUTES_QUERY,
  abilityQuery,
  BACKGROUND_QUERY,
  KITTY_QUERY,
  LOOK_QUERY,
  modeQuery,
  NAME_QUERY,
  type TerminalReply,
} from './replies.ts'

/** Longest wait for the answers to one round of questions, in ms: also over a slow connection. */
export const ROUND_MS = 800

const MODES = [2026, 2004] as const
/** A colour nobody uses. */
const TRIED = [1, 2, 3] as const
const ERASED = '\r\x1b[K'
/** Terminfo's name for writing to the clipboard. */
const CLIPBOARD = 'Ms'

export interface Interviewed {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>
  /** Somebody pressed Ctrl+C meanwhile; the terminal has been given back. */
  onInterrupt(): void
  /** It prints questions of the DCS kind; they are left out. */
  readonly isTalkative: boolean
}

/** Its answers; null: it gave none. */
export async function interview({
  stdin,
  stdout,
  onInterrupt,
  isTalkative,
}: Interviewed): Promise<TerminalAnswers | null> {
  const heard: TerminalReply[] = []
  let listener: (reply: TerminalReply) => void = () => {}
  let firstAt: number | null = null
  const decoder = new InputDecoder(
    (key) => {
      if (key.type !== 'chord' || !key.ctrl || key.char !== 'c') return
      giveBack()
      onInterrupt()
    },
    {
      onReply(reply) {
        firstAt ??= performance.now()
        heard.push(reply)
        listener(reply)
      },
    },
  )
  const onData = (bytes: Uint8Array) => decoder.feed(bytes)
  const giveBack = () => {
    process.off('exit', giveBack)
    stdin.off('data', onData)
    stdin.pause()
    stdin.setRawMode(false)
  }
  const write = (data: string) => void stdout.write(data)

  // Every terminal answers the last question, and answers come in order: that ends a round.
  const round = (questions: string) =>
    new Promise<boolean>((resolve) => {
      const end = (isAnswered: boolean) => {
        clearTimeout(patience)
        listener = () => {}
        write(ERASED)
        resolve(isAnswered)
      }
      const patience = setTimeout(() => end(false), ROUND_MS)
      listener = (reply) => {
        if (reply.type === 'attributes') end(true)
      }
      write(questions + ATTRIBUTES_QUERY)
    })

  stdin.setRawMode(true)
  process.on('exit', giveBack)
  stdin.on('data', onData)
  stdin.resume()
  try {
    const askedAt = performance.now()
    if (!(await round(NAME_QUERY + KITTY_QUERY + MODES.map(modeQuery).join('') + BACKGROUND_QUERY))) return null
    if (!isTalkative) await round(`\x1b[48;2;${TRIED.join(';')}m${LOOK_QUERY}\x1b[m${abilityQuery(CLIPBOARD)}`)
    const graphics = askGraphics(write)
    listener = graphics.told
    const { way, cell } = await graphics.known
    write(ERASED)
    return { afterMs: (firstAt ?? askedAt) - askedAt, ...understood(heard), graphics: way, cell }
  } finally {
    giveBack()
  }
}

/** What all the replies say together. */
export function understood(heard: readonly TerminalReply[]): Omit<TerminalAnswers, 'afterMs' | 'graphics' | 'cell'> {
  const of = <T extends TerminalReply['type']>(type: T) =>
    heard.filter((reply): reply is Extract<TerminalReply, { type: T }> => reply.type === type)
  const attributes = of('attributes')[0]?.attributes ?? []
  const ground = of('colour').find(({ of: what }) => what === 'background')
  const look = of('look')[0]
  const ability = of('ability')[0]
  return {
    name: of('name')[0]?.name ?? null,
    attributes,
    kitty: of('kitty').length > 0,
    modes: Object.fromEntries(of('mode').map(({ mode, state }) => [mode, state])),
    background: ground ? [ground.red, ground.green, ground.blue] : null,
    trueColour: look ? trueColour(look.parameters) : null,
    clipboard: ability?.isThere === true || attributes.includes(CLIPBOARD_ATTRIBUTE) || (ability ? false : null),
  }
}

/** Whether the colour came back that was tried; null: no colour came back at all, as from one that does not tell colours. */
function trueColour(parameters: string): boolean | null {
  if (!/(?:^|;)48[:;]/.test(parameters)) return null
  const colour =
    /48[:;]2[:;](.*)$/
      .exec(parameters)?.[1]
      ?.split(/[:;]/)
      .filter((part) => part !== '') ?? []
  return colour.slice(-TRIED.length).join() === TRIED.join() || colour.slice(0, TRIED.length).join() === TRIED.join()
}
