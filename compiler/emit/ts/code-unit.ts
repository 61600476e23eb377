// A function of generated code: its nodes placed, its names, and the printing of what is planned in it.
import { symbolsOf, type Dim } from '../../tensor/dim.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import type { Node } from '../../tensor/ir.ts';
import type { Plan } from '../../schedule/computation.ts';
import { inlineCalls, type Call } from '../../schedule/inline-calls.ts';
import { lower, type Location, type Lowered, type Lowering } from '../../schedule/lower.ts';
import type { Namer } from '../../schedule/names.ts';
import { placeNodes, type PlacedRoots } from '../../schedule/place.ts';
import type { Given, Target } from '../../schedule/target.ts';
import { createUnit, type PlaceTable, type Unit } from '../../schedule/unit.ts';
import { numberText, printCondition, printIndex, printNumber } from './expression.ts';
import type { Memory } from './memory.ts';
import { printArgument, printStatements, type StatementContext } from './statements.ts';
import type { Scalar } from '../../schedule/scalar.ts';
import type { Argument, Statement } from '../../schedule/statement.ts';

export interface CodeUnit {
  readonly unit: Unit;
  readonly namer: Namer;
  /** Binds an input to what stands for it. */
  readonly give: (node: Node, given: Given, hint: string) => void;
  /** Asks for the array of a node, which is to be computed, to have this very name. False where it has one already. */
  readonly wish: (node: Node, name: string) => boolean;
  /** The target that was given for a node. */
  readonly targetOf: (node: Node) => Target;
  readonly lower: (plan: Plan) => Lowered;
  /** Sets a target to where another unit keeps it. */
  readonly locate: (target: Target, from: CodeUnit, there: Target) => void;
  readonly locationOf: (target: Target) => Location | undefined;
  readonly print: (lowered: Lowered, indent: string) => readonly string[];
  readonly number: (x: Scalar) => string;
  readonly condition: (x: Scalar) => string;
  readonly size: (dim: Dim) => string;
  /** The name of a target that has been lowered. */
  readonly nameOf: (target: Target) => string;
  /** The arrays that need memory; everything must be printed before. */
  readonly memory: () => readonly Memory[];
  readonly tables: (indent: string) => readonly string[];
  /** Size symbols that were printed. */
  readonly usedSizes: ReadonlySet<string>;
  /** Functions of the runtime that were called. */
  readonly calls: Set<string>;
  /** What names stand for, for other printers. */
  readonly context: StatementContext & {
    readonly print: (statement: Statement, indent: string) => readonly string[];
  };
}

/** Letters for loops that no name of the module takes. */
export interface LoopLetters {
  readonly loops: readonly string[];
  /** For loops over the entries of a compressed row. */
  readonly rows: readonly string[];
}

export interface CodeUnitOptions {
  readonly roots: readonly PlacedRoots[];
  readonly namer: Namer;
  readonly places: PlaceTable;
  readonly letters: LoopLetters;
  readonly hint: (node: Node) => string | undefined;
  /** The name of a size symbol. */
  readonly sizeName: (symbol: string) => string;
  readonly calls: Set<string>;
  readonly counted: boolean;
  /** `inline`: arrays are made where they are first written. Otherwise once, in the function around. */
  readonly inline: boolean;
  /** Whether what is computed here is used by other units too. */
  readonly shared: boolean;
  /** Where arrays lie: `heap` stands for the memory of WebAssembly. */
  readonly heap: boolean;
  /** Whether a size is known before the function runs; others are defined in it. */
  readonly isKnown: (symbol: string) => boolean;
}

