import type { Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { renamed } from './replace.ts';

/** The values of a scalar or array that depends on a loop's index, for all iterations along a new first axis: as whole-array operations where it is
 * built of elementwise operations and look-ups of the index, else by a loop. */
export function overIterations(
  graph: Graph,
  value: Node,
  index: Node<'parameter'>,
  length: Dim,
): Node {
  const arrays = vectorized(graph, value, index, length);
  if (arrays !== undefined) return arrays;
  const position = graph.parameter(index.type, index.attributes.name);
  const results = renamed(graph, [value], [index], [position]);
  return graph.parts(
    graph.make('loop', { region: { parameters: [position], results }, states: 0, length }, [
      graph.size(length),
    ]),
  )[0];
}

function vectorized(
  graph: Graph,
  value: Node,
  index: Node<'parameter'>,
  length: Dim,
): Node | undefined {
  if (value === index) return graph.iota(length);
  const shape = [length, ...value.type.shape];
  if (!value.free.includes(index.attributes.key))
    return graph.broadcastTo(
      value,
      shape,
      value.type.shape.map((_, k) => k + 1),
    );
  if (value.op === 'unary' || value.op === 'binary' || value.op === 'select') {
    const args = value.args.map((arg) => vectorized(graph, arg, index, length));
    const known = args.filter((arg) => arg !== undefined);
    return known.length < args.length ? undefined : graph.make(value.op, value.attributes, known);
  }
  if (value.op !== 'gather' || value.args[0].free.includes(index.attributes.key)) return undefined;
  const [x, ...indices] = value.args;
  const positions = indices.map((arg) => vectorized(graph, arg, index, length));
  const known = positions.filter((arg) => arg !== undefined);
  return known.length < positions.length
    ? undefined
    : graph.make('gather', value.attributes, [x, ...known]);
}
