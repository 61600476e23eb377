// One self-contained page: the table, the claims, the curves, the problem as written. No scripts, no outside files.
import type { ComparedRun, Comparison } from '../compare/comparison.ts';
import { objectiveColumn } from '../compare/front.ts';
import { calledOracles, summaries } from '../compare/summary.ts';
import { reasonText } from '../stop.ts';
import { cloudFigures } from './clouds.ts';
import { renderChart } from './chart.ts';
import { chartsOf, labelOf } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { frontPictures } from './front.ts';
import { heatPictures } from './heat.ts';
import { formatCount, formatEntry, formatSeconds, formatSmall, formatValue } from './number.ts';
import { strokeOf } from './palette.ts';
import { planeFigures } from './plane.ts';
import { style } from './style.ts';

export interface ReportMeta {
  readonly version: string;
  readonly command: string;
  readonly date: string | undefined;
}

export async function htmlReport(comparison: Comparison, meta: ReportMeta): Promise<string> {
  const charts: string[] = [];
  for (const chart of chartsOf(comparison)) {
    const picture = await renderChart(chart);
    if (picture !== undefined) charts.push(figure(chart.title, picture));
  }
  charts.push(...heatPictures(comparison));
  const planes = planeFigures(comparison);
  const clouds = cloudFigures(comparison);
  const parts = [
    header(comparison),
    section('Results', resultTable(comparison)),
    comparison.claims.length === 0 ? '' : section('Claims', claimList(comparison)),
    comparison.notes.length === 0
      ? ''
      : section('Notes', list(comparison.notes.map(({ text }) => escapeHtml(text)))),
    comparison.front === undefined ? '' : section('Front', grid(frontPictures(comparison))),
    planes.length === 0 ? '' : section('Paths', `${legend(comparison)}${grid(planes)}`),
    clouds.length === 0 ? '' : section('Points', grid(clouds)),
    section('Convergence', `${legend(comparison)}${grid(charts)}`),
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

const grid = (figures: readonly string[]): string =>
  `<div class="charts">${figures.join('\n')}</div>`;

const figure = (title: string, picture: string): string =>
  `<figure><figcaption>${escapeHtml(title)}</figcaption>${picture}</figure>`;

/** Colour, dash and name of each curve, the same in all pictures. */
function legend(comparison: Comparison): string {
  const curves = summaries(comparison).map((summary, k) => ({
    k,
    name: labelOf(summary, comparison.sweep),
    drawn: summary.runs.some(({ trace }) => trace.length > 0),
  }));
  const drawn = curves.filter((curve) => curve.drawn);
  if (drawn.length < 2) return '';
  const items = drawn.map(({ k, name }) => {
    const { color, dash } = strokeOf(k);
    return `<span><svg width="30" height="8" aria-hidden="true"><line x1="1" x2="29" y1="4" y2="4" stroke="${color}" stroke-width="2.4"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/></svg>${escapeHtml(name)}</span>`;
  });
  return `<p class="legend">${items.join(' ')}</p>\n`;
}

const section = (title: string, body: string): string =>
  `<section><h2>${escapeHtml(title)}</h2>\n${body}\n</section>`;

const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

function resultTable(comparison: Comparison): string {
  const { front } = comparison;
  const rows = summaries(comparison);
  const many = comparison.seeds.length > 1;
  const oracles = calledOracles(comparison.runs);
  const head = [
    'method',
    'status',
    ...(front === undefined ? ['value', 'gap', ...(many ? ['gap range'] : [])] : front.names),
    ...comparison.metricNames,
    'iterations',
    ...oracles,
    'time',
  ];
  const best = Math.min(...rows.map(({ gap }) => gap).filter((gap) => !Number.isNaN(gap)));
  const some = (value: number, format: (value: number) => string): string =>
    Number.isNaN(value) ? '–' : format(value);
  const lines = rows.map((row) => {
    const cells = [
      `<th scope="row">${escapeHtml(labelOf(row, comparison.sweep))}</th>`,
      `<td><span class="status ${row.good ? 'good' : 'bad'}">${escapeHtml(row.status)}</span></td>`,
      ...(front === undefined
        ? [
            number(some(row.value, formatValue)),
            number(some(row.gap, formatSmall), row.gap === best && Number.isFinite(best)),
            ...(many ? [number(rangeText(row.gapRange))] : []),
          ]
        : front.names.map((_, k) => number(some(row.last(objectiveColumn(k)), formatValue)))),
      ...comparison.metricNames.map((name) => number(some(row.metrics[name] ?? NaN, formatValue))),
      ...(row.ran
        ? [
            number(formatCount(row.iterations)),
            ...oracles.map((name) => number(formatCount(row.counts[name]))),
            number(formatSeconds(row.seconds)),
          ]
        : [...oracles, 'iterations', 'time'].map(() => number('–'))),
    ];
    return `<tr>${cells.join('')}</tr>`;
  });
  const caption = many ? `<p class="doc">Medians over ${comparison.seeds.length} seeds.</p>` : '';
  return `${caption}<div class="scroll"><table><thead><tr>${head
    .map((name, k) => `<th scope="col"${k > 1 ? ' class="number"' : ''}>${escapeHtml(name)}</th>`)
    .join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}

/** Empty where all seeds end alike. */
const rangeText = (range: readonly [number, number] | undefined): string =>
  range === undefined || range[0] === range[1] ? '' : range.map(formatSmall).join(' … ');

const number = (text: string, best = false): string =>
  `<td class="number${best ? ' best' : ''}">${escapeHtml(text)}</td>`;

function claimList(comparison: Comparison): string {
  return `<ul class="claims">${comparison.claims
    .map(({ text, holds, numbers, point }) => {
      const at = Object.entries(point).map(([name, value]) => `${name} = ${value}`);
      const behind = [...at, ...numbers.map((n) => `${n.text} = ${formatEntry(n.value)}`)];
      return `<li class="${holds ? 'holds' : 'fails'}"><b>${escapeHtml(text)}</b> <span>${
        holds ? 'holds' : 'does not hold'
      }</span><br><small>${escapeHtml(behind.join(' · '))}</small></li>`;
    })
    .join('')}</ul>`;
}

/** One for each method and point; of several seeds the first is shown. */
function certificates(comparison: Comparison): string {
  return summaries(comparison)
    .map((summary) => {
      const name = escapeHtml(labelOf(summary, comparison.sweep));
      const [run] = summary.runs;
      const more =
        summary.runs.length === 1
          ? ''
          : `<p class="doc">Of seed ${run.seed}; the others are in comparison.json.</p>`;
      return `<details><summary>${name}: ${escapeHtml(summary.status)}</summary>${more}${certificateBody(run)}</details>`;
    })
    .join('\n');
}

function certificateBody(run: ComparedRun): string {
  const lines = [
    ...(run.reason === undefined ? [] : [`Ended because ${reasonText[run.reason.kind]}.`]),
    ...(run.failure === undefined ? [] : [run.failure.text]),
    ...(run.certificate?.notes ?? []),
  ];
  const decisive = (run.certificate?.checks ?? []).filter(({ decides }) => decides);
  const checks = decisive.map(
    (check) =>
      `<tr class="${check.holds ? 'holds' : 'fails'}"><td>${escapeHtml(check.name)}</td><td class="number">${formatSmall(check.value)}</td><td>≤ ${formatSmall(check.limit)}</td><td>${escapeHtml(check.text)}</td></tr>`,
  );
  return `${list(lines.map(escapeHtml))}${checks.length === 0 ? '' : `<table class="checks"><tbody>${checks.join('')}</tbody></table>`}`;
}
