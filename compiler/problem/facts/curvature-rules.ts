// The disciplined rules (Grant, Boyd & Ye, "Disciplined convex programming", 2006): from the curvature of the arguments to that of the
// result, entry by entry. One rule an operation. Affine and constant nodes never get here.
import type { BinaryFn, Node, NodeOf, Op, Region } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import type { Calculus } from './calculus.ts';
import {
  isNonnegative,
  isNonpositive,
  isPoint,
  nonnegative,
  nonpositive,
  type Interval,
} from './interval.ts';
import { uniformValue } from './nodes.ts';
import { firstOf, flip, proved, provedIf, stuck, type Goal, type Proof } from './proof.ts';
import { proveSemidefinite } from './psd.ts';
import { quadraticForm } from './quadratic-form.ts';
import { summandsOf } from './summands.ts';
import {
  isConcaveOn,
  isConvexOn,
  isDecreasingOn,
  isIncreasingOn,
  powerFacts,
  unaryFacts,
  unaryRules,
  type ScalarFacts,
} from './unary-rules.ts';

type CurvatureRule<O extends Op> = (node: NodeOf<O>, goal: Goal, c: Calculus) => Proof;

const constantIn = (node: Node, c: Calculus): boolean => c.degree(node) === 0;
const affineIn = (node: Node, c: Calculus): boolean => c.degree(node) <= 1;

/** All entries are at least zero: by their range, or under a condition on data and params. */
export function proveNonnegative(node: Node, c: Calculus): Proof {
  if (isNonnegative(c.range(node))) return proved('nonnegative', node);
  if (isNonpositive(c.range(node)) || !c.known(node)) return stuck('its sign is not known', node);
  return provedIf('nonnegative, checked once data is in', node, c.graph.all(c.graph.le(0, node)));
}

export function proveNonpositive(node: Node, c: Calculus): Proof {
  if (isNonpositive(c.range(node))) return proved('nonpositive', node);
  if (isNonnegative(c.range(node)) || !c.known(node)) return stuck('its sign is not known', node);
  return provedIf('nonpositive, checked once data is in', node, c.graph.all(c.graph.le(node, 0)));
}

/** A constant times what `inner` proves. */
function scaled(
  node: Node,
  scale: Node,
  goal: Goal,
  c: Calculus,
  inner: (goal: Goal) => Proof,
): Proof {
  return firstOf([
    () => guarded(inner(goal), () => proveNonnegative(scale, c), 'a nonnegative multiple', node),
    () =>
      guarded(inner(flip(goal)), () => proveNonpositive(scale, c), 'a nonpositive multiple', node),
  ]);
}

/** The failure of the inner expression says more than an unknown sign. */
function guarded(inner: Proof, sign: () => Proof, text: string, node: Node): Proof {
  return inner.ok ? proved(text, node, [sign(), inner]) : inner;
}

const curvedAs = (facts: ScalarFacts, goal: Goal): boolean =>
  goal === 'convex' ? isConvexOn(facts) : isConcaveOn(facts);

/** f(g) for a scalar function f: curved the right way, and g affine, or f monotone in the direction that keeps the curvature. */
function composed(
  node: Node,
  name: string,
  inner: Node,
  goal: Goal,
  c: Calculus,
  facts: ScalarFacts,
  domain: Interval,
): Proof {
  const range = c.range(inner);
  if (!curvedAs(facts, goal))
    return stuck(`${name} is not ${goal} on the range of its argument`, node);
  if (affineIn(inner, c)) return proved(`${name} of an affine expression is ${goal}`, node);
  const ways: (() => Proof)[] = [];
  // The domain must stay convex: a lower end that cuts needs a concave argument, an upper end a convex one.
  const [cutsLow, cutsHigh] = [range.low < domain.low, range.high > domain.high];
  const add = (argument: Goal, direction: string): void => {
    if (argument === 'convex' ? cutsLow : cutsHigh) return;
    ways.push(() => {
      const part = c.prove(inner, argument);
      return part.ok
        ? proved(`${name} is ${goal} and ${direction}; its argument is ${argument}`, node, [part])
        : part;
    });
  };
  if (isIncreasingOn(facts)) add(goal, 'nondecreasing');
  if (isDecreasingOn(facts)) add(flip(goal), 'nonincreasing');
  if (ways.length === 0)
    return stuck(`${name} is not monotone on the range of its argument, which is not affine`, node);
  return firstOf(ways);
}

