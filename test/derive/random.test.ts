// Random programs: first and second derivatives against finite differences, forward mode against reverse mode.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grad } from '../../compiler/derive/grad.ts';
import { hvp } from '../../compiler/derive/hvp.ts';
import { jvp } from '../../compiler/derive/jvp.ts';
import { vjp } from '../../compiler/derive/vjp.ts';
import { assertLegal } from '../../compiler/tensor/check.ts';
import { interpret, type Environment } from '../../compiler/tensor/interpret.ts';
import type { Node } from '../../compiler/tensor/ir.ts';
import { realType } from '../../compiler/tensor/type.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import { arbitraryProgram, describeProgram, type Program } from '../tensor/arbitrary.ts';
import { gradientIn, numbers, ridders } from './check.ts';

const runs = process.env.DOTOPT_LONG === undefined ? 60 : 3000;

/** What `stop` holds back is no derivative that differences could see. */
const differentiable = arbitraryProgram({ only: (name) => name !== 'stop' });

const dataOf = (value: Tensor | number): Float64Array =>
  typeof value === 'number' ? Float64Array.of(value) : value.data;

/** The same array with each stored entry moved; missing entries of a sparse matrix stay zero. */
const moved = (value: Tensor | number, direction: readonly number[], t: number): Tensor | number =>
  typeof value === 'number'
    ? value + t * direction[0]
    : { ...value, data: value.data.map((v, k) => v + t * direction[k]) };

const asTensor = (value: Tensor | number, data: readonly number[]): Tensor | number =>
  typeof value === 'number' ? data[0] : { ...value, data: Float64Array.from(data) };

interface Setting {
  readonly program: Program;
  readonly x: Node<'input'>;
  readonly u: Node;
  /** Along u by t. */
  readonly at: (nodes: readonly Node[], t: number) => readonly number[];
}

function settle(program: Program, choice: number): Setting {
  const { graph, inputs, environment } = program;
  const x = inputs[choice % inputs.length];
  const { name } = x.attributes;
  const value = environment.inputs[name];
  const random = numbers(choice + 1);
  const direction = Array.from(dataOf(value), random);
  const u = graph.input('direction', 'data', {
    ...realType(x.type.shape),
    storage: x.type.storage,
  });
  const at = (nodes: readonly Node[], t: number): readonly number[] => {
    const inputsAt: Environment['inputs'] = {
      ...environment.inputs,
      [name]: moved(value, direction, t),
      direction: asTensor(value, direction),
    };
    const { values } = interpret(nodes, {
      ...environment,
      inputs: inputsAt,
      gradient: gradientIn(graph),
    });
    return values.map(({ data }) => data[0]);
  };
  return { program, x, u, at };
}

const close = (actual: number, expected: number, tolerance: number, what: string): void =>
  expect(Math.abs(actual - expected), `${what}: ${actual}, not ${expected}`).toBeLessThanOrEqual(
    tolerance,
  );

test('derivatives of random programs', () => {
  fc.assert(
    fc.property(differentiable, fc.nat(1000), (program, choice) => {
      const { graph, objective, root } = program;
      const { x, u, at } = settle(program, choice);
      const gradient = grad(graph, objective, x);
      const slope = graph.dot(gradient, u);
      const [tangent = graph.constant(0)] = jvp(graph, [objective], [x], [u]);
      assertLegal([slope, tangent]);
      const [forward, reverse] = at([tangent, slope], 0);
      const what = `${describeProgram(program)} by ${x.attributes.name}`;
      const size = 1 + Math.abs(forward);
      close(reverse, forward, 1e-9 * size, `reverse of ${what}`);
      // Programs may sit close to kinks of their own making: small steps.
      const expected = ridders((t) => at([objective], t)[0], 2e-3);
      close(forward, expected, 1e-5 * size, `forward of ${what}`);

      const curvature = graph.dot(hvp(graph, objective, x, u), u);
      const again = graph.dot(grad(graph, slope, x), u);
      assertLegal([curvature, again]);
      const [second, reversed] = at([curvature, again], 0);
      const large = 1 + Math.abs(second);
      close(reversed, second, 1e-7 * large, `reverse over reverse of ${what}`);
      close(
        second,
        ridders((t) => at([slope], t)[0], 2e-3),
        1e-4 * large,
        `second of ${what}`,
      );

      const w = graph.sin(graph.add(root, 1));
      const [Ju] = jvp(graph, [root], [x], [u]);
      const [Jw] = vjp(graph, [root], [x], [w]);
      if (Ju === undefined || Jw === undefined) return;
      const [left, right] = at([graph.dot(w, Ju), graph.dot(Jw, u)], 0);
      close(left, right, 1e-9 * (1 + Math.abs(left)), `dot products of ${what}`);
    }),
    { numRuns: runs, seed: 20 },
  );
});
