// The questions that other rooms ask of expressions: convex, smooth, quadratic, …, with bounds and reasons. Facts are about one set of variables;
// all else counts as given. Within the bounds of the variables unless said otherwise.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { BoundFact, CurvatureFact, Reason, Truth } from '../fact.ts';
import { withoutBoundsOf } from './assumptions.ts';
import { bendsIn } from './bend.ts';
import { bilinearGroups, proveAffineIn, proveBilinear, smallestNonlinear } from './bilinear.ts';
import type { Assumptions, Calculus } from './calculus.ts';
import { conjunction, createCalculus } from './curvature.ts';
import { decided, failsForAllSizes } from './decide.ts';
import { quadraticHessian } from './hessian.ts';
import { fused, fusions, type Fusion } from './fuse.ts';
import type { Interval } from './interval.ts';
import { forEveryMember } from './quantify.ts';
import { proveMonotone } from './monotone.ts';
import { flip, proved, provedIf, stuck, type Goal, type Proof } from './proof.ts';
import { semidefiniteCondition } from './psd.ts';
import { reason } from './reasons.ts';
import { proveBlockSeparable, proveSeparable } from './separable.ts';
import { smoothIn } from './smooth.ts';
import { gramSize, largestEigenvalueSize, smallestEigenvalue } from './spectral-bounds.ts';
import { modulus, strengthsIn } from './strong.ts';
import { summandsOf } from './summands.ts';

export interface Facts {
  readonly variables: readonly Node[];
  /** Where convex and concave hold under conditions both, the one that is `wanted`. */
  readonly curvature: (node: Node, wanted?: Goal) => CurvatureFact;
  readonly isConvex: (node: Node) => Truth;
  readonly isConcave: (node: Node) => Truth;
  /** Affine in these variables, or in a block of them, all others held fixed. */
  readonly isAffine: (node: Node, block?: readonly Node[]) => Truth;
  /** A polynomial of degree at most 2. */
  readonly isQuadratic: (node: Node) => Truth;
  /** Upper bound for the degree as a polynomial; infinite where it is none. */
  readonly degree: (node: Node) => number;
  /** Affine in each of two groups while the other is held fixed. Without groups: some two groups. */
  readonly isBilinear: (node: Node, groups?: readonly [readonly Node[], readonly Node[]]) => Truth;
  /** A sum of functions of one coordinate each. */
  readonly isSeparable: (node: Node) => Truth;
  /** A sum of functions of one variable each. */
  readonly isBlockSeparable: (node: Node) => Truth;
  /** The gradient exists and is continuous. */
  readonly isSmooth: (node: Node) => Truth;
  readonly isStronglyConvex: (node: Node) => Truth;
  /** A sum of squares of affine expressions and nonnegative constants, with nonnegative factors. */
  readonly isSumOfSquares: (node: Node) => Truth;
  /** (F(z) - F(w))'(z - w) ≥ 0 for an operator in the shape of the variable. */
  readonly isMonotone: (operator: Node) => Truth;
  /** Upper bound for the Lipschitz constant of the gradient in the 2-norm, all variables together. */
  readonly lipschitz: (node: Node) => BoundFact;
  /** Lower bound for the modulus of strong convexity in the 2-norm. */
  readonly strongConvexity: (node: Node) => BoundFact;
  /** Groups of terms that are smooth, or convex or concave, only together: the indices of the terms and their sum. */
  readonly groups: (terms: readonly Node[]) => readonly Fusion[];
  /** An interval that holds all entries. */
  readonly range: (node: Node) => Interval;
  /** The variables that a node depends on. */
  readonly dependence: (node: Node) => ReadonlySet<Node>;
}

