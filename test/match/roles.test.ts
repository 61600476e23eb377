import { describe, expect, test } from 'vitest';
import { matchPattern } from '../../compiler/match/match-pattern.ts';
import { semanticsOf } from '../../compiler/match/semantics.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import { realType } from '../../compiler/tensor/type.ts';
import { inputsOf, load } from './pipeline.ts';
import { dot, numbers, stream } from './support.ts';

const data = `
  data A : real[6, 4] = [sin(i*j) + cos(i + 2*j) for i in 1..6, j in 1..4]
  data b : real[6] = [sin(7*i) for i in 1..6]
  data D : real[3, 4] = [if j == i + 1 then 1 else if j == i then -1 else 0 for i in 1..3, j in 1..4]
`;

const goals: readonly (readonly [string, string, string])[] = [
  ['fused lasso', 'var x : real[4]', 'sumsq(x - 1)/2 + 0.8*norm(D*x, 1)'],
  ['least absolute deviations', 'var x : real[4]', 'norm(A*x - b, 1) + 0.1*sumsq(x)'],
  [
    'hinge with intercept',
    'var w : real[4]\nvar c : real',
    'sumsq(w)/2 + sum(pos(1 - b .* (A*w + c)))',
  ],
  ['maximised', 'var x : real[4]', '-(sumsq(A*x - b)) - norm(D*x, 1) + 3'],
  [
    'quantiles',
    'var x : real[4]\nvar c : real',
    'mean(max(0.9*(b - A*x - c), -0.1*(b - A*x - c)))',
  ],
  [
    'total variation',
    'var X : real[4, 4]',
    'sumsq(X)/2 + sum(i in 1..3, j in 1..3) norm([X[i+1, j] - X[i, j], X[i, j+1] - X[i, j]])',
  ],
  ['two norms', 'var x : real[4]', 'norm(D*x, 1) + 2*norm(A*x - b) + norm(x, inf)'],
];

describe.each(goals)('f(x) + h(K*x): %s', (title, variables, goal) => {
  const sense = title === 'maximised' ? 'maximize' : 'minimize';
  const loaded = load(`problem p {\n${data}\n${variables}\n${sense} ${goal}\n}`);
  const { lowering, problem } = loaded.lowered;
  const { graph } = lowering;
  const method = loaded.context.methods
    .all()
    .find(
      ({ name }) => name === (title === 'least absolute deviations' ? 'admm' : 'chambolle_pock'),
    );
  const match = method && matchPattern(graph, method, problem);
  if (method === undefined || match?.kind !== 'roles')
    throw new Error(match?.kind === 'mismatch' ? match.text : 'no match');
  const semantics = semanticsOf(method, match.roles, { searching: () => [] });
  const f = semantics.functions.get('f');
  const h = semantics.functions.get('h');
  const K = semantics.maps.get('K');
  const [x] = semantics.variables;
  if (f === undefined || h === undefined || K === undefined) throw new Error('a role is missing');
  const given = inputsOf(loaded);
  const next = stream(11);
  const random = (size: number): readonly number[] =>
    Array.from({ length: size }, () => 2 * next());
  const columns = Number(x.size.key);
  const rows = Number(K.rows.key);

  test('the roles add up to the goal', () => {
    const u = graph.input('u', 'state', realType([x.size]));
    const Ku = K.apply(u);
    const pieces = [f.apply([{ kind: 'point', node: u }]), h.apply([{ kind: 'point', node: Ku }])];
    const node = problem.level.goals[0].node;
    if (node === undefined) throw new Error('no goal');
    const constant = title === 'maximised' ? -3 : 0;
    for (let k = 0; k < 4; k++) {
      const at = random(columns);
      const point: Record<string, ReturnType<typeof numbers>> = { u: numbers(at) };
      for (const { variable, offset } of x.parts) {
        const shape = variable.shape.map(({ key }) => Number(key));
        const size = shape.reduce((a, c) => a * c, 1);
        const start = Number(offset.key);
        point[`variable:${variable.name}`] = numbers(at.slice(start, start + size), shape);
      }
      const { values } = interpret([node, ...pieces], { inputs: { ...given, ...point } });
      const [whole, first, second] = values.map((value) => value.data[0]);
      const minimised = title === 'maximised' ? -whole : whole;
      expect(first + second + constant).toBeCloseTo(minimised, 10);
    }
  });

  test("K' is the transpose of K, and the matrix both", () => {
    const u = graph.input('u', 'state', realType([x.size]));
    const y = graph.input('y', 'state', realType([K.rows]));
    for (let k = 0; k < 3; k++) {
      const [at, along] = [random(columns), random(rows)];
      const { values } = interpret([K.apply(u), K.applyTransposed(y), K.matrix()], {
        inputs: { ...given, u: numbers(at), y: numbers(along) },
      });
      const [Ku, Kty, matrix] = values.map((value) => [...value.data]);
      expect(dot(Ku, along)).toBeCloseTo(dot(at, Kty), 10);
      const product = Array.from({ length: rows }, (_, i) =>
        dot(matrix.slice(i * columns, (i + 1) * columns), at),
      );
      product.forEach((entry, i) => expect(entry).toBeCloseTo(Ku[i], 10));
    }
  });
});
