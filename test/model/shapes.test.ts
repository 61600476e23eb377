// Random expressions: the model and a tiny evaluator on numbers agree on which are well shaped, and on their shapes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isError } from '../../grammar/diagnostic.ts';
import { parse } from '../../grammar/parse.ts';
import { makeSource } from '../../grammar/source.ts';
import { buildModel } from '../../compiler/model/model.ts';
import { constantValue } from '../../compiler/tensor/dim.ts';
import { evaluate, Misfit, tensor, type Value } from './evaluate.ts';

/** Data of all small shapes, by names like `v2_3`. */
const sizes = [2, 3, 4];
const shapes: readonly (readonly number[])[] = [
  [],
  ...sizes.map((n) => [n]),
  ...sizes.flatMap((m) => sizes.map((n) => [m, n])),
];
const nameOf = (shape: readonly number[]): string => `v${shape.join('_')}`;

const size = fc.constantFrom(...sizes);
type Shape = readonly number[];
type Text = fc.Arbitrary<string>;

/** Expressions of a given shape. */
function ofShape(shape: Shape, depth: number): Text {
  const leaf = fc.constant(nameOf(shape));
  if (depth === 0) return leaf;
  const sub = (s: Shape): Text => ofShape(s, depth - 1);
  const pair = (a: Shape, b: Shape, op: string): Text =>
    fc.tuple(sub(a), sub(b)).map(([x, y]) => `(${x} ${op} ${y})`);
  const options: Text[] = [
    leaf,
    pair(shape, shape, '+'),
    pair(shape, [], '-'),
    pair([], shape, '*'),
    pair(shape, shape, '.*'),
    sub(shape).map((x) => `exp(${x})`),
    sub(shape).map((x) => `(-${x})`),
  ];
  const [m, n] = shape;
  if (shape.length === 0) {
    options.push(
      size.chain((k) => fc.tuple(sub([k]), sub([k])).map(([x, y]) => `((${x})' * (${y}))`)),
      size.chain((k) => sub([k]).map((x) => `sum(${x})`)),
      fc.tuple(size, size).chain(([k, l]) => sub([k, l]).map((x) => `sumsq(${x})`)),
      fc.tuple(size, size).chain(([k, l]) => sub([k, l]).map((x) => `(${x})[${k}, 1]`)),
      size.chain((k) => sub([k]).map((x) => `(sum(i in 1..${k}) (${x})[i])`)),
    );
  } else if (shape.length === 1) {
    options.push(
      size.chain((k) => pair([m, k], [k], '*')),
      size.chain((k) => sub([k, m]).map((x) => `sum(${x}, axis = 1)`)),
      size.chain((k) => sub([m, k]).map((x) => `(${x})[:, ${k}]`)),
      size.chain((k) => fc.tuple(sub([k]), sub([k, m])).map(([x, y]) => `((${x})' * ${y})'`)),
      sub([]).map((x) => `[${x} + i for i in 1..${m}]`),
      fc.tuple(sub([]), sub([])).chain(([x, y]) => (m === 2 ? fc.constant(`[${x}, ${y}]`) : leaf)),
      sub([m]).map((x) => (m === 4 ? `vcat((${x})[1..2], (${x})[3..4])` : `(${x})`)),
    );
  } else {
    options.push(
      size.chain((k) => pair([m, k], [k, n], '*')),
      sub([n, m]).map((x) => `(${x})'`),
      fc.tuple(sub([m]), sub([n])).map(([x, y]) => `((${x}) * (${y})')`),
      pair(shape, [n], '.+'),
      sub([n]).map((x) => `[i*(${x}) for i in 1..${m}]`),
      sub([]).map((x) => `[${x} + i*j for i in 1..${m}, j in 1..${n}]`),
    );
  }
  return fc.oneof(...options);
}

const anyShape = fc.constantFrom(...shapes);
const wellShaped = anyShape.chain((s) => ofShape(s, 3).map((text) => ({ text, shape: s })));

function model(text: string): {
  errors: string[];
  shape: readonly (number | undefined)[] | undefined;
} {
  const data = shapes.map(
    (s) => `  data ${nameOf(s)} : real${s.length === 0 ? '' : `[${s.join(', ')}]`}`,
  );
  const program = `problem p {\n${data.join('\n')}\n  var x : real\n  let result = ${text}\n  minimize x^2\n}`;
  const { model: built, diagnostics } = buildModel({
    id: 'p',
    ast: parse(makeSource(0, 'p', program)).file,
  });
  const found = built.problems[0]?.level.lets[0];
  return {
    errors: diagnostics.filter(isError).map((d) => `${d.code} ${d.message}`),
    shape: found?.type.shape.map((a) => constantValue(a.size)),
  };
}

const environment = new Map(shapes.map((s) => [nameOf(s), tensor(s)]));

/** The value, or undefined where the expression makes no sense. */
function byNumbers(text: string): Value | undefined {
  const program = `problem p {\n  let result = ${text}\n}`;
  const [problem] = parse(makeSource(0, 'p', program)).file.declarations;
  const member = problem?.kind === 'Problem' ? problem.members[0] : undefined;
  if (member?.kind !== 'Let') throw new Error(`not read: ${text}`);
  try {
    return evaluate(member.value, environment);
  } catch (e) {
    if (e instanceof Misfit) return undefined;
    throw e;
  }
}

const runs = process.env.DOTOPT_LONG === undefined ? 500 : 20_000;

describe('random expressions', () => {
  it('have the shape that the numbers have', () => {
    fc.assert(
      fc.property(wellShaped, ({ text, shape }) => {
        expect(byNumbers(text)?.shape).toEqual(shape);
        const { errors, shape: typed } = model(text);
        expect(errors).toEqual([]);
        expect(typed).toEqual(shape);
      }),
      { numRuns: runs },
    );
  });

  it('with one name changed are wrong exactly when the numbers do not fit', () => {
    const changed = fc.tuple(wellShaped, fc.nat(), anyShape).map(([{ text }, at, shape]) => {
      const names = [...text.matchAll(/\bv[\d_]*\b/g)];
      const one = names[at % names.length];
      const start = one?.index ?? 0;
      return text.slice(0, start) + nameOf(shape) + text.slice(start + (one?.[0].length ?? 0));
    });
    fc.assert(
      fc.property(changed, (text) => {
        const expected = byNumbers(text);
        const { errors, shape } = model(text);
        if (expected === undefined) expect(errors).not.toEqual([]);
        else {
          expect(errors).toEqual([]);
          expect(shape).toEqual(expected.shape);
        }
      }),
      { numRuns: runs },
    );
  });
});