const powerDomain = (p: number): Interval =>
  Number.isInteger(p) ? unaryRules.neg.domain : unaryRules.sqrt.domain;

export function powerProof(node: Node, base: Node, p: number, goal: Goal, c: Calculus): Proof {
  const name = p === 2 ? 'a square' : p === -1 ? 'a reciprocal' : `a power ${p}`;
  return composed(node, name, base, goal, c, powerFacts(c.range(base), p), powerDomain(p));
}

/** x^p with p known only by its range, for a base that is not negative. */
function powerOfRange(node: Node, base: Node, exponent: Node, goal: Goal, c: Calculus): Proof {
  const p = c.range(exponent);
  if (!isNonnegative(c.range(base))) return stuck('a power of an expression of unknown sign', node);
  const isBetween = p.low >= 1 || p.high <= 0 || (p.low >= 0 && p.high <= 1);
  const facts: ScalarFacts = {
    image: nonnegative,
    slope: p.low >= 0 ? nonnegative : nonpositive,
    bend: p.low >= 1 || p.high <= 0 ? nonnegative : nonpositive,
    corner: 'edge',
  };
  if (!isBetween || !curvedAs(facts, goal))
    return stuck(`a power that is not known to be ${goal}`, node);
  return composed(node, 'a power', base, goal, c, facts, unaryRules.sqrt.domain);
}

function both(text: string, node: Node, goal: Goal, c: Calculus, nodes: readonly Node[]): Proof {
  return proved(
    text,
    node,
    nodes.map((x) => c.prove(x, goal)),
  );
}

function sumProof(node: Node, goal: Goal, c: Calculus): Proof {
  const parts = summandsOf(node).filter((term) => !constantIn(term.node, c));
  if (parts.length === 1 && parts[0].node !== node) {
    const [only] = parts;
    if (!only.negative) return c.prove(only.node, goal);
    const turned = flip(goal);
    return proved(`minus a ${turned} expression`, node, [c.prove(only.node, turned)]);
  }
  return proved(
    `a sum of ${goal} terms`,
    node,
    parts.map((term) => c.prove(term.node, term.negative ? flip(goal) : goal)),
  );
}

function productProof(node: NodeOf<'binary'>, goal: Goal, c: Calculus): Proof {
  const [a, b] = node.args;
  if (constantIn(a, c)) return scaled(node, a, goal, c, (g) => c.prove(b, g));
  if (constantIn(b, c)) return scaled(node, b, goal, c, (g) => c.prove(a, g));
  if (a === b) return powerProof(node, a, 2, goal, c);
  return stuck('a product of two expressions that both depend on the variables', node);
}

function quotientProof(node: NodeOf<'binary'>, goal: Goal, c: Calculus): Proof {
  const [a, b] = node.args;
  if (constantIn(b, c)) return scaled(node, b, goal, c, (g) => c.prove(a, g));
  if (constantIn(a, c)) return scaled(node, a, goal, c, (g) => powerProof(node, b, -1, g, c));
  return stuck('a quotient of two expressions that both depend on the variables', node);
}

function extremumProof(node: NodeOf<'binary'>, goal: Goal, c: Calculus): Proof {
  const [a, b] = node.args;
  const isMax = node.attributes.fn === 'max';
  const natural: Goal = isMax ? 'convex' : 'concave';
  if (goal === natural)
    return both(`the ${node.attributes.fn} of ${goal} expressions`, node, goal, c, [a, b]);
  const [p, q] = [c.range(a), c.range(b)];
  const [larger, smaller] = isMax ? [a, b] : [b, a];
  if (p.low >= q.high) return c.prove(larger, goal);
  if (q.low >= p.high) return c.prove(smaller, goal);
  return stuck(`a ${node.attributes.fn} is ${natural}, not ${goal}`, node);
}