export function createFacts(
  graph: Graph,
  variables: readonly Node[],
  assumptions: Assumptions,
): Facts {
  const set = new Set(variables);
  const c = createCalculus(graph, set, assumptions);
  let wide: Calculus | undefined;
  // Only constants of the gradient ask for it.
  const everywhere = (): Calculus =>
    (wide ??= createCalculus(graph, set, withoutBoundsOf(set, assumptions)));
  const smooth = smoothIn(c);
  // Terms that are smooth or convex only together count together.
  const seen = new Map<Node, Node>();
  const whole = (node: Node): Node => {
    const before = seen.get(node);
    if (before !== undefined) return before;
    const bySmoothness = fused(node, (term) => smooth(term).ok, c);
    const made = fused(bySmoothness, (term) => hasCurvature(term, c), c);
    seen.set(node, made);
    return made;
  };
  return {
    variables,
    curvature: (node, wanted = 'convex') => curvatureOf(whole(node), wanted, c),
    isConvex: (node) => truthOfCurvature(whole(node), 'convex', c),
    isConcave: (node) => truthOfCurvature(whole(node), 'concave', c),
    isAffine: (node, block = variables) => truthOf(proveAffineIn(node, block, c), c),
    isQuadratic: (node) => quadraticTruth(node, c),
    degree: c.degree,
    isBilinear: (node, groups) => bilinearTruth(node, groups, c),
    isSeparable: (node) => truthOf(proveSeparable(node, c), c),
    isBlockSeparable: (node) => truthOf(proveBlockSeparable(node, c), c),
    isSmooth: (node) => truthOf(smooth(whole(node)), c),
    isStronglyConvex: (node) => strongTruth(whole(node), everywhere(), c),
    isSumOfSquares: (node) => truthOf(c.sumOfSquares(node), c),
    isMonotone: (operator) => truthOf(proveMonotone(operator, c), c),
    lipschitz: (node) => betterBound(whole(node), everywhere(), c, lipschitzIn),
    strongConvexity: (node) => betterBound(whole(node), everywhere(), c, strongIn),
    groups: (terms) => {
      const signed = terms.map((node) => ({ node, negative: false }));
      const smoothly = fusions(signed, (term) => smooth(term).ok, c);
      const taken = new Set(smoothly.flatMap(({ members }) => members));
      const others = fusions(signed, (term) => hasCurvature(term, c), c);
      return [...smoothly, ...others.filter(({ members }) => members.every((k) => !taken.has(k)))];
    },
    range: c.range,
    dependence: c.dependence,
  };
}

const hasCurvature = (node: Node, c: Calculus): boolean =>
  c.prove(node, 'convex').ok || c.prove(node, 'concave').ok;

/** Conditions that are settled by the program text alone are taken out; undefined where one is refuted. */
function settle(proof: Proof, c: Calculus): Proof | undefined {
  if (!proof.ok) return proof;
  const conditions = proof.conditions.map((condition) =>
    forEveryMember(c.graph, condition, c.assumptions.indices),
  );
  const answers = conditions.map(decided);
  if (answers.includes(false)) return undefined;
  return { ...proof, conditions: conditions.filter((_, k) => answers[k] === undefined) };
}

function truthOf(proof: Proof, c: Calculus): Truth {
  const settled = settle(proof, c);
  if (settled === undefined)
    return {
      kind: 'unknown',
      reason: reason('a condition on the data fails', undefined, [proof.reason]),
    };
  if (!settled.ok) return { kind: 'unknown', reason: settled.reason };
  const condition = conjunction(c.graph, settled.conditions);
  return condition === undefined
    ? { kind: 'yes', reason: settled.reason }
    : { kind: 'if', condition, reason: settled.reason };
}

/** By the rules; for a quadratic part that they do not settle, by its Hessian. */
export function proveCurvature(node: Node, goal: Goal, c: Calculus): Proof {
  const byRules = settle(c.prove(node, goal), c);
  if (byRules?.ok === true) return byRules;
  return byHessian(node, goal, c) ?? byRules ?? stuck('a condition on the data fails', node);
}

function byHessian(node: Node, goal: Goal, c: Calculus): Proof | undefined {
  if (node.type.shape.length > 0) return undefined;
  const terms = c.degree(node) <= 2 ? [{ node, negative: false }] : summandsOf(node);
  const rest = terms
    .filter((term) => c.degree(term.node) > 2)
    .map((term) => c.prove(term.node, term.negative ? flip(goal) : goal));
  if (rest.some((part) => !part.ok)) return undefined;
  const quadratic = signedSum(
    terms.filter((term) => c.degree(term.node) <= 2),
    c,
  );
  const hessian = quadratic === undefined ? undefined : quadraticHessian(quadratic, c);
  if (quadratic === undefined || hessian === undefined || !c.known(hessian)) return undefined;
  const signed = goal === 'convex' ? hessian : c.graph.neg(hessian);
  const condition = semidefiniteCondition(c.graph, signed);
  const answer = decided(forEveryMember(c.graph, condition, c.assumptions.indices));
  const side = goal === 'convex' ? 'positive' : 'negative';
  if (answer === false || (answer === undefined && failsForAllSizes(condition)))
    return stuck(`a quadratic whose Hessian is not ${side} semidefinite`, quadratic);
  const text = `a quadratic with ${side} semidefinite Hessian`;
  const whole =
    answer === true
      ? proved(text, quadratic)
      : provedIf(`${text}, checked once data is in`, quadratic, condition);
  return rest.length === 0 ? whole : proved(`a sum of ${goal} terms`, node, [whole, ...rest]);
}

