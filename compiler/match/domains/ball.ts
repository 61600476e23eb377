// norm(x - centre) <= radius for the norms 2, 1 and infinity, for each row.
import { constantEntry } from '../../tensor/shape.ts';
import type { Graph } from '../../tensor/graph.ts';
import type { Node } from '../../tensor/ir.ts';
import { bounds } from './box.ts';
import {
  distanceTo,
  euclideanMirror,
  has,
  lacks,
  noManifold,
  projectedZero,
  type DomainRule,
  type Offer,
} from './operations.ts';
import { alongRows, fill, lastAxis, leading, overRows, rowNorm } from './rows.ts';
import { perRow } from './simplex.ts';
import { simplexThreshold } from './threshold.ts';

export const ball: DomainRule = (graph, { args, norm }, shape) => {
  const [centre, radius] = args;
  const c = fill(graph, centre, shape);
  const r = perRow(graph, radius, shape);
  const around = (map: (d: Node) => Node) => (v: Node) => graph.add(map(graph.sub(v, c)), c);
  if (norm === Infinity) {
    const box = bounds(graph, graph.sub(c, radius), graph.add(c, radius), shape);
    return { ...box, centre: projectedZero(graph, projection(box.project), shape) };
  }
  const rows = alongRows(graph, r, shape);
  const project =
    norm === 1 ? around((d) => projectL1(graph, d, r)) : around((d) => projectL2(graph, d, rows));
  return {
    convex: true,
    distance: distanceTo(graph, project),
    project: has(project),
    lmo: has((g) => graph.add(c, norm === 1 ? lmoL1(graph, g, rows) : lmoL2(graph, g, rows))),
    barrier:
      norm === 1
        ? lacks('no barrier of the 1-norm ball is built in')
        : has((x) => barrier(graph, graph.sub(x, c), r)),
    mirror: has(euclideanMirror(project)),
    manifold: noManifold,
    centre:
      constantEntry(centre) === 0 ? () => graph.zeros(shape) : () => project(graph.zeros(shape)),
  };
};

const projection = (offer: Offer<(v: Node) => Node>): ((v: Node) => Node) =>
  offer.kind === 'has' ? offer.with : (v) => v;

/** Onto the ball of the 1-norm around zero: a soft threshold. `radius` one a row. */
export function projectL1(graph: Graph, d: Node, radius: Node): Node {
  const size = graph.abs(d);
  const theta = graph.max(simplexThreshold(graph, size, radius), 0);
  const shrunk = graph.max(graph.sub(size, alongRows(graph, theta, d.type.shape)), 0);
  return graph.mul(graph.sign(d), shrunk);
}

/** Onto the Euclidean ball around zero. `radius` repeated along the rows. */
export function projectL2(graph: Graph, d: Node, radius: Node): Node {
  const length = rowNorm(graph, d);
  return graph.select(graph.le(length, radius), d, graph.mul(d, graph.div(radius, length)));
}

function lmoL2(graph: Graph, g: Node, radius: Node): Node {
  const length = rowNorm(graph, g);
  const scale = graph.select(graph.gt(length, 0), graph.div(radius, length), 0);
  return graph.neg(graph.mul(scale, g));
}

/** The vertex of the largest entry, with the opposite sign. */
function lmoL1(graph: Graph, g: Node, radius: Node): Node {
  const { shape } = g.type;
  if (shape.length === 0) return graph.neg(graph.mul(radius, graph.sign(g)));
  const axis = lastAxis(g);
  const best = graph.broadcastTo(graph.argmax(graph.abs(g), axis), shape, leading(shape, 1));
  const here = graph.eq(graph.broadcastTo(graph.iota(shape[axis]), shape, [axis]), best);
  return graph.select(here, graph.neg(graph.mul(radius, graph.sign(g))), 0);
}

function barrier(graph: Graph, d: Node, radius: Node): Node {
  const slack = graph.sub(graph.square(radius), overRows(graph, 'sum', graph.square(d)));
  return graph.neg(graph.sum(graph.log(slack)));
}
