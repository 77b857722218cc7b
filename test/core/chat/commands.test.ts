import { describe, expect, it } from 'vitest'
import { COMMAND_ALIASES, COMMANDS, completeCommand, isCommand, parseCommand } from '../../../src/core/chat/commands.ts'

const named = (text: string) => {
  const parsed = parseCommand(text)
  return parsed?.type === 'command' ? [parsed.command.name, parsed.argument] : parsed
}

describe('a typed line', () => {
  it.each([
    ['/help', ['help', '']],
    ['/HELP  ', ['help', '']],
    ['/model fast', ['model', 'fast']],
    ['/model   claude-opus-5-5 ', ['model', 'claude-opus-5-5']],
    ['/system You are brief.\nYou are kind.', ['system', 'You are brief.\nYou are kind.']],
    ['/exit', ['quit', '']],
    ['/?', ['help', '']],
  ])('names a command: %j', (text, command) => {
    expect(named(text)).toEqual(command)
  })

  it.each([
    'hello',
    '',
    '/usr/bin is full',
    '/usr/bin',
    '// a comment',
    '//',
    '/* a comment */',
    '/etc.d',
    '/?what',
    ' /help',
    'say /help',
    '/größe',
  ])('is a message: %j', (text) => {
    expect(parseCommand(text)).toBeNull()
    expect(isCommand(text)).toBe(false)
  })

  it.each([
    ['/modle', 'modle', 'model'],
    ['/sys', 'sys', 'system'],
    ['/Hlep me', 'Hlep', 'help'],
    ['/', '', 'help'],
  ])('that no command has is told apart, with what it may have meant: %j', (text, name, meant) => {
    const parsed = parseCommand(text)
    expect(parsed).toMatchObject({ type: 'unknown', name })
    expect(parsed).toHaveProperty('near.0', meant)
  })

  it('far from any command suggests nothing', () => {
    expect(parseCommand('/xylophone')).toEqual({ type: 'unknown', name: 'xylophone', near: [] })
    expect(parseCommand('/constructor')).toMatchObject({ type: 'unknown' })
    expect(parseCommand('/__proto__')).toMatchObject({ type: 'unknown' })
  })
})

describe('completion', () => {
  const models = [
    { name: 'fast', tells: 'Haiku' },
    { name: 'claude-sonnet-5-5', tells: '' },
    { name: 'sonnet', tells: '' },
  ]
  const offered = (text: string, cursor = text.length) =>
    completeCommand(text, cursor, models).map(({ insert }) => insert)

  it('offers every command after a bare slash, in the order of the table', () => {
    expect(offered('/').map((insert) => insert.slice(1).trim())).toEqual(COMMANDS.map(({ name }) => name))
  })

  it('offers what begins with the letters typed, in any case, with a space where more is to follow', () => {
    expect(offered('/re')).toEqual(['/rename ', '/retry ', '/restore', '/redraw'])
    expect(offered('/c')).toEqual(expect.arrayContaining(['/cost', '/cache ', '/compact ']))
    expect(offered('/MO')).toEqual(['/model '])
  })

  it('offers the command behind an alias typed in full', () => {
    expect(offered('/exit')).toEqual(['/quit'])
    expect(offered('/exi')).toEqual([])
  })

  it('offers models for the argument of /model, those that begin with the letters first', () => {
    expect(offered('/model ')).toEqual(['fast', 'claude-sonnet-5-5', 'sonnet'])
    expect(offered('/model so')).toEqual(['sonnet', 'claude-sonnet-5-5'])
    expect(offered('/model x')).toEqual([])
  })

  it('looks only at what stands before the cursor', () => {
    expect(offered('/model fast', 2)).toEqual(['/model '])
  })

  it('offers nothing for messages, paths, further words and other lines', () => {
    for (const text of ['hello', '', ' /m', '/usr/', '/system be', '/model fast and', '/model\n', '/m\n']) {
      expect(offered(text), text).toEqual([])
    }
  })
})

describe('the table', () => {
  it('has every name once, in lower case, and aliases only for names it has', () => {
    const names = COMMANDS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+$/)
    for (const meant of Object.values(COMMAND_ALIASES)) expect(names).toContain(meant)
    for (const alias of Object.keys(COMMAND_ALIASES)) expect(names).not.toContain(alias)
  })

  it('has only names that parse', () => {
    for (const command of COMMANDS) expect(parseCommand(`/${command.name}`)).toMatchObject({ command })
  })
})
