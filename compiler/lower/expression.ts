// Typed expressions to tensor IR, lane by lane: inside a binder a bound index is a scalar parameter, and the binder makes all lanes at once
// (vectorize/). What stands for each built-in is in atoms.md.
import type { TypedExpression, TypedKind } from '../model/types.ts';
import { constantDim, type Dim } from '../tensor/dim.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { lowerBinder, lowerComprehension, lowerMap } from './binder.ts';
import { branch } from './branch.ts';
import { innerProduct, lowerCall, multiBuilders } from './calls.ts';
import {
  conditionally,
  elementOf,
  notYet,
  shapeOf,
  withLocals,
  type Lowering,
  type Scope,
} from './context.ts';
import { lowerDerivative, targetsIn } from './differentiate.ts';
import { lowerElementwise } from './elementwise.ts';
import { lowerIndexed } from './indexing.ts';
import { lowerImplicit, lowerRecurrence } from './recurrence.ts';
import { lowerNorm, lowerReduce } from './reductions.ts';
import { countOf, isMember } from './sets.ts';
import { substituteIn } from '../tensor/substitute.ts';

type NodeOfKind<K extends TypedKind> = Extract<TypedExpression, { readonly kind: K }>;
type Rules = {
  readonly [K in TypedKind]: (lowering: Lowering, node: NodeOfKind<K>, scope: Scope) => Node;
};

const rules: Rules = {
  number: ({ graph }, { value }) => graph.constant(value),
  bool: ({ graph }, { value }) => graph.eq(graph.constant(value ? 1 : 0), 1),
  text: (_, { span }) => {
    throw new InternalError(`a text is no value (at ${span.start})`);
  },
  label: (lowering, node) =>
    node.position === undefined
      ? notYet(lowering, `the label "${node.label}" of a set read from a file`, node.span)
      : lowering.graph.constant(node.position),
  size: ({ graph }, { dim }) => graph.size(dim),
  range: ({ graph }, { type, first }) => graph.iota(type.shape[0].size, first),
  reference: (_, { to, leading }, scope) => scope.resolve(to, leading, scope),
  local: (_, { local }, { locals }) => bound(locals.get(local), local.name),
  index: (_, { index }, { locals }) => bound(locals.get(index), index.name),
  elementwise: lowerElementwise,
  product: ({ graph, lower }, { form, left, right }, scope) => {
    const [a, b] = [lower(left, scope), lower(right, scope)];
    if (form === 'inner') return innerProduct(graph, a, b);
    return form === 'outer' ? graph.outer(a, b) : graph.matmul(a, b);
  },
  solve: ({ graph, lower }, { form, matrix, right }, scope) => {
    const [A, b] = [lower(matrix, scope), lower(right, scope)];
    return form === 'square' ? graph.solve(A, b) : graph.leastSquares(A, b);
  },
  matrixPower: ({ graph, lower }, { matrix, exponent }, scope) =>
    matrixPower(graph, lower(matrix, scope), exponent),
  transpose: (lowering, { operand, conjugate, span, type }, scope) => {
    if (conjugate) return notYet(lowering, 'complex numbers', span, shapeOf(type));
    const x = lowering.lower(operand, scope);
    const axes = x.type.shape.map((_, k) => k);
    return lowering.graph.transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
  },
  indexed: lowerIndexed,
  reduce: lowerReduce,
  norm: lowerNorm,
  call: lowerCall,
  reshape: ({ graph, lower }, { operand, type }, scope) =>
    graph.reshape(lower(operand, scope), shapeOf(type)),
  join: ({ graph, lower }, { items, axis }, scope) =>
    graph.concat(
      items.map((item) => lower(item, scope)),
      axis,
    ),
  tensor: ({ graph, lower }, { items, type }, scope) =>
    stacked(
      graph,
      items.map((item) => lower(item, scope)),
      shapeOf(type),
    ),
  comprehension: lowerComprehension,
  binder: lowerBinder,
  conditional: (lowering, { condition, then, otherwise }, scope) => {
    const { graph, lower } = lowering;
    const test = lower(condition, scope);
    const inside = conditionally(scope);
    const known = constantTest(test);
    if (known !== undefined) return lower(known ? then : otherwise, scope);
    return branch(graph, test, lower(then, inside), lower(otherwise, inside));
  },
  membership: (lowering, { values, set }, scope) =>
    isMember(
      lowering,
      set,
      values.map((value) => lowering.lower(value, scope)),
      scope,
    ),
  let: (lowering, { bindings, body }, scope) => {
    const { graph, lower } = lowering;
    const targets = targetsIn(lowering, body);
    let inner = scope;
    const opaque: (readonly [Node, Node])[] = [];
    for (const { local, value } of bindings) {
      const node = lower(value, inner);
      // What a derivative is taken by stands for itself within the body.
      const parameter = targets.has(local) ? graph.parameter(node.type, local.name) : undefined;
      if (parameter !== undefined) opaque.unshift([parameter, node]);
      inner = withLocals(inner, [[local, parameter ?? node]]);
    }
    return opaque.reduce(
      (made, [parameter, node]) => substituteIn(graph, made, new Map([[parameter, node]])),
      lower(body, inner),
    );
  },
  map: lowerMap,
  part: (lowering, { of, index }, scope) => multiResults(lowering, of, scope)[index],
  derivative: lowerDerivative,
  stop: ({ graph, lower }, { operand }, scope) => graph.stop(lower(operand, scope)),
  dual: ({ graph }, { constraint, type }) =>
    graph.input(constraint.name ?? '', 'dual', {
      element: 'real',
      shape: shapeOf(type),
      storage: 'dense',
    }),
  oracle: (lowering, node, scope) =>
    scope.pattern === undefined
      ? notYet(lowering, `${node.name} in a problem`, node.span, shapeOf(node.type))
      : scope.pattern.oracle(node, scope),
  patternCall: (_, node, scope) => hooks(scope).call(node, scope),
  patternMap: (_, { map }, scope) => hooks(scope).map(map),
  applyMap: ({ lower }, { map, transposed, operand }, scope) =>
    hooks(scope).applyMap(map, transposed, lower(operand, scope)),
  exchange: (_, node, scope) => hooks(scope).exchange(node, scope),
  count: (lowering, { set, span }, scope) =>
    lowering.graph.size(countOf(lowering, set, scope, span)),
  iteration: ({ graph }) =>
    graph.input('iteration', 'iteration', { element: 'int', shape: [], storage: 'dense' }),
  column: (_, { column }, scope) => scope.column(column),
  measurement: (lowering, node, scope) =>
    scope.measurement === undefined
      ? notYet(lowering, `${node.fn} outside of a comparison`, node.span)
      : scope.measurement(node),
  unknown: () => {
    throw new InternalError('an expression that has no type');
  },
};

