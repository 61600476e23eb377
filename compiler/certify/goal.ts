// The certificate of one goal of one level: what to measure at an answer, as IR over the variables of the level, built from the problem as
// written. It shares no expression with any method: no prox, no projection, no conjugate table of the match room is used here.
//
// For a convex goal F with smooth part f and kinks a_k (atoms.ts), for all z and every allowed y,
//   F(z) >= F(x) + Σ w_k (minorant_k(x; y) - a_k(x)) + r'(z - x) + m/2 ‖z - x‖²,     r = ∇f(x) + Σ K_k' w_k y_k,
// so the least of the right side over allowed z (reach.ts) is a proven bound on the optimal value. The gap to it is the duality gap.
import { grads } from '../derive/grad.ts';
import {
  constraintAtom,
  convexResiduals,
  proposal,
  residualsOf,
  type Residual,
} from './constraints.ts';
import { convexDomains } from './convex-domains.ts';
import { dependence, kinksOf } from './atoms.ts';
import { multiplierCandidates, slope, type DualProblem, type WeightedAtom } from './dual.ts';
import { boxOf, faceOf } from './face.ts';
import { minorized } from './minorized.ts';
import { reach } from './reach.ts';
import { stationarity } from './stationarity.ts';
import type { StructureQuestions } from './structure.ts';
import { violation } from './violation.ts';
import type { Constraint, Goal, Level, Problem, Variable } from '../problem/problem.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';

export interface GoalPlan {
  readonly sense: 'minimize' | 'maximize' | 'find';
  /** What the class allows at best, where all conditions hold. */
  readonly promise: 'optimal' | 'stationary' | 'feasible';
  /** Bool scalars over data and params on which the promise rests. */
  readonly conditions: readonly Node[];
  readonly value: Node | undefined;
  /** A constant where nothing constrains. */
  readonly violation: Node;
  readonly stationarity: { readonly node: Node; readonly text: string } | undefined;
  readonly bound: { readonly node: Node; readonly text: string } | undefined;
  /** A bound with multipliers of the constraints that someone proposes, where there are constraints; a proof whatever they are. */
  readonly proposal:
    | {
        readonly multipliers: readonly {
          readonly input: Node<'input'>;
          readonly constraint: Constraint;
        }[];
        readonly bound: Node;
      }
    | undefined;
  /** Whether some variables are whole: a bound then holds for the relaxed problem, and so for this one. */
  readonly whole: boolean;
  /** The same bound with the whole variables within a box that is given: what branch and bound asks for. */
  readonly branching: Branching | undefined;
  readonly notes: readonly string[];
}

export interface Branching {
  readonly variables: readonly {
    readonly variable: Variable;
    readonly least: Node<'input'>;
    readonly most: Node<'input'>;
    /** The bounds that the problem sets. */
    readonly low: Node;
    readonly high: Node;
  }[];
  readonly bound: Node;
}

/** The plan of one goal in the variables of the problem's level; all else counts as given. */
export function planGoal(graph: Graph, problem: Problem, questions: StructureQuestions): GoalPlan {
  const { level } = problem;
  const [goal] = level.goals;
  if (goal === undefined || goal.node === undefined || goal.sense === 'find')
    return nothing(graph, level, 'find');
  const { sense } = goal;
  if (goal.objectives > 1)
    return {
      ...nothing(graph, level, sense),
      notes: ['The goal has several objectives; answers to it cannot be certified yet.'],
    };
  const value = goal.node;
  const F = goal.sense === 'maximize' ? graph.neg(value) : value;
  const inputs = level.variables.map((v) => v.input);
  const convex = questions.convex(F, inputs);
  const residuals = residualsOf(level);
  const kept =
    residuals === undefined ? undefined : convexResiduals(graph, residuals, inputs, questions);
  const nonconvexSet = level.variables.find(
    ({ domain }) => domain !== undefined && !convexDomains[domain.name],
  );
  const whole = level.variables.filter(isWhole);
  const broken = violation(graph, level);
  const isConvex = convex.holds && nonconvexSet === undefined && kept?.holds === true;
  const turned = (node: Node): Node => (goal.sense === 'maximize' ? graph.neg(node) : node);
  const prove = (given: Given, variables = level.variables): FirstOrder =>
    firstOrder(graph, goal, F, variables, questions, isConvex, given);
  const proof =
    residuals === undefined ? unknownConstraints : prove({ residuals, lagrangian: undefined });
  const proposed =
    residuals === undefined || residuals.length === 0 || !isConvex
      ? undefined
      : proposal(graph, residuals);
  const proposedBound =
    proposed === undefined
      ? undefined
      : prove({ residuals: [], lagrangian: proposed.lagrangian }).bound;
  const boxes = whole.map(({ name, input }) => boxInputs(graph, name, input));
  const boxed = level.variables.map((variable): Variable => {
    const box = boxes[whole.indexOf(variable)];
    return box === undefined ? variable : withinBox(variable, box);
  });
  const boxBound =
    proposed === undefined || whole.length === 0
      ? undefined
      : prove({ residuals: [], lagrangian: proposed.lagrangian }, boxed).bound;
  return {
    sense: goal.sense,
    promise: isConvex ? 'optimal' : 'stationary',
    whole: whole.length > 0,
    branching:
      boxBound === undefined
        ? undefined
        : {
            variables: whole.map((variable, k) => ({
              variable,
              ...boxes[k],
              ...outerBox(graph, variable),
            })),
            bound: turned(boxBound.node),
          },
    conditions: isConvex
      ? [convex, kept].flatMap((answer) => (answer.holds ? answer.conditions : []))
      : [],
    value,
    proposal:
      proposed === undefined || proposedBound === undefined
        ? undefined
        : {
            multipliers: (residuals ?? []).map(({ constraint }, k) => ({
              input: proposed.inputs[k],
              constraint,
            })),
            bound: turned(proposedBound.node),
          },
    violation: broken,
    // A slope says nothing of points that lie apart.
    stationarity: whole.length > 0 ? undefined : proof.stationarity,
    bound:
      proof.bound === undefined
        ? undefined
        : {
            node: turned(proof.bound.node),
            text: proof.bound.text,
          },
    notes: proof.notes,
  };
}

