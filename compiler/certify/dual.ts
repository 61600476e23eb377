// Multipliers of the kinks: y that makes the slope of the minorant as small as possible at the answer,
//   min over y of ½ ‖g + Σ K_k' (w_k y_k)‖²,   y_k allowed, and fixed where the point is away from the kink,
// where what bounds take up of the slope does not count (face.ts), by accelerated projected gradient (Beck & Teboulle 2009), then conjugate gradients on the entries that are strictly inside. Any y gives a valid bound;
// a good one gives a tight one.
import { materialize } from '../derive/tangent.ts';
import { vjp } from '../derive/vjp.ts';
import { constantValue, productOfDims } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import type { Atom } from './atoms.ts';
import type { Face } from './face.ts';
import { separableMultipliers } from './separable.ts';

export interface WeightedAtom {
  readonly atom: Atom;
  /** Derivative of the goal with respect to the kink's node, nonnegative. */
  readonly weight: Node;
}

export interface DualProblem {
  readonly graph: Graph;
  readonly variables: readonly Node[];
  /** Gradient of the smooth part, one a variable. */
  readonly gradient: readonly Node[];
  readonly atoms: readonly WeightedAtom[];
  /** Entries farther than this from a kink keep their multiplier. */
  readonly tolerance: Node;
  /** Whether some of the atoms are constraints. */
  readonly constrained: boolean;
  /** What bounds and domains leave of a slope, one a variable. */
  readonly faces: readonly Face[];
  /** Moduli of strong convexity in all variables, where one is known. */
  readonly moduli: readonly Node[];
}

/** Steps where there are few multipliers, and the least number where there are many. */
const steps = { most: 1500, least: 40 };
const powerSteps = { most: 40, least: 10 };
const conjugateSteps = { most: 200, least: 10 };

/** All steps are made up to this many multipliers; beyond it as many fewer. A person who asks to stop does not wait for a search without end. */
const manyMultipliers = 7000;

function stepCount(
  { graph, atoms }: DualProblem,
  { most, least }: { readonly most: number; readonly least: number },
): Node | number {
  const shapes = atoms.map(({ atom }) => atom.start.type.shape);
  const counts = shapes.map((shape) => constantValue(productOfDims(shape)));
  const known = counts.flatMap((count) => (count === undefined ? [] : [count]));
  if (known.length === counts.length) {
    const count = known.reduce((a, b) => a + b, 0);
    return Math.max(
      least,
      Math.min(most, Math.floor((most * manyMultipliers) / Math.max(count, 1))),
    );
  }
  const count = shapes
    .map((shape) => graph.size(productOfDims(shape)))
    .reduce((a, b) => graph.add(a, b));
  const fewer = graph.floor(graph.div(most * manyMultipliers, graph.max(count, 1)));
  return graph.max(graph.min(fewer, most), least);
}

/** Candidate multipliers, one list entry an atom. They are found from the point but stand for constants: no derivative goes through them. */
export function multiplierCandidates(dual: DualProblem): readonly (readonly Node[])[] {
  const { graph } = dual;
  const constant = (y: readonly Node[]): readonly Node[] => y.map((x) => graph.stop(x));
  const start = constant(dual.atoms.map(({ atom }) => atom.start));
  if (start.length === 0) return [[]];
  const separable = separableMultipliers(dual);
  if (separable !== undefined) return separable.map(constant);
  const centre = constant(
    dual.atoms.map(({ atom }, k) =>
      graph.select(atom.fixed(dual.tolerance), start[k], atom.centre),
    ),
  );
  const free = dual.atoms.map(({ atom }) => graph.not(atom.fixed(dual.tolerance)));
  const everywhere = start.map((y) => graph.eq(graph.zeros(y.type.shape), 0));
  if (dual.moduli.length > 0) {
    // With strong convexity the multipliers solve a smooth dual: nothing need be guessed about kinks.
    const curved = dual.moduli.map((m) => constant(accelerate(dual, start, everywhere, m)));
    if (!dual.constrained) return [start, ...curved];
    // Constraints are active or not: that guess is as good here.
    return [
      start,
      ...curved,
      constant(polish(dual, start)),
      ...curved.map((y) => constant(polish(dual, y))),
    ];
  }
  const accelerated = constant(accelerate(dual, centre, free, undefined));
  return [constant(polish(dual, centre)), accelerated, constant(polish(dual, accelerated))];
}

