// The roles of a pattern and what they stand for in a problem.
import type { Constraint, Goal, Term } from '../problem/problem.ts';
import type { Facts } from '../problem/facts/facts.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { Layout } from './layout.ts';
import type { MappedTerms } from './linear-map.ts';
import type { ProxVariable } from './prox/of-terms.ts';
import type { SampledOperator } from './sampled-operator.ts';
import type { Sampled } from './samples.ts';

/** A pattern function: an expression of a space of inputs. */
export interface FunctionRole {
  readonly name: string;
  /** What the terms of the goal became; empty for a function that is zero. */
  readonly terms: readonly Term[];
  /** The value over `space`: a scalar, or a vector for residuals, constraints and several objectives. */
  readonly expression: Node;
  /** The inputs it is a function of: variables, or the blocks of K*x. */
  readonly space: readonly ProxVariable[];
  readonly form:
    | { readonly kind: 'plain' }
    /** F of a variational inequality; `gradients` where its parts are those of players' goals. `sampled` for E(i in D) F(x, i). */
    | {
        readonly kind: 'operator';
        readonly layout: Layout;
        readonly gradients: boolean;
        readonly sampled: SampledOperator | undefined;
      }
    | { readonly kind: 'mapped'; readonly map: MappedTerms }
    | { readonly kind: 'sampled'; readonly sampled: Sampled };
  /** The facts over its space. */
  readonly facts: () => Facts;
  /** The goals that the function stands in: whether it is convex is asked of what each decides. */
  readonly owners: readonly Owner[];
}

/** What a function of samples is drawn from. */
export const sampledOf = ({ form }: Pick<FunctionRole, 'form'>): Sampled | undefined =>
  form.kind === 'sampled' || form.kind === 'operator' ? form.sampled : undefined;

/** One goal's view of a function. */
export interface Owner {
  readonly inputs: readonly Node[];
  /** Over what the goal decides. */
  readonly facts: () => Facts;
  /** In the sense of minimisation. */
  readonly signed: (node: Node) => Node;
}

/** What binding fills in. */
export interface MutableRoles {
  readonly functions: Map<string, FunctionRole>;
  readonly maps: Map<string, MappedTerms>;
  readonly sets: Map<string, Sampled>;
}

export interface Roles {
  readonly graph: Graph;
  readonly goal: Goal;
  /** By the names of the pattern. */
  readonly variables: ReadonlyMap<string, Layout>;
  readonly functions: ReadonlyMap<string, FunctionRole>;
  readonly maps: ReadonlyMap<string, MappedTerms>;
  readonly sets: ReadonlyMap<string, Sampled>;
  /** X → the variable whose set it is. */
  readonly domains: ReadonlyMap<string, Layout>;
  readonly constraints: readonly Constraint[];
}