export function lowerExpression(lowering: Lowering, node: TypedExpression, scope: Scope): Node {
  // Not worth remembering, or remembered by what they refer to.
  if (
    node.kind === 'number' ||
    node.kind === 'local' ||
    node.kind === 'index' ||
    node.kind === 'reference'
  )
    return lowerOne(lowering, node, scope);
  const memo = memoOf(lowering, scope);
  const known = memo.get(node);
  if (known !== undefined) return known;
  // A long chain of operators is deep on its left: its operands are lowered from the bottom, so that no recursion goes deep.
  const left = leftOf(node);
  if (left !== undefined && !memo.has(left)) lowerSpine(lowering, left, scope, memo);
  const made = lowerOne(lowering, node, scope);
  memo.set(node, made);
  return made;
}

function lowerSpine(
  lowering: Lowering,
  top: TypedExpression,
  scope: Scope,
  memo: Map<TypedExpression, Node>,
): void {
  const spine: TypedExpression[] = [];
  for (
    let at: TypedExpression | undefined = top;
    at !== undefined && !memo.has(at);
    at = leftOf(at)
  )
    spine.push(at);
  for (let at = spine.pop(); at !== undefined; at = spine.pop())
    memo.set(at, lowerOne(lowering, at, scope));
}

/** The first operand, where it is an operator itself. */
function leftOf(node: TypedExpression): TypedExpression | undefined {
  if (node.kind !== 'elementwise' || node.args.length === 0) return undefined;
  const [left] = node.args;
  return left.kind === 'elementwise' ? left : undefined;
}