/** The slope of the minorant: g + Σ K_k' (w_k y_k), one a variable. */
export function slope(dual: DualProblem, y: readonly Node[]): readonly Node[] {
  const { graph } = dual;
  const bases = dual.atoms.flatMap(({ atom, weight }) =>
    atom.base === undefined ? [] : [{ base: atom.base, weight }],
  );
  const fixed = derivative(
    dual,
    bases.map(({ base }) => base),
    bases.map(({ weight }) => weight),
  );
  const linear = adjoint(dual, y);
  return dual.gradient.map((g, v) => graph.add(graph.add(g, fixed[v]), linear[v]));
}

/** Σ K_k' (w_k y_k): linear in y. */
const adjoint = (dual: DualProblem, y: readonly Node[]): readonly Node[] =>
  derivative(
    dual,
    dual.atoms.map(({ atom }, k) => atom.linear(y[k])),
    dual.atoms.map(({ weight }) => weight),
  );

const derivative = (
  { graph, variables }: DualProblem,
  outputs: readonly Node[],
  cotangents: readonly Node[],
): readonly Node[] =>
  vjp(graph, outputs, variables, cotangents).map((d, v) =>
    materialize(graph, d, variables[v].type.shape),
  );

/**
 * Accelerated projected gradient on ½ ‖slope‖², over the free entries. With a modulus m of strong convexity on the dual itself,
 * ½ ‖slope‖² - m Σ w linear(y): then every entry is free and the best bound is its optimum.
 */
function accelerate(
  dual: DualProblem,
  start: readonly Node[],
  free: readonly Node[],
  modulus: Node | undefined,
): readonly Node[] {
  const { graph, atoms } = dual;
  const gain = modulus === undefined ? undefined : atomValues(dual, start);
  const norm = operatorNorm(dual, free);
  const step = graph.div(1, graph.max(norm, Number.MIN_VALUE * 2 ** 60));
  const count = start.length;
  const states = graph.fold(
    stepCount(dual, steps),
    [...start, ...start, graph.constant(1)],
    (_index, ...all) => {
      const y = all.slice(0, count);
      const z = all.slice(count, 2 * count);
      const t = all[2 * count];
      const residual = slope(dual, z).map((r, v) =>
        modulus === undefined ? dual.faces[v].rest(r) : dual.faces[v].curved(r, modulus),
      );
      const curved = forward(dual, residual, z);
      const ascent =
        modulus === undefined || gain === undefined
          ? curved
          : curved.map((d, k) => graph.sub(d, graph.mul(modulus, gain[k])));
      const next = atoms.map(({ atom }, k) =>
        graph.select(free[k], atom.project(graph.sub(z[k], graph.mul(step, ascent[k]))), start[k]),
      );
      const s = graph.div(graph.add(1, graph.sqrt(graph.add(1, graph.mul(4, graph.square(t))))), 2);
      const momentum = graph.div(graph.sub(t, 1), s);
      const ahead = next.map((u, k) => graph.add(u, graph.mul(momentum, graph.sub(u, y[k]))));
      return [...next, ...ahead, s];
    },
  );
  return states.slice(0, count);
}

/** The derivative of Σ w linear(y) by y, at the answer. */
function atomValues({ graph, atoms }: DualProblem, y: readonly Node[]): readonly Node[] {
  const outputs = atoms.map(({ atom }, k) => atom.linear(y[k]));
  const weights = atoms.map(({ weight }) => weight);
  return vjp(graph, outputs, y, weights).map((d, k) => materialize(graph, d, y[k].type.shape));
}

/** K r, weighted: how the multipliers' objective changes with y. */
function forward(
  dual: DualProblem,
  residual: readonly Node[],
  y: readonly Node[],
): readonly Node[] {
  const { graph, variables } = dual;
  // d/dy of Σ_v residual_v · (K' (w y))_v, by derivative of the inner product with respect to y.
  const linear = adjoint(dual, y);
  const product = variables
    .map((_, v) => graph.sum(graph.mul(graph.stop(residual[v]), linear[v])))
    .reduce((a, b) => graph.add(a, b));
  return vjp(graph, [product], y, [graph.constant(1)]).map((d, k) =>
    materialize(graph, d, y[k].type.shape),
  );
}

