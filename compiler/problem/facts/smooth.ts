// Smooth: the gradient exists and is continuous, wherever the expression is defined within the bounds. One rule an operation; what breaks
// it is named. (A bound for how fast the gradient changes is another matter: bend.ts.)
import type { BinaryFn, Distribution, Node, NodeOf, Op, Region } from '../../tensor/ir.ts';
import { logSumExpOf } from './atoms/log-sum-exp.ts';
import { spectrumOfSum } from './atoms/spectral.ts';
import type { Calculus } from './calculus.ts';
import { isPositive } from './interval.ts';
import { isUnary, plain, uniformValue } from './nodes.ts';
import { proved, stuck, type Goal, type Proof } from './proof.ts';
import { remembered } from './stages.ts';
import { summandsOf } from './summands.ts';
import { powerFacts, unaryFacts, type ScalarFacts } from './unary-rules.ts';

interface SmoothScope {
  readonly c: Calculus;
  readonly prove: (node: Node) => Proof;
}

type SmoothRule<O extends Op> = (node: NodeOf<O>, scope: SmoothScope) => Proof;

const isGiven = (node: Node, { c }: SmoothScope): boolean => c.degree(node) === 0;

const all = (node: Node, nodes: readonly Node[], { prove }: SmoothScope): Proof =>
  proved('its parts are smooth', node, nodes.map(prove));

const keeps = (node: Node, scope: SmoothScope): Proof => all(node, node.args, scope);
const breaks =
  (why: string) =>
  (node: Node, scope: SmoothScope): Proof =>
    node.args.every((x) => isGiven(x, scope)) ? proved('constant', node) : stuck(why, node);

const addressed =
  (values: number) =>
  (node: Node, scope: SmoothScope): Proof =>
    node.args.slice(values).every((x) => isGiven(x, scope))
      ? all(node, node.args.slice(0, values), scope)
      : stuck('a position depends on the variables', node);

function throughScalar(
  node: Node,
  name: string,
  inner: Node,
  facts: ScalarFacts,
  scope: SmoothScope,
): Proof {
  if (facts.corner === 'none')
    return proved(`${name} is smooth on the range of its argument`, node, [scope.prove(inner)]);
  if (facts.corner === 'jump') return stuck(`${name} jumps`, node);
  if (facts.corner === 'edge')
    return stuck(`the slope of ${name} has no bound at the end of its domain`, node);
  return stuck(`${name} has a kink`, node);
}

/** A function in pieces that join with equal slopes; each piece must be smooth too. */
function joined(node: Node, why: string, scope: SmoothScope): Proof {
  const pieces = scope.c.pieces(node);
  if (pieces === undefined || !pieces.isSmooth) return stuck(why, node);
  const parts = pieces.pieces.map((piece) => smoothIn(piece.c)(piece.value));
  if (parts.some((part) => !part.ok)) return stuck(why, node);
  return {
    ok: true,
    conditions: pieces.conditions,
    reason: {
      text: `a function in ${pieces.pieces.length} pieces that join with equal slopes`,
      node,
      because: [],
    },
  };
}

/** A power that undoes a root, as the square of a norm does. */
function rootBelow(base: Node, p: number): Node | undefined {
  const at = plain(base);
  return isUnary(at, 'sqrt') && p >= 2 && Number.isInteger(p) ? at.args[0] : undefined;
}

/** Smooth wherever it is not zero: enough where zero is no possible value. */
function proveAwayFromZero(node: Node, scope: SmoothScope): Proof {
  const at = plain(node);
  if (isUnary(at, 'sqrt')) return scope.prove(at.args[0]);
  return isUnary(at, 'abs') ? proveAwayFromZero(at.args[0], scope) : scope.prove(at);
}

function powerSmooth(node: Node, base: Node, exponent: Node, scope: SmoothScope): Proof {
  const p = uniformValue(exponent);
  if (p !== undefined) {
    const under = rootBelow(base, p);
    if (under !== undefined) return proved('the root is undone', node, [scope.prove(under)]);
    if (p < 0) return proveAwayFromZero(base, scope);
    if (isUnary(base, 'abs') && p > 1)
      return proved(`|u|^${p} is smooth`, node, [scope.prove(base.args[0])]);
    return throughScalar(node, 'this power', base, powerFacts(scope.c.range(base), p), scope);
  }
  return isPositive(scope.c.range(base))
    ? all(node, [base, exponent], scope)
    : stuck('a power of an expression that may be zero or negative', node);
}