function klProof(node: NodeOf<'binary'>, goal: Goal, c: Calculus): Proof {
  if (goal === 'concave') return stuck('a relative entropy is convex, not concave', node);
  if (!node.args.every((x) => affineIn(x, c)))
    return stuck('a relative entropy needs affine arguments', node);
  const signs = node.args.map((x) => proveNonnegative(x, c));
  const sign =
    signs.find((part) => part.ok && part.conditions.length === 0) ?? signs.find((part) => part.ok);
  return sign === undefined
    ? stuck('a relative entropy needs an argument that is known not to be negative', node)
    : proved('the relative entropy of affine expressions is convex', node, [sign]);
}

/** x log y: linear in x, concave in y where x is not negative; x log x. */
function xlogyProof(node: NodeOf<'binary'>, goal: Goal, c: Calculus): Proof {
  const [a, b] = node.args;
  if (a === b)
    return composed(
      node,
      'x log x',
      a,
      goal,
      c,
      unaryFacts('xlogx', c.range(a)),
      unaryRules.xlogx.domain,
    );
  if (constantIn(b, c)) return scaled(node, c.graph.log(b), goal, c, (g) => c.prove(a, g));
  if (constantIn(a, c))
    return scaled(node, a, goal, c, (g) =>
      composed(node, 'log', b, g, c, unaryFacts('log', c.range(b)), unaryRules.log.domain),
    );
  return stuck('a product of two expressions that both depend on the variables', node);
}

const discrete = (node: Node): Proof =>
  stuck('a comparison or rounding of the variables is neither convex nor concave', node);

const binaryProofs: {
  readonly [F in BinaryFn]: (node: NodeOf<'binary'>, goal: Goal, c: Calculus) => Proof;
} = {
  add: sumProof,
  sub: sumProof,
  mul: productProof,
  div: quotientProof,
  pow: (node, goal, c) => {
    const [base, exponent] = node.args;
    const p = uniformValue(exponent);
    if (p !== undefined) return powerProof(node, base, p, goal, c);
    if (constantIn(base, c)) return exponentialProof(node, goal, c);
    if (!constantIn(exponent, c))
      return stuck('base and exponent both depend on the variables', node);
    const range = c.range(exponent);
    return isPoint(range)
      ? powerProof(node, base, range.low, goal, c)
      : powerOfRange(node, base, exponent, goal, c);
  },
  max: extremumProof,
  min: extremumProof,
  atan2: (node) => stuck('an angle is neither convex nor concave', node),
  mod: discrete,
  eq: discrete,
  ne: discrete,
  le: discrete,
  lt: discrete,
  and: discrete,
  or: discrete,
  xlogy: xlogyProof,
  kl: klProof,
};

/** b^g with a positive constant b: exp(g log b). */
function exponentialProof(node: NodeOf<'binary'>, goal: Goal, c: Calculus): Proof {
  const [base, exponent] = node.args;
  if (goal === 'concave') return stuck('an exponential is convex, not concave', node);
  if (affineIn(exponent, c))
    return proved('an exponential of an affine expression is convex', node, [
      proveNonnegative(base, c),
    ]);
  return scaledExponent(node, c, base, exponent);
}

function scaledExponent(node: Node, c: Calculus, base: Node, exponent: Node): Proof {
  const atLeastOne = proveNonnegative(c.graph.sub(base, 1), c);
  return proved('an exponential with base at least 1 of a convex expression', node, [
    c.prove(exponent, 'convex'),
    atLeastOne,
  ]);
}

const unaryNames: { readonly [name: string]: string } = {
  xlogx: 'x log x',
  softplus: 'log(1 + exp)',
};

/** Linear with nonnegative weights: keeps curvature of the first argument. */
const keeps = (node: Node, goal: Goal, c: Calculus): Proof => c.prove(node.args[0], goal);

const entrywise = (node: Node, goal: Goal, c: Calculus): Proof =>
  both(`all parts are ${goal}`, node, goal, c, node.args);

const nonlinear =
  (what: string) =>
  (node: Node): Proof =>
    stuck(`${what} of the variables is neither convex nor concave`, node);

function addressed(node: Node, values: number, goal: Goal, c: Calculus): Proof {
  if (!node.args.slice(values).every((x) => constantIn(x, c)))
    return stuck('a position depends on the variables', node);
  return both(`all parts are ${goal}`, node, goal, c, node.args.slice(0, values));
}