/** An upper estimate of ‖K' W‖² by power iteration, with a margin. */
function operatorNorm(dual: DualProblem, free: readonly Node[]): Node {
  const { graph, atoms } = dual;
  const begin = atoms.map(({ atom }, k) =>
    graph.select(free[k], graph.add(1, graph.mul(0.1, wave(graph, atom.start))), 0),
  );
  const apply = (v: readonly Node[]): readonly Node[] =>
    forward(dual, adjoint(dual, v), v).map((x, k) => graph.select(free[k], x, 0));
  const length = (v: readonly Node[]): Node =>
    graph.sqrt(v.map((x) => graph.sum(graph.square(x))).reduce((a, b) => graph.add(a, b)));
  const states = graph.fold(
    stepCount(dual, powerSteps),
    [...begin, graph.constant(0)],
    (_index, ...all) => {
      const v = all.slice(0, begin.length);
      const size = graph.max(length(v), 1e-300);
      const image = apply(v.map((x) => graph.div(x, size)));
      return [...image, length(image)];
    },
  );
  return graph.mul(1.2, states[begin.length]);
}

/** Entries that are not all alike, so that power iteration starts in general position. */
function wave(graph: Graph, like: Node): Node {
  const { shape } = like.type;
  if (shape.length === 0) return graph.constant(1);
  const last = shape.length - 1;
  const line = graph.sin(graph.mul(1.7, graph.iota(shape[last], 1)));
  return shape.length === 1 ? line : graph.broadcastTo(line, shape, [last]);
}

/** Conjugate gradients on the normal equations over the entries that lie strictly inside, then projected. */
function polish(dual: DualProblem, y: readonly Node[]): readonly Node[] {
  const { graph, atoms } = dual;
  const inside = atoms.map(({ atom }, k) => {
    const moved = graph.abs(
      graph.sub(atom.project(graph.mul(1.000001, y[k])), graph.mul(1.000001, y[k])),
    );
    return graph.and(graph.not(atom.fixed(dual.tolerance)), graph.le(moved, 1e-12));
  });
  const mask = (v: readonly Node[]): readonly Node[] =>
    v.map((x, k) => graph.select(inside[k], x, 0));
  const inner = (a: readonly Node[], b: readonly Node[]): Node =>
    a.map((x, k) => graph.sum(graph.mul(x, b[k]))).reduce((p, q) => graph.add(p, q));
  const along = (r: readonly Node[]): readonly Node[] => r.map((x, v) => dual.faces[v].along(x));
  const residual = mask(forward(dual, along(slope(dual, y)), y)).map((x) => graph.neg(x));
  const n = y.length;
  const zeros = y.map((x) => graph.zeros(x.type.shape));
  const states = graph.fold(
    stepCount(dual, conjugateSteps),
    [...zeros, ...residual, ...residual],
    (_index, ...all) => {
      const d = all.slice(0, n);
      const r = all.slice(n, 2 * n);
      const p = all.slice(2 * n);
      const image = mask(forward(dual, along(adjoint(dual, p)), p));
      const size = inner(r, r);
      const curvature = inner(p, image);
      const going = graph.and(graph.gt(curvature, 0), graph.gt(size, 1e-300));
      const step = graph.select(going, graph.div(size, graph.select(going, curvature, 1)), 0);
      const left = r.map((x, k) => graph.sub(x, graph.mul(step, image[k])));
      const beta = graph.select(
        going,
        graph.div(inner(left, left), graph.select(going, size, 1)),
        0,
      );
      return [
        ...d.map((x, k) => graph.add(x, graph.mul(step, p[k]))),
        ...left,
        ...left.map((x, k) => graph.add(x, graph.mul(beta, p[k]))),
      ];
    },
  );
  return atoms.map(({ atom }, k) => atom.project(graph.add(y[k], states[k])));
}
