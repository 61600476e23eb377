// Functions of one affine argument, written with `if`, abs, max and min: taken apart at their break points. Every entry of the node is the same
// function of the same entry of the argument, up to given coefficients. Break points, values and slopes there are compared as given
// expressions, so that parameters stay symbols.
import { jvp } from '../../derive/jvp.ts';
import { materialize } from '../../derive/tangent.ts';
import { NotDifferentiable } from '../../derive/not-differentiable.ts';
import { sameShape } from '../../tensor/dim.ts';
import type { Node } from '../../tensor/ir.ts';
import { substituteIn } from '../../tensor/substitute.ts';
import { isOp } from '../../tensor/type.ts';
import { postorderWhere } from '../../tensor/visit.ts';
import type { Calculus } from './calculus.ts';
import { interval, isNonnegative, isNonpositive, type Interval } from './interval.ts';
import { isBinary, isUnary, plain, uniformValue } from './nodes.ts';
import { cancelled, cancelledRange } from './polynomial.ts';
import { proved, stuck, type Goal, type Proof } from './proof.ts';

/** The function between two break points (undefined: unbounded), written in `Pieces.variable`. */
export interface Piece {
  readonly low: Node | undefined;
  readonly high: Node | undefined;
  readonly value: Node;
  /** The calculus in the variable on this piece. */
  readonly c: Calculus;
}

export interface Pieces {
  /** The affine argument, and the symbol that stands for it in the pieces. */
  readonly argument: Node;
  readonly variable: Node;
  readonly pieces: readonly Piece[];
  /** The slope does not jump anywhere, under the conditions. */
  readonly isSmooth: boolean;
  /** What the order of the break points needs of data and params. */
  readonly conditions: readonly Node[];
  readonly prove: (goal: Goal) => Proof;
}

/** Rounding in values and slopes at break points. */
const tolerance = 1e-12;
const mostPieces = 32;
const mostNodes = 80;
const mostBranches = 12;

const atLeastZero = (i: Interval): boolean => i.low >= -tolerance;
const atMostZero = (i: Interval): boolean => i.high <= tolerance;

/** Entry by entry in its arguments. */
const isEntrywise = (node: Node): boolean =>
  isOp(node, 'unary') ||
  isOp(node, 'binary') ||
  isOp(node, 'select') ||
  isOp(node, 'stop') ||
  isOp(node, 'oracle') ||
  (isOp(node, 'cond') && node.results.length === 1 && node.type.shape.length === 0);

const partsOf = (node: Node): readonly Node[] =>
  isOp(node, 'cond')
    ? [...node.args, node.attributes.then.results[0], node.attributes.otherwise.results[0]]
    : node.args;

/** What makes break points. */
const branchesAt = (node: Node): boolean =>
  isUnary(node, 'abs') ||
  isUnary(node, 'sign') ||
  isBinary(node, 'max') ||
  isBinary(node, 'min') ||
  isBinary(node, 'le') ||
  isBinary(node, 'lt') ||
  isOp(node, 'select') ||
  isOp(node, 'cond');

export function piecesOf(node: Node, c: Calculus): Pieces | undefined {
  if (!isEntrywise(node)) return undefined;
  const inside = postorderWhere([node], (x) => c.degree(x) > 1);
  if (inside.length > mostNodes) return undefined;
  const branches = inside.filter(branchesAt).length;
  if (branches === 0 || branches > mostBranches) return undefined;
  for (const argument of candidates(inside, node, c)) {
    const variable = c.graph.parameter({ ...argument.type, element: 'real' }, 't');
    const value = substituteIn(c.graph, node, new Map([[argument, variable]]));
    if (c.degree(value) > 0 || !isEntrywiseIn(value, variable)) continue;
    return takeApart(node, argument, variable, value, c);
  }
  return undefined;
}