function contractProof(node: NodeOf<'contract'>, goal: Goal, c: Calculus): Proof {
  const [a, b] = node.args;
  if (constantIn(a, c)) return scaled(node, a, goal, c, (g) => c.prove(b, g));
  if (constantIn(b, c)) return scaled(node, b, goal, c, (g) => c.prove(a, g));
  const { sum, batch } = node.attributes;
  if (
    a === b &&
    [...sum, ...batch].every(([p, q]) => p === q) &&
    node.type.shape.length === batch.length
  )
    return powerProof(node, a, 2, goal, c);
  const form = quadraticFormProof(node, goal, c);
  return form ?? stuck('a product of two expressions that both depend on the variables', node);
}

/** u' Q u with u affine: as curved as Q. */
function quadraticFormProof(node: NodeOf<'contract'>, goal: Goal, c: Calculus): Proof | undefined {
  const form = quadraticForm(node, c);
  if (form === undefined || !affineIn(form.vector, c)) return undefined;
  const matrix = goal === 'convex' ? form.matrix : c.graph.neg(form.matrix);
  const psd = proveSemidefinite(matrix, {
    graph: c.graph,
    range: c.range,
    assumptions: c.assumptions,
    nonnegative: (x) => proveNonnegative(x, c),
    known: c.known,
  });
  return proved(
    `a quadratic form u'Qu with Q ${goal === 'convex' ? 'positive' : 'negative'} semidefinite`,
    node,
    [psd],
  );
}

/** States of a loop keep a curvature if the body keeps it: assumed of the states, it must follow for the next ones. */
function loopProof(node: NodeOf<'loop'>, index: number, goal: Goal, c: Calculus): Proof {
  const [count, ...inits] = node.args;
  const { region, states } = node.attributes;
  if (!constantIn(count, c)) return stuck('the number of steps depends on the variables', node);
  const carried = carriedCurvature(region, states, inits, goal, c);
  if (carried === undefined) return stuck(`a recurrence that does not stay ${goal}`, node);
  const result = inside(region, 1, states, carried, c).prove(region.results[index], goal);
  return result.ok ? proved(`every step stays ${goal}`, node, [result]) : result;
}

type Carried = readonly ('affine' | Goal | 'none')[];

/** Per state, the best curvature that the start has and the body keeps. */
function carriedCurvature(
  region: Region,
  states: number,
  inits: readonly Node[],
  goal: Goal,
  c: Calculus,
): Carried | undefined {
  let carried: Carried = inits.map((x) => (affineIn(x, c) ? 'affine' : kindOf(x, goal, c)));
  for (let pass = 0; pass <= 3 * states; pass++) {
    const inner = inside(region, 1, states, carried, c);
    const next: Carried = carried.map((kind, k) => weaker(kind, region.results[k], inner, goal));
    if (next.every((kind, k) => kind === carried[k])) return carried;
    carried = next;
  }
  return undefined;
}

function weaker(kind: Carried[number], result: Node, c: Calculus, goal: Goal): Carried[number] {
  if (kind === 'affine') return affineIn(result, c) ? 'affine' : kindOf(result, goal, c);
  if (kind === 'none') return 'none';
  return c.prove(result, kind).ok ? kind : 'none';
}

const kindOf = (node: Node, goal: Goal, c: Calculus): Carried[number] => {
  const unconditional = (g: Goal): boolean => {
    const proof = c.prove(node, g);
    return proof.ok && proof.conditions.length === 0;
  };
  return unconditional(goal) ? goal : unconditional(flip(goal)) ? flip(goal) : 'none';
};

/** The calculus within a region, its states counting as variables of known curvature. */
function inside(
  region: Region,
  first: number,
  states: number,
  carried: Carried,
  c: Calculus,
): Calculus {
  const parameters = region.parameters.slice(first, first + states);
  const variables = new Set([...c.variables, ...parameters]);
  const leaves = new Map<Node, Goal | 'none'>();
  parameters.forEach((p, k) => {
    const kind = carried[k];
    if (kind !== 'affine') leaves.set(p, kind);
  });
  return c.with({ variables, leaves });
}

