// Published games and min-max problems within reach, with default options, against their known values.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { solve } from '../../compiler/index.ts';

interface Vector {
  readonly dim: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

interface Entry {
  readonly name: string;
  readonly vars?: { readonly x: Vector; readonly y?: Vector };
  readonly data?: { readonly A: readonly (readonly number[])[] };
  readonly problem: Readonly<Record<string, string>>;
  readonly best: { readonly value: number | null };
}

const isEntries = (value: unknown): value is { readonly problems: readonly Entry[] } =>
  typeof value === 'object' && value !== null && 'problems' in value;
const parsed: unknown = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'games.json'), 'utf8'),
);
const entries = isEntries(parsed) ? parsed.problems : [];

const box = ({ dim, lower, upper }: Vector): string =>
  `real[${dim}] >= [${lower.join(', ')}] <= [${upper.join(', ')}]`;

/** Order of play: the lower level maximises what the upper one minimises. */
function minMaxText({ vars, problem }: Entry): string | undefined {
  const goal = problem['minimize over x of maximize over y'];
  if (goal === undefined || vars?.y === undefined) return undefined;
  return `problem p {
  var x : ${box(vars.x)}
  lower {
    var y : ${box(vars.y)}
    maximize ${goal}
  }
  minimize ${goal}
}`;
}

function matrixText({ data }: Entry): string | undefined {
  if (data === undefined) return undefined;
  const { A } = data;
  return `problem p {
  data A : real[${A.length}, ${A[0].length}] = ${JSON.stringify(A)}
  var p : real[${A.length}] in simplex
  var q : real[${A[0].length}] in simplex
  maximize p'*A*q over p
  minimize p'*A*q over q
}`;
}

/** By hand from the words of the suite. */
const written: Readonly<Record<string, string>> = {
  order_matters: `problem p {
  var x : real >= 0 <= 1
  lower {
    var y : real >= 0 <= 1
    maximize (x - y)^2
  }
  minimize (x - y)^2
}`,
  robust_ls_small: `problem p {
  var x : real start 1
  lower {
    var d : real[2] in ball(0, 0.5)
    maximize (x*(2 + d[1]) - (3 + d[2]))^2
  }
  minimize (x*(2 + d[1]) - (3 + d[2]))^2
}`,
};

const cases = entries.flatMap((entry) => {
  const text = minMaxText(entry) ?? matrixText(entry) ?? written[entry.name];
  return text === undefined || entry.best.value === null
    ? []
    : [{ name: entry.name, text, best: entry.best.value }];
});

test.each(cases)('$name', async ({ text, best }) => {
  const solved = await solve(text);
  if (!solved.ok) throw new Error(solved.text);
  const [{ status, value = NaN }] = solved.results;
  expect(['optimal', 'stationary']).toContain(status);
  expect(Math.abs(value - best) / Math.max(1, Math.abs(best))).toBeLessThan(1e-6);
});
