// Elementary functions of two lanes, against those of JavaScript, in units of the last place.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  constantsGlobal,
  createAssembler,
  parameterLocals,
} from '../../../compiler/emit/wasm/assembler.ts';
import { constantsOf, encodeModule } from '../../../compiler/emit/wasm/binary.ts';
import { vectorMath, type VectorMath } from '../../../compiler/emit/wasm/vector-math.ts';
import { sigmoid, softplus } from '../../../runtime/kernels/special.ts';
import { webAssembly } from '../../../runtime/wasm/web-assembly.ts';

const names: readonly VectorMath[] = [
  'exp',
  'log',
  'log1p',
  'log1pUnit',
  'expm1',
  'tanh',
  'sigmoid',
  'softplus',
];

const expected: { readonly [F in VectorMath]: (x: number) => number } = {
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  log1pUnit: Math.log1p,
  expm1: Math.expm1,
  tanh: Math.tanh,
  sigmoid,
  softplus,
};

/** Units in the last place that ours and JavaScript's may be apart: both round, and some are made of several. */
const most: { readonly [F in VectorMath]: number } = {
  exp: 1,
  log: 1,
  log1p: 2,
  log1pUnit: 1,
  expm1: 3,
  tanh: 4,
  sigmoid: 3,
  softplus: 2,
};

/** Each function of one number: the given lane of the pair. */
function compiled(
  lane: 0 | 1,
  fused: boolean,
): Readonly<Record<VectorMath, (x: number) => number>> {
  const scalars = names.map((name) => {
    const code = createAssembler(`one ${name}`, ['f64'], ['f64']);
    const [x] = parameterLocals(['f64']);
    code.both(0.25);
    code.get(x);
    code.lane('f64x2.replace_lane', lane);
    code.call(name);
    code.lane('f64x2.extract_lane', lane);
    return code.finish();
  });
  const { Memory, Module, Instance } = webAssembly();
  const functions = [...names.map((name) => vectorMath[name].make()), ...scalars];
  const bytes = encodeModule(
    {
      importedFunctions: [],
      importedGlobals: [{ name: constantsGlobal, type: 'i32' }],
      functions,
      exported: scalars.map(({ name }) => name),
    },
    fused,
  );
  const memory = new Memory({ initial: 1, maximum: 65536, shared: true });
  const { exports } = new Instance(new Module(bytes), {
    env: { memory, [constantsGlobal]: 0 },
  });
  new Float64Array(memory.buffer).set(constantsOf(functions));
  const of = (name: VectorMath) => (x: number) => {
    const value = exports[`one ${name}`];
    return typeof value === 'function' ? Number(value(x)) : NaN;
  };
  return {
    exp: of('exp'),
    log: of('log'),
    log1p: of('log1p'),
    log1pUnit: of('log1pUnit'),
    expm1: of('expm1'),
    tanh: of('tanh'),
    sigmoid: of('sigmoid'),
    softplus: of('softplus'),
  };
}

const ulp = (x: number): number => 2 ** (Math.max(-1022, Math.floor(Math.log2(Math.abs(x)))) - 52);

function apart(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (!Number.isFinite(b) || !Number.isFinite(a)) return Infinity;
  return Math.abs(a - b) / ulp(b === 0 ? a : b);
}

const special = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  NaN,
  5e-324,
  -5e-324,
  1e-310,
  1e300,
  709.78,
  709.79,
  710,
  -745.13,
  -746,
  -708.5,
  22,
  40,
  41,
  -40,
  -50,
];

const numbers = fc.oneof(
  fc.constantFrom(...special),
  fc.double({ min: -750, max: 750, noNaN: true }),
  fc.double({ min: -2, max: 2, noNaN: true }),
  fc.double(),
);

/** Where a function is not for all numbers: one that it is for. */
const argumentOf = (name: VectorMath, x: number): number =>
  name === 'log1pUnit' ? Math.exp(-Math.abs(x)) : x;

const forms = names.flatMap((name) => [[name, 'plain'] as const, [name, 'fused'] as const]);

describe.each(forms)('%s, %s', (name, form) => {
  const lanes = [compiled(0, form === 'fused'), compiled(1, form === 'fused')];
  it('is near the last place in both lanes', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(0, 1), (given, lane) => {
        const x = argumentOf(name, given);
        expect(apart(lanes[lane][name](x), expected[name](x))).toBeLessThanOrEqual(most[name]);
      }),
      { numRuns: process.env.DOTOPT_LONG === undefined ? 3000 : 100_000 },
    );
  });

  it('knows the ends of the range', () => {
    for (const x of special.map((each) => argumentOf(name, each)))
      expect(apart(lanes[0][name](x), expected[name](x)), String(x)).toBeLessThanOrEqual(
        most[name],
      );
  });
});
