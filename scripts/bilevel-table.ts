// Writes docs/bilevel.md: the published bilevel problems whose levels have bounds alone, by every route that applies. Takes some minutes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bilevelProblems, suiteFiles, suiteSize } from '../test/suites/bilevel-problems.ts';

const root = path.join(import.meta.dirname, '..');
const command = path.join(root, 'compiler', 'cli', 'dotopt.ts');
const target = process.argv[2] ?? path.join(root, 'docs', 'bilevel.md');
const seconds = 5;

/** The columns; a route is told by its first word after `via`. */
const routes = ['implicit', 'unroll', 'value_function', 'penalty', 'dual'] as const;

interface Route {
  readonly route: string;
  readonly status?: string;
  readonly value?: number;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
const isRoute = (value: unknown): value is Route =>
  isRecord(value) && typeof value.route === 'string';

function cross(file: string): readonly Route[] {
  const { stdout } = spawnSync(
    process.execPath,
    [command, 'cross', file, '--time', String(seconds), '--json'],
    { encoding: 'utf8', timeout: 200_000 },
  );
  try {
    const parsed: unknown = JSON.parse(stdout);
    const problems = isRecord(parsed) && Array.isArray(parsed.problems) ? parsed.problems : [];
    return problems.flatMap((problem: unknown) =>
      isRecord(problem) && Array.isArray(problem.routes) ? problem.routes.filter(isRoute) : [],
    );
  } catch {
    return [];
  }
}

const shown = (value: number): string =>
  Number((Math.abs(value) < 5e-9 ? 0 : value).toPrecision(6)).toString();

function cell(found: Route | undefined): string {
  if (found?.status === undefined || typeof found.value !== 'number') return '';
  const mark = found.status === 'stationary' || found.status === 'optimal' ? '' : ' (!)';
  return shown(found.value) + mark;
}

const folder = mkdtempSync(path.join(tmpdir(), 'dotopt-bilevel-'));
const lines: string[] = [];
const counts: string[] = [];
for (const file of suiteFiles) {
  const problems = bilevelProblems(file);
  counts.push(`${path.basename(file, '.json')}: ${problems.length} of ${suiteSize(file)}`);
  for (const { name, text, best, verified } of problems) {
    const source = path.join(folder, `${name}.opt`);
    writeFileSync(source, text);
    const found = cross(source);
    const cells = routes.map((route) =>
      cell(
        found.find((each) => each.route.startsWith(`via ${route}`) && each.status !== undefined),
      ),
    );
    const known = best === undefined ? '' : shown(best) + (verified ? '' : ' (not verified)');
    lines.push(`| ${name} | ${known} | ${cells.join(' | ')} |`);
    console.log(lines[lines.length - 1]);
  }
}
rmSync(folder, { recursive: true });
writeFileSync(
  target,
  `# Bilevel problems by every route

    npx node scripts/bilevel-table.ts

writes this page. It takes the problems of three published collections whose levels have bounds alone (${counts.join('; ')}; the others have
constraints inside a level, which wait), leaves their known values out, and solves each with \`dotopt cross\`, ${seconds} seconds a route. An empty cell is a route that does not apply;
(!) marks an answer that is not certified. Routes may end at different stationary points, for none of these problems is convex as a whole; and where the best point is one
at which the lower solution jumps, a value may fall short of the known one by what a lower gap of 1e-6 allows. A lower goal with a flat bottom makes that visible:
BASB_mb_2007_14 certifies 0.24986 with a gap of 4e-7 where the exact answer is 0.25.

| problem | best known | ${routes.map((route) => `\`${route}\``).join(' | ')} |
|---|---|${routes.map(() => '---|').join('')}
${lines.join('\n')}
`,
);
