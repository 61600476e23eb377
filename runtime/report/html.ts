// One self-contained page: the table, the claims, the curves, the problem as written. No scripts, no outside files.
import type { ComparedRun, Comparison } from '../compare/comparison.ts';
import { reasonText } from '../stop.ts';
import { renderChart } from './chart.ts';
import { chartsOf, labelOf } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { formatCount, formatSeconds, formatSmall, formatValue } from './number.ts';
import { style } from './style.ts';

export interface ReportMeta {
  readonly version: string;
  readonly command: string;
  readonly date: string | undefined;
}

export async function htmlReport(comparison: Comparison, meta: ReportMeta): Promise<string> {
  const charts: string[] = [];
  for (const chart of chartsOf(comparison)) {
    charts.push(`<figure>${await renderChart(chart)}</figure>`);
  }
  const parts = [
    header(comparison),
    section('Results', resultTable(comparison)),
    comparison.claims.length === 0 ? '' : section('Claims', claimList(comparison)),
    comparison.notes.length === 0
      ? ''
      : section('Notes', list(comparison.notes.map(({ text }) => escapeHtml(text)))),
    section('Convergence', `<div class="charts">${charts.join('\n')}</div>`),
    section('Certificates', certificates(comparison)),
    section('The problem', `<pre><code>${escapeHtml(comparison.source)}</code></pre>`),
    `<footer>dotopt ${escapeHtml(meta.version)} · <code>${escapeHtml(meta.command)}</code>${
      meta.date === undefined ? '' : ` · ${escapeHtml(meta.date)}`
    }</footer>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(comparison.title)} · dotopt</title>
<style>${style}</style>
</head>
<body><main>
${parts.filter((part) => part !== '').join('\n')}
</main></body>
</html>
`;
}

function header(comparison: Comparison): string {
  const references = comparison.references.flatMap(({ point, reference }) => {
    if (reference === undefined) return [];
    const at = Object.entries(point)
      .map(([name, value]) => `${name} = ${value}`)
      .join(', ');
    return [
      `${at === '' ? '' : `${escapeHtml(at)}: `}${formatValue(reference.value)} (${escapeHtml(reference.text)})`,
    ];
  });
  return `<header>
<p class="kicker">comparison of ${escapeHtml(comparison.problem)}</p>
<h1>${escapeHtml(comparison.title)}</h1>
${comparison.doc === undefined ? '' : `<p class="doc">${escapeHtml(comparison.doc)}</p>`}
${references.length === 0 ? '' : `<p class="reference">Reference value: ${references.join('; ')}</p>`}
</header>`;
}

const section = (title: string, body: string): string =>
  `<section><h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

function resultTable(comparison: Comparison): string {
  const manySeeds = new Set(comparison.runs.map((run) => run.seed)).size > 1;
  const head = [
    'method',
    ...(manySeeds ? ['seed'] : []),
    'status',
    'value',
    'gap',
    ...comparison.metricNames,
    'iterations',
    'gradients',
    'time',
  ];
  const best = Math.min(...comparison.runs.map((run) => run.gap));
  const rows = comparison.runs.map((run) => {
    const cells = [
      `<th scope="row">${escapeHtml(labelOf(run, comparison.sweep))}</th>`,
      ...(manySeeds ? [number(String(run.seed))] : []),
      `<td><span class="status ${run.status.replace(' ', '-')}">${escapeHtml(run.failure === undefined ? run.status : 'failed')}</span></td>`,
      number(run.value === undefined ? '–' : formatValue(run.value)),
      number(formatSmall(run.gap), run.gap === best && Number.isFinite(best)),
      ...comparison.metricNames.map((name) => number(formatValue(run.metrics[name] ?? NaN))),
      number(formatCount(run.iterations)),
      number(formatCount(run.counts.grads)),
      number(formatSeconds(run.seconds.total)),
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head
    .map((name) => `<th scope="col">${escapeHtml(name)}</th>`)
    .join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

const number = (text: string, best = false): string =>
  `<td class="number${best ? ' best' : ''}">${escapeHtml(text)}</td>`;

function claimList(comparison: Comparison): string {
  return `<ul class="claims">${comparison.claims
    .map(({ text, holds, numbers, point }) => {
      const at = Object.entries(point).map(([name, value]) => `${name} = ${value}`);
      const behind = [...at, ...numbers.map((n) => `${n.text} = ${formatValue(n.value)}`)];
      return `<li class="${holds ? 'holds' : 'fails'}"><b>${escapeHtml(text)}</b> <span>${
        holds ? 'holds' : 'does not hold'
      }</span><br><small>${escapeHtml(behind.join(' · '))}</small></li>`;
    })
    .join('')}</ul>`;
}

function certificates(comparison: Comparison): string {
  return comparison.runs
    .map(
      (run) =>
        `<details><summary>${escapeHtml(labelOf(run, comparison.sweep))}: ${escapeHtml(run.status)}</summary>${certificateBody(run)}</details>`,
    )
    .join('\n');
}

function certificateBody(run: ComparedRun): string {
  const lines = [
    ...(run.reason === undefined ? [] : [`Ended because ${reasonText[run.reason.kind]}.`]),
    ...(run.failure === undefined ? [] : [run.failure.text]),
    ...(run.certificate?.notes ?? []),
  ];
  const checks = (run.certificate?.checks ?? []).map(
    (check) =>
      `<tr class="${check.holds ? 'holds' : 'fails'}"><td>${escapeHtml(check.name)}</td><td class="number">${formatSmall(check.value)}</td><td>≤ ${formatSmall(check.limit)}</td><td>${escapeHtml(check.text)}</td></tr>`,
  );
  return `${list(lines.map(escapeHtml))}${checks.length === 0 ? '' : `<table class="checks"><tbody>${checks.join('')}</tbody></table>`}`;
}
