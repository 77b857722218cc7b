import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Event, fold, type State } from '../../../src/core/conversation.ts'
import { exported, type Format, fileStem, formatOfFile } from '../../../src/core/history/export/formats.ts'
import { escaped, htmlOf } from '../../../src/core/history/export/html-markdown.ts'
import { type Head, toldOf, toldOfState } from '../../../src/core/history/export/told.ts'
import { closing } from '../../../src/core/history/export/unclosed.ts'
import { arrivalsIn } from '../../../src/core/history/import/arrivals.ts'
import { batchesOf } from '../../../src/core/history/import/batches.ts'
import { condensed } from '../../../src/core/history/record.ts'
import { summaryOf } from '../../../src/core/history/saved.ts'
import type { Turn } from '../../../src/core/turn/turns.ts'
import { NO_USAGE } from '../../../src/core/turn.ts'
import { failure } from '../../../src/core/weather/failures.ts'
import { conversation } from '../../kit/conversations.ts'
import { hostileParts } from '../../kit/hostile-parts.ts'
import { fresh, lived } from '../../kit/lived.ts'

const HEAD: Head = {
  uid: '01234567-89ab-4cde-8f01-23456789abcd',
  title: 'Tides',
  titleBy: 'question',
  kind: 'chat',
  createdMs: Date.UTC(2026, 10, 21, 9, 30),
  updatedMs: Date.UTC(2026, 10, 21, 9, 45),
}

/** A turn that went as it should. */
const turn = (question: string, answer: string, at = 0): Event[] => [
  { type: 'asked', at, text: question },
  { type: 'sent', at: at + 1, attempt: 1, model: 'claude-sonnet-5-5' },
  {
    ...{ type: 'began', at: at + 2, model: 'claude-sonnet-5-5', messageId: 'm', cacheMiss: null },
    usage: { ...NO_USAGE, input: 1_000 },
  },
  { type: 'delta', at: at + 3, text: answer },
  { type: 'usage', at: at + 4, usage: { ...NO_USAGE, input: 1_000, output: 100 } },
  { type: 'finished', at: at + 5, stopReason: 'end_turn', explanation: null },
]

const text = (format: Format, events: readonly Event[], { branches = false, head = HEAD } = {}) =>
  [
    ...exported(
      format,
      toldOf(head, () => events),
      () => events,
      { branches },
    ),
  ].join('')

const broughtBack = (file: string) => [...arrivalsIn(new TextEncoder().encode(file), 'file', HEAD.updatedMs)]

describe('events (jsonl)', () => {
  test('LAW: what is exported and imported again folds to the same conversation, and is saved in the same rows', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { state, saved } = lived(events)
        const whole = [{ type: 'chosen', choices: fresh().choices } as const, ...condensed(saved)]
        const [arrival, ...others] = broughtBack(text('jsonl', whole))
        expect(others).toEqual([])
        expect(arrival).toMatchObject({ uid: HEAD.uid, kind: 'chat', createdMs: HEAD.createdMs, left: null })
        expect(fold(fresh(), arrival!.events)).toEqual(state)
        const batches = [...batchesOf(arrival!.events)]
        const rows = batches.flatMap((batch) => batch.events)
        // A turn that was running is settled where it comes to, as it would be here after a crash.
        expect(state.live ? rows.slice(0, -1) : rows).toEqual(state.next === 1 ? [] : whole)
        if (batches.length > 0) expect(batches.at(-1)?.summary).toEqual(summaryOf(fold(fresh(), rows)))
      }),
    )
  })

  test('a file may hold several conversations, one after the other', () => {
    const file = text('jsonl', turn('a', 'b')) + text('jsonl', turn('c', 'd'), { head: { ...HEAD, uid: null } })
    expect(broughtBack(file).map(({ uid, events }) => [uid, events.length])).toEqual([
      [HEAD.uid, 6],
      [null, 6],
    ])
  })
})

