// Paths in the plane of two numbers: small pictures as they are, and names that hide little.
import { describe, expect, it } from 'vitest';
import type { ComparedRun, Comparison, Plane } from '../../runtime/compare/comparison.ts';
import { freePlace } from '../../runtime/report/free-place.ts';
import { planeFigures } from '../../runtime/report/plane.ts';
import { noCounts } from '../../runtime/trace.ts';

const run = (
  label: string,
  path: ComparedRun['path'],
  iterations: readonly number[],
): ComparedRun => ({
  label,
  method: label,
  via: [],
  seed: 1,
  point: {},
  status: 'optimal',
  reason: { kind: 'rule' },
  failure: undefined,
  trace: iterations.map((iteration) => ({
    iteration,
    seconds: 0,
    counts: noCounts(),
    values: {},
  })),
  value: 0,
  gap: 0,
  metrics: {},
  counts: noCounts(),
  iterations: iterations.at(-1) ?? 0,
  seconds: { compile: 0, first: 0, total: 0 },
  certificate: undefined,
  answer: [],
  clouds: [],
  path,
});

const comparison = (runs: readonly ComparedRun[], plane: Plane): Comparison => ({
  title: 'test',
  problem: 'test',
  doc: undefined,
  sense: 'minimize',
  source: '',
  references: [],
  runs,
  claims: [],
  metricNames: [],
  sweep: [],
  seeds: [1],
  notes: [],
  planes: [plane],
  interrupted: false,
});

const plane: Plane = {
  kind: 'field',
  names: ['x', 'y'],
  entries: [0, 1],
  ranges: [
    [-2, 2],
    [-1, 3],
  ],
  contours: undefined,
  arrows: [],
  curves: [],
  mark: undefined,
};

const grid = [-2, -1, 0, 1, 2];

const pretty = (figures: readonly string[]): string =>
  `${figures.join('\n').replace(/></g, '>\n<')}\n`;

describe('a plane', () => {
  it('of a game: arrows, rounds, what was left out between rows', async () => {
    const arrows = [-1, 1].flatMap((x) =>
      [0, 2].map((y) => ({ at: [x, y] as const, along: [-y, x] as const })),
    );
    const walk = run(
      'walk',
      [
        [1, 1],
        [0.5, 1.5],
        [0, 1],
        [0, 1.02],
        [1, 0],
      ],
      [0, 1, 2, 40, 80],
    );
    const mark = { at: [0, 0] as const, text: 'equilibrium' };
    const [figure] = planeFigures(comparison([walk], { ...plane, arrows, mark }));
    // Steps of one iteration and steps that are hardly seen are lines; the last one is a jump.
    expect(/<path d="(M[^"]*)"[^>]*stroke-width="1.8"/.exec(figure)?.[1].match(/[ML]/g)).toEqual([
      'M',
      'L',
      'L',
      'L',
      'M',
    ]);
    await expect(pretty([figure])).toMatchFileSnapshot('golden/field.svg.txt');
  });

  it('of a lower level: contour lines, two pieces of the reaction, names of three numbers', async () => {
    const heights = { xs: grid, ys: grid, values: grid.flatMap((y) => grid.map((x) => x * x + y)) };
    const curves = [
      [
        [-2, 2],
        [-0.1, 1.5],
      ],
      [
        [0.1, -0.5],
        [2, -0.9],
      ],
    ] as const;
    const runs = [
      run(
        'A',
        [
          [1.5, 0, 2],
          [-1, 0, 1.7],
        ],
        [0, 1],
      ),
      run(
        'B',
        [
          [1.5, 0, 2],
          [NaN, 0, 1],
          [0.5, 0, -0.5],
        ],
        [0, 1, 2],
      ),
    ];
    const figures = planeFigures(
      comparison(runs, {
        ...plane,
        kind: 'reaction',
        names: ['a<b', 'z'],
        entries: [0, 2],
        contours: heights,
        curves,
        mark: { at: [-1, 1.74], text: 'answer' },
      }),
    );
    expect(figures[0]).not.toMatch(/NaN|undefined|Infinity|a<b/);
    await expect(pretty(figures)).toMatchFileSnapshot('golden/reaction.svg.txt');
  });

  it('without paths is still drawn, of one height too', () => {
    const flat = { xs: grid, ys: grid, values: grid.flatMap(() => grid.map(() => 1)) };
    const [figure] = planeFigures(comparison([], { ...plane, kind: 'goal', contours: flat }));
    expect(figure).toMatch(/^<figure.*<\/figure>$/s);
    expect(figure).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('the place of a name', () => {
  const frame = { left: 0, top: 0, right: 200, bottom: 100 };
  it('is within the frame', () => {
    for (const at of [
      [2, 2],
      [198, 98],
      [100, 50],
      [2, 98],
    ] as const) {
      const { box } = freePlace('answer', [at], frame, []);
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(200);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.bottom).toBeLessThanOrEqual(100);
    }
  });
  it('is where nothing is drawn', () => {
    const drawn = Array.from({ length: 50 }, (_, k) => [102 + k, 20 + k] as const);
    const { box } = freePlace('answer', [[100, 50]], frame, drawn);
    for (const [x, y] of drawn)
      expect(x < box.left || x > box.right || y < box.top || y > box.bottom).toBe(true);
  });
});
