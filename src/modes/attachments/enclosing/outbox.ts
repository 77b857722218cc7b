/** Messages on their way: what goes with one may still be prepared. It waits then, and those behind it wait for it. */

import { type Enclosure, isPreparing, readyIn, refusalOf, withState } from '../../../core/attachments/enclosures.ts'
import { type Question, questionOf } from '../../../core/attachments.ts'
import type { Preparing } from './preparing.ts'

interface Outgoing {
  readonly text: string
  enclosed: readonly Enclosure[]
  /** The files that it names are found. */
  isComplete: boolean
}

export interface Outbox {
  /** As they can be shown: what goes along by its name. */
  readonly waiting: readonly Question[]
  /** As they can be kept: with what is ready, and words that name the rest. */
  readonly unsent: readonly Question[]
  /** @param more files that the text names, once they are found; null: it names none */
  add(text: string, enclosed: readonly Enclosure[], more: Promise<readonly Enclosure[]> | null): void
  /** One of the things that are on their way is ready, or refused. */
  settled(id: number, change: Partial<Pick<Enclosure, 'state' | 'name'>>): void
  /** Sends what can go. */
  pump(): void
  /** Takes the last one out. */
  takeBack(): Pick<Outgoing, 'text' | 'enclosed'> | null
}

export function createOutbox(
  preparing: Pick<Preparing, 'stop' | 'wordFor'>,
  to: {
    ask(question: Question): void
    /** Something of it is refused: it does not go. */
    refused(message: Pick<Outgoing, 'text' | 'enclosed'>, why: string): void
    /** The queue may look otherwise now. */
    redraw(): void
  },
): Outbox {
  let all: readonly Outgoing[] = []

  const pump = () => {
    for (let [first] = all; first; [first] = all) {
      if (!first.isComplete || first.enclosed.some(isPreparing)) break
      all = all.slice(1)
      const [why] = first.enclosed.flatMap((one) => refusalOf(one) ?? [])
      if (why !== undefined) {
        to.refused(first, why)
        continue
      }
      for (const { id } of first.enclosed) preparing.stop(id)
      to.ask(questionOf(first.text, readyIn(first.enclosed)))
    }
    to.redraw()
  }

  return {
    get waiting() {
      return all.map(({ text, enclosed }) => {
        const names = enclosed.map(({ name }) => `[${name}]`).join(' ')
        return `${text} ${names}`.trim()
      })
    },
    get unsent() {
      return all.map(({ text, enclosed }) => {
        const words = enclosed.filter(isPreparing).flatMap((one) => preparing.wordFor(one) ?? [])
        return questionOf([text, ...words].join(' ').trim(), readyIn(enclosed))
      })
    },
    add(text, enclosed, more) {
      const one: Outgoing = { text, enclosed, isComplete: more === null }
      all = [...all, one]
      if (more === null) return pump()
      void more.then((found) => {
        one.enclosed = [...one.enclosed, ...found]
        one.isComplete = true
        pump()
      })
    },
    settled(id, change) {
      for (const one of all) one.enclosed = withState(one.enclosed, id, change)
    },
    pump,
    takeBack() {
      const last = all.at(-1) ?? null
      if (last) all = all.slice(0, -1)
      return last
    },
  }
}
