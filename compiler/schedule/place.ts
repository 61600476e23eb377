// Where each node is evaluated: as far out as all it depends on is known, but within the branch of a `cond` that alone needs it.
import { regionsOf } from '../tensor/attributes.ts';
import { symbolsOf } from '../tensor/dim.ts';
import type { Node, Region } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { operandsOf, postorder } from '../tensor/visit.ts';
import { softThresholdOf } from './patterns.ts';

export interface Place {
  readonly parent: Place | undefined;
  readonly depth: number;
  /** `often`: executed again and again, so what does not change moves out of it. `once`: stays, because the place may not be reached at all
   * (a branch) or is executed once anyway. */
  readonly kind: 'often' | 'once';
  /** Whether a node's value changes with the place: then it cannot move out. */
  readonly binds: (node: Node) => boolean;
}

/** Nodes to evaluate in a place. */
export interface PlacedRoots {
  readonly place: Place;
  readonly nodes: readonly Node[];
}

export interface Placement {
  readonly placeOf: (node: Node) => Place;
  readonly regionPlace: (node: Node, region: Region) => Place;
  /** How many operands, over all of the program, a node is. */
  readonly uses: (node: Node) => number;
  /** All nodes, operands first. */
  readonly order: readonly Node[];
  /** Those that come after a node, which all that use it do. */
  readonly after: (node: Node) => readonly Node[];
}

export const rootPlace = (): Place => ({
  parent: undefined,
  depth: 0,
  kind: 'once',
  binds: () => true,
});

export const innerPlace = (
  parent: Place,
  kind: Place['kind'],
  binds: (node: Node) => boolean,
): Place => ({ parent, depth: parent.depth + 1, kind, binds });

export function placeNodes(roots: readonly PlacedRoots[]): Placement {
  const order = postorder(roots.flatMap(({ nodes }) => nodes));
  const wanted = new Map<number, Place>();
  const uses = new Map<number, number>();
  const places = new Map<number, Place>();
  const regions = new Map<string, Place>();

  const want = (node: Node, place: Place): void => {
    const before = wanted.get(node.id);
    wanted.set(node.id, before === undefined ? place : commonPlace(before, place));
    uses.set(node.id, (uses.get(node.id) ?? 0) + 1);
  };
  for (const { place, nodes } of roots) for (const node of nodes) want(node, place);

  for (let k = order.length - 1; k >= 0; k--) {
    const node = order[k];
    const asked = wanted.get(node.id);
    if (asked === undefined) continue;
    const place = pinned(node) ? asked : hoisted(node, asked);
    places.set(node.id, place);
    for (const arg of node.args) want(arg, place);
    regionsOf(node).forEach((region, index) => {
      const inner = placeOfRegion(node, region, place);
      regions.set(regionKey(node, index), inner);
      for (const result of region.results) want(result, inner);
    });
  }

  // Soft thresholding takes its operand once, though it is written with two of it.
  for (const node of order) {
    const soft = softThresholdOf(node);
    const alone = soft?.inner.every(({ id }) => uses.get(id) === 1) ?? false;
    if (soft !== undefined && alone) uses.set(soft.z.id, (uses.get(soft.z.id) ?? 2) - 1);
  }

  const positions = new Map(order.map(({ id }, k) => [id, k]));
  const known = (place: Place | undefined, node: Node): Place => {
    if (place === undefined) throw new Error(`no place for ${node.op}`);
    return place;
  };
  return {
    placeOf: (node) => known(places.get(node.id), node),
    regionPlace: (node, region) =>
      known(regions.get(regionKey(node, regionsOf(node).indexOf(region))), node),
    uses: (node) => uses.get(node.id) ?? 0,
    order,
    after: (node) => order.slice((positions.get(node.id) ?? -1) + 1),
  };
}

const regionKey = (node: Node, index: number): string => `${node.id} ${index}`;

/** Draws stay where they stand: each execution draws anew. */
const pinned = (node: Node): boolean => isOp(node, 'draw') || isOp(node, 'sample');

function hoisted(node: Node, asked: Place): Place {
  let place = asked;
  while (place.kind === 'often' && place.parent !== undefined && !place.binds(node))
    place = place.parent;
  return place;
}

function placeOfRegion(node: Node, region: Region, parent: Place): Place {
  const keys = new Set(region.parameters.map((p) => p.attributes.key));
  return innerPlace(parent, isOp(node, 'cond') ? 'once' : 'often', ({ free }) =>
    free.some((key) => keys.has(key)),
  );
}

export function commonPlace(a: Place, b: Place): Place {
  let [p, q] = [a, b];
  while (p !== q) {
    if (p.depth >= q.depth && p.parent !== undefined) p = p.parent;
    else if (q.parent !== undefined) q = q.parent;
    else throw new Error('places of different programs');
  }
  return p;
}

/** Nodes that depend on one of the inputs for which `changes` holds: their ids. */
export function varying(
  nodes: readonly Node[],
  changes: (input: Node<'input'>) => boolean,
): ReadonlySet<number> {
  const found = new Set<number>();
  const sizes = new Set<string>();
  const order = postorder(nodes);
  // A size that depends on a changing mask changes what mentions it; such sizes may be mentioned before they are met.
  for (let before = -1; before !== sizes.size;) {
    before = sizes.size;
    for (const node of order) {
      const changed = isOp(node, 'input')
        ? changes(node)
        : operandsOf(node).some(({ id }) => found.has(id)) || mentions(node, sizes);
      if (!changed) continue;
      found.add(node.id);
      if (isOp(node, 'compress')) sizes.add(node.attributes.length.key);
    }
  }
  return found;
}

function mentions(node: Node, sizes: ReadonlySet<string>): boolean {
  if (sizes.size === 0) return false;
  const dims = node.results.flatMap(({ shape }) => shape);
  const own = isOp(node, 'size') ? [node.attributes.dim] : [];
  return [...dims, ...own].some((dim) => symbolsOf(dim).some((symbol) => sizes.has(symbol)));
}
