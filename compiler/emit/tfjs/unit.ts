// The writer of generated tfjs code: nodes become text where they are first needed, in the block of their place.
import type { Node, NodeOf, Op, Region } from '../../tensor/ir.ts';
import type { Dim } from '../../tensor/dim.ts';
import { isOp, isScalar } from '../../tensor/type.ts';
import { symbolsOf } from '../../tensor/dim.ts';
import { operandsOf } from '../../tensor/visit.ts';
import type { Namer } from '../../schedule/names.ts';
import type { Place, Placement } from '../../schedule/place.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { fused, type Kernels } from '../wgsl/fused.ts';
import type { HostNumbers } from './on-host.ts';
import { rules } from './rules.ts';
import { printDim } from './sizes.ts';
import {
  arrayValue,
  bracketed,
  numberValue,
  renamed,
  type ArrayValue,
  type Value,
} from './value.ts';

/** What a function of generated code, or a piece of one, consists of. */
export interface Block {
  readonly parent: Block | undefined;
  readonly lines: string[];
  readonly namer: Namer;
  /** Whether it waits for a result to come back. */
  waits: boolean;
  /** Whether it is run again and again within one run of its function. */
  readonly repeats: boolean;
}

/** Something that is read back from the device, or a sparse matrix that is made full, for `explain`. */
export interface Noted {
  readonly what: string;
  readonly node: Node;
  /** In each turn of a loop within its function, or once. */
  readonly inLoop: boolean;
}

/** What all functions of one module share. */
export interface ModuleContext {
  readonly setup: Block;
  /** The place of what is computed once. */
  readonly once: Place;
  /** Values in the setup block, by node. */
  readonly fixed: Map<number, readonly Value[]>;
  readonly host: HostNumbers;
  /** Kernels of our own, where the device runs them. */
  readonly kernels: Kernels | undefined;
  /** What `prepare` worked out, by node: the field that has it. */
  readonly prepared: ReadonlyMap<Node, string>;
  /** Whether the code says types where they cannot be inferred. */
  readonly typed: boolean;
  readonly hint: (node: Node) => string | undefined;
  readonly sizeName: (symbol: string) => string;
  readonly isKnown: (symbol: string) => boolean;
  readonly inputName: (name: string) => string;
  readonly tableName: (node: Node) => string | undefined;
  /** Fields of the data that are used: arrays as `data.name`, numbers by their name. */
  readonly useArray: (name: string) => void;
  readonly useNumber: (name: string) => void;
  readonly calls: Set<string>;
  readonly placeNumber: (node: Node) => number;
  /** Has the node carried out on the CPU, given some of what it needs; the name of the function and its arguments. */
  readonly island: (node: Node, given: readonly Node[]) => string;
  readonly isFixed: (node: Node) => boolean;
  readonly readBacks: Noted[];
  readonly densified: Noted[];
  /** Names of arrays that the code makes and frees once nothing reads them any more. */
  readonly givenBack: Set<string>;
  /** Whether an array of this shape takes so much that it is worth a line to free it. */
  readonly isLarge: (shape: readonly Dim[]) => boolean;
  /** Oracles below what `prepare` worked out that have been counted. */
  readonly countedOracles: Set<number>;
}

/** One function: a step, a start, an answer. */
export interface Unit {
  readonly module: ModuleContext;
  readonly placement: Placement;
  /** The block in which the node of the running rule is written. */
  readonly block: () => Block;
  /** Says what a node is. */
  readonly give: (node: Node, value: Value) => void;
  readonly value: (node: Node) => Value;
  /** All results of a node. */
  readonly values: (node: Node) => readonly Value[];
  /** An array on the device with all its entries, as floats. */
  readonly array: (node: Node) => string;
  /** The same of a value. */
  readonly arrayOf: (value: Value, shape: readonly Dim[]) => string;
  /** An operand that may repeat along axes: an array as floats, or a number. */
  readonly operand: (value: Value) => string;
  readonly condition: (value: Value) => string;
  /** A number on this side; waits where it is on the device. */
  readonly number: (node: Node, why: string) => string;
  /** A scalar as it is: a number or a tensor without axes. */
  readonly item: (node: Node) => string;
  readonly size: (dim: Dim) => string;
  readonly shape: (dims: readonly Dim[]) => string;
  readonly line: (text: string) => void;
  /** A name for the expression, in the present block. */
  readonly bind: (text: string, hint: string) => string;
  /** The same for what is taken from the data: in the block of what is fixed under the name that it has there, which nothing else has. */
  readonly bindField: (text: string, field: string) => string;
  /** The same for an array that nothing else names. */
  readonly bindArray: (text: string, hint: string, shape: readonly Dim[]) => string;
  /** Says that the name is that of an array which nothing else names. */
  readonly made: (name: string, shape: readonly Dim[]) => void;
  /** The present block waits for what comes back from the device, and why. */
  readonly wait: (what: string, node: Node) => void;
  /** The present block waits for a block in it. */
  readonly pause: () => void;
  /** Lines of a region as a block of its own, its parameters bound to these values. */
  readonly region: <T>(
    node: Node,
    region: Region,
    parameters: (namer: Namer) => readonly Value[],
    write: (results: readonly Node[]) => T,
  ) => { readonly block: Block; readonly result: T };
  /** Evaluates a region where the node itself is: both branches of a choice. */
  readonly inPlace: (node: Node, region: Region) => readonly Value[];
}

