// Operations that only move entries: the tangent moves alike.
import { addDims, constantDim } from '../../tensor/dim.ts';
import { materialize, mapTangent, type Tangent } from '../tangent.ts';
import { single, type JvpRule } from './rule.ts';

export const broadcast: JvpRule<'broadcast'> = single((node, { graph, tangent }) =>
  mapTangent(tangent(node.args[0]), (dx) => graph.make('broadcast', node.attributes, [dx])),
);

export const transpose: JvpRule<'transpose'> = single((node, { graph, tangent }) =>
  mapTangent(tangent(node.args[0]), (dx) => graph.transpose(dx, node.attributes.permutation)),
);

export const reshape: JvpRule<'reshape'> = single((node, { graph, tangent }) =>
  mapTangent(tangent(node.args[0]), (dx) => graph.reshape(dx, node.attributes.shape)),
);

export const slice: JvpRule<'slice'> = single((node, { graph, tangent }) =>
  mapTangent(tangent(node.args[0]), (dx) =>
    graph.slice(dx, node.attributes.start, node.attributes.size),
  ),
);

export const pad: JvpRule<'pad'> = single((node, { graph, tangent }) =>
  mapTangent(tangent(node.args[0]), (dx) =>
    graph.pad(dx, node.attributes.before, node.attributes.shape),
  ),
);

export const reverse: JvpRule<'reverse'> = single((node, { graph, tangent }) =>
  mapTangent(tangent(node.args[0]), (dx) => graph.reverse(dx, node.attributes.axis)),
);

/** A run of moving parts is joined and padded, so that parts that stay put cost nothing. */
export const concat: JvpRule<'concat'> = single((node, { graph, tangent }): Tangent => {
  const { axis } = node.attributes;
  const tangents = node.args.map(tangent);
  const first = tangents.findIndex((dx) => dx !== undefined);
  if (first < 0) return undefined;
  const last = tangents.findLastIndex((dx) => dx !== undefined);
  const moving = tangents
    .slice(first, last + 1)
    .map((dx, k) => materialize(graph, dx, node.args[first + k].type.shape));
  const before = node.args
    .slice(0, first)
    .reduce((sum, arg) => addDims(sum, arg.type.shape[axis]), constantDim(0));
  return graph.pad(
    graph.concat(moving, axis),
    node.type.shape.map((_, k) => (k === axis ? before : constantDim(0))),
    node.type.shape,
  );
});

export const gather: JvpRule<'gather'> = single((node, { graph, tangent }) => {
  const [x, ...indices] = node.args;
  return mapTangent(tangent(x), (dx) => graph.make('gather', node.attributes, [dx, ...indices]));
});

export const scatter: JvpRule<'scatter'> = single((node, { graph, tangent }) => {
  const [updates, ...indices] = node.args;
  return mapTangent(tangent(updates), (du) =>
    graph.make('scatter', node.attributes, [du, ...indices]),
  );
});

export const put: JvpRule<'put'> = single((node, { graph, tangent }): Tangent => {
  const [x, value, ...indices] = node.args;
  const [dx, dv] = [tangent(x), tangent(value)];
  if (dx === undefined && dv === undefined) return undefined;
  return graph.make('put', node.attributes, [
    materialize(graph, dx, x.type.shape),
    materialize(graph, dv, value.type.shape),
    ...indices,
  ]);
});
