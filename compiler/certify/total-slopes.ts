// Slopes along a solution: for f(x, y) with R(x, y) = 0,
//   df/dx = ∇x f - (∂R/∂x)' λ,   (∂R/∂y)' λ = ∇y f.
import { grads } from '../derive/grad.ts';
import { jac } from '../derive/jac.ts';
import { jvp } from '../derive/jvp.ts';
import { materialize } from '../derive/tangent.ts';
import { vjp } from '../derive/vjp.ts';
import { addDims, constantDim, constantValue, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';

export interface System {
  readonly unknowns: readonly Node[];
  /** One for each unknown, in its shape. */
  readonly equations: readonly Node[];
}

/** The Jacobian of the equations in the unknowns, as one matrix. */
export function systemMatrix(graph: Graph, { unknowns, equations }: System): Node {
  const rows = equations.map((equation) => {
    const blocks = unknowns.map((unknown) =>
      graph.reshape(jac(graph, equation, unknown), [sizeOf(equation), sizeOf(unknown)]),
    );
    return blocks.length === 1 ? blocks[0] : graph.concat(blocks, 1);
  });
  return rows.length === 1 ? rows[0] : graph.concat(rows, 0);
}

const sizeOf = (node: Node): Dim => productOfDims(node.type.shape);

/** All arrays as one vector. */
export function flat(graph: Graph, parts: readonly Node[]): Node {
  const vectors = parts.map((part) => graph.reshape(part, [sizeOf(part)]));
  return vectors.length === 1 ? vectors[0] : graph.concat(vectors, 0);
}

/** A vector as arrays of these shapes. */
export function unflat(graph: Graph, vector: Node, like: readonly Node[]): readonly Node[] {
  let start = constantDim(0);
  return like.map((node) => {
    const size = sizeOf(node);
    const part = like.length === 1 ? vector : graph.sliceAxis(vector, 0, start, size);
    start = addDims(start, size);
    return graph.reshape(part, node.type.shape);
  });
}

/** df/dx, one for each of `wrt`. Throws `NotDifferentiable`. */
export function totalSlopes(
  graph: Graph,
  f: Node,
  wrt: readonly Node[],
  system: System,
): readonly Node[] {
  const direct = grads(graph, f, wrt);
  if (system.unknowns.length === 0) return direct;
  const inner = flat(graph, grads(graph, f, system.unknowns));
  const multipliers = unflat(graph, adjointSolution(graph, system, inner), system.equations);
  return vjp(graph, system.equations, wrt, multipliers).map((indirect, v) =>
    graph.sub(direct[v], materialize(graph, indirect, wrt[v].type.shape)),
  );
}

/** Up to so many unknowns the Jacobian is made and factored. */
const mostDense = 400;
const mostSteps = 400;

/** λ with (∂R/∂y)' λ = b. Large systems by conjugate gradients on the normal equations (Hestenes & Stiefel 1952), which need products alone. */
function adjointSolution(graph: Graph, system: System, b: Node): Node {
  const [size] = b.type.shape;
  const whole = (): Node => graph.solve(graph.transpose(systemMatrix(graph, system)), b);
  const count = constantValue(size);
  if (count !== undefined) return count <= mostDense ? whole() : byProducts(graph, system, b);
  return graph.cond(
    graph.le(graph.size(size), mostDense),
    () => [whole()],
    () => [byProducts(graph, system, b)],
  )[0];
}

function byProducts(graph: Graph, { unknowns, equations }: System, b: Node): Node {
  const [size] = b.type.shape;
  const transposed = (v: Node): Node =>
    flat(
      graph,
      vjp(graph, equations, unknowns, unflat(graph, v, equations)).map((part, k) =>
        materialize(graph, part, unknowns[k].type.shape),
      ),
    );
  const forward = (v: Node): Node =>
    flat(
      graph,
      jvp(graph, equations, unknowns, unflat(graph, v, unknowns)).map((part, k) =>
        materialize(graph, part, equations[k].type.shape),
      ),
    );
  const start = forward(b);
  const zeros = graph.zeros([size]);
  const [solution] = graph.fold(
    graph.min(mostSteps, graph.mul(2, graph.size(size))),
    [zeros, b, start, graph.sumsq(start)],
    (_index, x, r, p, gamma) => {
      const q = transposed(p);
      const going = graph.gt(gamma, graph.mul(1e-26, graph.sumsq(start)));
      const step = graph.select(going, graph.div(gamma, graph.max(graph.sumsq(q), 1e-300)), 0);
      const left = graph.sub(r, graph.mul(step, q));
      const ascent = forward(left);
      const next = graph.sumsq(ascent);
      const beta = graph.select(going, graph.div(next, graph.max(gamma, 1e-300)), 0);
      return [graph.add(x, graph.mul(step, p)), left, graph.add(ascent, graph.mul(beta, p)), next];
    },
  );
  return solution;
}
