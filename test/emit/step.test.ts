// Steps: generated code against the interpreter, iteration by iteration, counts included; checkpoints; memory.
import { describe, expect, it } from 'vitest';
import { emitModule } from '../../compiler/emit/ts/module.ts';
import type { ModuleSpec } from '../../compiler/emit/ts/spec.ts';
import { instantiate } from '../../compiler/instantiate.ts';
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import type { ProgramInput, StepProgram, Values } from '../../runtime/program.ts';
import { compressRows } from '../../runtime/kernels/sparse.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import type { Target } from './harness.ts';
import { programs } from './programs.ts';

const rows = 7;
const columns = 4;
const entries = Float64Array.from({ length: rows * columns }, (_, k) =>
  k % 3 === 1 ? 0 : Math.sin(3 * k + 1),
);
const dense = (shape: readonly number[], data: Float64Array): Tensor => ({
  storage: 'dense',
  shape,
  data,
});
const b = dense(
  [rows],
  Float64Array.from({ length: rows }, (_, k) => (k % 2 === 0 ? 1 : -1)),
);
const plain = dense([rows, columns], entries);
const sizes = { m: rows, n: columns, '|E|': 15 };

const input = (sparse: boolean): ProgramInput => ({
  params: {},
  data: { A: sparse ? compressRows(entries, rows, columns) : plain, b },
  sizes,
  seed: 1,
  dataSeed: 1,
});

const create = (
  name: string,
  target: Target,
): { readonly spec: ModuleSpec; readonly program: StepProgram } => {
  const spec = { ...programs[name]('javascript'), target };
  const module = instantiate(emitModule(spec));
  const data = module.prepare(input(name === 'sparse'));
  return { spec, program: module.createStep(data, 1) };
};

/** Values of data and params as `prepare` makes them, by the interpreter. */
function environmentOf(spec: ModuleSpec, states: Values, iteration: number): Environment {
  const inputs: Record<string, Tensor | number> = { 'data:A': plain, 'data:b': b, iteration };
  const definitions: readonly (readonly [string, Node])[] = [
    ...spec.problem.data.flatMap(({ name, value }) =>
      value.kind === 'expression' ? [[`data:${name}`, value.node] as const] : [],
    ),
    ...spec.problem.params.flatMap(({ name, value }) =>
      value === undefined ? [] : [[`param:${name}`, value] as const],
    ),
  ];
  for (const [name, node] of definitions) {
    const [value] = interpret([node], { inputs, sizes }).values;
    inputs[name] = value.shape.length === 0 ? value.data[0] : value;
  }
  for (const { name, type } of spec.step?.states ?? []) {
    const shape = type.shape.map((dim) => (dim.key === 'n' ? columns : Number(dim.key)));
    const { data } = states[name];
    inputs[`state:${name}`] = shape.length === 0 ? data[0] : dense(shape, data);
  }
  return { inputs, sizes, seed: 1, dataSeed: 1 };
}

const names = Object.keys(programs).filter(
  (name) => programs[name]('javascript').step !== undefined,
);

describe.each<Target>(['ts', 'wasm'])('a step in %s', (target) => {
  for (const name of names) {
    it(`of ${name} does what the interpreter does, and counts the same`, () => {
      const { spec, program } = create(name, target);
      const states = spec.step?.states ?? [];
      program.init();
      for (let iteration = 1; iteration <= 8; iteration++) {
        const before = program.save();
        const counts = { ...program.counts };
        const environment = environmentOf(spec, before, iteration);
        const expected = interpret(
          [
            ...states.map(({ next }) => next),
            ...(spec.step?.reports ?? []).map(({ node }) => node),
          ],
          environment,
        );
        program.step(iteration);
        const after = program.save();
        states.forEach((state, k) => {
          const { data } = expected.values[k];
          const bound = expected.bounds[k].data;
          after[state.name].data.forEach((value, at) => {
            expect(Math.abs(value - data[at])).toBeLessThanOrEqual(1e-12 * bound[at]);
          });
        });
        const added: Readonly<Record<string, number>> = Object.fromEntries(
          Object.entries(program.counts).map(([kind, total]) => [kind, total - own(counts, kind)]),
        );
        expect(added).toEqual({ ...expected.counts });
      }
    });

    it(`of ${name} goes on from a checkpoint as if nothing had been`, () => {
      const { program } = create(name, target);
      program.init();
      for (let k = 1; k <= 5; k++) program.step(k);
      const kept = program.save();
      for (let k = 6; k <= 9; k++) program.step(k);
      const end = program.save();
      program.restore(kept);
      for (let k = 6; k <= 9; k++) program.step(k);
      expect(program.save()).toEqual(end);
    });

    it(`of ${name} starts afresh`, () => {
      const { program } = create(name, target);
      program.init();
      const [states, counts] = [program.save(), { ...program.counts }];
      for (let k = 1; k <= 3; k++) program.step(k);
      program.init();
      expect(program.save()).toEqual(states);
      expect(program.counts).toEqual(counts);
    });
  }
});

const own = (counts: Readonly<Record<string, number>>, kind: string): number => counts[kind];
