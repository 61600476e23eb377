// Roots, fixpoints and minimizers: the equation becomes a function that a kernel of the runtime calls.
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { assign, hintOf } from './materialize.ts';
import type { Planner } from './planner.ts';
import type { Target } from './target.ts';

export type ImplicitNode = Node<'root'> | Node<'fixpoint'> | Node<'minimizer'>;

export const isImplicit = (node: Node): node is ImplicitNode =>
  isOp(node, 'root') || isOp(node, 'fixpoint') || isOp(node, 'minimizer');

function equationOf(node: ImplicitNode): {
  readonly kernel: string;
  readonly region: Node<'root'>['attributes']['residual'];
} {
  if (isOp(node, 'root')) return { kernel: 'findRoot', region: node.attributes.residual };
  if (isOp(node, 'fixpoint')) return { kernel: 'findFixpoint', region: node.attributes.map };
  return { kernel: 'findMinimizer', region: node.attributes.objective };
}

/** The target begins as the start and ends as the solution. */
export function planImplicit(planner: Planner, node: ImplicitNode): Target {
  const { unit } = planner;
  const { kernel, region } = equationOf(node);
  const [start] = node.args;
  const [parameter] = region.parameters;
  const [result] = region.results;
  const solution = unit.newTarget({
    hint: hintOf(planner, node),
    shape: node.type.shape,
    boxed: node.type.shape.length === 0,
  });
  assign(planner, solution, start, (index) => index);
  const name = unit.names.fresh(parameter.attributes.name === '' ? 'z' : parameter.attributes.name);
  unit.targets.set(
    parameter.id,
    unit.newTarget({ hint: name, shape: parameter.type.shape, given: { kind: 'array', name } }),
  );
  const out = unit.names.fresh('out');
  const value = unit.newTarget({
    hint: out,
    shape: result.type.shape,
    given: { kind: 'array', name: out },
  });
  const inner = planner.inner(unit.placement.regionPlace(node, region));
  inner.store(value, result);
  const plan = inner.finish();
  const own = [solution, value];
  planner.add({
    kind: 'opaque',
    id: unit.nextId(),
    writes: [solution],
    reads: [solution, ...[...plan.reads].filter((target) => !own.includes(target))],
    scalars: [],
    emit: (emitter) =>
      emitter.push({
        kind: 'closure',
        name: kernel,
        before: [emitter.array(solution)],
        functions: [{ parameters: [name, out], body: emitter.inner(plan).statements }],
      }),
  });
  return solution;
}