function lowerOne(lowering: Lowering, node: TypedExpression, scope: Scope): Node {
  const made = apply(rules, lowering, node, scope);
  const element = elementOf(node.type.element);
  if (element === 'real' || element === 'int' || element === 'bool')
    lowering.graph.setOrigin(made, node.span);
  return made;
}

function memoOf(lowering: Lowering, scope: Scope): Map<TypedExpression, Node> {
  const known = lowering.memo.get(scope);
  if (known !== undefined) return known;
  const made = new Map<TypedExpression, Node>();
  lowering.memo.set(scope, made);
  return made;
}

function apply<K extends TypedKind>(
  table: {
    readonly [P in K]: (lowering: Lowering, node: NodeOfKind<P>, scope: Scope) => Node;
  },
  lowering: Lowering,
  node: { [P in K]: NodeOfKind<P> & { readonly kind: P } }[K],
  scope: Scope,
): Node {
  const rule: (lowering: Lowering, node: NodeOfKind<K>, scope: Scope) => Node = table[node.kind];
  return rule(lowering, node, scope);
}

function bound(node: Node | undefined, name: string): Node {
  if (node === undefined) throw new InternalError(`${name} is not bound`);
  return node;
}

function hooks(scope: Scope): NonNullable<Scope['pattern']> {
  if (scope.pattern === undefined) throw new InternalError('a pattern outside of a method');
  return scope.pattern;
}

/** The truth of a condition on constants. */
function constantTest(node: Node): boolean | undefined {
  if (isOp(node, 'constant')) return node.attributes.value !== 0;
  if (!isOp(node, 'binary')) return undefined;
  const [a, b] = node.args;
  if (!isOp(a, 'constant') || !isOp(b, 'constant')) return undefined;
  const [x, y] = [a.attributes.value, b.attributes.value];
  const { fn } = node.attributes;
  if (fn === 'eq') return x === y;
  if (fn === 'ne') return x !== y;
  if (fn === 'le') return x <= y;
  return fn === 'lt' ? x < y : undefined;
}

/** Numbers as one literal, all else stacked along a new first axis. */
function stacked(graph: Graph, items: readonly Node[], shape: readonly Dim[]): Node {
  if (items.length === 0) return graph.zeros(shape);
  const values = items.map(literalValues);
  const flat = values.every((v) => v !== undefined) ? values.flat() : undefined;
  if (flat !== undefined && flat.length > 0)
    return graph.literal(
      flat.filter((v) => v !== undefined),
      [constantDim(items.length), ...items[0].type.shape],
    );
  return graph.stack(items);
}

function literalValues(node: Node): readonly number[] | undefined {
  if (isOp(node, 'constant')) return [node.attributes.value];
  return isOp(node, 'literal') ? node.attributes.values : undefined;
}

function matrixPower(graph: Graph, A: Node, exponent: number): Node {
  const size = A.type.shape[0];
  if (exponent < 0) return graph.solve(matrixPower(graph, A, -exponent), graph.eye(size));
  if (exponent === 0) return graph.eye(size);
  if (exponent === 1) return A;
  const half = matrixPower(graph, A, Math.floor(exponent / 2));
  const square = graph.matmul(half, half);
  return exponent % 2 === 0 ? square : graph.matmul(square, A);
}

type Multi = Parameters<typeof lowerRecurrence>[1] | Parameters<typeof lowerImplicit>[1];

function multiResults(
  lowering: Lowering,
  multi: NodeOfKind<'part'>['of'],
  scope: Scope,
): readonly Node[] {
  const known = lowering.multis.get(multi) ?? [];
  const found = known.find((entry) => entry.scope === scope);
  if (found !== undefined) return found.nodes;
  const nodes =
    multi.kind === 'multi'
      ? multiBuilders[multi.name](lowering.graph, lowering.lower(multi.args[0], scope))
      : regionResults(lowering, multi, scope);
  lowering.multis.set(multi, [...known, { scope, nodes }]);
  return nodes;
}

const regionResults = (lowering: Lowering, multi: Multi, scope: Scope): readonly Node[] =>
  multi.kind === 'recurrence'
    ? lowerRecurrence(lowering, multi, scope)
    : lowerImplicit(lowering, multi, scope);
