/** Code in a few languages, each a whole small thing, with signs that a highlighter has to get right. */

export const CODE = `Four small programs, each complete.

TypeScript, counting words of a stream:

\`\`\`ts
/** How often each word occurs, most frequent first. */
export async function tally(chunks: AsyncIterable<string>): Promise<[word: string, times: number][]> {
  const times = new Map<string, number>()
  let rest = ''
  for await (const chunk of chunks) {
    const words = (rest + chunk).split(/\\s+/u)
    rest = words.pop() ?? ''
    for (const word of words) if (word !== '') times.set(word, (times.get(word) ?? 0) + 1)
  }
  if (rest) times.set(rest, (times.get(rest) ?? 0) + 1)
  return [...times].sort(([, a], [, b]) => b - a)
}
\`\`\`

Python, a retry that grows patient:

\`\`\`python
import random
import time


def patiently(action, tries=4, first=0.5):
    """Call action until it succeeds; wait longer after each failure."""
    for attempt in range(tries):
        try:
            return action()
        except ConnectionError as error:
            if attempt == tries - 1:
                raise
            pause = first * 2**attempt * random.uniform(0.75, 1.0)
            print(f"{error!r}: again in {pause:.1f} s")
            time.sleep(pause)
\`\`\`

Rust, the widest line of a text:

\`\`\`rust
fn widest<'a>(text: &'a str) -> Option<(usize, &'a str)> {
    text.lines()
        .enumerate()
        .max_by_key(|(_, line)| line.chars().count())
        .map(|(i, line)| (i + 1, line)) // line numbers start at 1
}
\`\`\`

And a shell, asking about the last commit:

\`\`\`sh
git show --stat HEAD | claude-tui "what does this change?" > review.md && less review.md
\`\`\`

A change to one of them, as a diff:

\`\`\`diff
-            print(f"{error!r}: again in {pause:.1f} s")
+            log.warning("%r: again in %.1f s", error, pause)
\`\`\`
`
