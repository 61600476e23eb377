// What all facts about one set of variables share: where the bounds come from, what depends on the variables, degrees, and the
// prover of curvature. Made once for a graph, a set of variables and what is assumed of inputs; remembers what it found.
import type { Dim } from '../../tensor/dim.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { DegreeOf } from './degree.ts';
import type { DependenceOf } from './dependence.ts';
import type { Interval } from './interval.ts';
import type { Pieces } from './pieces.ts';
import type { Goal, Proof } from './proof.ts';
import type { RangeOf } from './range.ts';

/** What is known of inputs (data, params, variables) before any value is. */
export interface Assumptions {
  readonly ranges: ReadonlyMap<Node, Interval>;
  /** Symmetric positive semidefinite matrices. */
  readonly semidefinite: ReadonlySet<Node>;
  /** Positions of members of a family, with the sizes of their sets: facts hold for every position. */
  readonly indices?: ReadonlyMap<Node<'parameter'>, Dim>;
}

export const noAssumptions: Assumptions = { ranges: new Map(), semidefinite: new Set() };

export interface Calculus {
  readonly graph: Graph;
  /** The variables: inputs, or parameters of a region. All else counts as given. */
  readonly variables: ReadonlySet<Node>;
  readonly assumptions: Assumptions;
  readonly range: RangeOf;
  readonly dependence: DependenceOf;
  readonly degree: DegreeOf;
  /** It can be evaluated, for every member of a family, once data and params are in. */
  readonly known: (node: Node) => boolean;
  /** Every entry has this curvature in the variables together, wherever the expression is defined within their bounds. */
  readonly prove: (node: Node, goal: Goal) => Proof;
  /** The logarithm of the node has this curvature. */
  readonly logCurvature: (node: Node, goal: Goal) => Proof;
  /** A sum of squares of affine expressions and nonnegative constants: its root is a norm. */
  readonly sumOfSquares: (node: Node) => Proof;
  /** The node as a function of one affine argument in pieces, where it is one. */
  readonly pieces: (node: Node) => Pieces | undefined;
  /** The same calculus with other variables or more assumptions. */
  readonly with: (change: {
    readonly variables?: ReadonlySet<Node>;
    readonly ranges?: ReadonlyMap<Node, Interval>;
    /** Nodes of assumed curvature: states of a recurrence. */
    readonly leaves?: ReadonlyMap<Node, Goal | 'none'>;
  }) => Calculus;
}
