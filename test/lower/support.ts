// Gallery files lowered and given numbers: data read from their files, computed data by the interpreter in order.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isError } from '../../grammar/diagnostic.ts';
import { parseText } from '../../grammar/parse.ts';
import { lowerProblem, type LoweredProblem } from '../../compiler/lower/problem.ts';
import { buildModel } from '../../compiler/model/model.ts';
import type { ProblemModel } from '../../compiler/model/types.ts';
import type { Problem } from '../../compiler/problem/problem.ts';
import { sourceOptions } from '../../compiler/source-options.ts';
import { substituteDim, evaluateDim, constantDim } from '../../compiler/tensor/dim.ts';
import { createGraph, type Graph } from '../../compiler/tensor/graph.ts';
import { interpret } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { parseCsv } from '../../runtime/data/csv.ts';
import { numbersOf } from '../../runtime/data/select.ts';
import type { DenseTensor } from '../../runtime/tensor.ts';

const here = dirname(fileURLToPath(import.meta.url));
export const galleryFolder = join(here, '../../examples/gallery');

export interface Given {
  readonly problem: Problem;
  readonly model: ProblemModel;
  readonly lowered: LoweredProblem;
  readonly graph: Graph;
  /** Params and data by name. */
  readonly inputs: Readonly<Record<string, DenseTensor>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly value: (node: Node, more?: Readonly<Record<string, DenseTensor>>) => DenseTensor;
}

export const tensor = (shape: readonly number[], data: ArrayLike<number>): DenseTensor => ({
  storage: 'dense',
  shape,
  data: Float64Array.from(data),
});

/** Each problem of a text, lowered, with its inputs evaluated. */
export function lowerText(text: string, folder = galleryFolder): readonly Given[] {
  const { file: ast, diagnostics } = parseText(text, 'test.opt');
  const built = buildModel({ id: 'test.opt', ast });
  const errors = [...diagnostics, ...built.diagnostics].filter(isError);
  if (errors.length > 0) throw new Error(errors.map((e) => `${e.code} ${e.message}`).join('\n'));
  return built.model.problems.map((model) => evaluated(model, folder));
}

export const lowerGallery = (name: string): readonly Given[] =>
  lowerText(readFileSync(join(galleryFolder, `${name}.opt`), 'utf8'));

export function evaluated(model: ProblemModel, folder: string): Given {
  const graph = createGraph();
  const lowered = lowerProblem(model, graph, { sampleSize: 2000 });
  const { problem } = lowered;
  const inputs: Record<string, DenseTensor> = {};
  const sizes: Record<string, number> = {};
  const value = (node: Node, more: Readonly<Record<string, DenseTensor>> = {}): DenseTensor =>
    interpret([node], { inputs: { ...inputs, ...more }, sizes }).values[0];
  for (const item of problem.data)
    if (item.value.kind === 'file') inputs[item.name] = read(item, folder);
  const fromData = (): void => {
    for (const { symbol, from } of problem.sizes) {
      if (from.kind !== 'data' || symbol in sizes) continue;
      const data = inputs[from.name];
      if (data === undefined) continue;
      // size = factor * symbol + rest
      const at = (v: number): number | undefined =>
        evaluateDim(
          substituteDim(from.size, (s) => (s === symbol ? constantDim(v) : undefined)),
          sizes,
        );
      const [zero, one] = [at(0), at(1)];
      if (zero !== undefined && one !== undefined)
        sizes[symbol] = (data.shape[from.axis] - zero) / (one - zero);
    }
  };
  fromData();
  for (const { key, kind } of model.inputs) {
    const item =
      kind === 'param'
        ? problem.params.find(({ name }) => name === key)
        : problem.data.find(({ name }) => name === key);
    if (item === undefined || key in inputs) continue;
    const node =
      item.value === undefined
        ? undefined
        : 'op' in item.value
          ? item.value
          : item.value.kind === 'expression' || item.value.kind === 'draw'
            ? item.value.node
            : undefined;
    if (node === undefined) continue;
    settle(problem, sizes, value);
    inputs[key] = value(node);
    fromData();
    if (kind === 'param')
      for (const { symbol, from } of problem.sizes)
        if (from.kind === 'param' && from.name === key) sizes[symbol] = inputs[key].data[0];
  }
  settle(problem, sizes, value);
  return { problem, model, lowered, graph, inputs, sizes, value };
}

/** Sizes given by expressions, as far as they can be known yet. */
function settle(
  problem: Problem,
  sizes: Record<string, number>,
  value: (node: Node) => DenseTensor,
): void {
  for (const { symbol, from } of problem.sizes)
    if (from.kind === 'expression' && !(symbol in sizes))
      try {
        sizes[symbol] = value(from.node).data[0];
      } catch {
        // not yet
      }
}

function read(item: Problem['data'][number], folder: string): DenseTensor {
  if (item.value.kind !== 'file') throw new Error(`${item.name} is not read`);
  const { source } = item.value;
  const table = parseCsv(
    source.path,
    readFileSync(join(folder, source.path), 'utf8'),
    sourceOptions(source),
  );
  if (!table.ok) throw new Error(`${source.path}: ${table.fault.code}`);
  const numbers = numbersOf(table.value, sourceOptions(source));
  if (!numbers.ok) throw new Error(`${source.path}: ${numbers.fault.code}`);
  return numbers.value;
}
