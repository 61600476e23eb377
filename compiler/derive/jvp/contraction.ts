import { addTangents, mapTangent } from '../tangent.ts';
import { single, type JvpRule } from './rule.ts';

export const contract: JvpRule<'contract'> = single((node, { graph, tangent }) => {
  const { batch, sum } = node.attributes;
  const [a, b] = node.args;
  return addTangents(
    graph,
    mapTangent(tangent(a), (da) => graph.contract(da, b, sum, batch)),
    mapTangent(tangent(b), (db) => graph.contract(a, db, sum, batch)),
  );
});
