import { describe, expect, it } from 'vitest'
import { COMMANDS, completeCommand } from '../../../src/core/chat/commands.ts'
import { type Composer, emptyComposer, type PressContext } from '../../../src/core/composer/composer.ts'
import { pasteOf, play as playWith } from './keyboard.ts'

const MODELS = ['fast', 'balanced', 'deep'].map((name) => ({ name, tells: `the ${name} one` }))
const context: PressContext = {
  width: 40,
  complete: ({ text, cursor }) => completeCommand(text, cursor, MODELS),
}
const play = (script: Parameters<typeof playWith>[0], from: Composer = emptyComposer()) => {
  const played = playWith(script, from, context)
  return {
    ...played,
    listed: played.composer.menu?.items.map(({ label }) => label) ?? null,
    chosen: played.composer.menu?.items[played.composer.menu.chosen]?.label ?? null,
  }
}

describe('the menu of completions', () => {
  it('opens by itself when a slash is typed at the start, and narrows with every letter', () => {
    expect(play('/').listed).toHaveLength(COMMANDS.length)
    expect(play('/m').listed).toEqual(['/model [model]'])
    expect(play('/mx').listed).toBeNull()
    expect(play('/mx<backspace>').listed).toEqual(['/model [model]'])
    expect(play('/<backspace>').listed).toBeNull()
  })

  it('stays shut over a slash anywhere else, and over a paste', () => {
    expect(play('a /m').listed).toBeNull()
    expect(play([pasteOf('/m')]).listed).toBeNull()
  })

  it('is closed by Escape, which stops nothing, and stays closed for this command', () => {
    const closed = play('/m<escape>')
    expect(closed.said).toEqual([])
    expect(closed.shown).toBe('/m|')
    expect(play('o', closed.composer).listed).toBeNull()
    expect(play('<escape>', closed.composer).said).toEqual([{ type: 'stop' }])
    expect(play('<backspace><backspace>/', closed.composer).listed).toHaveLength(COMMANDS.length)
  })

  it('is opened again by Tab', () => {
    expect(play('/<escape><tab>').listed).toHaveLength(COMMANDS.length)
  })

  it('is walked with Up and Down, round and round', () => {
    expect(play('/').chosen).toBe('/help')
    expect(play('/<down>').chosen).toBe('/model [model]')
    expect(play('/<up>').chosen).toBe('/quit')
    expect(play('/<up><down>').chosen).toBe('/help')
    expect(play('/<down><shift-tab>').chosen).toBe('/help')
  })

  it('sends a command without argument as soon as Enter chooses it', () => {
    const run = play('/he<enter>')
    expect(run.said).toEqual([{ type: 'send', text: '/help' }])
    expect(run.shown).toBe('|')
    expect(run.listed).toBeNull()
  })

  it('waits for the argument of a command that takes one', () => {
    const waits = play('/mo<enter>')
    expect(waits.said).toEqual([])
    expect(waits.shown).toBe('/model |')
    expect(waits.listed).toEqual(['fast', 'balanced', 'deep'])
  })

  it('picks no argument that nobody pointed at', () => {
    expect(play('/mo<enter><enter>').said).toEqual([{ type: 'send', text: '/model' }])
    expect(play('/mo<enter><down><enter>').said).toEqual([{ type: 'send', text: '/model fast' }])
    expect(play('/mo<enter><up><enter>').said).toEqual([{ type: 'send', text: '/model deep' }])
    expect(play('/model de<enter>').said).toEqual([{ type: 'send', text: '/model deep' }])
  })

  it('sends a command typed in full as it stands', () => {
    expect(play('/model<enter>').said).toEqual([{ type: 'send', text: '/model' }])
    expect(play('/model fast<enter>').said).toEqual([{ type: 'send', text: '/model fast' }])
    expect(play('/system be brief<enter>').said).toEqual([{ type: 'send', text: '/system be brief' }])
    expect(play('/nonsense<enter>').said).toEqual([{ type: 'send', text: '/nonsense' }])
  })

  it('takes the choice with Tab and sends nothing', () => {
    const taken = play('/he<tab>')
    expect(taken.said).toEqual([])
    expect(taken.shown).toBe('/help|')
    expect(taken.listed).toBeNull()
    expect(play('/mo<tab><tab>').shown).toBe('/model fast|')
  })

  it('takes a single completion without asking', () => {
    expect(play('/qui<escape><tab>').shown).toBe('/quit|')
  })

  it('takes what stands behind the cursor for its own where it is, and adds no second space', () => {
    expect(play('/model fast<home><right><right><right><tab>').shown).toBe('/model |fast')
    expect(play('/model fast<home><right><right><right><tab><ctrl-z>').shown).toBe('/mo|del fast')
  })

  it('loses nothing that stands behind the cursor', () => {
    expect(play('me brief<home>/s<tab>').shown).toBe('/system |me brief')
  })

  it('does not send what stands after a name completed in front of it', () => {
    expect(play(' be brief<home>/s<enter>')).toMatchObject({ said: [], shown: '/system |be brief' })
  })

  it('follows the cursor, and closes where nothing can be completed', () => {
    expect(play('/m<ctrl-a>').listed).toBeNull()
    expect(play('/m<left>').listed).toHaveLength(COMMANDS.length)
  })

  it('closes when the draft is cleared, sent or left', () => {
    expect(play('/m<ctrl-c>').listed).toBeNull()
    expect(play('/m<ctrl-p>', emptyComposer(['old'])).listed).toBeNull()
  })

  it('lets Shift+Enter write a new line', () => {
    const line = play('/m<shift-enter>')
    expect(line.shown).toBe('/m\n|')
    expect(line.listed).toBeNull()
  })

  it('undoes a completion in one step', () => {
    expect(play('/he<tab><ctrl-z>').shown).toBe('/he|')
  })
})

describe('completions in the middle of a message', () => {
  const files: PressContext = {
    width: 40,
    complete: () => [
      { insert: '@src/cli.ts', label: 'src/cli.ts', tells: '' },
      { insert: '@src/road.ts', label: 'src/road.ts', tells: '' },
    ],
  }

  it('open by themselves after an @ and are taken with Enter, which does not send the message', () => {
    const taken = playWith('look at @sr<down><enter>', emptyComposer(), files)
    expect(taken.said).toEqual([])
    expect(taken.shown).toBe('look at @src/road.ts|')
    expect(playWith('/system @sr<enter>', emptyComposer(), files).said).toEqual([])
  })

  it('are none that nobody pointed at: an @ alone is sent as it stands', () => {
    expect(playWith('meet me @<enter>', emptyComposer(), files).said).toEqual([{ type: 'send', text: 'meet me @' }])
  })

  it('stay shut after Escape, until another word begins', () => {
    const shut = playWith('@s<escape>r', emptyComposer(), files).composer
    expect(shut.menu).toBeNull()
    expect(playWith(' @s', shut, files).composer.menu?.items).toHaveLength(2)
  })
})
