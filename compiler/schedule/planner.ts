// Plans one place: which nodes become computations of their own, which are written out where they are used.
import type { Node } from '../tensor/ir.ts';
import {
  addDims,
  constantDim,
  constantValue,
  symbolDim,
  symbolsOf,
  type Dim,
} from '../tensor/dim.ts';
import { unrolled } from './additive.ts';
import type { Computation, Count, Nest, Plan, Store } from './computation.ts';
import { computeDirectly, fillDirectly } from './direct.ts';
import { entryOf } from './entry.ts';
import { materialize, materializeCopy, materializeParts } from './materialize.ts';
import { factorsOf } from './kernel-call.ts';
import { orderComputations } from './order.ts';
import type { Place } from './place.ts';
import { atomsOf, isBool, scalarsBelow, type Index, type Scalar } from './scalar.ts';
import { sameMemory, type Target } from './target.ts';
import type { Unit } from './unit.ts';

export interface Planner {
  readonly unit: Unit;
  readonly place: Place;
  readonly parent: Planner | undefined;
  /** One entry of a node, written out or read from where it is kept. */
  readonly entry: (node: Node, index: readonly Index[]) => Scalar;
  /** The target that holds all of a node; made in the node's own place where it is not there yet. */
  readonly ensure: (node: Node) => Target;
  /** The dense copy of a compressed node. */
  readonly ensureCopy: (node: Node) => Target;
  /** The targets of a node with several results. */
  readonly ensureParts: (node: Node) => readonly Target[];
  /** The factors of a matrix that several systems have, made in the matrix's own place. */
  readonly ensureFactors: (matrix: Node, positiveDefinite: boolean) => Target;
  readonly add: (computation: Computation) => void;
  /** A target of this place that is used as a whole: it keeps its memory. */
  readonly keep: (target: Target) => void;
  /** The variables of the loops around the entry asked for now. */
  readonly loops: () => readonly string[];
  readonly inLoops: <T>(variables: readonly string[], body: () => T) => T;
  /** Stores the value that a node has at the end of the place. To be asked for before the node is used otherwise. */
  readonly store: (target: Target, node: Node) => void;
  /** A scalar node as a constant of its own; a truth value stays one. */
  readonly value: (node: Node, hint: string) => Target;
  /** A planner for a place within this one. */
  readonly inner: (place: Place) => Planner;
  readonly finish: (outputs?: readonly Scalar[]) => Plan;
}

