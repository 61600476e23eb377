// Loops that run never or once, and states that never change.
import type { Graph } from '../tensor/graph.ts';
import type { Node, NodeOf, Region } from '../tensor/ir.ts';
import { constantEntry } from '../tensor/shape.ts';
import { substitute } from '../tensor/substitute.ts';
import { isOp } from '../tensor/type.ts';
import { rule, type AnyRule } from './rule.ts';

export const regionRules: readonly AnyRule[] = [
  rule('part', 'loop that never runs', ({ attributes: { index }, args: [x] }) =>
    isOp(x, 'loop') ? idle(x, index) : undefined,
  ),
  rule('loop', 'loop of one state that never runs', (node) =>
    node.results.length === 1 ? idle(node, 0) : undefined,
  ),
  rule('part', 'loop that runs once', ({ attributes: { index }, args: [x] }, g) =>
    isOp(x, 'loop') ? once(x, index, g) : undefined,
  ),
  rule('loop', 'loop of one result that runs once', (node, g) =>
    node.results.length === 1 ? once(node, 0, g) : undefined,
  ),
  rule('part', 'state that a loop leaves alone', ({ attributes: { index }, args: [x] }) => {
    if (isOp(x, 'loop') && index < x.attributes.states && keeps(x.attributes.region, index, 1))
      return sameElement(x.args[index + 1], x.results[index].element);
    return isOp(x, 'while') && keeps(x.attributes.body, index, 0)
      ? sameElement(x.args[index], x.results[index].element)
      : undefined;
  }),
  rule('part', 'loop without states that stand still', ({ attributes: { index }, args: [x] }, g) =>
    isOp(x, 'loop') ? withoutStill(x, index, g) : undefined,
  ),
  rule('loop', 'loop whose only state stands still', (node) =>
    node.results.length === 1 && node.attributes.states === 1 && keeps(node.attributes.region, 0, 1)
      ? sameElement(node.args[1], node.type.element)
      : undefined,
  ),
  // All derivatives are taken before anything is simplified.
  rule('root', 'equation that is solved already', ({ attributes: { solved }, args: [x] }) =>
    solved ? x : undefined,
  ),
];

/** An initial state, unless its kind differs from the state's. */
const sameElement = (node: Node, element: Node['type']['element']): Node | undefined =>
  node.type.element === element || element === 'real' ? node : undefined;

/** The start of a state whose loop has a count of 0. */
function idle({ args, attributes }: NodeOf<'loop'>, index: number): Node | undefined {
  const count = constantEntry(args[0]);
  return count !== undefined && count <= 0 && index < attributes.states
    ? args[index + 1]
    : undefined;
}

function once({ args, attributes }: NodeOf<'loop'>, index: number, g: Graph): Node | undefined {
  const { region, states } = attributes;
  if (constantEntry(args[0]) !== 1) return undefined;
  const replace = new Map<Node, Node>();
  region.parameters.forEach((parameter, k) =>
    replace.set(parameter, k === 0 ? g.constant(0) : args[k]),
  );
  const [result] = substitute(g, [region.results[index]], replace);
  return index < states ? result : g.expandAxis(result, 0);
}

/** Whether a state's next value is the state. */
const keeps = ({ parameters, results }: Region, state: number, first: number): boolean =>
  results[state] === parameters[first + state];

/** The loop with unchanged states replaced by their starts. */
function withoutStill(loop: NodeOf<'loop'>, index: number, g: Graph): Node | undefined {
  const { region, states, length } = loop.attributes;
  const [count, ...inits] = loop.args;
  const still = inits.map((_, k) => keeps(region, k, 1));
  if (!still.includes(true)) return undefined;
  const replace = new Map<Node, Node>();
  inits.forEach((init, k) => {
    if (still[k]) replace.set(region.parameters[k + 1], init);
  });
  const kept = inits.map((_, k) => k).filter((k) => !still[k]);
  const outputs = region.results.map((_, k) => k).filter((k) => k >= states);
  const order = [...kept, ...outputs];
  const results = substitute(
    g,
    order.map((k) => region.results[k]),
    replace,
  );
  if (results.length === 0) return undefined;
  const made = g.make(
    'loop',
    {
      region: {
        parameters: [region.parameters[0], ...kept.map((k) => region.parameters[k + 1])],
        results,
      },
      states: kept.length,
      length,
    },
    [count, ...kept.map((k) => inits[k])],
  );
  const at = order.indexOf(index);
  return at < 0 ? undefined : g.part(made, at);
}
