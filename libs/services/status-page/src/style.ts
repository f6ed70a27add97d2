/** The page's only style sheet; it goes into the page, so that the page is one request. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1d2733; --soft: #566273; --line: #d9dee6; --paper: #fff; --ground: #f4f6f9; --link: #0b4f9e; --alert: #a3210f;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7ebf1; --soft: #a5b0bf; --line: #37414f; --paper: #1a212b; --ground: #11161d; --link: #8cbcff; --alert: #ff9d8a; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.8 "Hiragino Sans", "Noto Sans JP", "Noto Sans CJK JP", "Yu Gothic Medium", "BIZ UDPGothic", Meiryo, "IPAexGothic", sans-serif;
  line-break: strict; text-spacing-trim: trim-start; font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main, footer { max-width: 56rem; margin-inline: auto; padding-inline: 1.25rem; }
header { padding-block: 2.5rem 0.5rem; }
h1, h2, h3 { line-height: 1.4; margin: 0; font-weight: 700; word-break: auto-phrase; }
h1 { font-size: 1.75rem; }
h2 { font-size: 1.25rem; margin-block: 2.5rem 0.75rem; }
h3 { font-size: 1.125rem; }
p { margin-block: 0.5rem; word-break: auto-phrase; }
.en, .note { color: var(--soft); font-size: 0.8125em; font-weight: 400; }
.note { white-space: nowrap; }
h2, h3, dt, .download { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.5rem; }
section > dl, article { background: var(--paper); border: 1px solid var(--line); border-radius: 0.5rem; padding: 1rem 1.25rem; }
article + article { margin-top: 1rem; }
.issuer { color: var(--soft); margin-block: 0 0.75rem; }
a { color: var(--link); text-underline-offset: 0.2em; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.download { width: fit-content; margin-block: 0.75rem; border: 1px solid; border-radius: 0.375rem; padding: 0.375rem 1rem; text-decoration: none; font-weight: 700; }
.download .en { color: inherit; }
.download:hover { text-decoration: underline; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 17rem 1fr; gap: 0 1.25rem; padding-block: 0.375rem; border-top: 1px solid var(--line); }
section > dl > div:first-child { border-top: 0; }
dt { line-height: 1.5; padding-block: 0.15rem; }
dd { margin: 0; }
.count { display: inline-block; margin-inline-end: 1.5rem; }
.digest { font-size: 0.8125em; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875em; }
.authority { margin-inline-start: auto; color: var(--soft); font-weight: 400; }
.unavailable { color: var(--alert); font-weight: 700; }
.unavailable .en { color: inherit; }
.scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: 0.5rem; }
article .scroll { border: 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; overflow-wrap: normal; }
th, td { text-align: start; vertical-align: baseline; padding: 0.375rem 0.75rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; font-weight: 700; white-space: nowrap; }
tbody th { font-weight: 400; white-space: nowrap; }
td.number { text-align: end; }
details td { white-space: nowrap; }
summary { cursor: pointer; font-weight: 700; padding-block: 0.5rem; }
footer p { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 2rem; }
footer { color: var(--soft); font-size: 0.875rem; padding-block: 2rem 3rem; }
@media (max-width: 40rem) {
  header { padding-block-start: 1.5rem; }
  dl > div { grid-template-columns: 1fr; }
}
@media print {
  :root { --ink: #000; --soft: #333; --line: #999; --paper: #fff; --ground: #fff; --link: #000; --alert: #000; }
  body { font-size: 10pt; line-height: 1.5; }
  article { break-inside: avoid; }
  .download { border: 0; padding: 0; }
  .download::after { content: " " attr(href); font-weight: 400; }
}
`;