function signedSum(
  terms: readonly { readonly node: Node; readonly negative: boolean }[],
  c: Calculus,
): Node | undefined {
  return terms.reduce<Node | undefined>((sum, { node, negative }) => {
    if (sum === undefined) return negative ? c.graph.neg(node) : node;
    return negative ? c.graph.sub(sum, node) : c.graph.add(sum, node);
  }, undefined);
}

function truthOfCurvature(node: Node, goal: Goal, c: Calculus): Truth {
  const proof = proveCurvature(node, goal, c);
  if (proof.ok) return truthOf(proof, c);
  const opposite = settle(c.prove(node, flip(goal)), c);
  if (opposite?.ok === true && opposite.conditions.length === 0)
    return {
      kind: 'no',
      reason: reason(`${flip(goal)}, not ${goal}`, node, [opposite.reason]),
    };
  const isRefuted = c.degree(node) <= 2 && byHessian(node, goal, c)?.ok === false;
  return { kind: isRefuted ? 'no' : 'unknown', reason: proof.reason };
}

function curvatureOf(node: Node, wanted: Goal, c: Calculus): CurvatureFact {
  const degree = c.degree(node);
  if (degree <= 1) {
    const curvature = degree === 0 ? 'constant' : 'affine';
    return {
      curvature,
      condition: undefined,
      reason: reason(curvature, node),
      culprit: undefined,
    };
  }
  const first = proveCurvature(node, wanted, c);
  const settled = first.ok && first.conditions.length === 0;
  const second = settled ? first : proveCurvature(node, flip(wanted), c);
  const isSecond = second.ok && (!first.ok || second.conditions.length < first.conditions.length);
  const best = isSecond ? second : first;
  if (!best.ok)
    return {
      curvature: 'unknown',
      condition: undefined,
      reason: best.reason,
      culprit: best.culprit,
    };
  return {
    curvature: isSecond ? flip(wanted) : wanted,
    condition: conjunction(c.graph, best.conditions),
    reason: best.reason,
    culprit: undefined,
  };
}

function quadraticTruth(node: Node, c: Calculus): Truth {
  const degree = c.degree(node);
  if (degree <= 2) return { kind: 'yes', reason: reason(`a polynomial of degree ${degree}`, node) };
  const culprit = smallestBeyond(node, c, 2);
  const text =
    degree < Infinity ? `a polynomial of degree ${degree}` : 'not a polynomial of the variables';
  return { kind: 'unknown', reason: reason(text, culprit) };
}

function smallestBeyond(node: Node, c: Calculus, degree: number): Node {
  const inner = node.args.find((arg) => c.degree(arg) > degree);
  return inner === undefined ? node : smallestBeyond(inner, c, degree);
}

function bilinearTruth(
  node: Node,
  groups: readonly [readonly Node[], readonly Node[]] | undefined,
  c: Calculus,
): Truth {
  const found = groups ?? bilinearGroups(node, c);
  return found === undefined
    ? {
        kind: 'unknown',
        reason: reason('not affine in each of two groups of variables', smallestNonlinear(node, c)),
      }
    : truthOf(proveBilinear(node, found[0], found[1], c), c);
}

type BoundIn = (node: Node, c: Calculus) => Omit<BoundFact, 'everywhere'>;

/** A bound that holds everywhere where there is one, else one within the bounds of the variables. */
function betterBound(node: Node, everywhere: Calculus, c: Calculus, bound: BoundIn): BoundFact {
  const wide = bound(node, everywhere);
  if (wide.bound !== undefined) return { ...wide, everywhere: true };
  return { ...bound(node, c), everywhere: false };
}

const none = (why: Reason, culprit: Node | undefined): Omit<BoundFact, 'everywhere'> => ({
  bound: undefined,
  condition: undefined,
  reason: why,
  culprit,
});