/** No more than feasibility. */
export const nothing = (graph: Graph, level: Level, sense: GoalPlan['sense']): GoalPlan => ({
  sense,
  promise: sense === 'find' ? 'feasible' : 'stationary',
  conditions: [],
  value: undefined,
  violation: violation(graph, level),
  stationarity: undefined,
  bound: undefined,
  proposal: undefined,
  whole: false,
  branching: undefined,
  notes: [],
});

const isWhole = ({ element }: Variable): boolean => element === 'int' || element === 'bool';

interface BoxInputs {
  readonly least: Node<'input'>;
  readonly most: Node<'input'>;
}

/** The ends of a box for a variable, given with the point. */
function boxInputs(graph: Graph, name: string, { type }: Node): BoxInputs {
  const real = { element: 'real', shape: type.shape, storage: 'dense' } as const;
  return {
    least: graph.input(`least ${name}`, 'variable', real),
    most: graph.input(`most ${name}`, 'variable', real),
  };
}

const withinBox = (variable: Variable, { least, most }: BoxInputs): Variable => ({
  ...variable,
  element: 'real',
  lower: { node: least, strict: false, span: variable.span },
  upper: { node: most, strict: false, span: variable.span },
});

function outerBox(graph: Graph, variable: Variable): { readonly low: Node; readonly high: Node } {
  const { low, high } = boxOf(graph, variable);
  const { shape } = variable.input.type;
  return { low: low ?? graph.full(-Infinity, shape), high: high ?? graph.full(Infinity, shape) };
}

interface FirstOrder {
  readonly stationarity: GoalPlan['stationarity'];
  readonly bound: GoalPlan['bound'];
  readonly notes: readonly string[];
}

const unknownConstraints: FirstOrder = {
  stationarity: undefined,
  bound: undefined,
  notes: [
    'The multipliers of some constraints are not known: no more than feasibility can be shown.',
  ],
};

/** Constraints whose multipliers are sought, or λ'g with multipliers that are given. */
interface Given {
  readonly residuals: readonly Residual[];
  readonly lagrangian: Node | undefined;
}

function firstOrder(
  graph: Graph,
  goal: Goal,
  goalNode: Node,
  variables: readonly Variable[],
  questions: StructureQuestions,
  isConvex: boolean,
  { residuals, lagrangian }: Given,
): FirstOrder {
  const F = lagrangian === undefined ? goalNode : graph.add(goalNode, lagrangian);
  const inputs = variables.map((v) => v.input);
  const sign = goal.sense === 'maximize' ? -1 : 1;
  const terms = goal.terms.map(({ node }) => (sign === 1 ? node : graph.neg(node)));
  const kinked = isConvex ? terms.filter((term) => !questions.smooth(term, inputs)) : [];
  const atoms = sumNodes(graph, kinked) === undefined ? [] : atomsOf(graph, kinked, inputs);
  if (atoms === undefined) {
    return {
      stationarity: undefined,
      bound: undefined,
      notes: [
        'The goal has a kink of a kind whose multipliers are not known: no proof of optimality can be given.',
      ],
    };
  }
  const constraints = residuals.map((residual): WeightedAtom => {
    const atom = constraintAtom(graph, residual);
    return { atom, weight: graph.ones(atom.node.type.shape) };
  });
  const frozen = new Map(atoms.map(({ atom }) => [atom.node, graph.stop(atom.node)]));
  const smoothPart = atoms.length === 0 ? F : substituteIn(graph, F, frozen);
  const scale = inputs.map((x) =>
    x.type.shape.length === 0 ? graph.abs(x) : graph.maxOver(graph.abs(x)),
  );
  const size = graph.named(
    graph.max(
      scale.reduce((a, b) => graph.max(a, b)),
      1,
    ),
    'size',
  );
  const distance = graph.named(graph.mul(100, size), 'radius');
  const tolerance = graph.named(graph.mul(1e-6, size), 'tolerance');
  const moduli = isConvex
    ? modulusChoices(graph, terms, goalNode, inputs, questions)
    : [inputs.map(() => undefined)];
  const dual: DualProblem = {
    graph,
    variables: inputs,
    gradient: grads(graph, smoothPart, inputs).map((g) => graph.named(g, 'gradient')),
    atoms: [...atoms, ...constraints],
    constrained: constraints.length > 0,
    faces: variables.map((variable) => faceOf(graph, variable, tolerance)),
    tolerance,
    moduli: commonModuli(graph, moduli),
  };
  const proofs = multiplierCandidates(dual).flatMap((y) =>
    moduli.map((modulus) => proofWith(graph, dual, y, variables, F, modulus, distance)),
  );
  const bounds = proofs.flatMap(({ bound }) => (bound === undefined ? [] : [bound]));
  const slopes = proofs.flatMap(({ residual }) => (residual === undefined ? [] : [residual]));
  const cut = proofs.every((proof) => proof.cut);
  return {
    stationarity:
      slopes.length === 0
        ? undefined
        : {
            node: slopes.map(({ node }) => node).reduce((a, b) => graph.min(a, b)),
            text: slopes[0].text,
          },
    bound:
      !isConvex || bounds.length === 0
        ? undefined
        : {
            node: bounds.reduce((a, b) => graph.max(a, b)),
            text: cut
              ? 'value minus a proven bound, relative; proved for points within 100 times the size of the answer'
              : 'value minus a proven bound, relative',
          },
    notes: [],
  };
}

