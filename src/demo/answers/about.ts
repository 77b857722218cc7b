/** Answers about claude-tui and about the request at hand: help, thinking, cost, cache. Figures are those of this very request. */

import { COMMANDS } from '../../core/chat/commands.ts'
import { count, money, percent } from '../../core/figures/words.ts'
import { priceFor } from '../../core/models.ts'
import type { Asked } from '../asked.ts'

const KEYS: readonly (readonly [string, string])[] = [
  ['Enter', 'send'],
  ['Shift+Enter, Alt+Enter, Ctrl+J, or a backslash and Enter', 'a new line'],
  ['Up and Down', 'earlier messages'],
  ['Esc', 'stop the answer; what came stays'],
  ['Ctrl+C', 'stop the answer, or clear the draft; again to leave'],
  ['Ctrl+D', 'leave'],
]

export function helpText(): string {
  const keys = KEYS.map(([key, does]) => `| ${key} | ${does} |`).join('\n')
  const commands = COMMANDS.map(
    ({ name, takes, tells }) => `- \`/${name}${takes === '' ? '' : ` ${takes}`}\` ${tells}`,
  ).join('\n')
  return `# What claude-tui does

It is a chat for Claude in your terminal that streams the answer and measures it: the time to the first token, tokens per second, what the turn and the session cost, how full the context window is, and how much of the prompt came from the cache. A figure with a \`~\` is an estimate; one without is measured here or reported by the server.

## Keys

| key | does |
| --- | --- |
${keys}

## Commands

${commands}

## Without the window

\`\`\`sh
claude-tui "a question"
git diff | claude-tui "review this"
claude-tui -p --output-format json < prompt.txt
\`\`\`

I am the demo server, a script and no model. To try what happens when things go wrong, put a line of a script into a message, such as \`[[demo 529 x2]]\` or \`[[demo cut after=20]]\`.
`
}

export function thinkText({ model }: Asked): string {
  const { name, thinksByDefault, efforts, defaultEffort } = model.card
  const effort =
    efforts.length > 0
      ? `Effort goes from ${efforts[0]} to ${efforts.at(-1)}, and is ${defaultEffort} unless you say otherwise.`
      : 'It has no effort setting.'
  return `## Thinking

${name} ${thinksByDefault ? 'thinks before it answers unless told not to' : 'thinks only when asked to'}. ${effort} Thinking counts as output tokens, and most models hide its words unless the request asks for a summary.

What you saw before this answer was a script taking its time in the place of a thought.
`
}

export function costText({ model, use }: Asked): string {
  const prompt = use.input + use.read + use.write5m + use.write1h
  const price = priceFor(model.card, prompt)
  if (!price)
    return `## Cost\n\nNobody has published a price for ${model.card.name}, so it is shown as unknown, and not as nothing.\n`
  const rows = [
    ['input', use.input, price.input],
    ['cache read', use.read, price.read],
    ['cache write, 5 minutes', use.write5m, price.write5m],
    ['cache write, 1 hour', use.write1h, price.write1h],
  ] as const
  const table = rows.map(
    ([kind, tokens, perMillion]) =>
      `| ${kind} | ${tokens} | ${money(perMillion)} | ${money((tokens * perMillion) / 1e6)} |`,
  )
  return `## Cost

This demo costs nothing. At the prices of ${model.card.name}, the prompt of this request would have been:

| kind | tokens | a million costs | here |
| --- | ---: | ---: | ---: |
${table.join('\n')}

The answer comes on top, at ${money(price.output)} a million output tokens. The status bar has the sum of the turn, and of the session.
`
}

export function cacheText({ model, use }: Asked): string {
  const prompt = use.input + use.read + use.write5m + use.write1h
  const written = use.write5m + use.write1h
  const least = model.card.minCache ?? 0
  const story =
    use.read > 0
      ? `**${percent(use.read / prompt)}** of it was read from the cache.`
      : written > 0
        ? 'Nothing could be read yet, but it was written: the next request within its lifetime will read it.'
        : `Nothing was cached: either no breakpoint was set, or the prompt is shorter than the ${least} tokens that ${model.card.name} caches at least.`
  return `## Prompt cache

The prompt of this request had ${count(prompt, 'token')}: ${use.read} read from the cache, ${written} written to it, ${use.input} after the last breakpoint. ${story}

The demo simulates the cache by the real rules: exact prefixes, a minimum length, a look back of 20 blocks, five minutes or an hour from the start of the request, and a new lease with each read.
`
}
