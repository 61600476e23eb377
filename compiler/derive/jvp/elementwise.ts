// Leaves and elementwise operations.
import { forwardKinds } from '../../tensor/oracle-derivatives.ts';
import { guardTangent } from '../guard.ts';
import { materialize, mapTangent, type Tangent } from '../tangent.ts';
import { binaryTangents } from './binary.ts';
import { single, zero, type JvpRule } from './rule.ts';
import { slopes } from './unary.ts';

/** A leaf that is not a seed does not move. */
export const leaf = zero;

export const unary: JvpRule<'unary'> = single((node, { graph, tangent }): Tangent => {
  const { fn } = node.attributes;
  const [x] = node.args;
  const dx = tangent(x);
  if (dx === undefined || fn === 'neg') return mapTangent(dx, graph.neg);
  const slope = slopes[fn](graph, x, graph.unary(fn, x));
  return slope === undefined ? undefined : graph.mul(slope, dx);
});

export const binary: JvpRule<'binary'> = single((node, { graph, tangent }): Tangent => {
  const { fn } = node.attributes;
  const [x, y] = node.args;
  const [dx, dy] = [tangent(x), tangent(y)];
  if (dx === undefined && dy === undefined) return undefined;
  return binaryTangents[fn](graph, { x, y, z: graph.binary(fn, x, y) }, dx, dy);
});

export const select: JvpRule<'select'> = single((node, { graph, tangent }): Tangent => {
  const [condition, x, y] = node.args;
  const [dx, dy] = [tangent(x), tangent(y)];
  if (dx === undefined && dy === undefined) return undefined;
  const { shape } = node.type;
  const then = mapTangent(dx, (d) => guardTangent(graph, d, condition));
  const otherwise = mapTangent(dy, (d) => guardTangent(graph, d, graph.not(condition)));
  return graph.select(
    condition,
    materialize(graph, then, shape),
    materialize(graph, otherwise, shape),
  );
});

/** The tangent passes through as it is, and is counted in its turn. */
export const oracle: JvpRule<'oracle'> = single((node, { graph, tangent }) => {
  const { kind, name, times } = node.attributes;
  return mapTangent(tangent(node.args[0]), (d) => graph.oracle(d, forwardKinds[kind], name, times));
});