export function createPlanner(unit: Unit, place: Place, parent: Planner | undefined): Planner {
  const computations: Computation[] = [];
  const stores: Store[] = [];
  const closing = new Set<Nest>();
  const kept = new Set<Target>();
  const memo = new Map<string, Scalar>();
  const pending: { readonly target: Target; readonly node: Node }[] = [];
  const wished = new Set<Target>();
  let around: readonly string[] = [];

  /** The planner whose place the node belongs to. */
  const owner = (node: Node): Planner => {
    const home = unit.placement.placeOf(node);
    return home === place || parent === undefined ? self : outward(parent, home);
  };

  const storeNow = (target: Target, node: Node): void => {
    const { shape } = target;
    const held = unit.targets.get(node.id);
    if (held !== undefined && sameMemory(target).includes(held)) return;
    kept.add(target);
    if (wished.has(target)) {
      kept.add(self.ensure(node));
      return;
    }
    const total = shape.reduce((n, dim) => n * (constantValue(dim) ?? Infinity), 1);
    if (total <= unrolled) {
      for (const at of constantIndices(shape.map((dim) => constantValue(dim) ?? 0)))
        stores.push({ target, at, value: self.entry(node, at) });
      return;
    }
    const loops = shape.map((extent) => ({
      variable: unit.variable(),
      extent,
      row: undefined,
    }));
    const variables = loops.map(({ variable }) => variable);
    const at = loops.map(({ variable }) => variableIndex(variable));
    const value = self.inLoops(variables, () => self.entry(node, at));
    const nest: Nest = { kind: 'nest', id: unit.nextId(), target, op: 'set', loops, at, value };
    closing.add(nest);
    computations.push(nest);
  };

  const self: Planner = {
    unit,
    place,
    parent,
    entry: (node, index) => {
      const key = `${node.id}:${index.map((i) => i.key).join()}`;
      const known = memo.get(key);
      if (known !== undefined) return known;
      for (const anchor of unit.anchors.below(node)) self.ensure(anchor);
      const made = entryOf(self, node, index);
      // An anchor is written out once, where its value is made, and read everywhere else.
      if (!unit.anchors.has(node)) memo.set(key, made);
      return made;
    },
    ensure: (node) => {
      const known = unit.targets.get(node.id);
      if (known !== undefined) return known;
      const home = owner(node);
      if (home !== self) return home.ensure(node);
      for (const anchor of unit.anchors.below(node)) self.ensure(anchor);
      const made = self.inLoops([], () => materialize(self, node));
      unit.targets.set(node.id, made);
      return made;
    },
    ensureCopy: (node) => {
      const known = unit.copies.get(node.id);
      if (known !== undefined) return known;
      const home = owner(node);
      if (home !== self) return home.ensureCopy(node);
      const made = self.inLoops([], () => materializeCopy(self, node));
      unit.copies.set(node.id, made);
      return made;
    },
    ensureParts: (node) => {
      const known = unit.parts.get(node.id);
      if (known !== undefined) return known;
      const home = owner(node);
      if (home !== self) return home.ensureParts(node);
      const made = self.inLoops([], () => materializeParts(self, node));
      unit.parts.set(node.id, made);
      return made;
    },
    ensureFactors: (matrix, positiveDefinite) => {
      const key = `${matrix.id} ${positiveDefinite}`;
      const known = unit.factors.get(key);
      if (known !== undefined) return known;
      const home = owner(matrix);
      if (home !== self) return home.ensureFactors(matrix, positiveDefinite);
      const made = self.inLoops([], () => factorsOf(self, matrix, positiveDefinite));
      unit.factors.set(key, made);
      return made;
    },
    add: (computation) => computations.push(computation),
    keep: (target) => kept.add(target),
    loops: () => around,
    inLoops: (variables, body) => {
      const before = around;
      around = variables;
      const result = body();
      around = before;
      return result;
    },
    store: (target, node) => {
      if (computeDirectly(self, target, node) || fillDirectly(self, target, node))
        wished.add(target);
      pending.push({ target, node });
    },
    value: (node, hint) => {
      const value = self.entry(node, []);
      const target = unit.newTarget({ hint, shape: [], bool: isBool(value) });
      const id = unit.nextId();
      computations.push({ kind: 'nest', id, target, op: 'set', loops: [], at: [], value });
      return target;
    },
    inner: (within) => createPlanner(unit, within, self),
    finish: (outputs = []) => {
      for (const { target, node } of pending) storeNow(target, node);
      // A size that is defined here is made wherever it is mentioned.
      for (const [symbol, node] of unit.definers)
        if (computations.some((c) => sizesIn(unit, c).some((d) => symbolsOf(d).includes(symbol))))
          self.ensure(node);
      if (stores.length > 0) computations.push({ kind: 'finish', id: unit.nextId(), stores });
      const ordered = orderComputations(unit, computations, closing);
      const reads = new Set(ordered.flatMap((c) => [...readsOf(unit, c)]));
      for (const scalar of outputs)
        for (const target of targetsRead(unit, [scalar])) {
          reads.add(target);
          if (target.shape.length > 0) kept.add(target);
        }
      for (const c of ordered)
        if (c.kind === 'opaque') for (const t of [...c.reads, ...c.writes]) kept.add(t);
      return {
        computations: ordered,
        closing,
        counts: countsOf(placedOracles(unit, place)),
        kept,
        reads,
        outputs,
      };
    },
  };
  return self;
}

function outward(from: Planner, home: Place): Planner {
  for (let planner: Planner | undefined = from; planner !== undefined;) {
    if (planner.place === home) return planner;
    const up: Planner | undefined = planner.parent;
    if (up === undefined) return planner;
    planner = up;
  }
  return from;
}

export const variableIndex = (variable: string): Index => symbolDim(variable);