const discrete = (node: Node, scope: SmoothScope): Proof =>
  breaks('a comparison or rounding of the variables jumps')(node, scope);

type BinarySmooth = (node: NodeOf<'binary'>, scope: SmoothScope) => Proof;

const extremum: BinarySmooth = (node, scope) => {
  const [a, b] = node.args;
  const [p, q] = [scope.c.range(a), scope.c.range(b)];
  const isMax = node.attributes.fn === 'max';
  if (p.low >= q.high) return scope.prove(isMax ? a : b);
  if (q.low >= p.high) return scope.prove(isMax ? b : a);
  return joined(node, `a ${node.attributes.fn} has a kink`, scope);
};

const binarySmooth: { readonly [F in BinaryFn]: BinarySmooth } = {
  add: keeps,
  sub: keeps,
  mul: (node, scope) => {
    const [a, b] = node.args;
    const under = a === b ? rootBelow(a, 2) : undefined;
    if (under !== undefined) return proved('the root is undone', node, [scope.prove(under)]);
    const plainProof = keeps(node, scope);
    return plainProof.ok ? plainProof : firstSmooth(plainProof, joined(node, 'a kink', scope));
  },
  div: (node, scope) =>
    proved('a quotient, where it is defined', node, [
      scope.prove(node.args[0]),
      proveAwayFromZero(node.args[1], scope),
    ]),
  pow: (node, scope) => {
    const proof = powerSmooth(node, node.args[0], node.args[1], scope);
    return proof.ok ? proof : firstSmooth(proof, joined(node, 'a kink', scope));
  },
  max: extremum,
  min: extremum,
  atan2: (node, scope) =>
    isPositive(scope.c.range(node.args[1]))
      ? keeps(node, scope)
      : stuck('an angle jumps behind the origin', node),
  mod: discrete,
  eq: discrete,
  ne: discrete,
  le: discrete,
  lt: discrete,
  and: discrete,
  or: discrete,
  xlogy: (node, scope) => {
    const [a, b] = node.args;
    const edge = isPositive(scope.c.range(b)) || isGiven(a, scope);
    return edge ? keeps(node, scope) : stuck('the slope of x log x has no bound at 0', node);
  },
  kl: (node, scope) =>
    node.args.every((x) => isGiven(x, scope) || isPositive(scope.c.range(x)))
      ? keeps(node, scope)
      : stuck('the slope of a relative entropy has no bound at 0', node),
};

const firstSmooth = (first: Proof, second: Proof): Proof => (second.ok ? second : first);

/** Draws that move smoothly with their parameters. */
const smoothDraws: { readonly [D in Distribution]: boolean } = {
  normal: true,
  uniform: true,
  bernoulli: false,
  categorical: false,
  poisson: false,
  exponential: true,
  gamma: true,
  beta: true,
  laplace: true,
  student_t: true,
  dirichlet: true,
  rademacher: false,
  permutation: false,
};

/** The results of a region, smooth in its parameters and the variables together. */
function regionSmooth(node: Node, region: Region, first: number, scope: SmoothScope): Proof {
  const states = region.parameters.slice(first);
  const inner = scope.c.with({
    variables: new Set([...scope.c.variables, ...states]),
    leaves: new Map(states.map((state): readonly [Node, Goal | 'none'] => [state, 'none'])),
  });
  const prove = smoothIn(inner);
  return proved('every step is smooth', node, region.results.map(prove));
}

const implicit = (node: Node, region: Region, scope: SmoothScope): Proof =>
  regionSmooth(node, region, 0, scope);

