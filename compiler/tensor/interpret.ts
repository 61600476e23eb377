// The reference interpreter: what every derivative, rewrite and target is tested against. Clear before fast.
//
// A node is evaluated when first needed, once in each frame that gives its parameters values: what depends on no parameter of a loop is evaluated once
// outside it, and what only one branch of a `cond` needs only if that branch is taken. Generated code does the same, so oracle counts agree.
import { noCounts } from '../../runtime/kernels/programs.ts';
import type { DenseTensor, Tensor } from '../../runtime/tensor.ts';
import { createRandom } from '../../runtime/random/random.ts';
import { evaluateDim, symbolsOf, type Dim, type Sizes } from './dim.ts';
import { InternalError } from './internal-error.ts';
import { entryCount, exactValue, scalarValue, type Value } from './interpret/value.ts';
import { evaluate, type Run } from './interpret/rules.ts';
import type { Node, NodeOf, OracleKind, Region } from './ir.ts';
import { printShape } from './type.ts';
import { postorder } from './visit.ts';

export interface Environment {
  /** Values of inputs by name; `role:name` goes before `name`, for names used in two roles. */
  readonly inputs: Readonly<Record<string, Tensor | number>>;
  /** Sizes by symbol; those that are the whole size of an input's axis are read off its value. */
  readonly sizes?: Sizes;
  /** Seeds of draws, 1 unless given. */
  readonly seed?: number;
  readonly dataSeed?: number;
  /** Builds the gradient of a region's objective in its parameter. With it `minimizer` is exact to rounding, without to about 11 digits. */
  readonly gradient?: (objective: Region) => Region;
  /** Called after each operation with what went in and what came out, in the order of evaluation; bodies of regions before their node. */
  readonly observe?: (node: Node, args: readonly Value[], results: readonly Value[]) => void;
}

export interface Interpretation {
  readonly values: readonly DenseTensor[];
  /** The error scale of each entry: the sum of absolute values of its terms (interpret/value.ts). */
  readonly bounds: readonly DenseTensor[];
  /** Oracle calls executed. */
  readonly counts: Readonly<Record<OracleKind, number>>;
}

/** The values of the nodes. Sparse inputs are read as dense. */
export function interpret(nodes: readonly Node[], environment: Environment): Interpretation {
  const machine = createMachine(nodes, environment);
  const values = nodes.map((node) => machine.value(node));
  return {
    values: values.map(({ shape, data }) => ({ storage: 'dense', shape, data })),
    bounds: values.map(({ shape, scale }) => ({ storage: 'dense', shape, data: scale })),
    counts: machine.counts,
  };
}

/** The single number of a scalar node. */
export const interpretScalar = (node: Node, environment: Environment): number =>
  interpret([node], environment).values[0].data[0];

/** Values known within one execution of a region. */
interface Frame {
  readonly keys: ReadonlySet<number>;
  readonly known: Map<number, readonly Value[]>;
  readonly outer: Frame | undefined;
}

interface Machine {
  readonly value: (node: Node) => Value;
  readonly counts: Record<OracleKind, number>;
}

