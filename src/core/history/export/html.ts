/** A conversation as one page of HTML that stands alone: no scripts, nothing loaded, every word of it escaped. */

import { sayWithTokens } from '../../attachments/words.ts'
import { ttltMs } from '../../figures/metrics.ts'
import { count, duration, money } from '../../figures/words.ts'
import { withMark } from '../../figures.ts'
import { modelCard } from '../../models.ts'
import type { Turn } from '../../turn/turns.ts'
import { endMark } from './end-mark.ts'
import { escaped, htmlOf } from './html-markdown.ts'
import { STYLE } from './html-style.ts'
import { costInWords, iso, type Told } from './told.ts'

/** A page that could do nothing even if something got into it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** @param branches whether the turns of other branches follow at the end */
export function* asHtml(told: Told, { branches }: { readonly branches: boolean }): Generator<string> {
  const { head, survey } = told
  const title = escaped(head.title.replace(/\s+/g, ' '))
  const day = iso(head.createdMs)?.slice(0, 10) ?? 'date unknown'
  const facts = [day, survey.model, count(survey.turns, 'turn'), costInWords(survey.cost)].map(escaped).join(' · ')
  yield `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="claude-tui">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1 dir="auto">${title}</h1>
<p>${facts}</p>
</header>
<main>
`
  for (const turn of told.shown()) yield ofTurn(turn, survey.model)
  if (branches && survey.others > 0) {
    yield '<h2>Other branches</h2>\n'
    for (const turn of told.all()) if (!turn.isShown) yield ofTurn(turn, survey.model, placeOf(turn))
  }
  yield '</main>\n</body>\n</html>\n'
}

const placeOf = ({ number, parent }: Turn) =>
  `Turn ${number}, ${parent === null ? 'in place of the first' : `after ${parent}`}`

function ofTurn(turn: Turn, usualModel: string, place: string | null = null): string {
  const { question, attachments = [], answer, thinking, model } = turn
  const card = modelCard(model)
  const attached = attachments.map((one) => `<li>${escaped(sayWithTokens(one, card))}</li>`).join('')
  const end = endMark(turn)
  const parts = [
    `<section class="turn" id="turn-${turn.number}">\n`,
    place === null ? '' : `<p class="figures">${place}</p>\n`,
    attached === '' ? '' : `<ul class="attached">${attached}</ul>\n`,
    question === '' && attached !== '' ? '' : `<div class="question" dir="auto">${escaped(question)}</div>\n`,
    thinking.trim() === ''
      ? ''
      : `<details><summary>Thinking</summary><div dir="auto">${escaped(thinking.trim())}</div></details>\n`,
    `<div class="answer" dir="auto">\n${htmlOf(answer)}</div>\n`,
    end === null ? '' : `<p class="mark">${escaped(end)}</p>\n`,
    figures(turn, model === usualModel ? null : model),
    '</section>\n',
  ]
  return parts.join('')
}

function figures({ times, cost, usage }: Turn, model: string | null): string {
  const took = ttltMs(times)
  const price = cost ? withMark(cost, money) : usage ? 'price unknown' : null
  const parts = [model, took && duration(took.value), price].filter((part) => part !== null)
  return parts.length === 0 ? '' : `<p class="figures">${parts.map(escaped).join(' · ')}</p>\n`
}