/** Affine expressions below the node that may be the argument: as they stand, then without given factors and shifts. */
function candidates(inside: readonly Node[], node: Node, c: Calculus): readonly Node[] {
  const leaves = inside
    .filter(isEntrywise)
    .flatMap(partsOf)
    .filter((x) => c.degree(x) === 1 && sameShape(x.type.shape, node.type.shape));
  const stripped = (x: Node): Node[] => {
    const found: Node[] = [];
    for (let at: Node | undefined = x; at !== undefined && found.length < 8; at = innerOf(at, c))
      found.push(at);
    return found;
  };
  return [...new Set(leaves.flatMap(stripped))].slice(0, 16);
}

function innerOf(x: Node, c: Calculus): Node | undefined {
  const at = plain(x);
  if (isUnary(at, 'neg')) return at.args[0];
  if (!isOp(at, 'binary')) return at === x ? undefined : at;
  const dependent = at.args.filter((arg) => c.degree(arg) > 0);
  return dependent.length === 1 ? dependent[0] : undefined;
}

function isEntrywiseIn(node: Node, variable: Node): boolean {
  const [key] = variable.free;
  return postorderWhere([node], (x) => x !== variable && x.free.includes(key)).every(
    (x) => isEntrywise(x) && sameShape(x.type.shape, variable.type.shape),
  );
}

interface Span {
  readonly low: Node | undefined;
  readonly high: Node | undefined;
  readonly value: Node;
}

function takeApart(
  node: Node,
  argument: Node,
  variable: Node,
  value: Node,
  c: Calculus,
): Pieces | undefined {
  const conditions: Node[] = [];
  const spans = split({ low: undefined, high: undefined, value }, variable, c, conditions, 0);
  if (spans === undefined || spans.length > mostPieces) return undefined;
  const pieces = mergeEqual(spans).map((span) => ({
    ...span,
    c: calculusOn(span, variable, argument, c),
  }));
  const joints = pieces.slice(1).map((right, k) => jointAt(pieces[k], right, variable, c));
  if (joints.some((joint) => joint === undefined)) return undefined;
  const jumps = joints.filter((joint): joint is Node => joint !== undefined);
  return {
    argument,
    variable,
    pieces,
    conditions,
    isSmooth: jumps.every((jump) => {
      const i = cancelledRange(jump, c.range);
      return atLeastZero(i) && atMostZero(i);
    }),
    prove: (goal) => provePieces(node, pieces, jumps, conditions, goal, c),
  };
}

/** Neighbours that are the same function. */
function mergeEqual(spans: readonly Span[]): readonly Span[] {
  return spans.reduce<readonly Span[]>((done, span) => {
    const last = done[done.length - 1];
    return last !== undefined && last.value === span.value
      ? [...done.slice(0, -1), { ...last, high: span.high }]
      : [...done, span];
  }, []);
}

function calculusOn(span: Span, variable: Node, argument: Node, c: Calculus): Calculus {
  const whole = c.range(argument);
  const low = span.low === undefined ? whole.low : Math.max(whole.low, c.range(span.low).low);
  const high = span.high === undefined ? whole.high : Math.min(whole.high, c.range(span.high).high);
  const range = low <= high ? interval(low, high) : whole;
  return c.with({ variables: new Set([variable]), ranges: new Map([[variable, range]]) });
}

/** How much the slope rises from the left piece to the right; undefined where the function may jump or has no slope. */
function jointAt(left: Piece, right: Piece, variable: Node, c: Calculus): Node | undefined {
  const { graph } = c;
  const at = right.low;
  if (at === undefined) return undefined;
  const there = (x: Node): Node => substituteIn(graph, x, new Map([[variable, at]]));
  const gap = cancelledRange(graph.sub(there(right.value), there(left.value)), c.range);
  if (!atLeastZero(gap) || !atMostZero(gap)) return undefined;
  const [before, after] = [slopeOf(left.value, variable, c), slopeOf(right.value, variable, c)];
  return before === undefined || after === undefined
    ? undefined
    : graph.sub(there(after), there(before));
}

