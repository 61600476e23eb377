// A lowered problem against the plain walk over its typed tree.
import { expect } from 'vitest';
import type { Relation } from '../../compiler/problem/problem.ts';
import type { TypedExpression } from '../../compiler/model/types.ts';
import { evaluateDim } from '../../compiler/tensor/dim.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';
import { NotPlain, plainEvaluator, type Plain, type PlainEvaluator } from './plain-evaluator.ts';
import { tensor, type Given } from './support.ts';

/** Numbers within the bounds, different for every entry. */
function somewhere(given: Given): Record<string, DenseTensor> {
  const { problem } = given;
  const point: Record<string, DenseTensor> = {};
  for (const variable of problem.level.variables) {
    const shape = variable.shape.map((dim) => evaluateDim(dim, allSizes(given)) ?? 0);
    const count = shape.reduce((a, b) => a * b, 1);
    const bound = (node: Node | undefined): Float64Array | undefined =>
      node === undefined ? undefined : given.value(node).data;
    const [low, high] = [bound(variable.lower?.node), bound(variable.upper?.node)];
    point[variable.name] = tensor(
      shape,
      Array.from({ length: count }, (_, k) => {
        const free = 0.4 + 0.35 * Math.sin(2.3 * k + variable.name.length);
        const [l, h] = [low?.[k], high?.[k]];
        if (l !== undefined && h !== undefined) return l + (h - l) * free;
        if (l !== undefined) return l + free;
        return h !== undefined ? h - free : free;
      }),
    );
  }
  return point;
}

const allSizes = (given: Given): Record<string, number> => {
  const sizes: Record<string, number> = { ...given.sizes };
  for (const { symbol, from } of given.problem.sizes)
    if (from.kind === 'compress') sizes[symbol] = given.value(from.node).shape[0];
  return sizes;
};

function expectSame(actual: DenseTensor, expected: Plain, what: string): void {
  expect(actual.data.length, `${what}: entries`).toBe(expected.data.length);
  const scale = Math.max(1, ...expected.data.map((v) => (Number.isFinite(v) ? Math.abs(v) : 0)));
  expected.data.forEach((value, k) => {
    if (Number.isNaN(value)) expect(actual.data[k], `${what}[${k}]`).toBeNaN();
    else
      expect(
        Math.abs(actual.data[k] - value) / scale,
        `${what}[${k}]: ${actual.data[k]} for ${value}`,
      ).toBeLessThan(1e-9);
  });
}

/** Runs a comparison unless the plain evaluator does not know a construct. */
function plainly(run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof NotPlain) return false;
    throw error;
  }
}

const residuals = (relation: Relation): readonly Node[] => {
  switch (relation.kind) {
    case 'equal':
    case 'lessEqual':
      return [relation.residual];
    case 'complements':
      return [relation.left, relation.right];
    case 'variational':
      return [relation.operator];
    case 'in':
      return [relation.value];
    case 'implies':
    case 'robust':
    case 'chance':
      return [];
  }
};

export function compareProblem(given: Given, options: { readonly goals: boolean }): void {
  const { problem, model } = given;
  const plainInputs = new Map<string, Plain>();
  for (const item of problem.data)
    if (item.value.kind === 'file' || item.value.kind === 'draw')
      plainInputs.set(item.name, {
        ...given.inputs[item.name],
        data: [...given.inputs[item.name].data],
      });
  if (!options.goals) return;
  const point = somewhere(given);
  for (const [name, value] of Object.entries(point))
    plainInputs.set(name, { shape: value.shape, data: [...value.data] });
  const plain = plainEvaluator({ problem: model, given: plainInputs });

  for (const item of model.inputs)
    plainly(() => {
      const expected = plain.declared(item);
      expectSame(given.inputs[item.key], expected, item.key);
    });

  problem.level.goals.forEach((goal, k) => {
    const typed = model.level.goals[k];
    if (goal.node === undefined || typed.value === undefined || goal.player !== undefined) return;
    const { node } = goal;
    const { value } = typed;
    plainly(() => {
      const expected = plain.value(value);
      expectSame(given.value(node, point), expected, `goal ${k + 1}`);
      if (node.type.shape.length > 0) return;
      const sum = goal.terms.reduce(
        (total, term) => total + given.value(term.node, point).data[0],
        0,
      );
      expectSame(tensor([], [sum]), expected, `terms of goal ${k + 1}`);
    });
  });

  for (const metric of model.metrics)
    plainly(() => {
      const lowered = problem.metrics.find(({ name }) => name === metric.name);
      if (lowered === undefined) throw new Error(metric.name);
      const expected = plain.value(metric.value);
      expectSame(given.value(lowered.node, point), expected, metric.name);
    });

  compareConstraints(given, plain, point);
}

function compareConstraints(
  given: Given,
  plain: PlainEvaluator,
  point: Readonly<Record<string, DenseTensor>>,
): void {
  let at = 0;
  for (const constraint of given.model.level.constraints) {
    const lowered = given.problem.level.constraints.slice(at, at + constraint.relations.length);
    at += constraint.relations.length;
    const bindings = constraint.quantifiers.flatMap(({ bindings: all }) => all);
    const indices = bindings.filter((b) => b.kind === 'in');
    if (indices.length < bindings.length) continue;
    const wheres = constraint.quantifiers.flatMap(({ where }) =>
      where === undefined ? [] : [where],
    );
    if (wheres.length > 1) continue;
    constraint.relations.forEach((relation, k) => {
      const parts: readonly (readonly [TypedExpression, TypedExpression | undefined])[] =
        relation.kind === 'equal' || relation.kind === 'lessEqual'
          ? [[relation.left, relation.right]]
          : relation.kind === 'complements'
            ? [
                [relation.left, undefined],
                [relation.right, undefined],
              ]
            : relation.kind === 'variational'
              ? [[relation.operator, undefined]]
              : relation.kind === 'in'
                ? [[relation.value, undefined]]
                : [];
      const nodes = residuals(lowered[k].relation);
      parts.forEach(([left, right], j) => {
        plainly(() => {
          const rows: number[] = [];
          plain.over(indices, wheres[0], (value) => {
            const a = value(left);
            const b = right === undefined ? { shape: [], data: [0] } : value(right);
            const length = Math.max(a.data.length, b.data.length);
            for (let e = 0; e < length; e++)
              rows.push(
                (a.data.length === 1 ? a.data[0] : a.data[e]) -
                  (b.data.length === 1 ? b.data[0] : b.data[e]),
              );
          });
          const actual = given.value(nodes[j], point);
          expectSame(actual, { shape: actual.shape, data: rows }, constraint.name ?? 'constraint');
        });
      });
    });
  }
}
