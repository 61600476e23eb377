// The heart of the builder: interning, origins, names.
import type { Span } from '../../../grammar/span.ts';
import { attributesText } from '../attributes.ts';
import { InternalError } from '../internal-error.ts';
import type { Attributes, Node, NodeOf, Op, Region, TensorType } from '../ir.ts';
import { freeOf, regionText } from '../region-key.ts';
import { shapeRules } from '../shape.ts';
import { isOp, printType } from '../type.ts';

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

/** Members are functions of their own: they may be handed on alone, as in `terms.reduce(graph.add)`. */
export class CoreBuilder implements Core {
  /** By what tells nodes apart. */
  private readonly interned = new Map<string | number, NodeOf<Op>>();
  private readonly functions = new Map<string, number>();
  private readonly origins = new Map<number, Span>();
  private readonly names = new Map<number, string>();
  private made = 0;
  private parameters = 0;
  private regions: Region[] = [];
  private readonly noteRegion = (region: Region): string => {
    this.regions.push(region);
    return regionText(region);
  };

  readonly make = <O extends Op>(
    op: O,
    attributes: Attributes[O],
    args: readonly Node[],
    leafType?: TensorType,
  ): NodeOf<O> & Node => {
    if (this.regions.length > 0) this.regions = [];
    const text = attributesText(op, attributes, this.noteRegion);
    const key =
      op === 'unary' || op === 'binary'
        ? elementwiseKey(this.numberOf(text), args)
        : keyOf(op, text, args, leafType);
    const found = this.interned.get(key);
    if (found !== undefined) return expect(found, op);
    const results = shapeRules[op](attributes, args, leafType);
    const node: NodeOf<O> = {
      op,
      id: this.made++,
      attributes,
      args,
      type: results[0],
      results,
      free: parameterKey(op, attributes) ?? freeOf(args, this.regions),
    };
    this.interned.set(key, node);
    return expect(node, op);
  };

  /** The elementwise functions, numbered as they come. */
  private numberOf(fn: string): number {
    const found = this.functions.get(fn);
    if (found !== undefined) return found;
    const made = this.functions.size;
    this.functions.set(fn, made);
    return made;
  }

  readonly parameter = (type: TensorType, name = ''): Node<'parameter'> =>
    this.make('parameter', { key: this.parameters++, name }, [], type);

  readonly origin = (node: Node): Span | undefined => this.origins.get(node.id);

  readonly setOrigin = (node: Node, span: Span): void => {
    if (!this.origins.has(node.id)) this.origins.set(node.id, span);
  };

  readonly nameOf = (node: Node): string | undefined => this.names.get(node.id);

  readonly named = <N extends Node>(node: N, name: string): N => {
    if (!this.names.has(node.id) && !hasOwnName(node.op)) this.names.set(node.id, name);
    const [inner] = node.args;
    // One value in every place: the value is called so.
    if (node.op === 'broadcast' && inner.type.shape.length === 0) this.named(inner, name);
    return node;
  };

  readonly follow = (from: Node, to: Node): void => {
    const [span, name] = [this.origins.get(from.id), this.names.get(from.id)];
    if (span !== undefined) this.setOrigin(to, span);
    if (name !== undefined) this.named(to, name);
  };
}

/** Leaves whose type is part of what they are. */
const typed = (op: Op): boolean => op === 'input' || op === 'parameter' || op === 'literal';

const hasOwnName = (op: Op): boolean =>
  op === 'input' || op === 'parameter' || op === 'constant' || op === 'size';

/** More than there can ever be nodes; a function and two nodes of it make a number that is exact below 2^53. */
const mostNodes = 2 ** 23;

/** Most nodes are elementwise: their keys are numbers. Names of functions of one and of two arguments differ. */
function elementwiseKey(fn: number, args: readonly Node[]): number {
  const left = fn * mostNodes + args[0].id;
  return left * mostNodes + (args.length > 1 ? args[1].id : 0);
}

function keyOf(
  op: Op,
  text: string,
  args: readonly Node[],
  leafType: TensorType | undefined,
): string {
  const what = `${op} ${text}`;
  switch (args.length) {
    case 0:
      return leafType !== undefined && typed(op) ? `${what}|${printType(leafType)}` : what;
    case 1:
      return `${what}|${args[0].id}`;
    case 2:
      return `${what}|${args[0].id},${args[1].id}`;
    default:
      return `${what}|${args.map((arg) => arg.id).join()}`;
  }
}

/** A parameter depends on itself. */
const parameterKey = (op: Op, attributes: Attributes[Op]): readonly number[] | undefined =>
  op === 'parameter' && 'key' in attributes ? [attributes.key] : undefined;

function expect<O extends Op>(node: NodeOf<Op>, op: O): NodeOf<O> & Node {
  if (isOp(node, op)) return node;
  throw new InternalError(`${node.op} was interned as ${op}`);
}
