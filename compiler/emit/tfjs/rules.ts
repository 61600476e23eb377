// What each operation becomes in tfjs code, one rule an operation.
import { regionsOf } from '../../tensor/attributes.ts';
import type { NodeOf, Node, Op, Region } from '../../tensor/ir.ts';
import { isOp, isScalar } from '../../tensor/type.ts';
import { operandsOf, postorder } from '../../tensor/visit.ts';
import type { Place } from '../../schedule/place.ts';
import { InternalError } from '../../tensor/internal-error.ts';
import { softThresholdOf } from '../../schedule/patterns.ts';
import { contractRule } from './contract.ts';
import { drawRule, sampleRule } from './draws.ts';
import { binaryTexts, unaryTexts } from './elementwise.ts';
import { isHosted } from './on-host.ts';
import { loopRule, whileRule } from './loops.ts';
import { isPlain, unwrapped, type Unit } from './unit.ts';
import {
  arrayValue,
  bracketed,
  numberValue,
  truthValue,
  type ArrayValue,
  type Value,
} from './value.ts';

/** Counts a call of an oracle. */
export function countCall({ id, attributes: { kind, times } }: NodeOf<'oracle'>, unit: Unit): void {
  if (unit.module.countedOracles.has(id)) return;
  const count = unit.size(times);
  unit.line(count === '1' ? `counts.${kind}++;` : `counts.${kind} += ${count};`);
}

export type Rule<O extends Op> = (node: NodeOf<O>, unit: Unit) => readonly Value[];

/** An operation that tfjs lacks: carried out by the runtime on the CPU. Its parts ask for themselves. */
const onHost = (node: Node, unit: Unit): readonly Value[] => {
  if (node.results.length > 1)
    throw new InternalError(`${node.op} in tfjs code is read through its parts`);
  return [hostResult(node, unit)];
};

function hostResult(node: Node, unit: Unit): Value {
  const maker = isOp(node, 'part') ? node.args[0] : node;
  const given = unknownsOf(maker, unit);
  const items = given.map((arg, k) => {
    const text = unit.item(arg);
    const passing = !isPlain(text) && isDevice(text) && unit.module.isLarge(arg.type.shape);
    return `x${k}: ${passing ? unit.bindArray(text, 'given', arg.type.shape) : text}`;
  });
  const name = unit.module.island(node, given);
  unit.wait(maker.op === 'unary' ? maker.attributes.fn : maker.op, maker);
  const args = items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
  const text = `await device.onHost(host, '${name}', ${args})`;
  const { shape } = node.type;
  return arrayValue(unit.bindArray(text, unit.module.hint(node) ?? maker.op, shape), shape.length);
}

/** What an operation and its regions need and the CPU does not know by itself, nearest first. */
function unknownsOf(node: Node, { module }: Unit): readonly Node[] {
  const bound = new Set(
    postorder([node]).flatMap((inner) =>
      regionsOf(inner).flatMap(({ parameters }) => parameters.map((p) => p.attributes.key)),
    ),
  );
  const found = new Set<Node>();
  const seen = new Set<Node>();
  const visit = (operand: Node): void => {
    if (seen.has(operand)) return;
    seen.add(operand);
    if (module.isFixed(operand)) return;
    if (operand.free.some((key) => bound.has(key))) operandsOf(operand).forEach(visit);
    else if (operand.results.length > 1) operandsOf(operand).forEach(visit);
    else found.add(operand);
  };
  operandsOf(node).forEach(visit);
  return [...found];
}

/** An array rearranged by one call; a number that fills an array still does. */
const moved =
  <O extends Op>(text: (node: NodeOf<O>, x: string, unit: Unit) => string): Rule<O> =>
  (node, unit) => {
    const value = unit.value(node.args[0]);
    if (value.kind === 'number') return [value];
    const type = value.kind === 'array' ? value.type : 'float32';
    const full = entriesOf(value, node.args[0], unit);
    return [arrayValue(text(node, full, unit), node.type.shape.length, type)];
  };

/** All entries, in the type that they have. */
const entriesOf = (value: Value, node: Node, unit: Unit): string =>
  value.kind === 'array' && value.axes.size === node.type.shape.length
    ? value.text
    : unit.arrayOf(value, node.type.shape);

const union = (values: readonly Value[]): ReadonlySet<number> =>
  new Set(values.flatMap((value) => (value.kind === 'array' ? [...value.axes] : [])));

const elementwise = (
  text: string,
  values: readonly Value[],
  type: ArrayValue['type'],
  rank: number,
): ArrayValue => {
  const sparse = values.some(({ kind }) => kind === 'sparse');
  const all = new Set(Array.from({ length: rank }, (_, k) => k));
  return { kind: 'array', text, type, axes: sparse ? all : union(values) };
};

