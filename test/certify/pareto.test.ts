// Certificates of several objectives: Pareto-stationary points are found so and nothing more is said of them; dominated points are not.
import { describe, expect, test } from 'vitest';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import type { Certificate } from '../../runtime/certify/certificate.ts';
import { dense } from '../../runtime/kernels/tensors.ts';
import { errorsOf, openText } from '../conformance/program.ts';

function certificateOf(members: string, x: readonly number[]): Certificate {
  const program = openText(`problem p {\n${members}\n}`);
  expect(errorsOf(program)).toBe('');
  const [model] = program.front.model.problems;
  const opened = openSession(program.front, model, program.host, noSettings);
  if (!opened.ok) throw new Error(opened.diagnostics.map((d) => d.message).join('\n'));
  return opened.session.program.certify({ x: dense([x.length], Float64Array.from(x)) });
}

const bowls = 'var x : real[2]\nminimize [sumsq(x - [1, 0]), sumsq(x + [1, 0])]';
const steep = 'var x : real[2]\nminimize [1e4*sumsq(x - [1, 0]), 1e-2*sumsq(x + [1, 0])]';
const three = 'var x : real[2]\nminimize [sumsq(x - [1, 0]), sumsq(x + [1, 0]), sumsq(x - [0, 1])]';
const boxed = 'var x : real[2] >= 0\nminimize [sumsq(x - [1, -1]), sumsq(x - [-2, -3])]';
const simplex = 'var x : real[3] in simplex\nmaximize [dot([1, 2, 0], x), dot([2, 1, 0], x)]';
/** Two humps each: points between the dips are stationary for some weights, and dominated. */
const humps =
  'var x : real[1]\nminimize [-exp(-(x[1] - 2)^2) - exp(-(x[1] + 2)^2), -exp(-(x[1] - 2.5)^2) - exp(-(x[1] + 2.5)^2)]';

const cases: readonly (readonly [
  what: string,
  members: string,
  x: readonly number[],
  status: Certificate['status'],
])[] = [
  ['between two centres', bowls, [0.3, 0], 'optimal'],
  ['a centre: the best of one objective', bowls, [1, 0], 'optimal'],
  ['off the line', bowls, [0.3, 0.01], 'not converged'],
  ['beyond a centre, dominated by it', bowls, [1.1, 0], 'not converged'],
  ['scales far apart', steep, [0.5, 0], 'optimal'],
  ['scales far apart, off the line', steep, [0.5, 0.1], 'not converged'],
  ['inside the triangle of three centres', three, [0.1, 0.3], 'optimal'],
  ['on an edge of the triangle', three, [0.5, 0.5], 'optimal'],
  ['outside the triangle', three, [0.6, 0.6], 'not converged'],
  ['held by bounds, between', boxed, [0.5, 0], 'optimal'],
  ['held by bounds, beyond', boxed, [1.2, 0], 'not converged'],
  ['free of a bound that could be used', boxed, [0.5, 0.1], 'not converged'],
  ['outside the bounds', boxed, [0.5, -0.1], 'not converged'],
  ['an edge of the simplex', simplex, [0.4, 0.6, 0], 'optimal'],
  ['inside the simplex', simplex, [0.4, 0.5, 0.1], 'not converged'],
  ['a dip', humps, [2.2], 'stationary'],
  // Both objectives are level between the dips by symmetry: stationary, and dominated.
  ['level for both objectives, and dominated', humps, [0], 'stationary'],
  ['a slope', humps, [1], 'not converged'],
];

describe('status', () => {
  test.each(cases)('%s', (_, members, x, status) => {
    const certificate = certificateOf(members, x);
    expect(certificate.status, certificate.notes.join(' ')).toBe(status);
  });
});

test('the words say what was shown and no more, with the weights that show it', () => {
  expect(certificateOf(bowls, [0.5, 0]).notes.join(' ')).toBe(
    'Weakly Pareto optimal: no allowed point is better in all objectives. Weights that show it: 0.75, 0.25.',
  );
  expect(certificateOf(humps, [0]).notes.join(' ')).toContain(
    'Pareto stationary: no small step is better in all objectives at first order.',
  );
});
