/** The style sheet of a report: no font, no image, nothing from elsewhere. All text has a contrast of 4.5 or more in both schemes. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #fdfdfc; --panel: #f3f4f2; --ink: #1d2226; --soft: #565d64; --line: #d4d7d9;
  --c1: #1f5fa8; --c2: #b4530a; --c3: #2b7a3d; --c4: #8a3fa0; --c5: #59636d; --level: #b3261e;
  --good: #22663a; --warn: #8a4b00; --bad: #a3211a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --panel: #1d2226; --ink: #e8eaec; --soft: #a9b1b8; --line: #3a4148;
    --c1: #74b0f4; --c2: #f0a35e; --c3: #7cc98c; --c4: #d59be6; --c5: #b3bcc4; --level: #ff8a80;
    --good: #7cc98c; --warn: #f0b35e; --bad: #ff8a80;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .5rem 0; }
.meta { color: var(--soft); margin: 0; }
.status { font-weight: 600; }
.status.ok { color: var(--good); } .status.aborted { color: var(--warn); } .status.diverged { color: var(--bad); }
.verdict { margin: 1.4rem 0 0; padding: .8rem 1.2rem; background: var(--panel); border-left: 5px solid var(--c1); border-radius: 0 6px 6px 0; }
.verdict.aborted { border-color: var(--warn); } .verdict.diverged { border-color: var(--bad); }
.verdict p:first-child { font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 2rem 1.6rem; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure svg.chart { display: block; width: 100%; height: auto; font: 13px system-ui, sans-serif; overflow: visible; }
figure.wide svg.chart { font-size: 11px; }
figcaption { color: var(--soft); font-size: .87rem; line-height: 1.45; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: .15rem 0; padding: 0; font-size: .87rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 500; min-width: 12rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { background: var(--panel); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; font: .86rem/1.5 ui-monospace, monospace; }
code { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.2rem; margin: 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
@media print { figure, tr { break-inside: avoid; } }
`.trim();