const truthOf = (value: Extract<Value, { readonly kind: 'number' }>): string =>
  value.bool ? value.text : `${bracketed(value.text)} !== 0`;

const axesText = (axes: readonly number[], rank: number): string =>
  axes.length === rank ? '' : `, ${axes.length === 1 ? axes[0] : `[${axes.join(', ')}]`}`;

export const rules: { readonly [O in Op]: Rule<O> } = {
  input: (node, unit) => {
    const { name, role } = node.attributes;
    const { module } = unit;
    if (role === 'iteration') return [numberValue('iteration')];
    if (role === 'seed') return [numberValue('seed')];
    const field = module.inputName(name);
    if (isScalar(node)) {
      module.useNumber(field);
      return [numberValue(field)];
    }
    module.useArray(field);
    if (node.type.storage === 'csr')
      return [
        {
          kind: 'sparse',
          node,
          text: unit.bindField(`device.sparse(data.${field})`, field),
          transposed: false,
        },
      ];
    const text = `device.upload(data.${field}, ${unit.shape(node.type.shape)})`;
    return [arrayValue(unit.bindField(text, field), node.type.shape.length)];
  },
  parameter: ({ attributes }) => {
    throw new InternalError(`parameter ${attributes.key} outside its region`);
  },
  constant: ({ attributes: { value } }) => [
    numberValue(value < 0 || Object.is(value, -0) ? `(${numberText(value)})` : numberText(value)),
  ],
  literal: ({ attributes: { values }, type }, unit) => [
    arrayValue(
      `device.upload([${values.map(numberText).join(', ')}], ${unit.shape(type.shape)})`,
      type.shape.length,
    ),
  ],
  size: ({ attributes: { dim } }, unit) => {
    const text = unit.size(dim);
    return [numberValue(/^\w+$/.test(text) ? text : `(${text})`)];
  },
  iota: ({ attributes: { start, length } }, unit) => {
    const from = unit.size(start);
    const end = from === '0' ? unit.size(length) : `${from} + ${unit.size(length)}`;
    return [arrayValue(`tf.range(${from}, ${end}, 1)`, 1)];
  },

  unary: (node, unit) => {
    if (isHosted(node)) return onHost(node, unit);
    const value = unit.value(node.args[0]);
    const { device, number, calls, gives, takes } = unaryTexts[node.attributes.fn];
    if (value.kind === 'number') {
      if (calls !== undefined) unit.module.calls.add(calls);
      const text = number(takes === 'bool' ? truthOf(value) : unit.operand(value));
      return [gives === 'bool' ? truthValue(text) : numberValue(text)];
    }
    if (device === undefined) {
      // A scalar on the device: read, and worked out here.
      const read = unit.number(node.args[0], node.attributes.fn);
      if (calls !== undefined) unit.module.calls.add(calls);
      return [numberValue(number(read))];
    }
    const operand =
      takes === 'bool'
        ? unit.condition(value)
        : value.kind === 'sparse'
          ? unit.arrayOf(value, node.type.shape)
          : unit.operand(value);
    return [elementwise(device(operand), [value], gives ?? 'float32', node.type.shape.length)];
  },
  binary: (node, unit) => {
    const shrunk = softThreshold(node, unit);
    if (shrunk !== undefined) return [shrunk];
    const values = node.args.map((arg) => unit.value(arg));
    const [x, y] = values;
    const { device, number, calls, gives, takes } = binaryTexts[node.attributes.fn];
    if (x.kind === 'number' && y.kind === 'number') {
      if (calls !== undefined) unit.module.calls.add(calls);
      const text =
        takes === 'bool'
          ? number(truthOf(x), truthOf(y))
          : number(unit.operand(x), unit.operand(y));
      return [gives === 'bool' ? truthValue(text) : numberValue(text)];
    }
    const operand = (value: Value): string =>
      takes === 'bool' ? unit.condition(value) : unwrapped(unit.operand(value));
    const text = device(operand(x), operand(y));
    return [elementwise(text, values, gives ?? 'float32', node.type.shape.length)];
  },
  select: (node, unit) => {
    const [condition, x, y] = node.args.map((arg) => unit.value(arg));
    const { shape } = node.type;
    if (condition.kind === 'number') {
      const test = bracketed(truthOf(condition));
      if (x.kind === 'number' && y.kind === 'number')
        return [
          {
            kind: 'number',
            text:
              x.bool && y.bool
                ? `(${test} ? ${x.text} : ${y.text})`
                : `(${test} ? ${unit.operand(x)} : ${unit.operand(y)})`,
            bool: x.bool && y.bool,
          },
        ];
      const texts = [x, y].map((each) => unit.arrayOf(each, shape));
      stayNamed(texts, unit);
      const text = `(${test} ? ${texts[0]} : ${texts[1]})`;
      return [arrayValue(text, shape.length)];
    }
    const values = [condition, x, y];
    const text = `tf.where(${unit.condition(condition)}, ${unwrapped(unit.operand(x))}, ${unwrapped(unit.operand(y))})`;
    return [elementwise(text, values, 'float32', shape.length)];
  },
  stop: ({ args }, unit) => [unit.value(args[0])],
  oracle: (node, unit) => {
    const value = unit.value(node.args[0]);
    countCall(node, unit);
    return [value];
  },

  broadcast: (node, unit) => {
    const { axes, shape } = node.attributes;
    const value = unit.value(node.args[0]);
    if (value.kind === 'number') return [value];
    const inner = node.args[0];
    if (value.kind === 'array') {
      const rank = inner.type.shape.length;
      // Axes that stay last line up by themselves.
      const trailing = axes.every((axis, k) => axis === shape.length - rank + k);
      if (trailing)
        return [
          { ...value, axes: new Set([...value.axes].map((axis) => axis + shape.length - rank)) },
        ];
    }
    const sizes = shape.slice(axes[0]).map((size, k) => {
      const own = axes.includes(k + axes[0]);
      return own ? unit.size(size) : '1';
    });
    const text = `tf.reshape(${entriesOf(value, inner, unit)}, [${sizes.join(', ')}])`;
    const type = value.kind === 'array' ? value.type : 'float32';
    return [{ kind: 'array', text, type, axes: new Set(axes) }];
  },
  transpose: (node, unit) => {
    const value = unit.value(node.args[0]);
    if (value.kind === 'sparse') return [{ ...value, transposed: !value.transposed }];
    const { permutation } = node.attributes;
    const flip = permutation.length === 2;
    return moved<'transpose'>((_, x) =>
      flip ? `tf.transpose(${x})` : `tf.transpose(${x}, [${permutation.join(', ')}])`,
    )(node, unit);
  },
  reshape: moved(({ attributes: { shape } }, x, unit) => `tf.reshape(${x}, ${unit.shape(shape)})`),
  slice: moved(
    ({ attributes: { start, size } }, x, unit) =>
      `tf.slice(${x}, ${unit.shape(start)}, ${unit.shape(size)})`,
  ),
  pad: (node, unit) => {
    const { before, shape } = node.attributes;
    const inner = node.args[0].type.shape;
    const around = shape.map((size, axis) => {
      const from = unit.size(before[axis]);
      const rest = `${unit.size(size)} - ${bracketed(unit.size(inner[axis]))}`;
      return `[${from}, ${from === '0' ? rest : `${rest} - ${bracketed(from)}`}]`;
    });
    return [
      arrayValue(`tf.pad(${unit.array(node.args[0])}, [${around.join(', ')}])`, shape.length),
    ];
  },
  reverse: moved(({ attributes: { axis } }, x) => `tf.reverse(${x}, ${axis})`),
  concat: (node, unit) => [
    arrayValue(
      `tf.concat([${node.args.map(unit.array).join(', ')}], ${node.attributes.axis})`,
      node.type.shape.length,
    ),
  ],
  gather: (node, unit) => {
    const [x, ...indices] = node.args;
    const { axes, inBounds } = node.attributes;
    const at = indices.map((index, k) => {
      const item = unit.item(index);
      if (inBounds) return item;
      const size = unit.size(x.type.shape[axes[k]]);
      unit.wait('an index that is checked', node);
      const place = unit.module.placeNumber(node);
      const text = `await device.checked(${item}, ${size}, ${place})`;
      // What is checked is given back as it is.
      stayNamed([item], unit);
      return isDevice(item) ? unit.bindArray(text, 'at', index.type.shape) : unit.bind(text, 'at');
    });
    const { shape } = node.type;
    return [
      arrayValue(
        `device.gather(${unit.array(x)}, [${axes.join(', ')}], [${at.join(', ')}])`,
        shape.length,
      ),
    ];
  },
  scatter: (node, unit) => {
    const [updates, ...indices] = node.args;
    const { axes, shape } = node.attributes;
    const text = `device.scatter(${unit.item(updates)}, [${axes.join(', ')}], [${indices.map(unit.item).join(', ')}], ${unit.shape(shape)})`;
    return [arrayValue(text, shape.length)];
  },
  put: (node, unit) => {
    const [x, value, ...indices] = node.args;
    const { axes } = node.attributes;
    const text = `device.put(${unit.array(x)}, ${unit.item(value)}, [${axes.join(', ')}], [${indices.map(unit.item).join(', ')}])`;
    return [arrayValue(text, node.type.shape.length)];
  },
  compress: (node, unit) => {
    const { module } = unit;
    const { length } = node.attributes;
    const field = module.tableName(node);
    if (field !== undefined) {
      module.useArray(field);
      const shape = unit.shape(node.type.shape);
      return [arrayValue(unit.bindField(`device.upload(data.${field}, ${shape})`, field), 2)];
    }
    const mask = unit.array(node.args[0]);
    unit.wait('a filtered set', node);
    const name = unit.block().namer.fresh('members');
    unit.line(`const [${name}, ${module.sizeName(length.key)}] = await device.compress(${mask});`);
    unit.made(name, node.type.shape);
    return [arrayValue(name, 2)];
  },

  reduce: (node, unit) => {
    const { fn, axes } = node.attributes;
    const [x] = node.args;
    const rank = x.type.shape.length;
    const logical = fn === 'any' || fn === 'all';
    const operand = logical ? full(unit, x, 'bool') : unit.array(x);
    const type = logical ? 'bool' : 'float32';
    return [
      arrayValue(`tf.${fn}(${operand}${axesText(axes, rank)})`, node.type.shape.length, type),
    ];
  },
  argreduce: (node, unit) => {
    const { fn, axis } = node.attributes;
    const name = fn === 'argmax' ? 'argMax' : 'argMin';
    const text = `tf.${name}(${unit.array(node.args[0])}, ${axis})`;
    return [arrayValue(text, node.type.shape.length, 'int32')];
  },
  cumulate: (node, unit) => {
    const { fn, axis, reverse } = node.attributes;
    const name = fn === 'sum' ? 'cumsum' : 'cumprod';
    const text = `tf.${name}(${unit.array(node.args[0])}, ${axis}, false, ${reverse})`;
    return [arrayValue(text, node.type.shape.length)];
  },
  sort: (node, unit) => {
    const { axis, descending } = node.attributes;
    const text = `device.sort(${unit.array(node.args[0])}, ${axis}, ${descending})`;
    return [arrayValue(text, node.type.shape.length)];
  },
  argsort: (node, unit) => {
    const { axis, descending } = node.attributes;
    const text = `device.argsort(${unit.array(node.args[0])}, ${axis}, ${descending})`;
    return [arrayValue(text, node.type.shape.length)];
  },

  contract: contractRule,

  cholesky: onHost,
  triangularSolve: onHost,
  solve: onHost,
  leastSquares: onHost,
  qr: onHost,
  eigh: onHost,
  svd: onHost,
  logabsdet: onHost,
  expm: onHost,
  root: (node, unit) => (node.attributes.solved ? [unit.value(node.args[0])] : onHost(node, unit)),
  fixpoint: onHost,
  minimizer: onHost,

  part: (node, unit) => {
    if (isHosted(node)) return [hostResult(node, unit)];
    return [unit.values(node.args[0])[node.attributes.index]];
  },

  loop: loopRule,
  while: whileRule,
  cond: (node, unit) => {
    const [test] = node.args;
    const { then, otherwise } = node.attributes;
    const condition = unit.value(test);
    if (condition.kind !== 'number' && isSimple(node, unit)) {
      const first = unit.inPlace(node, then);
      const second = unit.inPlace(node, otherwise);
      const chosen = unit.condition(condition);
      return node.results.map(({ shape }, k) => {
        const [x, y] = [unit.operand(first[k]), unit.operand(second[k])];
        const text = `tf.where(${chosen}, ${unwrapped(x)}, ${unwrapped(y)})`;
        const operands = [first[k], second[k]];
        const all = operands.every(({ kind }) => kind === 'number');
        return all ? arrayValue(text, 0) : elementwise(text, operands, 'float32', shape.length);
      });
    }
    return branches(node, unit);
  },

  draw: drawRule,
  sample: sampleRule,
};