export const createBlock = (
  parent: Block | undefined,
  namer: Namer,
  repeats = parent?.repeats ?? false,
): Block => ({
  parent,
  lines: [],
  namer,
  waits: false,
  repeats,
});

export function createUnit(
  module: ModuleContext,
  placement: Placement,
  place: Place,
  own: Block,
): Unit {
  const known = new Map<number, readonly Value[]>();
  const blocks = new Map<Place, Block>([
    [module.once, module.setup],
    [place, own],
  ]);
  let current = own;
  let where = place;

  const blockOf = (at: Place): Block => {
    const found = blocks.get(at);
    if (found === undefined) throw new InternalError('a node of tfjs code has no block yet');
    return found;
  };
  const bind = (text: string, hint: string): string => {
    const name = current.namer.fresh(hint);
    current.lines.push(`const ${name} = ${text};`);
    return name;
  };
  const bindField = (text: string, field: string): string => {
    if (current !== module.setup) return bind(text, field);
    current.lines.push(`const ${field} = ${text};`);
    return field;
  };
  const pause = (): void => {
    if (current === module.setup)
      throw new InternalError('what is fixed would have to be waited for');
    current.waits = true;
  };
  const wait = (what: string, node: Node): void => {
    pause();
    module.readBacks.push({ what, node, inLoop: current.repeats });
  };

  const remembered = (node: Node): readonly Value[] | undefined =>
    known.get(node.id) ?? module.fixed.get(node.id);

  /** Results of a node, written if they are not yet. */
  function values(node: Node): readonly Value[] {
    const before = remembered(node);
    if (before !== undefined) return before;
    const [outer, asked] = [current, where];
    const home = module.prepared.has(node) ? module.once : placement.placeOf(node);
    current = blockOf(home);
    where = home;
    const made = prepared(node) ?? fused(node, unit) ?? apply(node);
    const results = made.map((value, k) => kept(node, value, k, home !== asked));
    (home === module.once ? module.fixed : known).set(node.id, results);
    current = outer;
    where = asked;
    return results;
  }

  /** Gives a value a name where it is used more than once, or elsewhere. */
  function kept(node: Node, value: Value, index: number, elsewhere: boolean): Value {
    if (isPlain(value.text)) return value;
    const often =
      placement.uses(node) > 1 ||
      elsewhere ||
      value.text.length > longest ||
      (isOp(node, 'oracle') && value.text.length > longestCall);
    if (!often) return value;
    const text =
      value.kind === 'number' && value.text.startsWith('(') ? unwrapped(value.text) : value.text;
    const hint = module.hint(node) ?? plainName(node, value, index);
    // A choice is one of two arrays that may have names of their own.
    if (value.kind !== 'array' || text.startsWith('(')) return renamed(value, bind(text, hint));
    const whole = leavesBehind(node, text) ? `tf.tidy(() => ${text})` : text;
    return renamed(value, unit.bindArray(whole, hint, node.results[index].shape));
  }

  /** Whether large arrays that the expression makes on its way would outlive it. */
  function leavesBehind(node: Node, text: string): boolean {
    if ((text.match(aCall) ?? []).length < 2) return false;
    const seen = new Set<Node>();
    const stack = [...operandsOf(node)];
    for (let operand = stack.pop(); operand !== undefined; operand = stack.pop()) {
      if (seen.has(operand)) continue;
      seen.add(operand);
      const isNamed = remembered(operand)?.every(
        (value) =>
          isPlain(value.text) &&
          value.kind === 'array' &&
          value.type === 'float32' &&
          value.axes.size === operand.type.shape.length,
      );
      if (isNamed === true) continue;
      if (operand.results.some(({ shape }) => module.isLarge(shape))) return true;
      stack.push(...operandsOf(operand));
    }
    return false;
  }

  function prepared(node: Node): readonly Value[] | undefined {
    const field = module.prepared.get(node);
    if (field === undefined) return undefined;
    if (node.type.shape.length === 0) {
      module.useNumber(field);
      return [numberValue(field)];
    }
    module.useArray(field);
    if (isOp(node, 'compress') && !module.isKnown(node.attributes.length.key)) {
      const rank = node.args[0].type.shape.length;
      const count = module.sizeName(node.attributes.length.key);
      current.lines.push(`const ${count} = data.${field}.length / ${rank};`);
      return [arrayValue(bindField(`device.upload(data.${field}, [${count}, ${rank}])`, field), 2)];
    }
    const text = `device.upload(data.${field}, ${unit.shape(node.type.shape)})`;
    return [arrayValue(bindField(text, field), node.type.shape.length)];
  }

  const apply = (node: Node): readonly Value[] => applyRule(node, unit);

  const arrayOf = (value: Value, shape: readonly Dim[]): string => {
    if (value.kind === 'sparse') {
      // What is fixed is made full once, before the first iteration.
      if (current !== module.setup)
        module.densified.push({
          what: 'made full',
          node: value.node,
          inLoop: current.repeats,
        });
      return `device.dense(${value.text}${value.transposed ? ', true' : ''})`;
    }
    if (value.kind === 'number') {
      const text = value.bool ? `Number(${value.text})` : value.text;
      return shape.length === 0
        ? `tf.scalar(${unwrapped(text)})`
        : `tf.fill(${unit.shape(shape)}, ${unwrapped(text)})`;
    }
    const text = floatOf(value);
    return value.axes.size === shape.length
      ? text
      : `tf.broadcastTo(${text}, ${unit.shape(shape)})`;
  };

  const unit: Unit = {
    module,
    placement,
    block: () => current,
    values,
    give: (node, value) => void known.set(node.id, [value]),
    value: (node) => {
      const [first] = values(node);
      return first;
    },
    array: (node) => arrayOf(unit.value(node), node.type.shape),
    arrayOf,
    operand: (value) => {
      if (value.kind === 'number') return value.bool ? `Number(${value.text})` : value.text;
      if (value.kind === 'sparse') return arrayOf(value, []);
      return floatOf(value);
    },
    condition: (value) => {
      if (value.kind === 'number')
        return `tf.scalar(${value.bool ? value.text : `${bracketed(value.text)} !== 0`}, 'bool')`;
      if (value.kind === 'sparse') return `tf.notEqual(${arrayOf(value, [])}, 0)`;
      return value.type === 'bool' ? value.text : `tf.notEqual(${value.text}, 0)`;
    },
    number: (node, why) => {
      const value = unit.value(node);
      if (value.kind === 'number') return value.bool ? `Number(${value.text})` : value.text;
      wait(why, node);
      return bind(`await device.number(${unit.arrayOf(value, [])})`, 'number');
    },
    item: (node) => {
      const value = unit.value(node);
      return value.kind === 'number' && isScalar(node)
        ? unwrapped(unit.operand(value))
        : arrayOf(value, node.type.shape);
    },
    size: (dim) => {
      for (const symbol of symbolsOf(dim)) defineSize(symbol);
      return printDim(dim, module.sizeName);
    },
    shape: (dims) => `[${dims.map(unit.size).join(', ')}]`,
    line: (text) => void current.lines.push(text),
    bind,
    bindField,
    bindArray: (text, hint, shape) => {
      const name = bind(text, hint);
      unit.made(name, shape);
      return name;
    },
    made: (name, shape) => {
      if (module.isLarge(shape)) module.givenBack.add(name);
    },
    wait,
    pause,
    region: (node, region, parameters, write) => {
      const inner = placement.regionPlace(node, region);
      const turns = isOp(node, 'loop') || isOp(node, 'while') || current.repeats;
      const block = createBlock(current, current.namer, turns);
      blocks.set(inner, block);
      const given = parameters(block.namer);
      region.parameters.forEach((parameter, k) => known.set(parameter.id, [given[k]]));
      const [outer, asked] = [current, where];
      current = block;
      where = inner;
      const result = write(region.results);
      current = outer;
      where = asked;
      return { block, result };
    },
    inPlace: (node, region) => {
      blocks.set(placement.regionPlace(node, region), current);
      return region.results.map((result) => unit.value(result));
    },
  };

  /** Sizes that a filtered set of this function defines are known once the set is. */
  function defineSize(symbol: string): void {
    if (module.isKnown(symbol)) {
      module.useNumber(module.sizeName(symbol));
      return;
    }
    const definer = placement.order.find(
      (node) => isOp(node, 'compress') && node.attributes.length.key === symbol,
    );
    if (definer === undefined) module.useNumber(module.sizeName(symbol));
    else values(definer);
  }

  return unit;
}

