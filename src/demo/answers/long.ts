/** A long answer in markdown, about the very thing it is there to show: how a streamed answer gets onto a screen. */

export const LONG = `# How an answer gets onto your screen

This is a long answer from the demo server, which is a script and no model. It is long on purpose: scroll back while it comes, resize the window, press Esc in the middle. Nothing that has been written should change, be lost, or be written twice.

## 1. What travels

A request to the Messages API is one HTTP POST. With \`stream: true\` the response is a stream of server-sent events: small pieces of text, each with a name and a line of JSON, and a blank line after it.

\`\`\`
event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

\`\`\`

The order is always the same:

1. \`message_start\` comes first. It names the model and counts the prompt: plain input, what was read from the cache, what was written to it.
2. Each block of the answer starts, grows by deltas, and stops. A block of thinking may come before the text; its words are often hidden, and its time is not.
3. \`message_delta\` tells why the answer stopped and how many tokens it took. Its numbers are totals, so a client that adds them up counts twice.
4. \`message_stop\` ends it. A stream that ends without it was cut, however politely the connection was closed.

In between, a \`ping\` may come at any time. It carries nothing, and that is worth something: the line is alive.

## 2. What is measured

Four times tell most of the story of a turn.

| figure | from | to |
| --- | --- | --- |
| first byte | request handed to the socket | response headers |
| TTFT | request handed to the socket | first *visible* text |
| OTPS | first output | last output, by the tokens in it |
| TTLT | request handed to the socket | \`message_stop\` |

The distinction between visible and hidden matters. A model that thinks for four seconds and then writes quickly has a fine token rate and a poor TTFT; a reader feels the second and pays for the first. So both are shown, and neither is passed off as the other.

> A number that is not measured, or reported by the server, is an estimate. An estimate that does not say so is a lie with decimals.

While the answer streams, nobody knows how many tokens have come: the server says so at the end. The rate is therefore marked with a \`~\` until then, and without it afterwards.

## 3. What is drawn

A terminal is a strip of paper. What has scrolled off the top belongs to the terminal, and a program that wants to change it must erase everything and write it again. That flickers, it takes time, and it breaks the selection of whoever was just copying a line.

So the answer is kept in two parts:

- **settled** blocks are finished. They are written once, above, and never touched again.
- the **open tail** may still change: a table that grows another row, a fence that has not been closed, a word that is half there.

The rule for settling is short. Look at complete lines only, and take every block but the last one for finished. A paragraph is finished when something follows it. A list is finished when something that is not a list follows it. With this rule the same text gives the same blocks, however the network cut it into pieces.

\`\`\`ts
function settle(text: string): { settled: Block[]; tail: string } {
  const complete = text.slice(0, text.lastIndexOf('\\n') + 1)
  const blocks = lex(complete)
  const open = blocks.pop()
  return { settled: blocks, tail: (open?.raw ?? '') + text.slice(complete.length) }
}
\`\`\`

The tail is always shorter than the window. When it grows taller, its last rows are shown, and all of it once it has settled.

## 4. What can go wrong

Most of what goes wrong goes wrong before the first byte, and can be tried again:

- the server is overloaded (529), or has an error of its own (500);
- the limit of requests or tokens a minute is reached (429), and a header says how many seconds to wait;
- the network is not there.

Some of it cannot be cured by waiting: a key that is wrong, a model that is gone, a prompt that is longer than the window, a cap on spending. Trying again would only hide the reason.

And some of it happens in the middle. The connection is reset, the stream ends early, an error event comes, or nothing comes at all. What was written until then still belongs to you. It stays on the page, marked as cut, and it is up to you whether to ask for it again.

You can see each of these here. Put a line of a script into a message:

\`\`\`
[[demo cut after=20]]
[[demo silence after=20 for=10s]]
[[demo error-mid after=20 type=overloaded_error]]
[[demo 429 retry-after=3 x2]]
\`\`\`

## 5. What it costs

Every token of the prompt is sent again with each turn, because the server keeps no conversation. A chat of a hundred turns therefore pays for its beginning a hundred times, unless the beginning is cached. With a cache, the part that was there before is read at a fraction of the price, and only what is new is written.

1. The prefix must be the same to the byte. A clock in the system prompt spoils it with every minute.
2. It must be long enough: a few hundred tokens on the newest models, a few thousand on some older ones.
3. It lives for five minutes or for an hour, counted from the *start* of the request that used it last. A long answer takes a part of that time with it.

Ask for **cache** or **cost**, and the demo tells what they were for that very request.

---

That was the long answer. If every line of it is still there, once and in order, the strip of paper is in good hands.
`