/** All indices of a shape of known sizes, row-major. */
export function constantIndices(shape: readonly number[]): readonly (readonly Index[])[] {
  let indices: readonly (readonly Index[])[] = [[]];
  for (const size of shape)
    indices = indices.flatMap((index) =>
      Array.from({ length: size }, (_, k) => [...index, constantDim(k)]),
    );
  return indices;
}

/** Targets that scalars read. */
export function targetsRead(unit: Unit, scalars: readonly Scalar[]): Set<Target> {
  const found = new Set<Target>();
  for (const x of scalarsBelow(unit.pool, scalars))
    if (x.kind === 'read' || x.kind === 'flat' || x.kind === 'sparse') found.add(x.target);
  return found;
}

/** Scalars that a computation evaluates. */
export function scalarsOf(unit: Unit, c: Computation): readonly Scalar[] {
  const indices = (at: readonly Index[]): readonly Scalar[] =>
    at.flatMap((index) => atomsOf(unit.pool, index));
  switch (c.kind) {
    case 'nest':
      return [
        c.value,
        ...indices(c.at),
        ...c.loops.flatMap(({ row }) => (row === undefined ? [] : indices([row.at]))),
      ];
    case 'opaque':
      return c.scalars;
    case 'finish':
      return c.stores.flatMap(({ value, at }) => [value, ...indices(at)]);
  }
}

export function readsOf(unit: Unit, c: Computation): ReadonlySet<Target> {
  // What defines sizes may become known later on.
  if (unit.definers.size > 0) {
    const found = new Set(readsIn(unit, c));
    for (const target of definersOf(unit, sizesIn(unit, c))) found.add(target);
    return found;
  }
  const before = unit.reads.get(c);
  if (before !== undefined) return before;
  const found = readsIn(unit, c);
  unit.reads.set(c, found);
  return found;
}

function readsIn(unit: Unit, c: Computation): ReadonlySet<Target> {
  const found = targetsRead(unit, scalarsOf(unit, c));
  if (c.kind === 'nest')
    for (const { row } of c.loops) if (row !== undefined) found.add(row.matrix);
  if (c.kind === 'opaque') for (const target of c.reads) found.add(target);
  return found;
}

/** Sizes that a computation mentions. */
function sizesIn(unit: Unit, c: Computation): readonly Dim[] {
  const written = writesOf(c).flatMap(({ shape }) => shape);
  const loops = c.kind === 'nest' ? c.loops.map(({ extent }) => extent) : [];
  const indices = scalarsBelow(unit.pool, scalarsOf(unit, c)).flatMap((x) =>
    x.kind === 'index' ? [x.index] : x.kind === 'flat' ? [x.at] : [],
  );
  return [...written, ...loops, ...indices];
}

/** The targets whose length defines one of these sizes. */
function definersOf(unit: Unit, dims: readonly Dim[]): readonly Target[] {
  return dims
    .flatMap(symbolsOf)
    .flatMap((symbol) => unit.definers.get(symbol) ?? [])
    .flatMap((node) => unit.targets.get(node.id) ?? []);
}

export function writesOf(c: Computation): readonly Target[] {
  switch (c.kind) {
    case 'nest':
      return [c.target];
    case 'opaque':
      return c.writes;
    case 'finish':
      return [...new Set(c.stores.map(({ target }) => target))];
  }
}

/** The oracle nodes that belong to a place. */
export const placedOracles = (unit: Unit, place: Place): readonly Node<'oracle'>[] =>
  unit.placement.order.filter(
    (node): node is Node<'oracle'> =>
      node.op === 'oracle' && unit.placement.placeOf(node) === place,
  );

/** What oracle nodes add to the counts each time their place is executed. */
export function countsOf(nodes: readonly Node<'oracle'>[]): readonly Count[] {
  const counts: Count[] = [];
  for (const { attributes } of nodes) {
    if (attributes.times.key === '0') continue;
    const at = counts.findIndex(({ kind }) => kind === attributes.kind);
    if (at < 0) counts.push({ kind: attributes.kind, times: attributes.times });
    else counts[at] = { kind: attributes.kind, times: addDims(counts[at].times, attributes.times) };
  }
  return counts;
}