/** Whether the text makes an array of its own. */
const isDevice = (text: string): boolean => /^(?:tf|device)\./.test(text);

/** Arrays that go on under another name are freed where the function ends. */
const stayNamed = (names: readonly string[], { module }: Unit): void => {
  for (const name of names) module.givenBack.delete(name);
};

/** Soft thresholding by its name. */
function softThreshold(node: NodeOf<'binary'>, unit: Unit): Value | undefined {
  const soft = softThresholdOf(node);
  if (soft?.inner.every((inner) => unit.placement.uses(inner) === 1) !== true) return undefined;
  const values = [soft.z, soft.threshold].map((arg) => unit.value(arg));
  if (values[0].kind === 'number') return undefined;
  const [z, t] = values.map((value) => unwrapped(unit.operand(value)));
  const rank = node.type.shape.length;
  return elementwise(`device.softThreshold(${z}, ${t})`, values, 'float32', rank);
}

function full(unit: Unit, node: Node, type: 'bool'): string {
  const value = unit.value(node);
  if (value.kind === 'array' && value.type === type && value.axes.size === node.type.shape.length)
    return value.text;
  return `tf.notEqual(${unit.array(node)}, 0)`;
}

/** Whether both branches may be evaluated: nothing that belongs to one of them loops, draws, counts or waits. */
const isSimple = (node: NodeOf<'cond'>, unit: Unit): boolean =>
  [node.attributes.then, node.attributes.otherwise].every((region) =>
    nodesWithin(node, region, unit).every(
      (inner) =>
        (regionsOf(inner).length === 0 || isOp(inner, 'cond')) &&
        !isOp(inner, 'draw') &&
        !isOp(inner, 'sample') &&
        !isOp(inner, 'oracle') &&
        !isOp(inner, 'compress') &&
        !(isOp(inner, 'gather') && !inner.attributes.inBounds) &&
        !isHosted(inner),
    ),
  );