/** Term by term; quadratic terms without a bound of their own together, by their Hessian. */
function lipschitzIn(node: Node, c: Calculus): Omit<BoundFact, 'everywhere'> {
  const scope = bendsIn(c);
  const whole = scope.bend(node);
  const because = (bound: Node, text: string): Omit<BoundFact, 'everywhere'> => ({
    bound,
    condition: undefined,
    reason: reason(text, node),
    culprit: undefined,
  });
  if (whole !== undefined) return because(whole, 'by the rules for second derivatives');
  if (node.type.shape.length > 0) return none(reason('not a scalar', node), node);
  const terms = c.degree(node) <= 2 ? [{ node, negative: false }] : summandsOf(node);
  const open = terms.filter((term) => scope.bend(term.node) === undefined);
  const failed = open.find((term) => c.degree(term.node) > 2);
  if (failed !== undefined) {
    const kink = smoothIn(c)(failed.node);
    return none(
      kink.ok ? reason('its second derivative has no known bound', failed.node) : kink.reason,
      failed.node,
    );
  }
  const quadratic = signedSum(open, c);
  const hessian = quadratic === undefined ? undefined : quadraticHessian(quadratic, c);
  if (hessian === undefined || hessian.free.length > 0 || !c.known(hessian))
    return none(reason('its Hessian is not known before the run', node), node);
  const rest = terms
    .filter((term) => !open.includes(term))
    .map((term) => scope.bend(term.node) ?? scope.n.zero);
  const bound = rest.reduce(scope.n.add, largestEigenvalueSize(c.graph, hessian));
  return because(bound, 'the largest eigenvalue of the Hessian of its quadratic part');
}

function strongIn(node: Node, c: Calculus): Omit<BoundFact, 'everywhere'> {
  const scope = strengthsIn(c);
  const structural = modulus(node, scope);
  const conditionOf = (conditions: readonly Node[]): Node | undefined =>
    conjunction(
      c.graph,
      conditions
        .map((condition) => forEveryMember(c.graph, condition, c.assumptions.indices))
        .filter((condition) => decided(condition) !== true),
    );
  if (structural !== undefined)
    return {
      bound: structural.bound,
      condition: conditionOf(structural.conditions),
      reason: reason('the least of the moduli of its terms', node),
      culprit: undefined,
    };
  const dependsOnAll = c.dependence(node).size === c.variables.size;
  const hessian = dependsOnAll && c.degree(node) === 2 ? quadraticHessian(node, c) : undefined;
  if (hessian === undefined || hessian.free.length > 0 || !c.known(hessian))
    return none(reason('no term is strongly convex in all variables', node), node);
  const size = c.graph.size(hessian.type.shape[0]);
  const [bound] = c.graph.cond(
    c.graph.le(size, gramSize),
    () => [smallestEigenvalue(c.graph, hessian)],
    () => [
      // Too large for its eigenvalues: 0 where convexity is known, else what its size allows.
      isProvedConvex(node, c)
        ? c.graph.constant(0)
        : c.graph.neg(c.graph.sqrt(c.graph.sumsq(hessian))),
    ],
  );
  return {
    bound,
    condition: undefined,
    reason: reason('the smallest eigenvalue of its Hessian', node),
    culprit: undefined,
  };
}

function isProvedConvex(node: Node, c: Calculus): boolean {
  const proof = c.prove(node, 'convex');
  return proof.ok && proof.conditions.length === 0;
}

/** Strongly convex if the modulus is positive; a modulus that only data can tell makes a condition. */
function strongTruth(node: Node, everywhere: Calculus, c: Calculus): Truth {
  const fact = betterBound(node, everywhere, c, strongIn);
  if (fact.bound === undefined) return { kind: 'unknown', reason: fact.reason };
  const isPositive = c.graph.lt(0, fact.bound);
  const condition =
    fact.condition === undefined ? isPositive : c.graph.and(fact.condition, isPositive);
  const low = c.range(fact.bound);
  const answer = fact.condition === undefined && low.low > 0 ? true : decided(condition);
  if (answer === true) return { kind: 'yes', reason: fact.reason };
  if (answer === false)
    return { kind: 'unknown', reason: reason('its modulus is not positive', node) };
  return { kind: 'if', condition, reason: fact.reason };
}
