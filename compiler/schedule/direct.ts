// New values of states written straight over the old ones, where nobody needs the old ones any more: no copy at the end of an iteration.
import type { Node } from '../tensor/ir.ts';
import { isOp } from '../tensor/type.ts';
import { operandsOf, postorder } from '../tensor/visit.ts';
import { constantEntries } from './cost.ts';
import { isKept, splitsIntoEntries } from './entry.ts';
import { isInline } from './inline.ts';
import type { Planner } from './planner.ts';
import { isCompressed } from './sparse.ts';
import type { Target } from './target.ts';
import { unrolled } from './additive.ts';

/** Asks for the node to be computed in the memory of the target. False where that is not safe or brings nothing. */
export function computeDirectly(planner: Planner, target: Target, node: Node): boolean {
  const { unit } = planner;
  if (isCompressed(node) || unit.targets.has(node.id)) return false;
  if (unit.indices.has(node.id)) return false;
  if (unit.placement.placeOf(node) !== planner.place) return false;
  const maker = isOp(node, 'part') ? node.args[0] : node;
  if (unit.parts.has(maker.id)) return false;
  const index = isOp(node, 'part') ? node.attributes.index : 0;
  // A result lies in one place: whoever asks later gets a copy.
  if (unit.partWishes.get(maker.id)?.has(index) === true) return false;
  const state = unit.holders.get(target);
  if (isOp(maker, 'cond')) {
    if (state !== undefined && isReadAfter(planner, state, maker)) return false;
    if (state !== undefined && !mayOverwrite(planner, state, maker)) return false;
    wishPart(planner, maker, index, target, state);
    return true;
  }
  if (isOp(maker, 'loop') || isOp(maker, 'while')) {
    if (state === undefined || target.shape.length === 0) return false;
    const start = maker.args[isOp(maker, 'loop') ? index + 1 : index];
    if (start !== state || isReadWithin(state, maker) || isReadAfter(planner, state, maker))
      return false;
    if (!mayOverwrite(planner, state, maker)) return false;
    wishPart(planner, maker, index, target, state);
    return true;
  }
  return false;
}

/** As `computeDirectly`, for products, reductions and replaced parts. */
export function fillDirectly(planner: Planner, target: Target, node: Node): boolean {
  const { unit } = planner;
  const { place } = planner;
  // A start that is read again lies where the state does: nothing has changed it yet.
  const isStart = place.kind === 'once' && isKept(unit, node);
  if (!isStart && !isOp(node, 'contract') && !isOp(node, 'reduce') && !isOp(node, 'put'))
    return false;
  if (
    (isInline(node) && !isStart) ||
    splitsIntoEntries(node) ||
    (constantEntries(node) ?? Infinity) <= unrolled
  )
    return false;
  if (target.shape.length === 0 || unit.targets.has(node.id) || isCompressed(node)) return false;
  if (unit.placement.placeOf(node) !== planner.place) return false;
  if (unit.wishes.has(node.id)) return false;
  const state = unit.holders.get(target);
  if (state !== undefined) {
    const others = isOp(node, 'put') && node.args[0] === state ? node.args.slice(1) : node.args;
    if (!isOneEntry(node) && reaches(planner, others, state, new Set(), new Set())) return false;
    if (isReadAfter(planner, state, node) || !mayOverwrite(planner, state, node)) return false;
  }
  unit.wishes.set(node.id, { target: overwriting(planner, target, state) });
  return true;
}

/** One entry replaced by one number: what it reads is read before it is written. */
const isOneEntry = (node: Node): boolean =>
  isOp(node, 'put') &&
  node.attributes.axes.length === node.type.shape.length &&
  node.args.slice(1).every(({ type }) => type.shape.length === 0);

function wishPart(
  planner: Planner,
  maker: Node,
  index: number,
  target: Target,
  state: Node | undefined,
): void {
  const { partWishes } = planner.unit;
  const wishes = partWishes.get(maker.id) ?? new Map<number, Target>();
  wishes.set(index, overwriting(planner, target, state));
  partWishes.set(maker.id, wishes);
}

/** A target in the same memory, for the new value; the target itself where it holds nothing yet. */
function overwriting(planner: Planner, target: Target, state: Node | undefined): Target {
  if (state === undefined) return target;
  const { hint, shape, given } = target;
  const made = planner.unit.newTarget({
    hint,
    shape,
    replaces: target,
    ...(given === undefined ? {} : { given }),
  });
  planner.unit.holders.set(made, state);
  return made;
}

/** Whether the bodies of a loop read the state from outside. */
const isReadWithin = (state: Node, maker: Node): boolean => {
  const within = operandsOf(maker).filter((operand) => !maker.args.includes(operand));
  return postorder(within).includes(state);
};

/** Whether something that needs the maker's result reads the state as it was. */
function isReadAfter(planner: Planner, state: Node, maker: Node): boolean {
  const { placement } = planner.unit;
  const after = new Set([maker.id]);
  const seen = new Set<number>();
  for (const node of placement.after(maker)) {
    const operands = operandsOf(node);
    if (!operands.some(({ id }) => after.has(id))) continue;
    // What stands outside was asked when the state's memory was given to this place.
    if (placement.placeOf(node).depth < planner.place.depth) continue;
    after.add(node.id);
    if (reaches(planner, operands, state, after, seen)) return true;
  }
  return false;
}

/**
 * Each that overwrites a state waits for all that read it as it was. False where that would make them wait for each other in a ring; else it is noted
 * that the maker overwrites the state.
 */
function mayOverwrite(planner: Planner, state: Node, maker: Node): boolean {
  const { overwrites } = planner.unit;
  const wanted = { maker, state, place: planner.place };
  const all = [...overwrites.filter(({ place }) => place === planner.place), wanted];
  const comesBefore = (a: Node, b: { readonly maker: Node; readonly state: Node }): boolean =>
    a !== b.maker &&
    (reaches(planner, operandsOf(a), b.state, new Set(), new Set()) ||
      isReadAfter(planner, b.state, a));
  const seen = new Set<Node>();
  const open = [maker];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of all) {
      if (!comesBefore(at, next)) continue;
      if (next.maker === maker) return false;
      if (!seen.has(next.maker)) open.push(next.maker);
      seen.add(next.maker);
    }
  }
  overwrites.push(wanted);
  return true;
}

/**
 * Whether the state is read where one of the nodes is used: by the node written out in place, or in an inner place. `seen`: what is known not to read it; what
 * is found not to is added.
 */
function reaches(
  planner: Planner,
  nodes: readonly Node[],
  state: Node,
  stop: ReadonlySet<number>,
  seen: Set<number>,
): boolean {
  const waiting = [...nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node === state) return true;
    if (stop.has(node.id) || seen.has(node.id)) continue;
    seen.add(node.id);
    const within = planner.unit.placement.placeOf(node).depth > planner.place.depth;
    if (!within && !isInline(node) && !isShared(node)) continue;
    if (!within && isKept(planner.unit, node)) continue;
    waiting.push(...operandsOf(node));
  }
  return false;
}

/** Operations that are written out by entries or pieces. */
const isShared = ({ op }: Node): boolean => op === 'concat' || op === 'pad' || op === 'put';