/** What is worked out only where the branch is taken; all else a branch uses is there anyway. */
function nodesWithin(
  node: NodeOf<'cond'>,
  region: Region,
  { placement, module }: Unit,
): readonly Node[] {
  const own = placement.regionPlace(node, region);
  const found = new Set<Node>();
  const stack = [...region.results];
  for (let inner = stack.pop(); inner !== undefined; inner = stack.pop()) {
    if (found.has(inner) || module.prepared.has(inner)) continue;
    if (!isWithin(placement.placeOf(inner), own)) continue;
    found.add(inner);
    stack.push(...operandsOf(inner));
  }
  return [...found];
}

function isWithin(place: Place, outer: Place): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = at.parent)
    if (at === outer) return true;
  return false;
}

/** `if` with each branch in a block of its own. */
function branches(node: NodeOf<'cond'>, unit: Unit): readonly Value[] {
  const [test] = node.args;
  const value = unit.value(test);
  let condition: string;
  if (value.kind === 'number') condition = unwrapped(truthOf(value));
  else {
    unit.wait('an if', test);
    condition = `await device.truth(${unit.operand(value)})`;
  }
  const names = node.results.map((_, k) =>
    unit.block().namer.fresh(k === 0 ? 'chosen' : `chosen${k + 1}`),
  );
  const regions = [node.attributes.then, node.attributes.otherwise];
  const written = regions.map((region) =>
    unit.region(
      node,
      region,
      () => [],
      (results) => results.map((result) => unit.value(result)),
    ),
  );
  const numeric = node.results.map((_, k) =>
    written.every(({ result }) => result[k].kind === 'number'),
  );
  const texts = written.map(({ result }) =>
    result.map((each, k) =>
      numeric[k] && each.kind === 'number'
        ? unit.operand(each)
        : unit.arrayOf(each, node.results[k].shape),
    ),
  );
  if (written.some((branch) => branch.block.waits)) unit.pause();
  texts.forEach((branch) => stayNamed(branch, unit));
  names.forEach((name, k) => {
    const own = texts.every((branch) => isDevice(branch[k]));
    if (own && !numeric[k]) unit.made(name, node.results[k].shape);
  });
  const typed = names.map(
    (name, k) => `${name}${unit.module.typed ? `: ${numeric[k] ? 'number' : 'DeviceTensor'}` : ''}`,
  );
  unit.line(`let ${typed.join(', ')};`);
  unit.line(`if (${condition}) {`);
  written.forEach((branch, n) => {
    if (n === 1) unit.line('} else {');
    for (const line of branch.block.lines) unit.line(`  ${line}`);
    names.forEach((name, k) => unit.line(`  ${name} = ${unwrapped(texts[n][k])};`));
  });
  unit.line('}');
  return names.map((name, k) =>
    numeric[k] ? numberValue(name) : arrayValue(name, node.results[k].shape.length),
  );
}

export const numberText = (value: number): string =>
  Number.isNaN(value)
    ? 'NaN'
    : value === Infinity
      ? 'Infinity'
      : value === -Infinity
        ? '-Infinity'
        : Object.is(value, -0)
          ? '-0'
          : String(value);