function createMachine(nodes: readonly Node[], environment: Environment): Machine {
  const order = postorder(nodes);
  const compressed = compressions(order);
  const sizes: Record<string, number> = { ...inputSizes(order, environment), ...environment.sizes };
  const counts = noCounts();
  const root: Frame = { keys: new Set(), known: new Map(), outer: undefined };
  const random = {
    run: createRandom(environment.seed ?? 1, 'run'),
    data: createRandom(environment.dataSeed ?? 1, 'data'),
  };

  const size = (dim: Dim): number => {
    for (const symbol of symbolsOf(dim)) {
      const node = compressed.get(symbol);
      if (node !== undefined && !Object.hasOwn(sizes, symbol)) results(node, root);
    }
    const value = evaluateDim(dim, sizes);
    if (value === undefined) throw new InternalError(`size ${dim.key} has no value`);
    return value;
  };

  const runIn = (frame: Frame): Run => ({
    size,
    input: (node) => inputValue(node, environment, size),
    region: ({ parameters, results: bodies }, values) => {
      const known = new Map<number, readonly Value[]>();
      parameters.forEach((parameter, k) => known.set(parameter.id, [values[k]]));
      const keys = new Set(parameters.map((parameter) => parameter.attributes.key));
      const inner: Frame = { keys, known, outer: frame };
      return bodies.map((body) => only(results(body, inner)));
    },
    random: (stream) => random[stream],
    count: (kind, times) => (counts[kind] += times),
    define: (length, value) => (sizes[length.key] = value),
    gradient: environment.gradient,
  });

  /** The results of a node. A stack of its own keeps deep expressions off the machine's. */
  function results(node: Node, frame: Frame): readonly Value[] {
    const stack: Node[] = [node];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const home = frameOf(top, frame);
      if (home.known.has(top.id)) {
        stack.pop();
        continue;
      }
      const missing = top.args.filter((arg) => !frameOf(arg, frame).known.has(arg.id));
      if (missing.length > 0) {
        for (let k = missing.length - 1; k >= 0; k--) stack.push(missing[k]);
        continue;
      }
      home.known.set(top.id, compute(top, frame, home));
      stack.pop();
    }
    return known(node, frame);
  }

  function compute(node: Node, frame: Frame, home: Frame): readonly Value[] {
    const args = node.args.map((arg) => known(arg, frame));
    if (node.op === 'part') return [args[0][node.attributes.index]];
    const operands = args.map(only);
    const made = evaluate(node, operands, runIn(home));
    environment.observe?.(node, operands, made);
    return made;
  }

  return { value: (node) => only(results(node, root)), counts };
}

function known(node: Node, frame: Frame): readonly Value[] {
  const values = frameOf(node, frame).known.get(node.id);
  if (values === undefined) throw new InternalError(`${node.op} was not evaluated`);
  return values;
}

/** The innermost frame that gives one of the node's parameters its value; else the outermost. */
function frameOf(node: Node, frame: Frame): Frame {
  let home = frame;
  while (home.outer !== undefined) {
    const { keys } = home;
    if (node.free.some((key) => keys.has(key))) return home;
    home = home.outer;
  }
  return home;
}

/** The first result; users of several results go through `part`. */
const only = ([first]: readonly Value[]): Value => first;

function compressions(nodes: readonly Node[]): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  for (const node of nodes) if (node.op === 'compress') found.set(node.attributes.length.key, node);
  return found;
}

const lookUp = (
  { attributes: { name, role } }: NodeOf<'input'>,
  { inputs }: Environment,
): Tensor | number | undefined => {
  const qualified = `${role}:${name}`;
  if (Object.hasOwn(inputs, qualified)) return inputs[qualified];
  return Object.hasOwn(inputs, name) ? inputs[name] : undefined;
};

function inputSizes(nodes: readonly Node[], environment: Environment): Sizes {
  const sizes: Record<string, number> = {};
  for (const node of nodes) {
    if (node.op !== 'input') continue;
    const value = lookUp(node, environment);
    if (value === undefined || typeof value === 'number') continue;
    node.type.shape.forEach(({ monomials, key }, axis) => {
      const [first] = monomials;
      const plain = monomials.length === 1 && first.symbols.length === 1 && first.coefficient === 1;
      if (plain && !key.startsWith('min(')) sizes[key] = value.shape[axis];
    });
  }
  return sizes;
}

function inputValue(
  node: NodeOf<'input'>,
  environment: Environment,
  size: (dim: Dim) => number,
): Value {
  const given = lookUp(node, environment);
  const { name } = node.attributes;
  if (given === undefined) throw new InternalError(`input ${name} has no value`);
  const value =
    typeof given === 'number' ? scalarValue(given) : exactValue(given.shape, denseData(given));
  const shape = node.type.shape.map(size);
  if (shape.length !== value.shape.length || shape.some((length, k) => length !== value.shape[k]))
    throw new InternalError(
      `input ${name} has shape [${value.shape.join(', ')}] where ${printShape(node.type.shape)} is [${shape.join(', ')}]`,
    );
  return value;
}

/** The entries of a tensor, row-major, with the zeros of a sparse one. */
export function denseData(tensor: Tensor): Float64Array {
  if (tensor.storage === 'dense') return tensor.data;
  const data = new Float64Array(entryCount(tensor.shape));
  const [rows, columns] = tensor.shape;
  for (let i = 0; i < rows; i++)
    for (let k = tensor.rowStart[i]; k < tensor.rowStart[i + 1]; k++)
      data[i * columns + tensor.column[k]] += tensor.data[k];
  return data;
}
