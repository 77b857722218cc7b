/** Keys on the first screen of someone without a key, and what comes of them: a key kept, the demo, a server's URL. */

import type { Args } from '../../args.ts'
import type { Key } from '../../core/chat/keys.ts'
import { moveWelcome, readUrl, type Welcome, type WelcomeMove } from '../../core/chat/welcome.ts'
import { emptyComposer, press, writtenOut } from '../../core/composer/composer.ts'
import { sayProblem } from '../../core/problem.ts'
import { readKey } from '../../core/server/api-key.ts'
import { type Setup, setUp } from '../../setup.ts'
import { keepGiven } from './given.ts'
import type { Ui } from './view.ts'

export type Welcomed = 'leave' | { readonly ui: Ui; readonly setup: Setup | null }

export interface Hall {
  readonly ui: () => Ui
  /** Shows the screen after a key; with a setup once there is a way in. */
  readonly show: (ui: Ui, setup: Setup | null) => void
  /** A key that comes when the first screen is over already. */
  readonly pass: (key: Key) => void
  readonly leave: () => void
}

/** Takes one key after the other: storing a key or starting the demo takes a moment, and the next may be there already. */
export function createEntrance(args: Args, { ui, show, pass, leave }: Hall): (key: Key) => void {
  let done = Promise.resolve()
  const enterBy = async (key: Key) => {
    if (!ui().welcome) return pass(key)
    const next = await onWelcomeKey(ui(), key, args)
    if (next === 'leave') leave()
    else show(next.ui, next.setup)
  }
  return (key) => {
    done = done.then(() => enterBy(key))
  }
}

/** The screen after a key; a setup once there is a way in. */
export async function onWelcomeKey(ui: Ui, key: Key, args: Args): Promise<Welcomed> {
  const welcome = ui.welcome!
  const move = moveOf(key)
  if (key.type === 'chord' && key.ctrl && (key.char === 'c' || key.char === 'd')) return 'leave'
  if (welcome.step === 'choose' && key.type === 'paste') {
    // Whoever pastes here means the key.
    const { composer } = press(emptyComposer(), key, { width: 80 })
    return { ui: { ...ui, welcome: { ...welcome, step: 'key' }, composer }, setup: null }
  }
  if (welcome.step === 'choose' || move === 'back') {
    const next = move ? moveWelcome(welcome, move) : welcome
    if (next === 'leave') return 'leave'
    if (next === 'demo') return enter(ui, { ...args, flags: { ...args.flags, demo: true } })
    return { ui: { ...ui, welcome: next, composer: emptyComposer() }, setup: null }
  }
  if (move === 'enter') return welcome.step === 'key' ? keepKey(ui, args) : keepUrl(ui, args)
  const { composer } = press(ui.composer, key, { width: 80 })
  return { ui: { ...ui, composer }, setup: null }
}

function moveOf(key: Key): WelcomeMove | null {
  if (key.type === 'text' && /^[123]$/.test(key.text)) return key.text as WelcomeMove
  if (key.type !== 'key') return null
  if (key.name === 'escape') return 'back'
  return key.name === 'up' || key.name === 'down' || key.name === 'enter' ? key.name : null
}

async function keepKey(ui: Ui, args: Args): Promise<Welcomed> {
  const reading = readKey(writtenOut(ui.composer.text, ui.composer), 'The API key')
  if ('problem' in reading) return complain(ui, sayProblem(reading.problem))
  return keep(ui, 'apiKey', reading.value, args)
}

async function keepUrl(ui: Ui, args: Args): Promise<Welcomed> {
  const reading = readUrl(writtenOut(ui.composer.text, ui.composer))
  return 'complaint' in reading ? complain(ui, reading.complaint) : keep(ui, 'baseUrl', reading.url, args)
}

async function keep(ui: Ui, setting: 'apiKey' | 'baseUrl', value: string, args: Args): Promise<Welcomed> {
  const trouble = await keepGiven(setting, value, args)
  return trouble === null ? enter(ui, args) : complain(ui, trouble)
}

async function enter(ui: Ui, args: Args): Promise<Welcomed> {
  const setup = await setUp(args, process.env, { kind: 'chat' })
  if (setup.api) return { ui: { ...ui, welcome: null, composer: emptyComposer() }, setup }
  return complain(ui, `${new URL(setup.baseUrl).host} asks for a key.`)
}

function complain(ui: Ui, complaint: string): Welcomed {
  const welcome: Welcome = { ...ui.welcome!, complaint }
  return { ui: { ...ui, welcome, composer: emptyComposer() }, setup: null }
}
