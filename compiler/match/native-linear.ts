// A linear or quadratic program in the arrays that HiGHS takes.
import { vjp } from '../derive/vjp.ts';
import { constantDim, constantValue, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { isScalar } from '../tensor/type.ts';
import { grads } from '../derive/grad.ts';
import { jvp } from '../derive/jvp.ts';
import type { Layout } from './layout.ts';
import type { LinearLimits } from './native-bounds.ts';
import type { Roles } from './roles.ts';

/**
 * minimise offset + c'x + x'Q x/2 subject to rowLower <= A x <= rowUpper, lower <= x <= upper, x[i] whole where integer[i].
 * `constraints` of the rows come in the order: equations, then inequalities. `Q` is missing where the goal is linear.
 */
export function linearProgram(
  graph: Graph,
  layout: Layout,
  { functions, constraints }: Roles,
  limits: LinearLimits,
): Readonly<Record<string, Node>> {
  const f = functions.get('f');
  const goal = f?.expression ?? graph.constant(0);
  const zeros = layout.join(layout.inputs.map(({ type }) => graph.zeros(type.shape)));
  const atZero = (node: Node): Node => layout.at(node, zeros);
  const gradients = grads(graph, goal, layout.inputs);
  const equal = [...limits.equal, ...residuals('equal')].map((r) => vector(graph, r));
  const lessEqual = [...limits.lessEqual, ...residuals('lessEqual')].map((r) => vector(graph, r));
  const rows = [...equal, ...lessEqual];
  const stacked = rows.length === 0 ? graph.zeros([0]) : graph.concat(rows, 0);
  const start = graph.neg(atZero(stacked));
  const ones = (parts: readonly Node[], value: number): readonly Node[] =>
    parts.map(({ type }) => graph.full(value, type.shape));
  const slack = [...ones(equal, 0), ...ones(lessEqual, -Infinity)];
  const quadratic = f !== undefined && f.facts().degree(goal) === 2;
  return {
    offset: atZero(goal),
    c: atZero(layout.join(gradients)),
    A: jacobian(graph, layout, stacked, zeros),
    rowLower: rows.length === 0 ? start : graph.add(start, graph.concat(slack, 0)),
    rowUpper: start,
    lower: limits.lower,
    upper: limits.upper,
    integer: layout.join(
      layout.parts.map(({ variable }) =>
        graph.full(variable.element === 'real' ? 0 : 1, variable.shape),
      ),
    ),
    ...(quadratic ? { Q: hessian(graph, layout, gradients, zeros) } : {}),
  };

  function residuals(kind: 'equal' | 'lessEqual'): readonly Node[] {
    return constraints.flatMap(({ relation }) =>
      (relation.kind === 'equal' || relation.kind === 'lessEqual') && relation.kind === kind
        ? [relation.residual]
        : [],
    );
  }
}

const vector = (graph: Graph, x: Node): Node =>
  isScalar(x) ? graph.reshape(x, [1]) : graph.flatten(x);

/** Row i is the gradient of entry i; the rows are taken at zero, where an affine function's are what they are everywhere. */
function jacobian(graph: Graph, layout: Layout, values: Node, zeros: Node): Node {
  const [rows] = values.type.shape;
  if (constantValue(rows) === 0) return graph.zeros([constantDim(0), layout.size]);
  const made = alongUnits(graph, rows, (unit) => {
    const found = vjp(graph, [values], layout.inputs, [unit]);
    return layout.join(found.map((part, k) => part ?? graph.zeros(layout.inputs[k].type.shape)));
  });
  return layout.at(made, zeros);
}

function hessian(graph: Graph, layout: Layout, gradients: readonly Node[], zeros: Node): Node {
  const made = alongUnits(graph, layout.size, (unit) => {
    const along = jvp(graph, gradients, layout.inputs, layout.split(unit));
    return layout.join(along.map((part, k) => part ?? graph.zeros(layout.inputs[k].type.shape)));
  });
  return layout.at(made, zeros);
}

/** A row for each unit vector. */
function alongUnits(graph: Graph, count: Dim, row: (unit: Node) => Node): Node {
  const { stacked } = graph.loop(count, [graph.constant(0)], (k, state) => ({
    next: [state],
    stacked: [row(graph.select(graph.eq(graph.iota(count), k), 1, 0))],
  }));
  return stacked[0];
}