const smoothRules: { readonly [O in Op]: SmoothRule<O> } = {
  input: (node) => proved('given', node),
  parameter: (node) => proved('given', node),
  constant: (node) => proved('constant', node),
  literal: (node) => proved('constant', node),
  size: (node) => proved('constant', node),
  iota: (node) => proved('constant', node),
  unary: (node, scope) => {
    const { fn } = node.attributes;
    const [x] = node.args;
    if (fn === 'log') return proveAwayFromZero(x, scope);
    const facts = unaryFacts(fn, scope.c.range(x));
    const proof = throughScalar(node, fn, x, facts, scope);
    return proof.ok || fn === 'sqrt' ? proof : firstSmooth(proof, joined(node, 'a kink', scope));
  },
  binary: (node, scope) => {
    const { fn } = node.attributes;
    if (fn !== 'add' && fn !== 'sub') return binarySmooth[fn](node, scope);
    const terms = summandsOf(node).map((term) => term.node);
    const sum = proved('a sum of smooth terms', node, terms.map(scope.prove));
    return sum.ok ? sum : firstSmooth(sum, joined(node, 'a kink', scope));
  },
  select: (node, scope) =>
    isGiven(node.args[0], scope)
      ? all(node, node.args.slice(1), scope)
      : joined(node, 'a case distinction whose slope or value may jump', scope),
  stop: (node) => proved('taken as given', node),
  oracle: keeps,
  broadcast: keeps,
  transpose: keeps,
  reshape: keeps,
  slice: keeps,
  pad: keeps,
  reverse: keeps,
  concat: keeps,
  gather: addressed(1),
  scatter: addressed(1),
  put: addressed(2),
  compress: discrete,
  reduce: (node, scope) => {
    const { fn } = node.attributes;
    if (fn === 'max' || fn === 'min') return breaks(`a ${fn} over entries has kinks`)(node, scope);
    return fn === 'any' || fn === 'all' ? discrete(node, scope) : keeps(node, scope);
  },
  argreduce: discrete,
  cumulate: keeps,
  sort: breaks('sorting has kinks'),
  argsort: discrete,
  contract: keeps,
  cholesky: keeps,
  triangularSolve: keeps,
  solve: keeps,
  leastSquares: keeps,
  qr: keeps,
  eigh: breaks('eigenvalues have kinks where they meet'),
  svd: breaks('singular values have kinks where they meet or vanish'),
  logabsdet: keeps,
  expm: keeps,
  part: (node, scope) => scope.prove(node.args[0]),
  loop: (node, scope) =>
    isGiven(node.args[0], scope)
      ? proved('a recurrence of smooth steps', node, [
          all(node, node.args.slice(1), scope),
          regionSmooth(node, node.attributes.region, 1, scope),
        ])
      : stuck('the number of steps depends on the variables', node),
  while: breaks('the number of steps depends on the variables'),
  cond: (node, scope) =>
    isGiven(node.args[0], scope)
      ? all(node, [...node.attributes.then.results, ...node.attributes.otherwise.results], scope)
      : joined(node, 'a case distinction whose slope or value may jump', scope),
  root: (node, scope) => implicit(node, node.attributes.residual, scope),
  fixpoint: (node, scope) => implicit(node, node.attributes.map, scope),
  minimizer: (node, scope) => implicit(node, node.attributes.objective, scope),
  draw: (node, scope) =>
    smoothDraws[node.attributes.distribution]
      ? keeps(node, scope)
      : breaks('a discrete draw jumps')(node, scope),
  sample: discrete,
};

const applyRule = <O extends Op>(node: NodeOf<O>, scope: SmoothScope): Proof =>
  smoothRules[node.op](node, scope);

export function smoothIn(c: Calculus): (node: Node) => Proof {
  const prove = remembered((node: Node): Proof => search(node));
  const scope: SmoothScope = { c, prove };
  const search = (node: Node): Proof => {
    if (c.variables.has(node)) return proved('a variable', node);
    const degree = c.degree(node);
    if (degree === 0) return proved('constant', node);
    if (degree < Infinity) return proved('a polynomial', node);
    const u = logSumExpOf(node);
    if (u !== undefined) return proved('log-sum-exp', node, [prove(u)]);
    const spectrum = spectrumOfSum(node);
    if (spectrum !== undefined) {
      const inner = c.with({ variables: new Set([spectrum.values]) });
      const entries = smoothIn(inner)(spectrum.entries);
      if (entries.ok)
        return proved('a smooth symmetric function of eigenvalues', node, [prove(spectrum.matrix)]);
    }
    return applyRule(node, scope);
  };
  return prove;
}
