// `grad(e, x)` and its kin. The name is made a leaf of its own for the expression, so that the derivative is by the name, not by whatever else
// has the same value.
import { NotDifferentiable } from '../derive/not-differentiable.ts';
import { childrenOf } from '../model/children.ts';
import type {
  Declaration,
  DerivativeNode,
  IndexedNode,
  Local,
  LocalNode,
  Reference,
  TypedExpression,
} from '../model/types.ts';
import type { VariablePart } from '../model/method-types.ts';
import { InternalError } from '../tensor/internal-error.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { shapeOf, withLocals, type Lowering, type Scope } from './context.ts';
import { gradOf, hessOf, hvpOf, jacOf, jvpOf, laplacianOf } from './derivative.ts';
import { placesOf, putPlaces, takePlaces } from './indexing.ts';
import { report } from './messages.ts';

export function lowerDerivative(lowering: Lowering, node: DerivativeNode, scope: Scope): Node {
  const { graph, diagnostics } = lowering;
  try {
    return node.target.kind === 'indexed'
      ? byEntry(lowering, node, node.target, scope)
      : byName(lowering, node, node.target, scope);
  } catch (error) {
    if (!(error instanceof NotDifferentiable)) throw error;
    const span = graph.origin(error.node) ?? node.span;
    diagnostics.push(report('P202', span, { reason: error.reason }));
    return graph.full(Number.NaN, shapeOf(node.type));
  }
}

type Named = Reference | LocalNode;

function byName(lowering: Lowering, node: DerivativeNode, target: Named, scope: Scope): Node {
  const { lower } = lowering;
  if (target.kind === 'reference' && target.to.kind === 'part' && node.op === 'grad')
    return byPart(lowering, node, target.to, scope);
  const { leaf, inner, back } = asLeaf(lowering, target, scope);
  const expression = scope.expose(lower(node.expression, inner), leaf);
  const direction = node.direction === undefined ? undefined : lower(node.direction, scope);
  return back(derive(lowering, node.op, expression, leaf, direction));
}

/** By one of the variables that a pattern variable stands for: a block of the gradient by the whole. */
function byPart(
  { graph, lower }: Lowering,
  node: DerivativeNode,
  part: VariablePart,
  scope: Scope,
): Node {
  const { pattern } = scope;
  if (pattern === undefined) throw new InternalError(`${part.name} outside of a method`);
  const whole = pattern.wholeOf(part, scope);
  return pattern.partOf(
    part,
    gradOf(graph, scope.expose(lower(node.expression, scope), whole), whole),
  );
}

/** By an entry or a part: `x[i]`. */
function byEntry(
  lowering: Lowering,
  node: DerivativeNode,
  target: IndexedNode,
  scope: Scope,
): Node {
  const { graph, lower } = lowering;
  const { operand } = target;
  if (operand.kind !== 'reference' && operand.kind !== 'local')
    throw new NotDifferentiable(graph.constant(0), 'the target is no name');
  const whole = asLeaf(lowering, operand, scope);
  const places = placesOf(lowering, whole.leaf, target.subscripts, scope, target.span);
  if (node.op === 'grad') {
    const expression = scope.expose(lower(node.expression, whole.inner), whole.leaf);
    const gradient = gradOf(graph, expression, whole.leaf);
    return whole.back(takePlaces(lowering, gradient, places));
  }
  const part = takePlaces(lowering, whole.leaf, places);
  const entry = graph.parameter({ ...part.type, element: 'real' }, 'entry');
  const moved = putPlaces(lowering, whole.leaf, entry, places);
  const inner = override(lowering, operand, whole.inner, moved);
  const expression = scope.expose(lower(node.expression, inner), entry);
  const direction = node.direction === undefined ? undefined : lower(node.direction, scope);
  const made = derive(lowering, node.op, expression, entry, direction);
  return whole.back(substituteIn(graph, made, new Map([[entry, part]])));
}