describe('json', () => {
  /** All that JSON promises to bring back: not pauses within an answer, nor what was chosen on the way. */
  const promised = ({
    times: { stalls: _, stalledMs: __, stalledEarlyMs: ____, ...times },
    basis: ___,
    ...rest
  }: Turn) => ({
    ...rest,
    times,
  })
  const told = ({ turns, branches, title, sideCalls, summaries, marks }: State) => ({
    turns: turns.map(promised),
    branches: branches.map(promised),
    title,
    sideCalls,
    // Which turn was the first to be asked with one only the events tell.
    summaries: summaries.map(({ sentFrom: _, ...summary }) => summary),
    marks,
  })

  test('LAW: it brings back every turn of every branch with its tokens, its cost and its times, and its summaries', () => {
    fc.assert(
      fc.property(conversation, (events) => {
        const { saved, state } = lived(events)
        const { title } = state
        const head: Head = { ...HEAD, titleBy: title?.by ?? 'question', title: title?.text ?? HEAD.title }
        const [arrival] = broughtBack(text('json', condensed(saved), { head }))
        // The choice that is shown is the last one; what each turn was asked with is known by its model.
        const back = fold(fresh(), arrival!.events)
        expect(told(back)).toEqual(told(state))
        expect(back.spent.known.value).toBeCloseTo(state.spent.known.value, 9)
        expect(back.spent.unknown).toBe(state.spent.unknown)
      }),
    )
  })

  test('is one document, its figures with where they come from', () => {
    const stopped: Event[] = [...turn('second', 'half', 100).slice(0, 4), { type: 'stopped', at: 110 }]
    const document = JSON.parse(text('json', [...turn('first', 'whole'), ...stopped]))
    expect(document).toMatchObject({
      type: 'claude-tui conversation',
      format: 1,
      uid: HEAD.uid,
      created: '2026-11-21T09:30:00.000Z',
      costUsd: { value: expect.any(Number), from: 'estimate' },
      unpriced: 0,
      counts: { shown: 2, others: 0 },
    })
    expect(document.turns).toMatchObject([
      {
        ...{ number: 1, parent: null, shown: true, question: 'first', answer: 'whole', end: { type: 'finished' } },
        ...{ costUsd: { from: 'server' }, ttftMs: { value: 2, from: 'measured' }, usage: { output: 100 } },
      },
      {
        number: 2,
        parent: 1,
        end: { type: 'stopped' },
        costUsd: { from: 'estimate' },
        outputTokens: { from: 'estimate' },
      },
    ])
  })

  test('a cost of which nothing is known is null, never 0', () => {
    const free = turn('q', 'a').map((event) => (event.type === 'began' ? { ...event, prices: null } : event))
    expect(JSON.parse(text('json', free))).toMatchObject({ costUsd: null, unpriced: 1 })
    const elsewhere = turn('q', 'a').filter(({ type }) => type !== 'began' && type !== 'usage')
    expect(JSON.parse(text('json', elsewhere))).toMatchObject({ costUsd: null, unpriced: 0 })
  })
})