function atomsOf(
  graph: Graph,
  kinked: readonly Node[],
  inputs: readonly Node[],
): readonly WeightedAtom[] | undefined {
  const total = sumNodes(graph, kinked);
  if (total === undefined) return [];
  const kinks = kinksOf(graph, total, inputs);
  if (kinks === undefined) return undefined;
  const weights = grads(
    graph,
    total,
    kinks.map(({ node }) => node),
  );
  return kinks.map((atom, k) => ({ atom, weight: weights[k] }));
}

const sumNodes = (graph: Graph, nodes: readonly Node[]): Node | undefined =>
  nodes.length === 0 ? undefined : nodes.reduce((a, b) => graph.add(a, b));

/** Moduli of strong convexity, one a variable, in alternative valid choices: the terms that depend on one variable alone, or the goal in all variables. */
function modulusChoices(
  graph: Graph,
  terms: readonly Node[],
  F: Node,
  inputs: readonly Node[],
  questions: StructureQuestions,
): readonly (readonly (Node | undefined)[])[] {
  const own = inputs.map((x) => {
    const others = inputs.filter((other) => other !== x);
    const moduli = terms
      .filter(
        (term) =>
          dependence(term, [x])(term) && !others.some((other) => dependence(term, [other])(term)),
      )
      .flatMap((term) => {
        const modulus = questions.strongConvexity(term, [x]);
        return modulus === undefined ? [] : [modulus];
      });
    const sum = sumNodes(graph, moduli);
    return sum === undefined ? undefined : graph.named(sum, 'modulus');
  });
  const whole = questions.strongConvexity(F, inputs);
  if (whole !== undefined) graph.named(whole, 'modulus');
  return whole === undefined ? [own] : [own, inputs.map(() => whole)];
}

/** One modulus for all variables, for each choice that has one in all. */
const commonModuli = (
  graph: Graph,
  choices: readonly (readonly (Node | undefined)[])[],
): readonly Node[] =>
  choices.flatMap((choice) => {
    const known = choice.flatMap((modulus) => (modulus === undefined ? [] : [modulus]));
    return known.length < choice.length || known.length === 0
      ? []
      : [known.reduce((a, b) => graph.min(a, b))];
  });

interface Proof {
  readonly bound: Node | undefined;
  readonly residual: { readonly node: Node; readonly text: string } | undefined;
  readonly cut: boolean;
}

function proofWith(
  graph: Graph,
  dual: DualProblem,
  y: readonly Node[],
  variables: readonly Variable[],
  F: Node,
  modulus: readonly (Node | undefined)[],
  distance: Node,
): Proof {
  const r = slope(dual, y).map((node) => graph.named(node, 'slope'));
  const reaches = variables.map((variable, v) =>
    reach(graph, variable, r[v], modulus[v], distance),
  );
  const residuals = variables.map((variable, v) =>
    stationarity(graph, variable, r[v], F, reaches[v]?.fall),
  );
  const falls = reaches.flatMap((found) => (found === undefined ? [] : [found.fall]));
  const known = residuals.flatMap((found) => (found === undefined ? [] : [found]));
  return {
    bound:
      falls.length < variables.length
        ? undefined
        : [minorized(graph, F, dual, y), ...falls].reduce((a, b) => graph.add(a, b)),
    residual:
      known.length < variables.length || known.length === 0
        ? undefined
        : {
            node: known.map(({ residual }) => residual).reduce((a, b) => graph.max(a, b)),
            text: known[0].text,
          },
    cut: reaches.some((found) => found?.cut ?? true),
  };
}
