// A domain for each entry of the first axis: product(D1, …, Dk) for x with k rows (or k entries).
import { constantValue, type Dim } from '../../tensor/dim.ts';
import type { Domain } from '../../problem/problem.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Shape } from '../../tensor/type.ts';
import { has, lacks, type DomainOperations, type DomainRule, type Offer } from './operations.ts';

/** `operationsOf` makes the factors; it is passed in because the table of all domains holds this one too. */
export const productOf =
  (operationsOf: DomainRule): DomainRule =>
  (graph, domain, shape) => {
    const rest = shape.slice(1);
    const factors = domain.factors.map((factor) => operationsOf(graph, factor, rest));
    const misfit = mismatch(shape, domain.factors);
    return misfit === undefined ? combine(graph, factors) : refuse(graph, misfit, shape);
  };

function mismatch(shape: Shape, factors: readonly Domain[]): string | undefined {
  const first: Dim | undefined = shape[0];
  const count = first === undefined ? undefined : constantValue(first);
  return count === factors.length
    ? undefined
    : `it has ${factors.length} factors, the variable ${first?.key ?? 'no'} rows`;
}

const combine = (graph: Graph, factors: readonly DomainOperations[]): DomainOperations =>
  combineParts(
    graph,
    factors,
    (v) => factors.map((_, k) => graph.at(v, 0, k)),
    (nodes) => graph.stack(nodes),
  );

/** Operations on a product: each part by its own. `parts` takes a point apart, `join` puts it together. */
export function combineParts(
  graph: Graph,
  factors: readonly DomainOperations[],
  parts: (v: Node) => readonly Node[],
  join: (nodes: readonly Node[]) => Node,
): DomainOperations {
  const each = <C>(pick: (factor: DomainOperations) => Offer<C>): Offer<readonly C[]> => {
    const offers = factors.map(pick);
    const missing = offers.find((offer) => offer.kind === 'lacks');
    return missing ?? has(offers.flatMap((offer) => (offer.kind === 'has' ? [offer.with] : [])));
  };
  const on = <C, R>(offer: Offer<readonly C[]>, make: (all: readonly C[]) => R): Offer<R> =>
    offer.kind === 'lacks' ? offer : has(make(offer.with));
  const map = (all: readonly ((v: Node) => Node)[]) => (v: Node) =>
    join(parts(v).map((part, k) => all[k](part)));
  return {
    convex: factors.every(({ convex }) => convex),
    distance: (v) =>
      graph.sqrt(
        parts(v)
          .map((part, k) => graph.square(factors[k].distance(part)))
          .reduce((sum, d) => graph.add(sum, d)),
      ),
    project: on(
      each(({ project }) => project),
      map,
    ),
    lmo: on(
      each(({ lmo }) => lmo),
      map,
    ),
    barrier: on(
      each(({ barrier }) => barrier),
      (all) => (x) =>
        parts(x)
          .map((part, k) => all[k](part))
          .reduce((sum, b) => graph.add(sum, b)),
    ),
    mirror: on(
      each(({ mirror }) => mirror),
      (all) => ({
        fromDual: map(all.map(({ fromDual }) => fromDual)),
        toDual: map(all.map(({ toDual }) => toDual)),
      }),
    ),
    manifold: on(
      each(({ manifold }) => manifold),
      (all) => ({
        tangent: (x, g) => {
          const [xs, gs] = [parts(x), parts(g)];
          return join(all.map(({ tangent }, k) => tangent(xs[k], gs[k])));
        },
        retract: (x, d) => {
          const [xs, ds] = [parts(x), parts(d)];
          return join(all.map(({ retract }, k) => retract(xs[k], ds[k])));
        },
        transport: (x, y, d) => {
          const [xs, ys, ds] = [parts(x), parts(y), parts(d)];
          return join(all.map(({ transport }, k) => transport(xs[k], ys[k], ds[k])));
        },
      }),
    ),
    centre: () => join(factors.map(({ centre }) => centre())),
  };
}

function refuse(graph: Graph, because: string, shape: Shape): DomainOperations {
  const reason = lacks(because);
  return {
    convex: false,
    distance: () => graph.constant(Infinity),
    project: reason,
    lmo: reason,
    barrier: reason,
    mirror: reason,
    manifold: reason,
    centre: () => graph.zeros(shape),
  };
}
