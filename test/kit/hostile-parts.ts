/**
 * What a text may hold to steer a terminal, hide in it or turn it around: each with the bytes that, found in a client's
 * output, tell that it came through. All are in forms that no client has a use for itself (`CSI 0002 J`).
 */

export interface HostilePart {
  readonly name: string
  readonly text: string
  /** Must not be found in what the terminal is sent. */
  readonly trace: string
}

/** @param tag goes into the parts that carry words, so that each turn's own can be told */
export function hostileParts(tag: string): readonly HostilePart[] {
  const clipboard = Buffer.from(`stolen ${tag}`).toString('base64')
  const part = (name: string, text: string, trace = text): HostilePart => ({ name, text, trace })
  return [
    part('clipboard', `\x1b]52;c;${clipboard}\x07`, `\x1b]52;c;${clipboard}`),
    part('icon title', `\x1b]0;taken-${tag}\x07`, `\x1b]0;taken-${tag}`),
    part('window title', `\x1b]2;window-${tag}\x1b\\`, `\x1b]2;window-${tag}`),
    part('clear the screen', '\x1b[0002J'),
    part('clear the scrollback', '\x1b[0003J'),
    part('cursor home', '\x1b[0001;0001H'),
    part('scroll region', '\x1b[0002;0003r'),
    part('reset', '\x1bc\x1bc', '\x1bc'),
    part('soft reset', '\x1b[!p'),
    part('alternate screen', '\x1b[?01049h'),
    part('mouse on', '\x1b[?01003h'),
    part('hidden text', '\x1b[0008m'),
    part('ask for the cursor', '\x1b[0006n'),
    part('ask who it is', '\x1b[0000c'),
    part('ask for a setting', `\x1bP1$q${tag}\x1b\\`, `\x1bP1$q${tag}`),
    part('link to a script', `\x1b]8;;javascript:alert('${tag}')\x1b\\`, `\x1b]8;;javascript:`),
    part('proprietary', `\x1b]1337;SetMark=${tag}\x07`, `\x1b]1337;`),
    part('notification', `\x1b]0777;notify;${tag};${tag}\x07`, '\x1b]0777;'),
    part('application command', `\x1b_G${tag}\x1b\\`, `\x1b_G`),
    part('private message', `\x1b^${tag}\x1b\\`, `\x1b^`),
    part('C1 control sequence', '\u009b2J', '\u009b'),
    part('C1 command', `\u009d52;c;${clipboard}\u009c`, '\u009d'),
    part('C1 device string', `\u0090${tag}\u009c`, '\u0090'),
    part('character set', '\x1b(0lqqk\x1b(B', '\x1b(0'),
    part('bell', `${tag}\x07\x07`, `${tag}\x07`),
    part('backspaces', `${tag}\b\b\b\bover`, `${tag}\b`),
    part('carriage return', `${tag}shown\rhidden`, `${tag}shown\rhidden`),
    part('form feed', `${tag}\f\v`, `${tag}\f`),
    part('turned around', '\u202edlrow\u202c', '\u202e'),
    part('isolated', '\u2066dlrow\u2069', '\u2066'),
    part('written in tags', '\u{e0041}\u{e0042}', '\u{e0041}'),
    part('nothing to see', '\u200b\u2060\ufeff', '\u200b'),
    part('letters that no font draws', 'a\u3164b\uffa0c\u115fd', '\u3164'),
    part('unseen line end', 'one\u2028two', '\u2028'),
    part('link to a script, in Markdown', `[${tag}](javascript:alert(1))`, '\x1b]8;;javascript:'),
    part('link to a file, in Markdown', `[${tag}](file:///etc/passwd)`, '\x1b]8;;file:'),
    part('escape as an entity', `&#27;[0002J`, '\x1b[0002J'),
    part('C1 as an entity', `&#x9b;2J`, '\u009b'),
  ]
}

/** Names of the parts that came through. */
export function leaked(output: Buffer, tag: string): readonly string[] {
  const torn = { name: 'torn between two pieces', trace: `\x1b]0;torn-${tag}` }
  return [...hostileParts(tag), torn].filter(({ trace }) => output.includes(trace, 0, 'utf8')).map(({ name }) => name)
}

/** What the program itself sends: the painter's sequences, the modes it switches, what it asks for and what it copies. */
const OWN =
  /\x1b\[\?\d+\$p|\x1bP(?:\$qm|\+q[\da-f]+)\x1b\\|\x1b\[16t|\x1b\]52;c;[\w+/=]*(?:\x07|\x1b\\)|\x1b\[(?!0*8m)[\d;]*m|\x1b\]8;;(?:(?:https?:\/\/|mailto:)[!-~]*)?\x1b\\|\x1b\[\d*[ABGKLM]|\x1b\[J|\x1b\[[?><=][\d;]*[a-z]|\x1b\[c|\x1b\]1[01];\?(?:\x07|\x1b\\)|\r|\n/g

/** What must not be left once those are taken out: it steers, or is not seen, or changes the order of what is. */
const UNSEEN = /\p{Cc}|[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\u{e0000}-\u{e007f}]/u

/** What of a client's output no terminal should have been sent: names of parts, or the first odd character and what is around it. */
export function livePlaces(output: Buffer, tag: string): readonly string[] {
  const left = output.toString('utf8').replace(OWN, '')
  const odd = UNSEEN.exec(left)
  const place = odd ? [JSON.stringify(left.slice(Math.max(0, odd.index - 60), odd.index + 30))] : []
  return [...leaked(output, tag), ...place]
}
