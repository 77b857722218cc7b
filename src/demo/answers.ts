/**
 * What the demo answers: which topics a question names, and the reply when it names none. The texts of the topics are
 * in `answers/`. Every answer that talks about itself says what it is: a script, and no model.
 */

import { bytes, count } from '../core/figures/words.ts'
import { quote } from '../core/problem.ts'
import { cacheText, costText, helpText, thinkText } from './answers/about.ts'
import { CODE } from './answers/code.ts'
import { LONG } from './answers/long.ts'
import { CJK, DIAGRAM, EMOJI, MARKDOWN, TABLE } from './answers/samples.ts'
import type { Asked } from './asked.ts'

interface Topic {
  readonly name: string
  readonly tells: string
  readonly words: RegExp
  text(asked: Asked): string
}

const TOPICS: readonly Topic[] = [
  {
    name: 'help',
    tells: 'what claude-tui can do: keys and commands',
    words: /\b(help|keys?|commands?|what can you do)\b|^\?$/i,
    text: helpText,
  },
  { name: 'long', tells: 'a long answer', words: /\blong\b/i, text: () => LONG },
  { name: 'markdown', tells: 'every kind of markdown', words: /\bmarkdown\b/i, text: () => MARKDOWN },
  { name: 'code', tells: 'code in a few languages', words: /\bcode\b/i, text: () => CODE },
  { name: 'table', tells: 'a table', words: /\btables?\b/i, text: () => TABLE },
  { name: 'diagram', tells: 'a diagram in box-drawing signs', words: /\bdiagrams?\b/i, text: () => DIAGRAM },
  { name: 'cjk', tells: '中文, 日本語, 한국어', words: /\bcjk\b|中文|日本語|한국어/i, text: () => CJK },
  { name: 'emoji', tells: 'emoji, the difficult ones too', words: /\bemojis?\b/i, text: () => EMOJI },
  { name: 'think', tells: 'what thinking looks like', words: /\bthink(ing)?\b/i, text: thinkText },
  { name: 'cost', tells: 'what this request would have cost', words: /\b(cost|price)s?\b/i, text: costText },
  { name: 'cache', tells: 'what the prompt cache did for it', words: /\bcach(e|ed|ing)\b/i, text: cacheText },
]

/** A question with more words than this is about something of its own, whatever topic it happens to mention. */
const TOPICAL_WORDS = 12

export function answer(asked: Asked): string {
  const topics = topicsOf(asked.prompt)
  const parts = [
    ...(asked.material === null ? [] : [acknowledge(asked.material)]),
    ...topics.map((topic) => topic.text(asked)),
    ...(topics.length === 0 ? [reply(asked)] : []),
  ]
  return parts.join('\n\n')
}

/** Words of a title. */
const TITLE_WORDS = 5

/** A name for a conversation, out of the words of its question: a script has no better idea. */
export function titleText(asked: string): string {
  const question = /<question>\n([\s\S]*?)\n<\/question>/.exec(asked)?.[1] ?? asked
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’.-]*/gu) ?? ['Demo']
  const title = words.slice(0, TITLE_WORDS).join(' ').replace(/\.$/, '')
  return title.charAt(0).toUpperCase() + title.slice(1)
}

/** A verdict on an answer: not good enough where the question calls itself hard. A script has no better idea. */
export function verdictText(asked: string): string {
  const question = /<question>\n([\s\S]*?)\n<\/question>/.exec(asked)?.[1] ?? ''
  const isGood = !/\bhard\b/i.test(question)
  return JSON.stringify({
    isGood,
    reason: isGood ? 'it answers what was asked' : 'it is too short for a hard question',
  })
}

function topicsOf(prompt: string): readonly Topic[] {
  if (prompt.trim().split(/\s+/).length > TOPICAL_WORDS) return []
  return TOPICS.filter(({ words }) => words.test(prompt.trim()))
}

const WHAT_I_AM = 'This is the demo server of claude-tui: a script on your own machine, and no model.'

function reply({ prompt, material, turn }: Asked): string {
  const asked = prompt.trim() === '' ? '' : `You asked: ${plain(quote(prompt.trim(), 120))}\n\n`
  const menu = TOPICS.map(({ name, tells }) => `- **${name}**: ${tells}`).join('\n')
  if (turn > 1 && material === null) {
    const names = TOPICS.map(({ name }) => name).join(', ')
    return `${asked}I cannot know the answer: I am a script, and no model. What I can show: ${names}.\n`
  }
  return `${asked}${WHAT_I_AM} It cannot answer that, but it streams, counts and caches as the real API would, so everything around the answer can be tried. Ask for one of these:\n\n${menu}\n\nWith a key of your own, the same window talks to Claude.\n`
}

function acknowledge(material: string): string {
  const lines = material.split('\n').length - (material.endsWith('\n') ? 1 : 0)
  const size = bytes(Buffer.byteLength(material))
  return `I was handed ${count(lines, 'line')} (${count(material.length, 'character')}, ${size}) and have received them all. A model would read them now.`
}

/** What a person typed, with the signs that markdown would act on made harmless. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~]/g, '\\$&')
}
