// An affine expression of variables taken apart into its linear part and its constant part.
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf, Op } from '../tensor/ir.ts';
import { withArguments } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { operandsOf, postorder } from '../tensor/visit.ts';

/** node = linear + constant; undefined stands for zero. */
export interface AffineParts {
  readonly linear: Node | undefined;
  readonly constant: Node | undefined;
}

export interface AffineReader {
  /** The parts, or undefined where the expression is not affine in the variables by its form. */
  readonly parts: (node: Node) => AffineParts | undefined;
  /** Whether the value depends on the variables. */
  readonly depends: (node: Node) => boolean;
}

/** Reads expressions in some variables; remembers what it read. */
export function affineReader(graph: Graph, variables: ReadonlySet<Node>): AffineReader {
  const dependent = new Map<Node, boolean>();
  const known = new Map<Node, AffineParts | undefined>();

  function depends(node: Node): boolean {
    const found = dependent.get(node);
    if (found !== undefined) return found;
    for (const each of postorder([node]))
      if (!dependent.has(each))
        dependent.set(
          each,
          variables.has(each) ||
            operandsOf(each).some((operand) => dependent.get(operand) === true),
        );
    return dependent.get(node) === true;
  }

  function parts(node: Node): AffineParts | undefined {
    if (known.has(node)) return known.get(node);
    depends(node);
    for (const each of postorder([node])) if (!known.has(each)) known.set(each, split(each));
    return known.get(node);
  }

  function split(node: Node): AffineParts | undefined {
    if (variables.has(node)) return { linear: node, constant: undefined };
    if (dependent.get(node) !== true) return { linear: undefined, constant: node };
    if (isOp(node, 'unary')) return node.attributes.fn === 'neg' ? mapFirst(node) : undefined;
    if (isOp(node, 'binary')) return splitBinary(node);
    if (isOp(node, 'contract')) return splitProduct(node);
    if (isOp(node, 'concat')) return splitConcat(node);
    if (isOp(node, 'select')) return splitSelect(node);
    return keepsLines(node) ? mapFirst(node) : undefined;
  }

  /** Operations linear in their first argument, the others given. */
  function mapFirst(node: Node): AffineParts | undefined {
    const [x, ...others] = node.args;
    if (others.some(depends)) return undefined;
    const inner = known.get(x);
    if (inner === undefined) return undefined;
    const of = (part: Node | undefined): Node | undefined =>
      part === undefined ? undefined : withArguments(graph, node, [part, ...others]);
    return { linear: of(inner.linear), constant: of(inner.constant) };
  }

  function splitBinary(node: NodeOf<'binary'>): AffineParts | undefined {
    const [a, b] = node.args;
    const [left, right] = [known.get(a), known.get(b)];
    if (left === undefined || right === undefined) return undefined;
    switch (node.attributes.fn) {
      case 'add':
        return {
          linear: plus(left.linear, right.linear),
          constant: plus(left.constant, right.constant),
        };
      case 'sub':
        return {
          linear: minus(left.linear, right.linear),
          constant: minus(left.constant, right.constant),
        };
      case 'mul': {
        const [x, factor] = depends(a) ? [left, b] : [right, a];
        if (depends(factor)) return undefined;
        return scaled(x, (part) => graph.mul(factor, part));
      }
      case 'div':
        return depends(b) ? undefined : scaled(left, (part) => graph.div(part, b));
      case 'pow':
      case 'max':
      case 'min':
      case 'atan2':
      case 'mod':
      case 'eq':
      case 'ne':
      case 'le':
      case 'lt':
      case 'and':
      case 'or':
      case 'xlogy':
      case 'kl':
        return undefined;
    }
  }

  function splitProduct(node: NodeOf<'contract'>): AffineParts | undefined {
    const [a, b] = node.args;
    if (depends(a) && depends(b)) return undefined;
    const { sum, batch } = node.attributes;
    const inner = known.get(depends(a) ? a : b);
    if (inner === undefined) return undefined;
    return scaled(inner, (part) =>
      depends(a) ? graph.contract(part, b, sum, batch) : graph.contract(a, part, sum, batch),
    );
  }

  function splitConcat(node: NodeOf<'concat'>): AffineParts | undefined {
    const all: AffineParts[] = [];
    for (const arg of node.args) {
      const inner = known.get(arg);
      if (inner === undefined) return undefined;
      all.push(inner);
    }
    const join = (pick: (parts: AffineParts) => Node | undefined): Node | undefined =>
      all.every((each) => pick(each) === undefined)
        ? undefined
        : graph.concat(
            all.map((each, k) => pick(each) ?? graph.zeros(node.args[k].type.shape)),
            node.attributes.axis,
          );
    return { linear: join(({ linear }) => linear), constant: join(({ constant }) => constant) };
  }

  function splitSelect(node: NodeOf<'select'>): AffineParts | undefined {
    const [condition, a, b] = node.args;
    const [left, right] = [known.get(a), known.get(b)];
    if (depends(condition) || left === undefined || right === undefined) return undefined;
    const choose = (x: Node | undefined, y: Node | undefined): Node | undefined =>
      x === undefined && y === undefined
        ? undefined
        : graph.select(condition, x ?? graph.zeros(a.type.shape), y ?? graph.zeros(a.type.shape));
    return {
      linear: choose(left.linear, right.linear),
      constant: choose(left.constant, right.constant),
    };
  }

  const plus = (a: Node | undefined, b: Node | undefined): Node | undefined =>
    a === undefined ? b : b === undefined ? a : graph.add(a, b);
  const minus = (a: Node | undefined, b: Node | undefined): Node | undefined =>
    b === undefined ? a : a === undefined ? graph.neg(b) : graph.sub(a, b);
  const scaled = ({ linear, constant }: AffineParts, by: (part: Node) => Node): AffineParts => ({
    linear: linear === undefined ? undefined : by(linear),
    constant: constant === undefined ? undefined : by(constant),
  });

  return { parts, depends };
}

/** Operations that are linear in their first argument. */
function keepsLines(node: NodeOf<Op>): boolean {
  switch (node.op) {
    case 'broadcast':
    case 'transpose':
    case 'reshape':
    case 'slice':
    case 'pad':
    case 'reverse':
    case 'gather':
    case 'scatter':
    case 'oracle':
      return true;
    case 'reduce':
      return 'fn' in node.attributes && node.attributes.fn === 'sum';
    case 'cumulate':
      return 'fn' in node.attributes && node.attributes.fn === 'sum';
    default:
      return false;
  }
}