function slopeOf(value: Node, variable: Node, c: Calculus): Node | undefined {
  const shape = variable.type.shape;
  try {
    const [slope] = jvp(c.graph, [value], [variable], [c.graph.ones(shape)]);
    return materialize(c.graph, slope, shape);
  } catch (fault) {
    if (fault instanceof NotDifferentiable) return undefined;
    throw fault;
  }
}

function provePieces(
  node: Node,
  pieces: readonly Piece[],
  jumps: readonly Node[],
  conditions: readonly Node[],
  goal: Goal,
  c: Calculus,
): Proof {
  const needed: Node[] = [...conditions];
  for (const jump of jumps) {
    const i = cancelledRange(jump, c.range);
    if (goal === 'convex' ? atLeastZero(i) : atMostZero(i)) continue;
    const isRefuted = goal === 'convex' ? isNonpositive(i) : isNonnegative(i);
    if (isRefuted || !c.known(jump))
      return stuck(`its slope ${goal === 'convex' ? 'falls' : 'rises'} at a break point`, node);
    const rise = cancelled(c.graph, jump);
    needed.push(c.graph.all(goal === 'convex' ? c.graph.le(0, rise) : c.graph.le(rise, 0)));
  }
  const parts = pieces.map((piece) => piece.c.prove(piece.value, goal));
  const failed = parts.find((part) => !part.ok);
  if (failed !== undefined) return stuck(`one of its pieces is not ${goal}`, node);
  const whole = proved(
    `a function of one affine argument in ${pieces.length} pieces, each ${goal}, its slope never ${goal === 'convex' ? 'falling' : 'rising'}`,
    node,
    parts,
  );
  return whole.ok
    ? { ...whole, conditions: [...new Set([...whole.conditions, ...needed])] }
    : whole;
}

