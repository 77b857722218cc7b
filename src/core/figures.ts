/** A number that knows where it comes from. No figure is shown without its provenance. */

/** measured: our own clock; server: reported by the API; estimate: our arithmetic, shown with a `~`. */
export type Provenance = 'measured' | 'server' | 'estimate'

export interface Figure {
  readonly value: number
  readonly from: Provenance
}

export const measured = (value: number): Figure => ({ value, from: 'measured' })
export const reported = (value: number): Figure => ({ value, from: 'server' })
export const estimated = (value: number): Figure => ({ value, from: 'estimate' })

/** The mark in front of a figure: `~` for an estimate, nothing otherwise. */
export function mark(figure: Figure): '~' | '' {
  return figure.from === 'estimate' ? '~' : ''
}

/** What is said of an amount that is only about so much; "less than" says that itself. @param text as `money` writes it */
export const about = (text: string): string => (/^-?</.test(text) ? text : `~${text}`)

/** A figure as it is shown, its mark in front. @param write such as `money` */
export function withMark(figure: Figure, write: (value: number) => string): string {
  const text = write(figure.value)
  return figure.from === 'estimate' ? about(text) : text
}

/** A sum is an estimate as soon as one of its parts is. */
export function sum(...figures: readonly Figure[]): Figure {
  let value = 0
  let from: Provenance = 'server'
  for (const figure of figures) {
    value += figure.value
    if (figure.from === 'estimate') from = 'estimate'
    else if (figure.from === 'measured' && from !== 'estimate') from = 'measured'
  }
  return { value, from }
}
