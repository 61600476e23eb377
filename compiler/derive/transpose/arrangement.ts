// What moves entries forward moves them back.
import { addDims, constantDim } from '../../tensor/dim.ts';
import { single, type TransposeRule } from './rule.ts';

export const broadcast: TransposeRule<'broadcast'> = single((node, ct, { graph, add }) => {
  const repeated = node.type.shape
    .map((_, k) => k)
    .filter((k) => !node.attributes.axes.includes(k));
  add(node.args[0], graph.sum(ct, repeated));
});

export const transpose: TransposeRule<'transpose'> = single((node, ct, { graph, add }) => {
  const { permutation } = node.attributes;
  add(
    node.args[0],
    graph.transpose(
      ct,
      permutation.map((_, k) => permutation.indexOf(k)),
    ),
  );
});

export const reshape: TransposeRule<'reshape'> = single(({ args: [x] }, ct, { graph, add }) =>
  add(x, graph.reshape(ct, x.type.shape)),
);

export const slice: TransposeRule<'slice'> = single((node, ct, { graph, add }) => {
  const [x] = node.args;
  add(x, graph.pad(ct, node.attributes.start, x.type.shape));
});

export const pad: TransposeRule<'pad'> = single((node, ct, { graph, add }) => {
  const [x] = node.args;
  add(x, graph.slice(ct, node.attributes.before, x.type.shape));
});

export const reverse: TransposeRule<'reverse'> = single((node, ct, { graph, add }) =>
  add(node.args[0], graph.reverse(ct, node.attributes.axis)),
);

export const concat: TransposeRule<'concat'> = single((node, ct, { graph, linear, add }) => {
  const { axis } = node.attributes;
  let start = constantDim(0);
  for (const part of node.args) {
    const size = part.type.shape[axis];
    if (linear(part)) add(part, graph.sliceAxis(ct, axis, start, size));
    start = addDims(start, size);
  }
});

export const gather: TransposeRule<'gather'> = single((node, ct, { graph, add }) => {
  const [x, ...indices] = node.args;
  add(x, graph.scatter(ct, indices, x.type.shape, node.attributes.axes));
});

export const scatter: TransposeRule<'scatter'> = single((node, ct, { graph, add }) => {
  const [updates, ...indices] = node.args;
  add(updates, graph.gather(ct, indices, node.attributes.axes, true));
});

/** What was overwritten had no influence. */
export const put: TransposeRule<'put'> = single((node, ct, { graph, linear, add }) => {
  const { axes } = node.attributes;
  const [x, value, ...indices] = node.args;
  if (linear(x)) add(x, graph.put(ct, 0, indices, axes));
  if (linear(value)) add(value, graph.gather(ct, indices, axes, true));
});
