// Replaces nodes by nodes of equal shape, through regions.
import { mapAttributes, regionsOf, type AttributeMap } from './attributes.ts';
import { substituteDim, type Dim } from './dim.ts';
import type { Core } from './graph.ts';
import { InternalError } from './internal-error.ts';
import type { Node, NodeOf, Op, TensorType } from './ir.ts';
import { isOp } from './type.ts';
import { operandsOf, postorder } from './visit.ts';

export type Replacements = ReadonlyMap<Node, Node>;

/** The nodes with each key of the map replaced by its value, everywhere. Unchanged nodes stay the same objects; origins follow. A parameter of
 * a region that a replacement mentions is renamed, so that nothing is captured or bound twice. */
export const substitute = (
  graph: Core,
  nodes: readonly Node[],
  replacements: Replacements,
): readonly Node[] => substituteWith(graph, nodes, replacements);

/** One node. */
export const substituteIn = (graph: Core, node: Node, replacements: Replacements): Node =>
  substituteWith(graph, [node], replacements)[0];

/** Replaces size symbols, in types and attributes alike. Inputs get their new type under the same name. */
export const substituteSizes = (
  graph: Core,
  nodes: readonly Node[],
  sizeOf: (symbol: string) => Dim | undefined,
): readonly Node[] => substituteWith(graph, nodes, new Map(), (dim) => substituteDim(dim, sizeOf));

/** The general form: nodes, and sizes where `mapDim` is given. */
export function substituteWith(
  graph: Core,
  nodes: readonly Node[],
  replacements: Replacements,
  mapDim?: (dim: Dim) => Dim,
): readonly Node[] {
  const order = postorder(nodes);
  const replaced = new Map<number, Node>();
  for (const [from, to] of replacements) replaced.set(from.id, to);
  const now = (node: Node): Node => replaced.get(node.id) ?? node;
  const map: AttributeMap = {
    dim: mapDim ?? ((dim) => dim),
    region: ({ parameters, results }) => ({
      parameters: parameters.map((p) => parameterOf(now(p), p)),
      results: results.map(now),
    }),
  };
  for (const parameter of parametersToRename(order, replacements, mapDim !== undefined))
    if (!replaced.has(parameter.id))
      replaced.set(
        parameter.id,
        graph.parameter(mapType(parameter.type, map.dim), parameter.attributes.name),
      );
  for (const node of order) {
    if (replaced.has(node.id)) continue;
    if (mapDim === undefined && operandsOf(node).every((operand) => now(operand) === operand))
      continue;
    replaced.set(node.id, rebuild(graph, node, node.args.map(now), map));
  }
  return nodes.map(now);
}

/** The same operation on other arguments, with sizes and regions mapped. Keeps the origin. */
export function rebuild(graph: Core, node: Node, args: readonly Node[], map: AttributeMap): Node {
  const made = remake(graph, node, args, map);
  graph.follow(node, made);
  return made;
}

/** The same operation with the same attributes on other arguments. */
export const withArguments = (graph: Core, node: Node, args: readonly Node[]): Node =>
  rebuild(graph, node, args, { dim: (dim) => dim, region: (region) => region });

function remake<O extends Op>(
  graph: Core,
  { op, attributes, type }: NodeOf<O>,
  args: readonly Node[],
  map: AttributeMap,
): Node {
  return graph.make(op, mapAttributes(op, attributes, map), args, mapType(type, map.dim));
}

const mapType = (type: TensorType, dim: (dim: Dim) => Dim): TensorType => ({
  ...type,
  shape: type.shape.map(dim),
});

/** Parameters of the regions among the nodes. */
const parametersIn = (nodes: readonly Node[]): readonly Node<'parameter'>[] =>
  nodes.flatMap((node) => regionsOf(node).flatMap((region) => region.parameters));

/** Parameters of regions that a replacement's value mentions, free or bound: a region around it would capture them, or bind them twice. And those of nodes that
 * become others: two nodes of one program bind different parameters. All of them where sizes change. */
function parametersToRename(
  order: readonly Node[],
  replacements: Replacements,
  all: boolean,
): readonly Node<'parameter'>[] {
  const parameters = parametersIn(order);
  if (all || parameters.length === 0) return parameters;
  const mentioned = new Set<number>();
  for (const node of postorder([...replacements.values()])) {
    for (const key of node.free) mentioned.add(key);
    for (const { parameters: bound } of regionsOf(node))
      for (const { attributes } of bound) mentioned.add(attributes.key);
  }
  const renamed = new Set(parameters.filter(({ attributes }) => mentioned.has(attributes.key)));
  const changed = new Set([...replacements.keys(), ...renamed].map(({ id }) => id));
  // What depends on a renamed parameter changes too, in regions further in.
  for (let before = -1; before !== renamed.size;) {
    before = renamed.size;
    for (const node of order) {
      if (!operandsOf(node).some(({ id }) => changed.has(id))) continue;
      changed.add(node.id);
      for (const { parameters: bound } of regionsOf(node))
        for (const parameter of bound) {
          renamed.add(parameter);
          changed.add(parameter.id);
        }
    }
  }
  return [...renamed];
}

function parameterOf(node: Node, was: Node<'parameter'>): Node<'parameter'> {
  if (isOp(node, 'parameter')) return node;
  throw new InternalError(`parameter ${was.attributes.key} of a region replaced by ${node.op}`);
}