describe('markdown', () => {
  test('a head, questions quoted, answers as they were written, and a mark where one was stopped', () => {
    const events: Event[] = [
      ...turn('What are **tides**?\n\nBriefly.', '# Tides\n\nWater that *moves*.\n'),
      ...turn('And the moon?', 'It pu', 60_000).slice(0, 4),
      { type: 'stopped', at: 60_010 },
    ]
    expect(text('md', events)).toBe(`---
title: "Tides"
id: 01234567-89ab-4cde-8f01-23456789abcd
date: 2026-11-21T09:30:00.000Z
model: "claude-sonnet-5-5"
turns: 2
cost: "~$0.0050"
---

# Tides

> What are **tides**?
> 
> Briefly.

# Tides

Water that *moves*.

---

> And the moon?

It pu

*Stopped here.*
`)
  })

  test('what went wrong says so, with what had come', () => {
    const broken: Event[] = [
      ...turn('q', 'half').slice(0, 4),
      { type: 'failed', at: 9, failure: failure('cut', 'The line *broke*.') },
    ]
    expect(text('md', broken)).toContain('half\n\n*Cut off here: The line \\*broke\\*.*\n')
    const nothing: Event[] = [turn('q', '')[0]!, { type: 'failed', at: 9, failure: failure('key', 'Wrong key') }]
    expect(text('md', nothing)).toContain('> q\n\n*Failed: Wrong key*\n')
    expect(text('md', turn('q', 'so far').slice(0, 4))).toContain('so far\n\n*The answer was still being written.*')
  })

  test('other branches are left out, unless they are asked for', () => {
    const events: Event[] = [...turn('a', 'A'), ...turn('b', 'B', 10), { type: 'moved', to: 1 }, ...turn('c', 'C', 20)]
    expect(text('md', events)).not.toContain('> b')
    expect(text('md', events, { branches: true })).toMatch(
      /> c\n\nC\n\n# Other branches\n\n## Turn 2, after 1\n\n> b\n\nB\n$/,
    )
  })

  test.each([
    ['```js\nlet a', '```'],
    ['````\n```\n', '````'],
    ['~~~ py\nx\n', '~~~'],
    ['```js\nlet a\n```', ''],
    ['- item\n\n  ```js\n  in a list', ''],
    ['text <!-- inline', ''],
    ['<!-- a comment\nthat goes on', '-->'],
    ['<pre>\nraw', '</pre>'],
    ['<script>alert(1)</script>', ''],
    ['plain', ''],
  ])('what an answer left open (%j) is closed, so that the next question is one', (answer, closer) => {
    expect(closing(answer)).toBe(closer)
  })
})

/** Tags a page may hold, each with the attributes it may have. */
const TAGS =
  /<\/?(?:p|ul|li|h[3-6]|hr|pre|code|blockquote|strong|em|del|br|table|tr|small|div)>|<ol(?: start="\d+")?>|<\/ol>|<\/a>|<\/t[hd]>|<t[hd](?: class="(?:left|right|center)")?>|<p class="raw">|<div class="wide">|<pre title="[^"<>]*">|<a href="(?:https?:|mailto:)[^"<>\s]*" rel="noopener noreferrer">/gi

/** Whether every tag that opens is closed, in order. */
function isBalanced(html: string): boolean {
  const open: string[] = []
  for (const [, slash, tag = ''] of html.matchAll(/<(\/?)([a-z][a-z\d]*)/gi)) {
    if (tag === 'br' || tag === 'hr') continue
    if (slash === '') open.push(tag)
    else if (open.pop() !== tag) return false
  }
  return open.length === 0
}

describe('html', () => {
  test('LAW: whatever a model writes, a page of it holds harmless tags and text alone', () => {
    const hostile = fc.constantFrom(
      ...[
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        '<a href="javascript:x">y</a>',
        '</pre>',
        '"',
        "'",
      ],
      ...[
        '[x](javascript:alert(1))',
        '[x](https://a.b "onclick=")',
        '![x](https://a.b/c.png)',
        '`<b>`',
        '**',
        '_',
        '~~',
      ],
      ...[
        '| a | b |\n|---|:-:|\n| <i> | & |\n',
        '```<x>\n</code>\n```\n',
        '> ',
        '- ',
        '1. ',
        '# ',
        '&lt;',
        '&#60;script&#62;',
      ],
      ...['<style>', '<!--', '<svg/onload=x>', '[^1]', '[a]: https://x.y\n', '\n\n', ' ', 'word', '<https://x.y/"><b>'],
      ...hostileParts('t').map(({ text }) => text),
    )
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 25 }), (parts) => {
        const html = htmlOf(parts.join(''))
        expect(html.replace(TAGS, '')).not.toMatch(/[<>]/)
        expect(isBalanced(html)).toBe(true)
        expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
      }),
      { numRuns: 500 },
    )
  })

  test('Markdown is rendered; raw HTML and references to characters stay text', () => {
    expect(htmlOf('# Big\n\nA **bold** `x < y`.\n\n| n |\n|--:|\n| 1 |')).toBe(
      '<h3>Big</h3>\n<p>A <strong>bold</strong> <code>x &#60; y</code>.</p>\n' +
        '<div class="wide"><table>\n<tr><th class="right">n</th></tr>\n<tr><td class="right">1</td></tr>\n</table></div>\n',
    )
    expect(htmlOf('<b>no</b> &lt;i&gt;')).toBe('<p>&#60;b&#62;no&#60;/b&#62; &#60;i&#62;</p>\n')
  })

  test('a picture is a link, and a link that would deceive says where it leads', () => {
    expect(htmlOf('![a cat](https://cats.example/1.png)')).toContain(
      '<a href="https://cats.example/1.png" rel="noopener noreferrer">a cat</a>',
    )
    expect(htmlOf('[bank.com](https://evil.example)')).toContain('<small>(https://evil.example)</small>')
    expect(htmlOf('[x](javascript:alert%281%29)')).not.toContain('<a')
  })

  test('a page stands alone: nothing in it runs or loads, and its title is text', () => {
    const page = text('html', turn('<i>q</i>', 'a'), { head: { ...HEAD, title: '</title><script>' } })
    expect(page).toContain('<title>&#60;/title&#62;&#60;script&#62;</title>')
    expect(page).toContain("default-src 'none'")
    expect(page).toContain('&#60;i&#62;q&#60;/i&#62;')
    expect(page).not.toMatch(/<script|<link|<img|url\(|@import|src=/i)
    expect(page).toContain('prefers-color-scheme: dark')
    expect(page).toContain('@media print')
    expect(page.trimEnd()).toMatch(/<\/html>$/)
  })

  test('nesting without end and marks without end cost no time to speak of, and lose nothing', () => {
    const deep = `${'>'.repeat(5_000)} bottom`
    expect(htmlOf(deep)).toBe(`<pre>${escaped(deep)}</pre>`)
    expect(htmlOf('*a_'.repeat(20_000))).toContain('*a_*a_')
    expect(htmlOf(`${'- '.repeat(3_000)}end`)).toContain('end')
    expect(htmlOf('['.repeat(50_000))).toContain('[[[[')
  })
})

