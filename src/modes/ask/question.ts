/** What a call asks: the prompt, what is piped in, and what `--attach` names. */

import type { Args } from '../../args.ts'
import { UsageError } from '../../args.ts'
import type { WantedPart } from '../../core/attachments/prepared.ts'
import { Ending, EXIT } from '../../core/turn/outcome.ts'
import { MAX_BODY_BYTES } from '../../core/window/context.ts'
import { plainText, readPiped } from '../../io/terminal/stdin.ts'
import type { Ref } from '../attachments/attaching.ts'

/** How long an open but silent stdin is waited for when there is a prompt already. */
const STDIN_GRACE_MS = 3_000
/** Of an image, a PDF, or a text of which a part is sent: larger files are not read either. */
const MOST_PIPED_BYTES = 200_000_000

export interface Asked {
  readonly text: string
  /** What is to go with it, not looked at yet. */
  readonly refs: readonly Ref[]
  /** What is piped in as text, and what is asked of it; absent: nothing is, or nothing. */
  readonly piped?: { readonly text: string; readonly prompt: string }
}

/** A template that says where the words of the command line and what is piped in belong. */
interface Form {
  readonly takesStdin: boolean
  ask(words: string, stdin: string | null): string
}

export interface AskedIo {
  readonly stdin: NodeJS.ReadStream
  /** A line for people on stderr. */
  note(line: string): void
}

/** Prompt and stdin as one question; an image or a PDF on stdin goes with it. @throws Ending */
export async function readAsked(args: Args, io: AskedIo, form: Form | null = null): Promise<Asked> {
  const { named, part } = args.many?.attach ? await namedBy(args) : NOTHING_NAMED
  if (form?.takesStdin) {
    const input = await pipedText(named, io)
    const words = args.rest.join(' ')
    const of = { text: input, prompt: form.ask(words, '(the text)') }
    return { text: form.ask(words, input), refs: paths(named), piped: of }
  }
  const prompt = form ? form.ask(args.rest.join(' '), null) : args.rest.join(' ')
  const wantsStdin = named.includes('stdin')
  if (wantsStdin && io.stdin.isTTY)
    throw new UsageError('--attach - takes what is piped in, and nothing is: claude-tui -a - "your question" < FILE')
  const isEnough = !wantsStdin && (prompt !== '' || named.length > 0)
  const isCut = wantsStdin && part !== undefined
  const bytes = await piped(io, isEnough ? STDIN_GRACE_MS : null, isCut ? MOST_PIPED_BYTES : MAX_BODY_BYTES)
  if (wantsStdin && bytes === null)
    throw new UsageError('--attach - takes what is piped in, and nothing came: claude-tui -a - "your question" < FILE')
  const attached = named.map((ref) => (ref === 'stdin' ? { name: 'stdin', bytes: bytes!, ...(part && { part }) } : ref))
  if (wantsStdin || bytes === null)
    return asked(
      prompt,
      attached,
      'Nothing to ask: expected a prompt, or text on stdin. `claude-tui --help` shows how.',
    )
  const text = plainText(bytes) ?? (await otherText(bytes, io))
  // Stdin first, as with text.
  if (text === null) return { text: prompt, refs: [{ name: 'stdin', bytes }, ...attached] }
  if (prompt.trim() === '') return asked(text, attached, 'Nothing to ask: stdin holds only white space.')
  if (text.trim() === '') return { text: prompt, refs: attached }
  if (part) io.note('--part cuts what is attached; what is piped in goes as a whole. `--attach -` cuts that, too.')
  return { text: tagged(text, prompt), refs: attached, piped: { text, prompt } }
}

/** What is attached may be all that is asked. @throws UsageError */
function asked(text: string, refs: readonly Ref[], otherwise: string): Asked {
  if (text.trim() === '' && refs.length === 0) throw new UsageError(otherwise)
  return { text: text.trim() === '' ? '' : text, refs }
}

interface Named {
  readonly named: readonly (Ref | 'stdin')[]
  /** How much of a text is to go. */
  readonly part?: WantedPart | undefined
}

const NOTHING_NAMED: Named = { named: [] }

async function namedBy(args: Args): Promise<Named> {
  const { attachedBy, checkFollowers, partBy } = await import('../attachments/attach-words.ts')
  checkFollowers(args)
  return { named: attachedBy(args), part: partBy(args.flags) }
}

const paths = (named: readonly (Ref | 'stdin')[]) => named.filter((ref) => ref !== 'stdin')

/** What a template takes as `{{stdin}}`. @throws Ending when there is no text */
async function pipedText(named: readonly (Ref | 'stdin')[], io: AskedIo): Promise<string> {
  if (named.includes('stdin'))
    throw new UsageError('The template takes {{stdin}}, and so does --attach -: leave out one of them.')
  const bytes = await piped(io, null)
  if (bytes === null)
    throw new UsageError('The template takes {{stdin}}, and nothing is piped in: claude-tui -t TEMPLATE < FILE')
  const text = plainText(bytes) ?? (await otherText(bytes, io))
  if (text !== null) return text
  throw new UsageError('The template takes {{stdin}} as text, and what is piped in is none: --attach - sends it along.')
}

/** All that is piped in; null: nothing. @param mostText bytes of text that are read at most. @throws Ending */
async function piped(io: AskedIo, graceMs: number | null, mostText = MAX_BODY_BYTES): Promise<Uint8Array | null> {
  if (io.stdin.isTTY) return null
  const found = await readPiped(io.stdin, { text: mostText, others: MOST_PIPED_BYTES }, graceMs)
  switch (found.kind) {
    case 'bytes':
      return found.bytes
    case 'too-large':
      throw new Ending(
        EXIT.tooLarge,
        `Input too large: more than ${Math.floor(found.bytes / 1e6)} MB came on stdin, a request carries at most ${(MAX_BODY_BYTES / 1e6).toFixed(1)} MB. Send a part of it.`,
      )
    case 'unreadable':
      throw new UsageError(`stdin could not be read: ${found.why}. Expected text, an image or a PDF.`)
    case 'none':
      // Also with -q: whoever meant to send something has to learn that it was not there in time.
      if (found.silent)
        io.note(
          `Nothing came on stdin within ${STDIN_GRACE_MS / 1000} s: went on without it. (\`< /dev/null\` saves the wait.)`,
        )
      return null
  }
}

/** Text in another encoding than UTF-8; null: it is no text. */
async function otherText(bytes: Uint8Array, io: AskedIo): Promise<string | null> {
  const [{ sniff }, { decodeText }] = await Promise.all([
    import('../../core/attachments/sniff.ts'),
    import('../../io/attachments/decode-text.ts'),
  ])
  const decoded = sniff(bytes).kind === 'text' ? await decodeText(bytes) : null
  if (decoded) io.note(`stdin is no UTF-8: read as ${decoded.encoding}.`)
  return decoded?.text ?? null
}

/** Both, told apart: what came on stdin is material, the prompt is what to do with it. */
export function tagged(input: string, prompt: string): string {
  return `<stdin>\n${input.replace(/\n$/, '')}\n</stdin>\n\n<prompt>\n${prompt}\n</prompt>`
}