export function createCodeUnit(options: CodeUnitOptions): CodeUnit {
  const { namer, calls } = options;
  const placement = placeNodes(options.roots);
  const definers = new Map<string, Node>(
    placement.order.flatMap((node) => {
      if (node.op !== 'compress') return [];
      const { key } = node.attributes.length;
      return options.isKnown(key) ? [] : [[key, node]];
    }),
  );
  const unit = createUnit(placement, namer, options.places, options.hint, definers);
  const declared: { readonly name: string; readonly length: Dim }[] = [];
  const usedSizes = new Set<string>();
  const lowering: Lowering = {
    unit,
    counted: options.counted,
    vectorCalls: !options.heap,
    locations: new Map(),
    variables: new Map(),
    calls,
    letters: options.letters.loops,
    rowLetters: options.letters.rows,
    arrayName: (wish) => (options.inline ? namer.fresh(wish) : namer.freshOutside(wish)),
    allocate: (name, length) => {
      const later = options.inline || symbolsOf(length).some((symbol) => definers.has(symbol));
      if (!later) declared.push({ name, length });
      return !later;
    },
    defineSize: (symbol, array, columns, scope) => {
      const length = columns === 1 ? `${array}.length` : `${array}.length / ${columns}`;
      if (definers.has(symbol))
        scope.statements.push({
          kind: 'text',
          text: `const ${options.sizeName(symbol)} = ${length};`,
        });
    },
  };
  const inlined = new Map<string, Call>();
  const context: StatementContext = {
    pool: unit.pool,
    calls,
    variable: (symbol) => lowering.variables.get(symbol) ?? symbol,
    size: (symbol) => {
      if (!definers.has(symbol)) usedSizes.add(symbol);
      return options.sizeName(symbol);
    },
    inlined: (name) => {
      const call = inlined.get(name);
      return call === undefined ? undefined : printArgument(context, call);
    },
    count: (oracle, times) => `counts.${oracle} += ${times};`,
    // What is made in each call is not kept: only what all functions share lies in that memory.
    newArray: options.heap && options.shared ? (length) => `heap.vector(${length})` : undefined,
  };

  return {
    unit,
    namer,
    calls,
    usedSizes,
    context: {
      ...context,
      print: (statement, indent) => printStatements(context, [statement], indent),
    },
    give: (node, given, hint) => {
      const storage = given.kind === 'csr' ? 'csr' : 'dense';
      const { shape } = node.type;
      unit.targets.set(node.id, unit.newTarget({ hint, shape, storage, given }));
    },
    wish: (node, name) => {
      if (unit.targets.has(node.id)) return false;
      unit.wishes.set(node.id, { name });
      return true;
    },
    targetOf: (node) => {
      const target = unit.targets.get(node.id);
      if (target === undefined) throw new InternalError(`${node.op} stands nowhere`);
      return target;
    },
    lower: (plan) => {
      locateGiven(lowering);
      const lowered = lower(lowering, plan);
      if (options.shared) return lowered;
      const { statements, outputs } = lowered;
      return { statements: inlineCalls(unit.pool, statements, outputs, inlined), outputs };
    },
    locationOf: (target) => lowering.locations.get(target),
    locate: (target, from, there) => {
      const location = from.locationOf(there);
      if (location !== undefined) lowering.locations.set(target, location);
    },
    print: ({ statements }, indent) =>
      printStatements(context, options.inline ? madeByCalls(statements) : statements, indent),
    number: (x) => printNumber(context, x),
    condition: (x) => printCondition(context, x),
    size: (dim) => printIndex(context, dim),
    nameOf: (target) => lowering.locations.get(target)?.name ?? target.hint,
    memory: () =>
      declared.map(({ name, length }) => ({ name, length: printIndex(context, length) })),
    tables: (indent) =>
      [...unit.literals.values()].map(({ target, values }) =>
        tableLine(indent, target.hint, values.map(numberText).join(', '), options.heap),
      ),
  };
}

function tableLine(indent: string, name: string, values: string, heap: boolean): string {
  const table = `Float64Array.of(${values})`;
  return `${indent}const ${name} = ${heap ? `heap.place(${table})` : table};`;
}

/** Kernels that give back the array which they fill. */
const givingBack: ReadonlySet<string> = new Set(['matmul', 'matmulTN', 'matmulNT', 'eigenvalues']);

/** const A = new Float64Array(n); f(A, …); as one: const A = f(new Float64Array(n), …). Scratch memory taken between goes in too. */
function madeByCalls(statements: readonly Statement[]): readonly Statement[] {
  const result: Statement[] = [];
  for (const statement of statements) {
    if (statement.kind !== 'call' || !givingBack.has(statement.call.name)) {
      result.push(statement);
      continue;
    }
    const taken: Allocation[] = [];
    for (let last = result.at(-1); last?.kind === 'allocate'; last = result.at(-1)) {
      taken.push(last);
      result.pop();
    }
    const [first] = statement.call.args;
    const made = taken.find(({ name }) => first.kind === 'array' && first.name === name);
    const own = taken.filter((each) => each === made || /^work\d*$/.test(each.name));
    result.push(...taken.filter((each) => !own.includes(each)).reverse());
    const args = statement.call.args.map((arg) => {
      const memory = own.find(({ name }) => arg.kind === 'array' && arg.name === name);
      return memory === undefined ? arg : memoryArgument(memory);
    });
    const value = { ...statement.call, args };
    result.push(
      made === undefined
        ? { kind: 'call', call: value }
        : { kind: 'const', name: made.name, value },
    );
  }
  return result;
}

type Allocation = Extract<Statement, { readonly kind: 'allocate' }>;

const memoryArgument = ({ length }: Allocation): Argument => ({
  kind: 'call',
  name: 'new Float64Array',
  args: [{ kind: 'position', at: length }],
});

/** Targets with given names lie where they are. */
function locateGiven(lowering: Lowering): void {
  const all = [
    ...lowering.unit.targets.values(),
    ...lowering.unit.copies.values(),
    ...[...lowering.unit.parts.values()].flat(),
  ];
  for (const target of all) {
    if (target.given === undefined || lowering.locations.has(target)) continue;
    const { given } = target;
    if (given.kind === 'array')
      lowering.locations.set(target, {
        kind: 'array',
        name: given.name,
        axes: target.shape.map((_, axis) => axis),
      });
    else lowering.locations.set(target, { kind: given.kind, name: given.name });
  }
}
