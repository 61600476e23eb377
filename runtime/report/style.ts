/** The look of the report: quiet, readable, prints well, follows the reader's light or dark setting. */
export const style = `
:root { color-scheme: light dark; --ink: #1c1c1e; --soft: #6b6b70; --line: #e3e3e6; --paper: #ffffff; --tint: #f6f6f8; --good: #00734f; --bad: #b3400a; --mark: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececee; --soft: #a0a0a6; --line: #38383c; --paper: #18181a; --tint: #222226; --good: #3ecf9a; --bad: #ff9a5c; --mark: #6cb8ee; } figure { background: #fff; } }
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
figure { margin: 0; padding: 12px; border: 1px solid var(--line); border-radius: 8px; }
figure svg { width: 100%; height: auto; display: block; }
.legend { margin: 4px 8px 0; font-size: 13px; color: #333; } .legend span { margin-right: 14px; white-space: nowrap; } .legend i { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; }
details { border-bottom: 1px solid var(--line); padding: 8px 0; } summary { cursor: pointer; }
.checks { width: auto; font-size: 13.5px; } .checks .fails td { color: var(--bad); }
pre { background: var(--tint); padding: 16px 18px; border-radius: 8px; overflow-x: auto; font: 13px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
footer { margin-top: 48px; font-size: 13px; }
@media (max-width: 560px) { main { padding: 24px 16px 48px; } h1 { font-size: 24px; } figure { padding: 6px; } }
@media print { figure { break-inside: avoid; } }
`;
