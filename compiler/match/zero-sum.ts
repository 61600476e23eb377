// Two goals as one function that one player minimises and the other maximises. What depends on the other's variables alone is a constant for a player, so
// the goals need only agree on the terms that hold variables of both.
import type { Term } from '../problem/problem.ts';
import { simplify } from '../simplify/simplify.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { dependsOn } from '../tensor/visit.ts';

/** A player's terms, in the sense of the shared function, and the inputs it decides. */
export interface Side {
  readonly terms: readonly Term[];
  readonly inputs: readonly Node[];
}

/** The terms of the function that the first player minimises and the second maximises; or the term that stands in the way. */
export function sharedTerms(
  graph: Graph,
  first: Side,
  second: Side,
):
  | { readonly kind: 'shared'; readonly terms: readonly Term[] }
  | { readonly kind: 'apart'; readonly term: Term } {
  const has = ({ node }: Term, { inputs }: Side): boolean => dependsOn(node, inputs);
  const cross = ({ terms }: Side): readonly Term[] =>
    terms.filter((term) => has(term, first) && has(term, second));
  const alone = (side: Side, other: Side): readonly Term[] =>
    side.terms.filter((term) => has(term, side) && !has(term, other));
  const [mine, theirs] = [cross(first), cross(second)];
  const left = without(mine, theirs);
  const right = without(theirs, mine);
  const [odd] = [...left, ...right];
  if (odd !== undefined && !vanishes(graph, left, right)) return { kind: 'apart', term: odd };
  return {
    kind: 'shared',
    terms: [...mine, ...alone(first, second), ...alone(second, first)],
  };
}

/** Terms that the others do not have, each taken once. */
function without(terms: readonly Term[], others: readonly Term[]): readonly Term[] {
  const rest = others.map(({ node }) => node);
  return terms.filter(({ node }) => {
    const at = rest.indexOf(node);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

function vanishes(graph: Graph, left: readonly Term[], right: readonly Term[]): boolean {
  const sum = (terms: readonly Term[]): Node =>
    terms.reduce<Node>((total, { node }) => graph.add(total, node), graph.constant(0));
  const [difference] = simplify(graph, [graph.sub(sum(left), sum(right))]);
  return constantEntry(difference) === 0;
}
