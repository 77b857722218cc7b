/** The first screen in plain lines: three numbered ways in, asked until one of them leads somewhere. */

import type { Args } from '../../args.ts'
import { readUrl, viewWelcome, WELCOME } from '../../core/chat/welcome.ts'
import { sayProblem } from '../../core/problem.ts'
import { readKey } from '../../core/server/api-key.ts'
import { type Setup, setUp } from '../../setup.ts'
import { keepGiven } from '../chat/given.ts'

export interface Desk {
  say(text: string): void
  /** Asks on a line of its own and waits for the answer. */
  ask(question: string): Promise<string>
  /** The same, of what nobody is to see. */
  askSecretly(question: string): Promise<string>
}

/** A setup with a way in. Never resolves when the person leaves. */
export async function enterInLines(args: Args, desk: Desk): Promise<Setup> {
  const setUpWith = (given: Args) => setUp(given, process.env, { kind: 'chat' })
  for (;;) {
    for (const { text, dim } of viewWelcome(WELCOME).rows) if (!dim) desk.say(text.replace(/^[› ] /, ''))
    const choice = (await desk.ask('Type 1, 2 or 3 and press Enter: ')).trim()
    if (choice === '2') return setUpWith({ ...args, flags: { ...args.flags, demo: true } })
    const complaint = choice === '1' ? await takeKey(desk, args) : choice === '3' ? await takeUrl(desk, args) : null
    if (complaint === null) continue
    if (complaint !== '') {
      desk.say(`${complaint}\n`)
      continue
    }
    const setup = await setUpWith(args)
    if (setup.api) return setup
    desk.say(`${new URL(setup.baseUrl).host} asks for a key.\n`)
    setup.close()
  }
}

/** An empty complaint: the key is kept. */
async function takeKey(desk: Desk, args: Args): Promise<string> {
  const text = await desk.askSecretly('Paste your API key and press Enter. It is not shown: ')
  const reading = readKey(text, 'The API key')
  return 'problem' in reading ? sayProblem(reading.problem) : keep('apiKey', reading.value, args)
}

async function takeUrl(desk: Desk, args: Args): Promise<string> {
  const reading = readUrl(await desk.ask('URL of the server, without /v1, for example http://localhost:11434: '))
  return 'complaint' in reading ? reading.complaint : keep('baseUrl', reading.url, args)
}

async function keep(setting: 'apiKey' | 'baseUrl', value: string, args: Args): Promise<string> {
  return (await keepGiven(setting, value, args)) ?? ''
}
