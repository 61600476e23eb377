// `fold`, `scan`, `root`, `fixpoint`, `minimizer`.
import { jac } from '../derive/jac.ts';
import { grad } from '../derive/grad.ts';
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import type { IndexBinding, Local, Multi } from '../model/types.ts';
import { addDims, constantDim, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { dependents, dependsOn, postorder } from '../tensor/visit.ts';
import { branch } from './branch.ts';
import { notYet, shapeOf, withLocals, type Lowering, type Scope } from './context.ts';
import { actualSet, bindAt, countOf } from './sets.ts';

type Recurrence = Extract<Multi, { readonly kind: 'recurrence' }>;
type Implicit = Extract<Multi, { readonly kind: 'implicit' }>;

/** How often a binding binds: a size, or an int scalar known only as the program runs. */
export function timesOf(lowering: Lowering, binding: IndexBinding, scope: Scope): Dim | Node {
  const set = actualSet(binding.set);
  const { elements } = set;
  if (set.size !== undefined || scope.batches.has(set) || elements.kind !== 'range')
    return countOf(lowering, set, scope, binding.span);
  const { graph, lower } = lowering;
  const [from, to] = [lower(elements.from, scope), lower(elements.to, scope)];
  return graph.max(graph.add(graph.sub(to, from), 1), 0);
}

/** A scope in which the binding's names stand for the element that a loop's index addresses. */
export function bindLoop(
  lowering: Lowering,
  binding: IndexBinding,
  index: Node,
  times: Dim | Node,
  scope: Scope,
): Scope {
  if ('monomials' in times) {
    lowering.extents.set(index, times);
    lowering.full.add(index);
  }
  return bindAt(lowering, binding, index, { ...scope, counters: [...scope.counters, index] });
}

export function lowerRecurrence(
  lowering: Lowering,
  multi: Recurrence,
  scope: Scope,
): readonly Node[] {
  const { graph, lower } = lowering;
  const { bindings, starts, states, steps, where, op } = multi;
  const shapes = multi.states.map((state) => shapeOf(state.type));
  const inits = starts.map((start, k) => filled(graph, lower(start, scope), shapes[k]));
  const [binding, ...inner] = bindings;
  if (inner.length > 0)
    return multi.types.map((type) =>
      notYet(lowering, `a ${op} over several indices`, multi.span, shapeOf(type)),
    );
  const times = timesOf(lowering, binding, scope);
  const { states: last, stacked } = graph.loop(times, inits, (index, ...values) => {
    const bound = bindLoop(lowering, binding, index, times, scope);
    const here = withLocals(
      bound,
      states.map((state, k): readonly [Local, Node] => [state, values[k]]),
    );
    const next = steps.map((step, k) => filled(graph, lower(step, here), shapes[k]));
    const kept =
      where === undefined
        ? next
        : next.map((value, k) => branch(graph, lower(where, here), value, values[k]));
    return { next: kept, stacked: op === 'scan' ? kept : [] };
  });
  return op === 'scan' ? stacked : last;
}

const filled = (graph: Graph, node: Node, shape: readonly Dim[]): Node =>
  node.type.shape.length === 0 ? graph.full(node, shape) : node;

export function lowerImplicit(lowering: Lowering, multi: Implicit, scope: Scope): readonly Node[] {
  const { graph, lower } = lowering;
  const { op, states, starts, bodies, domain } = multi;
  const shapes = states.map((state) => shapeOf(state.type));
  if (domain !== undefined)
    return shapes.map((shape) => notYet(lowering, 'a minimizer over a set', multi.span, shape));
  const inits = starts.map((start, k) => filled(graph, lower(start, scope), shapes[k]));
  const single = states.length === 1;
  const start = single ? inits[0] : pack(graph, inits);
  const valueOf = (z: Node): Node => {
    const values = single ? [z] : unpack(graph, z, shapes);
    const inner = withLocals(
      scope,
      states.map((state, k): readonly [Local, Node] => [state, values[k]]),
    );
    const made = bodies.map((body, k) =>
      op === 'minimizer' ? lower(body, inner) : filled(graph, lower(body, inner), shapes[k]),
    );
    const value = single || op === 'minimizer' ? made[0] : pack(graph, made);
    return scope.pattern === undefined ? value : withoutCalls(graph, value, z);
  };
  const found = solved(graph, op, start, valueOf) ?? graph[op](start, valueOf);
  const solution = scope.pattern === undefined ? found : graph.oracle(found, 'solves', op);
  return single ? [solution] : unpack(graph, solution, shapes);
}

/** The equation without counted calls at z: in a method it counts as one solve, whatever it evaluates. */
function withoutCalls(graph: Graph, value: Node, z: Node): Node {
  const dependent = dependents([value], [z]);
  const bare = new Map<Node, Node>();
  // Inner calls first: the argument of a projection may be a step along a gradient.
  for (const node of postorder([value]))
    if (node.op === 'oracle' && dependent.has(node.id))
      bare.set(node, substituteIn(graph, node.args[0], bare));
  return substituteIn(graph, value, bare);
}

/** All entries of several states as one vector. */
const pack = (graph: Graph, nodes: readonly Node[]): Node =>
  graph.concat(
    nodes.map((node) => graph.flatten(node)),
    0,
  );

function unpack(graph: Graph, packed: Node, shapes: readonly (readonly Dim[])[]): readonly Node[] {
  let offset = constantDim(0);
  return shapes.map((shape) => {
    const size = productOfDims(shape);
    const part = graph.reshape(graph.sliceAxis(packed, 0, offset, size), shape);
    offset = addDims(offset, size);
    return part;
  });
}

/** Where the equation is linear in z its solution is one linear solve; undefined where it is not. */
function solved(
  graph: Graph,
  op: Implicit['op'],
  start: Node,
  valueOf: (z: Node) => Node,
): Node | undefined {
  const z = graph.parameter(irReal(start), 'z');
  const size = productOfDims(start.type.shape);
  try {
    const value = valueOf(z);
    const residual =
      op === 'minimizer' ? grad(graph, value, z) : op === 'fixpoint' ? graph.sub(z, value) : value;
    const matrix = graph.reshape(jac(graph, residual, z), [size, size]);
    if (dependsOn(matrix, [z])) return undefined;
    const atZero = substituteIn(graph, residual, new Map([[z, graph.zeros(start.type.shape)]]));
    const right = graph.neg(graph.flatten(atZero));
    if (start.type.shape.length === 0)
      return graph.div(graph.at(right, 0, 0), graph.at(graph.flatten(matrix), 0, 0));
    return graph.reshape(graph.solve(matrix, right), start.type.shape);
  } catch (error) {
    if (error instanceof NotDifferentiable) return undefined;
    throw error;
  }
}

const irReal = (start: Node): Node['type'] => ({
  element: 'real',
  shape: start.type.shape,
  storage: 'dense',
});
