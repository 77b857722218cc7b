/** How an exported page looks: one column to read in, light or dark as the reader has it, and fit for paper. */

export const STYLE = `
:root { color-scheme: light dark; --ink: #1f1e1c; --paper: #fdfcfa; --dim: #6b6862; --line: #dedad3; --shade: #f3f0ea; --clay: #a34f32 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e5df; --paper: #1b1a18; --dim: #a09c94; --line: #3a3834; --shade: #262421; --clay: #cc785c }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 46rem; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: break-word }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem }
h2 { font-size: 1rem; color: var(--dim); margin: 3rem 0 0 }
h3, h4, h5, h6 { line-height: 1.3; margin: 1.5em 0 .5em }
header p, .figures, .mark, small { color: var(--dim); font-size: .85rem }
header p { margin: 0 0 2rem }
.turn { border-top: 1px solid var(--line); padding-top: 1.25rem; margin-top: 1.5rem }
.question { white-space: pre-wrap; border-left: 3px solid var(--clay); padding-left: .9rem; margin: 0 0 1.25rem; font-weight: 600 }
.attached { color: var(--dim); font-size: .85rem; margin: 0 0 .5rem; padding-left: 1.2rem }
.mark { font-style: italic }
.raw { white-space: pre-wrap; font-family: ui-monospace, monospace; font-size: .9em }
pre, code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .9em }
pre { background: var(--shade); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; line-height: 1.45 }
:not(pre) > code { background: var(--shade); padding: .1em .3em; border-radius: 4px }
blockquote { margin: 1em 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--dim) }
.wide { overflow-x: auto }
table { border-collapse: collapse }
th, td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
.right { text-align: right }
.center { text-align: center }
hr { border: 0; border-top: 1px solid var(--line); margin: 1.5rem 0 }
a { color: var(--clay) }
summary { cursor: pointer; color: var(--dim); font-size: .85rem }
details > div { white-space: pre-wrap; color: var(--dim); font-size: .9rem; border-left: 3px solid var(--line); padding-left: .9rem }
@media print {
  :root { --ink: #000; --paper: #fff; --dim: #444; --line: #bbb; --shade: #f4f4f4; --clay: #000 }
  body { max-width: none; padding: 0; font-size: 10.5pt }
  pre { white-space: pre-wrap; break-inside: avoid }
  h3, h4, h5, h6, .question { break-after: avoid }
}
`