interface Leaf {
  readonly leaf: Node;
  /** Where the name stands for the leaf. */
  readonly inner: Scope;
  /** Puts the name's value back for the leaf. */
  readonly back: (node: Node) => Node;
}

function asLeaf(lowering: Lowering, target: Named, scope: Scope): Leaf {
  const { graph, lower } = lowering;
  const value = lower(target, scope);
  if (isOp(value, 'parameter') || (isOp(value, 'input') && isOwn(value, target)))
    return { leaf: value, inner: scope, back: (node) => node };
  const leaf = graph.parameter(
    value.type,
    target.kind === 'local' ? target.local.name : target.to.name,
  );
  return {
    leaf,
    inner: override(lowering, target, scope, leaf),
    back: (node) => substituteIn(graph, node, new Map([[leaf, value]])),
  };
}

/** An input is a leaf of its own where it bears the name. */
const isOwn = (value: Node<'input'>, target: Named): boolean =>
  target.kind === 'reference' && nameOf(target.to) === value.attributes.name;

const nameOf = (declaration: Declaration): string =>
  'key' in declaration ? declaration.key : declaration.name;

function override(lowering: Lowering, target: Named, scope: Scope, node: Node): Scope {
  if (target.kind === 'local') return withLocals(scope, [[target.local, node]]);
  const { to, leading } = target;
  return {
    ...scope,
    resolve: (declaration, at, inner) => {
      if (sameDeclaration(declaration, to) && at === leading) return node;
      // A let that depends on the name follows it.
      return declaration.kind === 'let' && targetsBelow(declaration, to)
        ? lowering.lower(declaration.value, inner)
        : scope.resolve(declaration, at, inner);
    },
  };
}

/** Pattern variables are known by their names. */
const sameDeclaration = (a: Declaration, b: Declaration): boolean =>
  a === b || (a.kind === 'patternVariable' && b.kind === a.kind && a.name === b.name);

/** Whether the value of a let depends on a declaration, through other lets. */
function targetsBelow(from: Declaration, on: Declaration): boolean {
  if (from.kind !== 'let') return false;
  const waiting: TypedExpression[] = [from.value];
  const seen = new Set<Declaration>();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'reference') {
      if (node.to === on) return true;
      if (node.to.kind === 'let' && !seen.has(node.to)) {
        seen.add(node.to);
        waiting.push(node.to.value);
      }
    }
    waiting.push(...childrenOf(node));
  }
  return false;
}

function derive(
  { graph }: Lowering,
  op: DerivativeNode['op'],
  expression: Node,
  leaf: Node,
  direction: Node | undefined,
): Node {
  const along = direction ?? graph.zeros(leaf.type.shape);
  const filled = along.type.shape.length === 0 ? graph.full(along, leaf.type.shape) : along;
  switch (op) {
    case 'grad':
      return gradOf(graph, expression, leaf);
    case 'jac':
      return jacOf(graph, expression, leaf);
    case 'hess':
      return hessOf(graph, expression, leaf);
    case 'hvp':
      return hvpOf(graph, expression, leaf, filled);
    case 'jvp':
      return jvpOf(graph, expression, leaf, filled);
    case 'laplacian':
      return laplacianOf(graph, expression, leaf);
  }
}

/** The names by which derivatives are taken within an expression. */
export function targetsIn(
  { targets }: Lowering,
  root: TypedExpression,
): ReadonlySet<Local | Declaration> {
  const known = targets.get(root);
  if (known !== undefined) return known;
  const found = new Set<Local | Declaration>();
  const waiting: TypedExpression[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.kind === 'derivative') {
      const { target } = node;
      const name = target.kind === 'indexed' ? target.operand : target;
      if (name.kind === 'local') found.add(name.local);
      if (name.kind === 'reference') found.add(name.to);
    }
    waiting.push(...childrenOf(node));
  }
  targets.set(root, found);
  return found;
}