/** What an array is called that neither the source nor a textbook names. */
function plainName(node: Node, value: Value, index: number): string {
  if (isOp(node, 'select') || isOp(node, 'cond')) return 'chosen';
  if (value.kind === 'array' && value.type === 'bool') return 'holds';
  if (isOp(node, 'binary') && node.attributes.fn === 'sub') return 'difference';
  return `v${index === 0 ? '' : index + 1}`;
}

/** The longest expression that stands within another. */
const longest = 70;

/** The same for what an oracle gives, which has a name of its own in textbooks. */
const longestCall = 30;

/** A call that makes an array. */
const aCall = /\b(?:tf|device)\.\w+\(/g;

export const isPlain = (text: string): boolean =>
  /^[\w$.]+$/u.test(text) || /^-?[\d.]+(e[+-]?\d+)?$/.test(text) || text === '-Infinity';

const floatOf = (value: ArrayValue): string =>
  value.type === 'float32' ? value.text : `device.float(${value.text})`;

/** Without brackets around all of it. */
export function unwrapped(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  let depth = 0;
  for (let k = 0; k < text.length - 1; k++) {
    if (text[k] === '(') depth++;
    if (text[k] === ')') depth--;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}

function applyRule<O extends Op>(node: NodeOf<O>, unit: Unit): readonly Value[] {
  return rules[node.op](node, unit);
}