/** Resolves branches, innermost first, until none is left; undefined where one cannot be. */
function split(
  span: Span,
  variable: Node,
  c: Calculus,
  conditions: Node[],
  depth: number,
): readonly Span[] | undefined {
  if (depth > mostPieces) return undefined;
  const [key] = variable.free;
  const branch = postorderWhere(
    [span.value],
    (x) => x.free.includes(key) || isOp(x, 'select'),
  ).find((x) => branchesAt(x) && x.free.includes(key));
  if (branch === undefined) return [span];
  const sides = sidesOf(branch, c);
  if (sides === undefined) return undefined;
  const resolved = (to: Node, low: Node | undefined, high: Node | undefined): Span => ({
    low,
    high,
    value: substituteIn(c.graph, span.value, new Map([[branch, to]])),
  });
  if (sides.kind === 'known')
    return split(resolved(sides.value, span.low, span.high), variable, c, conditions, depth + 1);
  const point = rootOf(sides.difference, variable, c);
  if (point === undefined) return undefined;
  const [below, above] = point.isRising
    ? [sides.negative, sides.positive]
    : [sides.positive, sides.negative];
  const place = placeOf(point.at, span, c, conditions);
  if (place === undefined) return undefined;
  const left =
    place === 'below'
      ? []
      : split(
          resolved(below, span.low, place === 'above' ? span.high : point.at),
          variable,
          c,
          conditions,
          depth + 1,
        );
  const right =
    place === 'above'
      ? []
      : split(
          resolved(above, place === 'below' ? span.low : point.at, span.high),
          variable,
          c,
          conditions,
          depth + 1,
        );
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

type Sides =
  | { readonly kind: 'known'; readonly value: Node }
  | {
      readonly kind: 'split';
      readonly difference: Node;
      /** What the branch is where the difference is negative, and where it is positive. */
      readonly negative: Node;
      readonly positive: Node;
    };

function sidesOf(branch: Node, c: Calculus): Sides | undefined {
  const { graph } = c;
  const filled = (value: number): Node => graph.full(value, branch.type.shape);
  const [x, y] = branch.args;
  if (isUnary(branch, 'abs'))
    return { kind: 'split', difference: x, negative: graph.neg(x), positive: x };
  if (isUnary(branch, 'sign'))
    return { kind: 'split', difference: x, negative: filled(-1), positive: filled(1) };
  if (isBinary(branch, 'max'))
    return { kind: 'split', difference: graph.sub(x, y), negative: y, positive: x };
  if (isBinary(branch, 'min'))
    return { kind: 'split', difference: graph.sub(x, y), negative: x, positive: y };
  if (isBinary(branch, 'le') || isBinary(branch, 'lt'))
    return { kind: 'split', difference: graph.sub(x, y), negative: filled(1), positive: filled(0) };
  const truth = truthOf(branch.args[0]);
  if (truth === undefined) return undefined;
  if (isOp(branch, 'select')) return { kind: 'known', value: branch.args[truth ? 1 : 2] };
  if (!isOp(branch, 'cond')) return undefined;
  const { then, otherwise } = branch.attributes;
  return { kind: 'known', value: (truth ? then : otherwise).results[0] };
}

/** The value of a condition that is settled. */
function truthOf(condition: Node): boolean | undefined {
  const value = uniformValue(condition);
  if (value !== undefined) return value !== 0;
  if (isUnary(condition, 'not')) {
    const inner = truthOf(condition.args[0]);
    return inner === undefined ? undefined : !inner;
  }
  if (!isOp(condition, 'binary')) return undefined;
  const [a, b] = condition.args.map(truthOf);
  if (isBinary(condition, 'and')) {
    if (a === false || b === false) return false;
    return a === true && b === true ? true : undefined;
  }
  if (isBinary(condition, 'or')) {
    if (a === true || b === true) return true;
    return a === false && b === false ? false : undefined;
  }
  return undefined;
}

/** Where an expression affine in the variable is zero, and whether it rises there. */
function rootOf(
  difference: Node,
  variable: Node,
  c: Calculus,
): { readonly at: Node; readonly isRising: boolean } | undefined {
  const { graph } = c;
  const inVariable = c.with({ variables: new Set([variable]) });
  if (inVariable.degree(difference) > 1) return undefined;
  const shape = variable.type.shape;
  const at = (value: Node): Node => substituteIn(graph, difference, new Map([[variable, value]]));
  const offset = at(graph.zeros(shape));
  const factor = graph.sub(at(graph.ones(shape)), offset);
  const i = cancelledRange(factor, c.range);
  const rises = i.low > 0 || (i.low === 0 && i.lowOpen);
  if (!rises && !(i.high < 0 || (i.high === 0 && i.highOpen))) return undefined;
  const root =
    i.low === i.high ? graph.mul(-1 / i.low, offset) : graph.neg(graph.div(offset, factor));
  return { at: root, isRising: rises };
}

/** Where a break point lies with respect to a span; what cannot be decided becomes a condition that it lies inside. */
function placeOf(
  at: Node,
  span: Span,
  c: Calculus,
  conditions: Node[],
): 'below' | 'inside' | 'above' | undefined {
  const { graph } = c;
  const gaps: Node[] = [];
  if (span.low !== undefined) {
    const gap = graph.sub(at, span.low);
    if (atMostZero(cancelledRange(gap, c.range))) return 'below';
    gaps.push(gap);
  }
  if (span.high !== undefined) {
    const gap = graph.sub(span.high, at);
    if (atMostZero(cancelledRange(gap, c.range))) return 'above';
    gaps.push(gap);
  }
  for (const gap of gaps) {
    if (atLeastZero(cancelledRange(gap, c.range))) continue;
    if (!c.known(gap)) return undefined;
    conditions.push(graph.all(graph.le(0, cancelled(graph, gap))));
  }
  return 'inside';
}
