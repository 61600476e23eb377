import { rampCss } from './heat.ts';
import { paletteRules } from './palette.ts';

/** The colours of a page on light and on dark paper. */
export const colorRules = `:root { color-scheme: light dark; --ink: #1c1c1e; --soft: #63636a; --line: #e6e6ea; --axis: #9a9aa2; --paper: #ffffff; --tint: #f6f6f8; --good: #00734f; --bad: #b3400a; --mark: #0072b2; ${paletteRules('light')} }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #ececee; --soft: #a4a4ab; --line: #34343a; --axis: #6f6f78; --paper: #18181a; --tint: #222226; --good: #3ecf9a; --bad: #ff9a5c; --mark: #6cb8ee; ${paletteRules('dark')} } }`;

/** The look of the report: quiet, readable, prints well, follows the reader's light or dark setting. */
export const style = `
${colorRules}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 40px 28px 64px; }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 40px 0 12px; }
.kicker { margin: 0 0 4px; color: var(--soft); text-transform: uppercase; font-size: 12px; letter-spacing: 0.08em; }
.doc { max-width: 70ch; margin: 0 0 6px; }
.reference, footer, small { color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
tbody th { position: sticky; left: 0; background: var(--paper); white-space: normal; overflow-wrap: break-word; max-width: 230px; }
thead th { color: var(--soft); font-weight: 500; font-size: 13px; }
td.number, th.number { text-align: right; padding-right: 22px; }
td.best { font-weight: 650; color: var(--mark); }
.status { font-size: 13px; padding: 1px 9px; border-radius: 10px; background: var(--tint); }
.status.good { color: var(--good); }
.status.bad { color: var(--bad); }
.claims { list-style: none; padding: 0; margin: 0; }
.claims li { padding: 8px 0 8px 16px; border-left: 3px solid var(--good); margin-bottom: 8px; }
.claims li.fails { border-color: var(--bad); }
.holds span { color: var(--good); } .fails span { color: var(--bad); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 24px; }
figure { margin: 0; padding: 12px; border: 1px solid var(--line); border-radius: 8px; overflow-x: auto; }
figure svg { width: 100%; min-width: 400px; height: auto; display: block; }
.legend { margin: 0 0 14px; font-size: 14px; line-height: 1.9; } .legend span { margin-right: 20px; white-space: nowrap; } .legend svg { margin-right: 7px; vertical-align: middle; }
figcaption { font-weight: 600; font-size: 14px; margin: 0 0 6px 4px; } figcaption small { font-weight: 400; margin-left: 8px; }
.name { paint-order: stroke; stroke: var(--paper); stroke-width: 3.5px; stroke-linejoin: round; }
.front, .plane { max-width: 680px; } .wide { grid-column: 1 / -1; } .heat { display: flex; flex-wrap: wrap; gap: 18px; } .heat div { flex: 0 1 240px; min-width: 120px; } .heat img { width: 100%; display: block; image-rendering: pixelated; border-radius: 4px; } .heat span { font-size: 13px; color: var(--soft); }
.dot { display: inline-block; width: 8px; height: 8px; border-radius: 50%; margin-right: 2px; }
.ramp { display: inline-block; width: 90px; height: 9px; border-radius: 2px; vertical-align: middle; background: ${rampCss}; }
details { border-bottom: 1px solid var(--line); padding: 8px 0; } summary { cursor: pointer; }
.checks { width: auto; font-size: 13.5px; } .checks .fails td { color: var(--bad); }
pre { background: var(--tint); padding: 16px 18px; border-radius: 8px; overflow-x: auto; font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
footer { margin-top: 48px; font-size: 13px; }
@media (max-width: 560px) { main { padding: 24px 16px 48px; } h1 { font-size: 24px; } figure { padding: 8px; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } }
@media print { main { padding: 0; } figure, tr, .claims li { break-inside: avoid; } h2 { break-after: avoid; } .charts { grid-template-columns: 1fr 1fr; gap: 10px; } figure svg { min-width: 0; } pre { white-space: pre-wrap; } }
`;
