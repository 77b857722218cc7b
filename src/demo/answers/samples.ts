/** Short pieces that are hard to draw well: markdown of every kind, a table, a diagram, wide and joined characters. */

export const MARKDOWN = `# A heading

A paragraph with **bold**, *italic*, ***both***, ~~struck~~ and \`inline code\`, a [link](https://example.com "its title"), an address <https://example.com/a_b>, and a line that ends here with two spaces,  
so that this one begins below it.

## Lists

- one
- two
  - two and a half, which is long enough to be wrapped in most windows, so that its second line shows whether it hangs where it should
    1. deeper
    2. and numbered
- three

3. a list that starts at three
4. and goes on

- [x] done
- [ ] not yet

## Quotes

> Somebody said this,
> and went on in a second line.
>
> > And somebody was quoted in it.

### A rule, and what must stay as it is

---

Signs that are not markdown here: 2 * 3 * 4, snake_case_name, \\*no emphasis\\*, a < b && c > d, and &amp; as an entity.

\`\`\`
a fence without a language
    keeps its spaces,   all of them
\`\`\`

    four spaces make code as well
`

export const TABLE = `The planets, with numbers to the right and a column that has to wrap:

| planet | day | moons | known for |
| :--- | ---: | ---: | :--- |
| Mercury | 4222 h | 0 | the shortest year, 88 days |
| Venus | 2802 h | 0 | turning backwards, and a day longer than its year |
| Earth | 24 h | 1 | \`claude-tui\` |
| Mars | 24.7 h | 2 | the highest mountain, **Olympus Mons**, about 22 km |
| Jupiter | 9.9 h | 95 | a storm that is wider than the Earth and centuries old |
| Saturn | 10.7 h | 146 | rings, hundreds of thousands of kilometres across and in most places thinner than a house |
| Uranus | 17.2 h | 27 | lying on its side |
| Neptune | 16.1 h | 14 | winds of 2,000 km/h |

Days are from noon to noon; moons as counted in 2023.
`

export const DIAGRAM = `The road of one turn, drawn:

\`\`\`
┌──────────┐   request   ┌────────────┐   SSE events   ┌───────────┐
│ composer ├────────────▶│ API client ├───────────────▶│ translate │
└────▲─────┘             └─────┬──────┘                └─────┬─────┘
     │                         │ failure                     │ deltas
     │                   ┌─────▼──────┐                ┌─────▼─────┐
     │                   │ try again? │                │  gather   │
     │                   └─────┬──────┘                └─────┬─────┘
     │                         │ no                          │ a frame
     │                   ╔═════▼═════════════════════════════▼═════╗
     └───────────────────╢   update(state, event) → state, effects ║
                         ╚════════════════════╤════════════════════╝
                                        ╭─────┴─────╮
                                        │  screen   │
                                        ╰───────────╯
\`\`\`

Every line of it is as wide as it looks: box-drawing signs take one column each.
`

export const CJK = `# 宽字符 · 全角文字 · 넓은 글자

**中文：** 这是 claude-tui 的演示服务器，它只是一个脚本，不是模型。每个汉字占两列，标点也一样；折行时不能把一个字切成两半。

**日本語：** これはデモ用のサーバーで、モデルではありません。漢字、ひらがな、カタカナに加えて、半角ｶﾀｶﾅや「かぎ括弧」も正しい幅で表示されるはずです。

**한국어:** 이것은 데모 서버이며 모델이 아닙니다. 한글은 두 칸을 차지하고, 조합형 글자(가)도 한 글자로 보여야 합니다.

| 言葉 | 意味 | 幅 |
| --- | --- | ---: |
| 端末 | terminal | 4 |
| ターミナル | terminal | 10 |
| ﾀｰﾐﾅﾙ | terminal | 5 |

混合 mixed 文字列 with English words 混ざっています，末尾。
`

export const EMOJI = `# Emoji

- simple: 🚀 🎉 🌍 ✅
- with a selector: ❤️ ☀️ ✈️, and without: ❤ ☀ ✈
- a skin tone: 👋🏽 👍🏿
- joined to one: 👨‍👩‍👧‍👦 🧑🏻‍💻 🏳️‍🌈 👁️‍🗨️
- flags, two letters each: 🇯🇵 🇧🇷 🇪🇺
- keycaps: 1️⃣ #️⃣
- letters with marks: \u00e9 (one code point), e\u0301 (two), n\u0303, a\u0323\u0308

| emoji | columns |
| :---: | ---: |
| 🙂 | 2 |
| 👨‍👩‍👧‍👦 | 2 |
| ❤ | 1 |

The last word stands right of a family 👨‍👩‍👧 here.
`