export const curvatureRules: { readonly [O in Op]: CurvatureRule<O> } = {
  input: (node) => stuck('an input', node),
  parameter: (node) => stuck('a state of a recurrence that does not keep its curvature', node),
  constant: (node) => proved('constant', node),
  literal: (node) => proved('constant', node),
  size: (node) => proved('constant', node),
  iota: (node) => proved('constant', node),
  unary: (node, goal, c) => {
    const { fn } = node.attributes;
    const [x] = node.args;
    if (fn === 'neg') return sumProof(node, goal, c);
    const facts = unaryFacts(fn, c.range(x));
    return composed(node, unaryNames[fn] ?? fn, x, goal, c, facts, unaryRules[fn].domain);
  },
  binary: (node, goal, c) => binaryProofs[node.attributes.fn](node, goal, c),
  select: (node, goal, c) => {
    const [condition, x, y] = node.args;
    return constantIn(condition, c)
      ? both(`both branches are ${goal}`, node, goal, c, [x, y])
      : stuck('a case distinction on the variables', node);
  },
  stop: keeps,
  oracle: keeps,
  broadcast: keeps,
  transpose: keeps,
  reshape: keeps,
  slice: keeps,
  pad: keeps,
  reverse: keeps,
  concat: entrywise,
  gather: (node, goal, c) => addressed(node, 1, goal, c),
  scatter: (node, goal, c) => addressed(node, 1, goal, c),
  put: (node, goal, c) => addressed(node, 2, goal, c),
  compress: discrete,
  reduce: (node, goal, c) => {
    const { fn } = node.attributes;
    const inner = c.prove(node.args[0], goal);
    if (fn === 'sum') return inner.ok ? proved(`a sum of ${goal} entries`, node, [inner]) : inner;
    if ((fn === 'max' && goal === 'convex') || (fn === 'min' && goal === 'concave'))
      return inner.ok ? proved(`the ${fn} of ${goal} entries`, node, [inner]) : inner;
    if (fn === 'max' || fn === 'min') return stuck(`a ${fn} is ${flip(goal)}, not ${goal}`, node);
    return stuck(
      fn === 'prod'
        ? 'a product of expressions that depend on the variables'
        : 'a test on the variables',
      node,
    );
  },
  argreduce: discrete,
  cumulate: (node, goal, c) =>
    node.attributes.fn === 'sum'
      ? keeps(node, goal, c)
      : stuck('a product of expressions that depend on the variables', node),
  sort: nonlinear('a sorted copy'),
  argsort: discrete,
  contract: contractProof,
  cholesky: nonlinear('a Cholesky factor'),
  triangularSolve: nonlinear('a solution of a system with a matrix'),
  solve: nonlinear('a solution of a system with a matrix'),
  leastSquares: nonlinear('a solution of a system with a matrix'),
  qr: nonlinear('a QR factor'),
  eigh: nonlinear('an eigenvalue or eigenvector'),
  svd: nonlinear('a singular value or vector'),
  logabsdet: nonlinear('a determinant of a matrix not known to be positive semidefinite'),
  expm: nonlinear('a matrix exponential'),
  part: (node, goal, c) => {
    const [whole] = node.args;
    const { index } = node.attributes;
    if (isOp(whole, 'loop')) return loopProof(whole, index, goal, c);
    if (isOp(whole, 'cond')) return condProof(whole, index, goal, c);
    return curvatureRuleOf(whole, goal, c);
  },
  loop: (node, goal, c) => loopProof(node, 0, goal, c),
  while: nonlinear('the result of a while loop'),
  cond: (node, goal, c) => condProof(node, 0, goal, c),
  root: nonlinear('a solution of an equation'),
  fixpoint: nonlinear('a fixed point'),
  minimizer: nonlinear('a minimiser'),
  draw: nonlinear('a draw'),
  sample: discrete,
};

function condProof(node: NodeOf<'cond'>, index: number, goal: Goal, c: Calculus): Proof {
  const { then, otherwise } = node.attributes;
  return constantIn(node.args[0], c)
    ? both(`both branches are ${goal}`, node, goal, c, [
        then.results[index],
        otherwise.results[index],
      ])
    : stuck('a case distinction on the variables', node);
}

export const curvatureRuleOf = <O extends Op>(node: NodeOf<O>, goal: Goal, c: Calculus): Proof =>
  curvatureRules[node.op](node, goal, c);
