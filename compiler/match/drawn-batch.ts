// The elements of a batch that are drawn: of each source its own, all at one place of the batch side by side.
import { drawMany } from '../lower/expectation.ts';
import type { DrawnBatch } from '../lower/pattern.ts';
import type { RandomQuantity } from '../problem/problem.ts';
import { constantDim, constantValue, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substitute } from '../tensor/substitute.ts';
import type { Source } from './samples.ts';

export interface BatchPlace {
  /** The set's name in the pattern. */
  readonly name: string;
  readonly site: number;
  readonly counters: readonly Node[];
  readonly count: Dim;
}

export function drawnBatch(
  graph: Graph,
  sources: readonly Source[],
  { name, site, counters, count }: BatchPlace,
): DrawnBatch {
  // One site for the whole batch: what is drawn there is told apart by a counter more.
  const countersOf = (k: number): readonly Node[] =>
    k === 0 ? counters : [...counters, graph.constant(k)];
  const counted = (values: Node, k: number): Node =>
    k === 0 ? graph.oracle(values, 'draws', name, count) : values;

  return (place, at) => {
    const values = new Map(at);
    const made = new Map<Node, Node>();
    const give = (parameter: Node, value: Node): void => {
      values.set(parameter, value);
      made.set(parameter, value);
    };
    const entry = (all: Node): Node => graph.gather(all, [place], [0], true);
    let k = 0;
    for (const { index, size, draws } of sources) {
      const own: Node<'parameter'>[] = [];
      if (index !== undefined && size !== undefined) {
        give(index, entry(counted(positions(size, countersOf(k)), k)));
        own.push(index);
        k += 1;
      }
      for (const quantity of draws) {
        give(quantity.parameter, drawn(quantity, own, values, k));
        own.push(quantity.parameter);
        k += 1;
      }
    }
    return made;

    function drawn(
      quantity: RandomQuantity,
      own: readonly Node<'parameter'>[],
      known: ReadonlyMap<Node, Node>,
      nth: number,
    ): Node {
      const byScore = quantity.estimator.kind === 'score';
      const args = substitute(graph, quantity.args, known).map((arg) =>
        byScore ? graph.stop(arg) : arg,
      );
      const law = { ...quantity, args, site };
      const varies = quantity.args.some((arg) =>
        own.some(({ attributes }) => arg.free.includes(attributes.key)),
      );
      if (!varies) return entry(counted(drawMany(graph, law, count, 'run', countersOf(nth)), nth));
      // The law is this element's own.
      const single = drawMany(graph, law, constantDim(1), 'run', [...countersOf(nth), place]);
      return graph.at(single, 0, 0);
    }
  };

  /** Every element about equally often: the set in random order, again and again. Each place alone is uniform over it. */
  function positions(size: Dim, own: readonly Node[]): Node {
    const [all, wanted] = [constantValue(size), constantValue(count)];
    if (all !== undefined && wanted !== undefined && wanted <= all)
      return graph.sample(size, count, site, own);
    const order = graph.sample(size, size, site, own);
    return graph.gather(order, [graph.mod(graph.iota(count), graph.size(size))], [0], true);
  }
}
