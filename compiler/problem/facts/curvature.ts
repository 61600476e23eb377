// Curvature of an expression in a set of variables: by degree, by atoms known as a whole, by the disciplined rules, for functions of one
// affine argument by pieces, for quadratics by their Hessian.
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Assumptions, Calculus } from './calculus.ts';
import { curvatureRuleOf } from './curvature-rules.ts';
import { degreesIn } from './degree.ts';
import { dependenceOn, isKnownBeforeRun } from './dependence.ts';
import { geometricMean, perspective, quadOverLinear, relativeEntropy } from './atoms/ratios.ts';
import { findLogCurvature, logAtom, logSumExp } from './atoms/log-curvature.ts';
import { findSumOfSquares, pNorm, rootOfSquares } from './atoms/norms.ts';
import {
  logDeterminant,
  matrixFraction,
  spectralFunction,
  sumOfLargest,
} from './atoms/spectral.ts';
import { proved, stuck, type Goal, type Proof } from './proof.ts';
import { piecesOf, type Pieces } from './pieces.ts';
import { rangesFrom } from './range.ts';
import { inStages, remembered } from './stages.ts';

/** An expression recognised as a whole; undefined where it is none of this kind, or the atom proves nothing. */
type Atom = (node: Node, goal: Goal, c: Calculus) => Proof | undefined;

const atoms: readonly Atom[] = [
  rootOfSquares,
  pNorm,
  logSumExp,
  logAtom,
  relativeEntropy,
  quadOverLinear,
  geometricMean,
  perspective,
  sumOfLargest,
  spectralFunction,
  logDeterminant,
  matrixFraction,
];

interface Setting {
  readonly graph: Graph;
  readonly variables: ReadonlySet<Node>;
  readonly assumptions: Assumptions;
  readonly leaves: ReadonlyMap<Node, Goal | 'none'>;
}

export function createCalculus(
  graph: Graph,
  variables: ReadonlySet<Node>,
  assumptions: Assumptions,
): Calculus {
  return calculusIn({ graph, variables, assumptions, leaves: new Map() });
}

function calculusIn(setting: Setting): Calculus {
  const { graph, variables, assumptions, leaves } = setting;
  const range = rangesFrom(assumptions.ranges);
  const leafDegree = (node: Node): number | undefined =>
    leaves.has(node) ? Infinity : variables.has(node) ? 1 : undefined;
  const taken = new Map<Node, Pieces | undefined>();
  const knownNodes = new Map<Node, boolean>();
  const allowed = new Set(
    [...(assumptions.indices?.keys() ?? [])].map((index) => index.attributes.key),
  );

  const prove = rememberedProver((node, goal) => search(node, goal));

  const squares = remembered((node) => findSumOfSquares(node, calculus));
  const calculus: Calculus = {
    graph,
    variables,
    assumptions,
    range,
    dependence: dependenceOn(variables),
    degree: degreesIn(leafDegree, range),
    known: (node) => {
      const before = knownNodes.get(node);
      if (before !== undefined) return before;
      const answer = isKnownBeforeRun(node, allowed);
      knownNodes.set(node, answer);
      return answer;
    },
    prove,
    logCurvature: rememberedProver((node, goal) => findLogCurvature(node, goal, calculus)),
    sumOfSquares: squares,
    pieces: (node) => {
      if (!taken.has(node)) taken.set(node, piecesOf(node, calculus));
      return taken.get(node);
    },
    with: (change) =>
      calculusIn({
        graph,
        variables: change.variables ?? variables,
        assumptions: {
          ...assumptions,
          ranges: new Map([...assumptions.ranges, ...(change.ranges ?? [])]),
        },
        leaves: new Map([...leaves, ...(change.leaves ?? [])]),
      }),
  };

  function search(node: Node, goal: Goal): Proof {
    const leaf = leaves.get(node);
    if (leaf !== undefined)
      return leaf === goal ? proved(goal, node) : stuck(`a state that is not ${goal}`, node);
    const degree = calculus.degree(node);
    if (degree === 0) return proved('constant', node);
    if (degree === 1) return proved('affine', node);
    let conditional: Proof | undefined;
    for (const atom of atoms) {
      const proof = atom(node, goal, calculus);
      if (proof?.ok !== true) continue;
      if (proof.conditions.length === 0) return proof;
      conditional ??= proof;
    }
    const rule = curvatureRuleOf(node, goal, calculus);
    if (rule.ok && (rule.conditions.length === 0 || conditional === undefined)) return rule;
    if (conditional !== undefined) return conditional;
    if (rule.ok) return rule;
    const pieces = calculus.pieces(node)?.prove(goal);
    return pieces?.ok === true ? pieces : rule;
  }

  return calculus;
}

/** A prover that remembers what it found, for both goals, for expressions of any depth. */
function rememberedProver(search: (node: Node, goal: Goal) => Proof): Calculus['prove'] {
  const found = { convex: new Map<Node, Proof>(), concave: new Map<Node, Proof>() };
  const look = (node: Node, goal: Goal): Proof => {
    const before = found[goal].get(node);
    if (before !== undefined) return before;
    ready(node);
    const proof = search(node, goal);
    found[goal].set(node, proof);
    return proof;
  };
  const ready = inStages(
    (node) => found.convex.has(node) && found.concave.has(node),
    (node) => {
      look(node, 'convex');
      look(node, 'concave');
    },
  );
  return look;
}

/** All conditions as one; undefined where there is none. */
export function conjunction(graph: Graph, conditions: readonly Node[]): Node | undefined {
  return conditions.length === 0 ? undefined : conditions.reduce((a, b) => graph.and(a, b));
}
