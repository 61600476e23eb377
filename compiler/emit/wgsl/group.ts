// Which operations around a node go into one kernel: scalar functions and rearrangements, and the sums whose results they take entry by entry.
import type { Node } from '../../tensor/ir.ts';
import { isOp } from '../../tensor/type.ts';
import { constantValue } from '../../tensor/dim.ts';
import { isHosted } from '../tfjs/on-host.ts';
import type { Unit } from '../tfjs/unit.ts';
import {
  innerSizes,
  keysOf,
  readings,
  variables,
  variablesOf,
  type Coordinates,
} from './coordinates.ts';
import { binaryWgsl, unaryWgsl } from './functions.ts';

export interface Group {
  readonly root: Node;
  /** By id. All but the root are needed by no other node. */
  readonly members: ReadonlyMap<number, Node>;
  /** What it reads: arrays, and numbers of this side. */
  readonly leaves: readonly Node[];
}

/** At how many places an operand may be read for one entry of the result. */
const mostPlaces = 4;

/** The largest group whose result is the node; undefined where a call of tfjs does as well. */
export function groupOf(root: Node, unit: Unit): Group | undefined {
  if (!isFusible(root, unit)) return undefined;
  const outer = variables(undefined, root.type.shape.length);
  const members = new Map<number, Node>();
  const leaves: Node[] = [];
  /** Where each node that is needed is read, and by how many operands. */
  const needed = new Map<Node, { readonly places: Map<string, Coordinates>; reads: number }>();
  const need = (node: Node, places: readonly Coordinates[]): void => {
    const entry = needed.get(node) ?? { places: new Map<string, Coordinates>(), reads: 0 };
    entry.reads++;
    for (const at of places) entry.places.set(keysOf(at), at);
    needed.set(node, entry);
  };
  need(root, [outer]);
  for (let node = latest(needed); node !== undefined; node = latest(needed)) {
    const entry = needed.get(node);
    needed.delete(node);
    if (entry === undefined) continue;
    const places = [...entry.places.values()];
    const joins =
      node === root ||
      (isFusible(node, unit) &&
        unit.placement.uses(node) <= entry.reads &&
        unit.placement.placeOf(node) === unit.placement.placeOf(root) &&
        places.length <= mostPlaces &&
        (!isReduction(node) || places.every((at) => keysOf(at) === keysOf(outer))) &&
        (isCheap(node) || (places.length === 1 && isWhole(places[0], outer, members, root))));
    if (!joins) {
      leaves.push(node);
      continue;
    }
    members.set(node.id, node);
    const read = places.map((at) => readings(node, at) ?? []);
    node.args.forEach((_, k) =>
      need(
        read[0][k].node,
        read.map((each) => each[k].at),
      ),
    );
  }
  const dispatched = [...members.values()].filter(isDispatched).length;
  return dispatched < 2 ? undefined : { root, members, leaves };
}

/** Operands come before what needs them, so the latest is needed by no other. */
function latest(needed: ReadonlyMap<Node, unknown>): Node | undefined {
  let found: Node | undefined;
  for (const node of needed.keys()) if (found === undefined || node.id > found.id) found = node;
  return found;
}

export const isReduction = (node: Node): boolean =>
  isOp(node, 'reduce') || (isOp(node, 'contract') && node.attributes.sum.length > 0);

/** Whether an operand read there is evaluated once for each of its entries: it mentions all variables of the result, or of the sum as well. */
function isWhole(
  at: Coordinates,
  outer: Coordinates,
  members: ReadonlyMap<number, Node>,
  root: Node,
): boolean {
  const mentioned = variablesOf(at);
  const wanted = new Set<string>();
  const sizes = root.type.shape;
  outer.forEach((each, k) => {
    if (constantValue(sizes[k]) !== 1) for (const key of variablesOf([each])) wanted.add(key);
  });
  for (const node of members.values()) {
    const inner = [...variablesOf(variables(node.id, innerSizes(node).length))];
    if (inner.some((key) => mentioned.has(key))) for (const key of inner) wanted.add(key);
  }
  return [...wanted].every((key) => mentioned.has(key));
}

function isCheap(node: Node): boolean {
  if (isOp(node, 'unary')) return unaryWgsl[node.attributes.fn]?.cheap === true;
  if (isOp(node, 'binary')) return binaryWgsl[node.attributes.fn].cheap === true;
  return !isReduction(node);
}

/** Whether tfjs would start a kernel for it. */
const isDispatched = (node: Node): boolean =>
  !isOp(node, 'broadcast') && !isOp(node, 'stop') && !isOp(node, 'oracle');

function isFusible(node: Node, unit: Unit): boolean {
  const { module } = unit;
  if (node.results.length > 1 || node.type.shape.length > 6) return false;
  if (module.prepared.has(node) || isHosted(node) || isNumeric(node, unit)) return false;
  const types = [node.type, ...node.args.map(({ type }) => type)];
  if (types.some(({ storage, element }) => storage === 'csr' || element === 'complex'))
    return false;
  if (isOp(node, 'unary') && unaryWgsl[node.attributes.fn] === undefined) return false;
  if (isOp(node, 'contract') && isProduct(node)) return false;
  return readings(node, variables(undefined, node.type.shape.length)) !== undefined;
}

/** A product of two matrices, which tfjs does in tiles. */
function isProduct(node: Node<'contract'>): boolean {
  const { batch, sum } = node.attributes;
  const taken = batch.length + sum.length;
  return sum.length > 0 && node.args.every(({ type }) => type.shape.length > taken);
}

/** Whether all entries are one number of this side. */
export function isNumeric(node: Node, unit: Unit): boolean {
  const known = unit.module.kernels?.numeric.get(node.id);
  if (known !== undefined) return known;
  const found = numericRule(node, unit);
  unit.module.kernels?.numeric.set(node.id, found);
  return found;
}

function numericRule(node: Node, unit: Unit): boolean {
  const { host, isFixed } = unit.module;
  const scalar = node.type.shape.length === 0;
  if (scalar && isFixed(node)) return true;
  switch (node.op) {
    case 'input':
      return (
        node.attributes.role === 'iteration' ||
        node.attributes.role === 'seed' ||
        (node.attributes.role === 'state' && host.states.has(node.attributes.name))
      );
    case 'parameter':
      return host.parameters.has(node.attributes.key);
    case 'constant':
    case 'size':
      return true;
    case 'unary':
    case 'binary':
    case 'select':
    case 'stop':
    case 'oracle':
    case 'broadcast':
    case 'transpose':
    case 'reshape':
    case 'slice':
    case 'reverse':
      return node.args.every((arg) => isNumeric(arg, unit));
    case 'draw':
      return scalar && node.args.every((arg) => isNumeric(arg, unit));
    default:
      return false;
  }
}
