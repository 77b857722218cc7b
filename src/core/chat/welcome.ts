/** The first screen of someone without a key: three ways in, as a small machine of its own. */

export type WelcomeStep = 'choose' | 'key' | 'url'

export interface Welcome {
  readonly step: WelcomeStep
  /** Index into `CHOICES`. */
  readonly chosen: number
  /** What was wrong with the last try; null when nothing was. */
  readonly complaint: string | null
}

export const WELCOME: Welcome = { step: 'choose', chosen: 0, complaint: null }

const CHOICES = [
  { step: 'key', text: 'Paste an API key', tells: 'kept in the keychain, else in a file only you can read' },
  { step: 'demo', text: 'Try the demo', tells: 'a built-in server on this machine: no key, no cost' },
  { step: 'url', text: 'Use a local server', tells: 'any URL that speaks the Claude Messages API' },
] as const

export type WelcomeMove = 'up' | 'down' | 'enter' | 'back' | '1' | '2' | '3'

/** What a move leads to: another screen, the demo, or leaving. */
export function moveWelcome(welcome: Welcome, move: WelcomeMove): Welcome | 'demo' | 'leave' {
  if (move === 'back') return welcome.step === 'choose' ? 'leave' : { ...WELCOME, chosen: welcome.chosen }
  if (welcome.step !== 'choose') return welcome
  const count = CHOICES.length
  if (move === 'up') return { ...welcome, chosen: (welcome.chosen + count - 1) % count }
  if (move === 'down') return { ...welcome, chosen: (welcome.chosen + 1) % count }
  // A digit only points: somebody who types a question here should not end up anywhere by it.
  if (move !== 'enter') return { ...welcome, chosen: Number(move) - 1 }
  const { step } = CHOICES[welcome.chosen]!
  return step === 'demo' ? 'demo' : { step, chosen: welcome.chosen, complaint: null }
}

export interface WelcomeView {
  readonly rows: readonly { readonly text: string; readonly chosen: boolean; readonly dim: boolean }[]
}

/** The screen's rows above the composer. */
export function viewWelcome({ step, chosen, complaint }: Welcome): WelcomeView {
  const row = (text: string, more: { chosen?: boolean; dim?: boolean } = {}) => ({
    text,
    chosen: more.chosen ?? false,
    dim: more.dim ?? false,
  })
  const complaints = complaint === null ? [] : [row(complaint), row('')]
  if (step === 'key')
    return {
      rows: [
        ...complaints,
        row('Paste your API key and press Enter. It is not shown.'),
        row('Esc goes back.', { dim: true }),
      ],
    }
  if (step === 'url')
    return {
      rows: [
        ...complaints,
        row('URL of the server, without /v1 (for example http://localhost:11434), then Enter.'),
        row('Esc goes back.', { dim: true }),
      ],
    }
  return {
    rows: [
      ...complaints,
      row('No API key was found. How would you like to start?'),
      row(''),
      ...CHOICES.map(({ text, tells }, i) =>
        row(`${i === chosen ? '›' : ' '} ${i + 1}  ${text.padEnd(20)} ${tells}`, { chosen: i === chosen }),
      ),
      row(''),
      row('Up, Down and Enter choose; Ctrl+D leaves. ANTHROPIC_API_KEY works, too.', { dim: true }),
    ],
  }
}

/** A base URL as it is kept, or a complaint. */
export function readUrl(text: string): { readonly url: string } | { readonly complaint: string } {
  const given = text.trim()
  const url = URL.parse(/^[a-z]+:\/\//i.test(given) ? given : `http://${given}`)
  if (given === '' || !url || !/^https?:$/.test(url.protocol)) {
    return { complaint: `Expected a URL such as http://localhost:11434; "${given}" came.` }
  }
  return { url: url.href.replace(/\/(v1\/?)?$/, '') }
}
