/**
 * Where a request stops being the continuation of an earlier one. Nothing is kept for it: both are made again from the
 * conversation.
 */

import { isSameAttached } from '../attachments.ts'
import type { State } from '../conversation.ts'
import { count } from '../figures/words.ts'
import { modelCard } from '../models.ts'
import { cachedManner } from '../request/manner.ts'
import { askedMessage } from '../request/messages.ts'
import type { Message } from '../request.ts'
import type { Turn } from '../turn/turns.ts'
import { messagesOf, windowOf } from '../window/window.ts'

/** All of a request that its cached prefix depends on. */
export interface Asked {
  readonly model: string
  readonly system: string | null
  /** Its effort. */
  readonly manner: string
  readonly messages: readonly Message[]
}

export type Difference =
  | { readonly in: 'model' | 'system' | 'manner' }
  /** Other images go with them: one that comes or goes makes all messages new. */
  | { readonly in: 'images' }
  /** What goes with a message, counted from 1. */
  | { readonly in: 'attachments'; readonly message: number; readonly of: number }
  /** `message` counts from 1, of `of`; bytes `from` up to `to` of its UTF-8 text. `gone`: it is no longer there. */
  | {
      readonly in: 'messages'
      readonly message: number
      readonly of: number
      readonly from: number
      readonly to: number
      readonly gone: boolean
    }

/** What a turn was asked as. @param way the turns before it */
export function askedOf({ models }: Pick<State, 'models'>, way: readonly Turn[], turn: Turn): Asked | null {
  const { basis, model } = turn
  if (!basis) return null
  const card = modelCard(model, models)
  const before = messagesOf(windowOf({ ...basis, turns: way }))
  return {
    model: card.name,
    system: basis.choices.system,
    manner: cachedManner(basis.choices, card),
    messages: [...before, askedMessage(turn)],
  }
}

/** Where `now` leaves `before`; null: it begins with all of it. */
export function prefixDifference(before: Asked, now: Asked): Difference | null {
  if (before.model !== now.model) return { in: 'model' }
  if (before.system !== now.system) return { in: 'system' }
  if (before.manner !== now.manner) return { in: 'manner' }
  const at = before.messages.findIndex(
    ({ role, text, attachments }, i) =>
      now.messages[i]?.role !== role ||
      now.messages[i].text !== text ||
      !isSameAttached(now.messages[i].attachments, attachments),
  )
  if (at < 0) return imagesIn(before.messages) === imagesIn(now.messages) ? null : { in: 'images' }
  const place = { in: 'messages', message: at + 1, of: now.messages.length } as const
  const [was, is] = [before.messages[at]!.text, now.messages[at]?.text]
  if (is === undefined) return { ...place, from: 0, to: 0, gone: true }
  if (was === is && now.messages[at]?.role === before.messages[at]!.role)
    return { in: 'attachments', message: at + 1, of: now.messages.length }
  const start = sharedStart(was, is)
  const end = sharedEnd(was.slice(start), is.slice(start))
  return { ...place, from: bytes(is.slice(0, start)), to: bytes(is.slice(0, is.length - end)), gone: false }
}

const imagesIn = (messages: readonly Message[]) =>
  messages.reduce((sum, one) => sum + (one.attachments ?? []).filter(({ kind }) => kind === 'image').length, 0)

export function sayDifference(difference: Difference): string {
  switch (difference.in) {
    case 'model':
      return 'another model'
    case 'system':
      return 'another system prompt'
    case 'manner':
      return 'another effort'
    case 'images':
      return 'an image came or went, which makes all messages new'
    case 'attachments':
      return `something else is attached to message ${difference.message} of ${difference.of}`
    case 'messages': {
      const { message, of, from, to, gone } = difference
      if (gone) return `message ${message} of the one before is no longer sent`
      return `message ${message} of ${of} differs at ${from === to ? `byte ${from}` : `bytes ${from} to ${to}`} (${count(to - from, 'byte')})`
    }
  }
}

const encoder = new TextEncoder()
const bytes = (text: string) => encoder.encode(text).length

/** UTF-16 units that two texts begin with, no pair of surrogates torn apart. */
function sharedStart(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  return at > 0 && isHigh(a.charCodeAt(at - 1)) ? at - 1 : at
}

function sharedEnd(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[a.length - 1 - at] === b[b.length - 1 - at]) at++
  return at > 0 && isLow(b.charCodeAt(b.length - at)) ? at - 1 : at
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000