test('a conversation in memory is told as the same one read from its events', () => {
  fc.assert(
    fc.property(conversation, (events) => {
      const { state, saved } = lived(events)
      const whole = [{ type: 'chosen', choices: fresh().choices } as const, ...condensed(saved)]
      const read = toldOf(HEAD, () => whole)
      const held = toldOfState(HEAD, state, 0)
      expect([...held.all()]).toEqual([...read.all()])
      expect([...held.shown()].map(({ number }) => number)).toEqual([...read.shown()].map(({ number }) => number))
      expect(held.survey.cost.known.value).toBeCloseTo(read.survey.cost.known.value, 9)
      expect({ ...held.survey, cost: null }).toEqual({ ...read.survey, cost: null })
    }),
  )
})

test('the form follows the ending of a file, and a name follows the title', () => {
  expect(['a.md', 'a.MARKDOWN', 'a.b.html', 'a.htm', 'a.jsonl', 'a.ndjson', 'a.json'].map(formatOfFile)).toEqual([
    'md',
    'md',
    'html',
    'html',
    'jsonl',
    'jsonl',
    'json',
  ])
  expect(['a.txt', 'a', '.constructor', 'md'].map(formatOfFile)).toEqual([null, null, null, null])
  expect(fileStem('Why is the sky “blue”?', '2026-11-21')).toBe('why-is-the-sky-blue-2026-11-21')
  expect(fileStem('../../etc/passwd\u0000', '2026-11-21')).toBe('etc-passwd-2026-11-21')
  expect(fileStem('海'.repeat(200), '2026-11-21')).toBe(`${'海'.repeat(60)}-2026-11-21`)
  expect(fileStem('!?', '2026-11-21')).toBe('conversation-2026-11-21')
})
