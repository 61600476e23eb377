// The builder of the IR: interns nodes, gives them their types and the parameters they depend on, remembers where they came from.
//
// `make` builds exactly the node asked for. The convenience builders around it (build/) are terser: they take plain numbers, join a scalar
// with an array by a `broadcast`, and leave out what is trivially neutral. What they leave out is safe for every value, NaN and infinities
// included: x + 0, x - 0, 1*x, x/1, x^1, -(-x), a broadcast, reshape, transpose, slice or concat that changes nothing; and + - * / and minus of
// plain constants are carried out. (x + 0 may give -0 for -0; nothing tells them apart but a division.) 0*x stays: it is simplify's to judge.
import type { Span } from '../../grammar/span.ts';
import { attributesText } from './attributes.ts';
import { arithmetic, type Arithmetic } from './build/arithmetic.ts';
import { arrangement, type Arrangement } from './build/arrangement.ts';
import { algebra, type Algebra } from './build/algebra.ts';
import { regions, type Regions } from './build/regions.ts';
import { InternalError } from './internal-error.ts';
import type { Attributes, Node, NodeOf, Op, Region, TensorType } from './ir.ts';
import { freeOf, regionText } from './region-key.ts';
import { shapeRules } from './shape.ts';
import { isOp, printType } from './type.ts';

/** What the builders stand on. */
export interface Core {
  /** The node of an operation; the same object for equal operation, attributes and arguments. `input`, `parameter` and `literal` need their type. */
  readonly make: <O extends Op>(
    op: O,
    attributes: Attributes[O],
    args: readonly Node[],
    leafType?: TensorType,
  ) => NodeOf<O> & Node;
  /** A new parameter for a region. */
  readonly parameter: (type: TensorType, name?: string) => Node<'parameter'>;
  /** The first source expression that made the node, where one is known. */
  readonly origin: (node: Node) => Span | undefined;
  /** The first origin of a node wins. */
  readonly setOrigin: (node: Node, span: Span) => void;
  /** What the source calls the node: the name of a `let`. */
  readonly nameOf: (node: Node) => string | undefined;
  /** The node, called so where it has no name yet. Inputs and constants keep their own. */
  readonly named: <N extends Node>(node: N, name: string) => N;
  /** The one node stands for the other now: it came from the same place and has the same name. */
  readonly follow: (from: Node, to: Node) => void;
}

export interface Graph extends Core, Arithmetic, Arrangement, Algebra, Regions {
  readonly input: (
    name: string,
    role: Attributes['input']['role'],
    type: TensorType,
  ) => Node<'input'>;
}

export function createGraph(): Graph {
  const core = createCore();
  const sums = arithmetic(core);
  const arranged = arrangement(core, sums);
  return {
    ...core,
    ...sums,
    ...arranged,
    ...algebra(core, sums, arranged),
    ...regions(core, sums),
    input: (name, role, type) => core.make('input', { name, role }, [], type),
  };
}

function createCore(): Core {
  const byOperation = new Map<string, Alike>();
  const byFunction = new Map<string, Alike>();
  const origins = new Map<number, Span>();
  const names = new Map<number, string>();
  let made = 0;
  let parameters = 0;
  let regions: Region[] = [];
  const noteRegion = (region: Region): string => {
    regions.push(region);
    return regionText(region);
  };

  function make<O extends Op>(
    op: O,
    attributes: Attributes[O],
    args: readonly Node[],
    leafType?: TensorType,
  ): NodeOf<O> & Node {
    if (regions.length > 0) regions = [];
    const text = attributesText(op, attributes, noteRegion);
    const elementwise = op === 'unary' || op === 'binary';
    const alike = elementwise ? tableOf(byFunction, text) : tableOf(byOperation, op);
    const key = keyOf(op, elementwise ? '' : text, args, leafType);
    const found = alike.get(key);
    if (found !== undefined) return expect(found, op);
    const results = shapeRules[op](attributes, args, leafType);
    const node: NodeOf<O> = {
      op,
      id: made++,
      attributes,
      args,
      type: results[0],
      results,
      free: parameterKey(op, attributes) ?? freeOf(args, regions),
    };
    alike.set(key, node);
    return expect(node, op);
  }

  const setOrigin = (node: Node, span: Span): void => {
    if (!origins.has(node.id)) origins.set(node.id, span);
  };
  const named = <N extends Node>(node: N, name: string): N => {
    if (!names.has(node.id) && !hasOwnName(node.op)) names.set(node.id, name);
    const [inner] = node.args;
    // One value in every place: the value is called so.
    if (node.op === 'broadcast' && inner.type.shape.length === 0) named(inner, name);
    return node;
  };
  return {
    make,
    parameter: (type, name = '') => make('parameter', { key: parameters++, name }, [], type),
    origin: (node) => origins.get(node.id),
    setOrigin,
    nameOf: (node) => names.get(node.id),
    named,
    follow: (from, to) => {
      const [span, name] = [origins.get(from.id), names.get(from.id)];
      if (span !== undefined) setOrigin(to, span);
      if (name !== undefined) named(to, name);
    },
  };
}

/** Leaves whose type is part of what they are. */
const typed = (op: Op): boolean => op === 'input' || op === 'parameter' || op === 'literal';

const hasOwnName = (op: Op): boolean =>
  op === 'input' || op === 'parameter' || op === 'constant' || op === 'size';

/** Nodes of one operation, or of one elementwise function, by what tells them apart. */
type Alike = Map<string | number, NodeOf<Op>>;

function tableOf(tables: Map<string, Alike>, name: string): Alike {
  const found = tables.get(name);
  if (found !== undefined) return found;
  const made: Alike = new Map();
  tables.set(name, made);
  return made;
}

/** More than there can ever be nodes; pairs of their numbers are exact below 2^53. */
const mostNodes = 2 ** 26;

function keyOf(
  op: Op,
  text: string,
  args: readonly Node[],
  leafType: TensorType | undefined,
): string | number {
  switch (args.length) {
    case 0:
      return leafType !== undefined && typed(op) ? `${text}|${printType(leafType)}` : text;
    case 1:
      return text === '' ? args[0].id : `${text}|${args[0].id}`;
    case 2:
      return text === ''
        ? args[0].id * mostNodes + args[1].id
        : `${text}|${args[0].id},${args[1].id}`;
    default:
      return `${text}|${args.map((arg) => arg.id).join()}`;
  }
}

/** A parameter depends on itself. */
const parameterKey = (op: Op, attributes: Attributes[Op]): readonly number[] | undefined =>
  op === 'parameter' && 'key' in attributes ? [attributes.key] : undefined;

function expect<O extends Op>(node: NodeOf<Op>, op: O): NodeOf<O> & Node {
  if (isOp(node, op)) return node;
  throw new InternalError(`${node.op} was interned as ${op}`);
}
