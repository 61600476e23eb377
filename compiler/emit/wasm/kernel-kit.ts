// Kernels of the runtime written as statements of the schedule's little language, so that their loops become instructions as those of a program do: two numbers at a
// time, with several sums. Arrays come as addresses, sizes as whole numbers.
import {
  addDims,
  constantDim,
  multiplyDims,
  subtractDims,
  symbolDim,
  type Dim,
} from '../../tensor/dim.ts';
import { createPool, type Index, type Pool, type Scalar } from '../../schedule/scalar.ts';
import type { AssignOp, Statement } from '../../schedule/statement.ts';
import type { Target } from '../../schedule/target.ts';
import { createAssembler, parameterLocals, type Local, type WasmFunction } from './assembler.ts';
import { createLink } from './link.ts';
import { writeStatements } from './statements.ts';
import { vectorMath } from './vector-math.ts';
import type { Writer } from './writer.ts';

export interface Kit {
  readonly pool: Pool;
  /** A size, or a loop variable, as a position. */
  readonly at: (name: string) => Index;
  readonly load: (array: string, at: Index) => Scalar;
  readonly store: (array: string, at: Index, value: Scalar, op?: AssignOp) => Statement;
  /** for (let variable = 0; variable < to; variable++) */
  readonly loop: (variable: string, to: Index, body: readonly Statement[]) => Statement;
  /** let name = start; for (…) name op= value; */
  readonly dot: (
    name: string,
    variable: string,
    to: Index,
    x: Scalar,
    y: Scalar,
  ) => readonly Statement[];
  readonly name: (name: string) => Scalar;
}

export interface KernelSpec {
  readonly name: string;
  /** Arrays and sizes in the order of the call; a size that a call leaves out is 1. */
  readonly parameters: readonly { readonly name: string; readonly kind: 'array' | 'size' }[];
  /** Other names of arrays, for rows that never are the same one. */
  readonly aliases?: Readonly<Record<string, string>>;
  readonly body: (kit: Kit) => readonly Statement[];
}

export const times = multiplyDims;
export const plus = addDims;
export const minus = subtractDims;
export const whole = constantDim;

/** Loop variables and sizes are both symbols of loops here: they are locals of the function. */
const symbolOf = (name: string): Dim => symbolDim(`$${name}`);

function createKit(pool: Pool): Kit {
  const target: Target = {
    id: 0,
    hint: 'kernel',
    shape: [],
    storage: 'dense',
    given: undefined,
    boxed: false,
    bool: false,
    exact: false,
    replaces: undefined,
  };
  const loop: Kit['loop'] = (variable, to, body) => ({
    kind: 'for',
    variable,
    from: pool.number(0),
    to: pool.index(to),
    body,
  });
  return {
    pool,
    at: symbolOf,
    name: (name) => pool.name(name),
    load: (array, at) => pool.load(array, at, target),
    store: (array, at, value, op = '=') => ({ kind: 'store', array, at, op, value }),
    loop,
    dot: (name, variable, to, x, y) => [
      { kind: 'let', name, value: pool.number(0) },
      loop(variable, to, [{ kind: 'assign', name, op: '+=', value: pool.binary('mul', x, y) }]),
    ],
  };
}

/** The kernel, and the elementary functions that it calls. */
export function kernelFunctions({
  name,
  parameters,
  aliases = {},
  body,
}: KernelSpec): readonly WasmFunction[] {
  const types = parameters.map(() => 'i32' as const);
  const code = createAssembler(name, types, []);
  const locals = parameterLocals(types);
  const named = (kind: 'array' | 'size'): Map<string, Local> =>
    new Map(parameters.flatMap((each, k) => (each.kind === kind ? [[each.name, locals[k]]] : [])));
  const bases = named('array');
  for (const [alias, of] of Object.entries(aliases)) {
    const base = bases.get(of);
    if (base !== undefined) bases.set(alias, base);
  }
  const pool = createPool();
  // A kernel takes nothing from outside but its parameters.
  const link = createLink([]);
  const writer: Writer = {
    pool,
    code,
    link,
    variable: (symbol) => symbol.slice(1),
    size: (symbol) => symbol,
    print: () => [],
    locals: named('size'),
    bases,
    shared: false,
    sizes: {},
    streams: new Map(),
    vectors: new Map(),
    lane: 0,
    decays: new Map(),
  };
  writeStatements(writer, body(createKit(pool)));
  return [...link.collected().math.map((fn) => vectorMath[fn].make()), code.finish()];
}
