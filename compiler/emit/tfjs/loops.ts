// Loops: plain JavaScript around tensors. Each turn frees what it leaves behind.
import type { Node, NodeOf, Region } from '../../tensor/ir.ts';
import type { Namer } from '../../schedule/names.ts';
import { mentionOf } from './mention-of.ts';
import { unwrapped, type Block, type Unit } from './unit.ts';
import { arrayValue, numberValue, type Value } from './value.ts';

/** How a state is carried: as a number of this side, or as an array. */
interface Carried {
  readonly parameter: Node<'parameter'>;
  readonly numeric: boolean;
}

const carriedBy = (parameters: readonly Node<'parameter'>[], unit: Unit): readonly Carried[] =>
  parameters.map((parameter) => ({
    parameter,
    numeric: unit.module.host.parameters.has(parameter.attributes.key),
  }));

function startText(node: Node, { numeric }: Carried, unit: Unit): string {
  if (numeric) return unwrapped(unit.number(node, 'the start of a loop'));
  return unit.arrayOf(unit.value(node), node.type.shape);
}

function resultText(node: Node, carried: Carried | undefined, unit: Unit): string {
  if (carried?.numeric === true) return unwrapped(unit.number(node, 'a number of a loop'));
  return unit.arrayOf(unit.value(node), node.type.shape);
}

const carriedValue = (name: string, { parameter, numeric }: Carried): Value =>
  numeric ? numberValue(name) : arrayValue(name, parameter.type.shape.length);

const wishOf = (parameter: Node<'parameter'>): string =>
  parameter.attributes.name === '' ? 'u' : parameter.attributes.name;

/** `[x, t]`, their names in the block of the region. */
function parametersOf(
  carried: readonly Carried[],
  names: string[],
): (namer: Namer) => readonly Value[] {
  return (namer) =>
    carried.map((each) => {
      const name = namer.fresh(wishOf(each.parameter));
      names.push(name);
      return carriedValue(name, each);
    });
}

export function loopRule(node: NodeOf<'loop'>, unit: Unit): readonly Value[] {
  const { region, states, length } = node.attributes;
  const [count, ...inits] = node.args;
  const [index, ...parameters] = region.parameters;
  const carried = carriedBy(parameters, unit);
  const times = unwrapped(unit.number(count, 'the number of turns'));
  const start = inits.map((init, k) => startText(init, carried[k], unit));
  const outputs = region.results.slice(states);
  const shapes = length === undefined ? [] : outputs.map(({ type }) => unit.shape(type.shape));
  const names: string[] = [];
  let turn = 'k';
  const { block, result } = unit.region(
    node,
    region,
    (namer) => {
      turn = namer.fresh(index.attributes.name === '' ? 'k' : index.attributes.name);
      return [numberValue(turn), ...parametersOf(carried, names)(namer)];
    },
    (results) => results.map((each, k) => resultText(each, carried[k], unit)),
  );
  const indexed = [...block.lines, ...result].some(mentionOf(turn));
  const head = names.length === 0 ? '_' : `[${names.join(', ')}]`;
  const given = indexed ? `(${head}, ${turn})` : names.length === 0 ? '()' : `(${head})`;
  const made = resultNames(node, carried, unit);
  const scans = shapes.length > 0;
  const name = `${block.waits ? 'await ' : ''}device.${scans ? 'scan' : 'repeat'}${block.waits ? 'Async' : ''}`;
  const args = [times, listText(start), ...(scans ? [listText(shapes)] : [])].join(', ');
  if (block.waits) unit.pause();
  unit.line(
    `const ${scans ? pairText(made, states) : listText(made)} = ${name}(${args}, ${block.waits ? 'async ' : ''}${given} => {`,
  );
  for (const line of block.lines) unit.line(`  ${line}`);
  unit.line(`  return ${scans ? pairText(result, states) : listText(result)};`);
  unit.line('});');
  return node.results.map(({ shape }, k) =>
    k < states ? carriedValue(made[k], carried[k]) : arrayValue(made[k], shape.length),
  );
}

const listText = (texts: readonly string[]): string => `[${texts.join(', ')}]`;

/** States, then outputs. */
const pairText = (texts: readonly string[], states: number): string =>
  listText([listText(texts.slice(0, states)), listText(texts.slice(states))]);

export function whileRule(node: NodeOf<'while'>, unit: Unit): readonly Value[] {
  const { condition, body } = node.attributes;
  const carried = carriedBy(body.parameters, unit);
  const start = node.args.map((init, k) => startText(init, carried[k], unit));
  const test = oneRegion(node, condition, carried, unit, (results) => {
    const value = unit.value(results[0]);
    if (value.kind === 'number') return value.bool ? unwrapped(value.text) : `${value.text} !== 0`;
    unit.wait('a while', results[0]);
    return `await device.truth(${unit.operand(value)})`;
  });
  const turn = oneRegion(node, body, carried, unit, (results) =>
    results.map((each, k) => resultText(each, carried[k], unit)),
  );
  unit.pause();
  const made = resultNames(node, carried, unit);
  unit.line(`const [${made.join(', ')}] = await device.repeatWhile(`);
  unit.line(`  [${start.join(', ')}],`);
  unit.line(`  ${test.block.waits ? 'async ' : ''}(${test.head}) => {`);
  for (const line of test.block.lines) unit.line(`    ${line}`);
  unit.line(`    return ${test.result};`);
  unit.line('  },');
  unit.line(`  ${turn.block.waits ? 'async ' : ''}(${turn.head}) => {`);
  for (const line of turn.block.lines) unit.line(`    ${line}`);
  unit.line(`    return [${turn.result.join(', ')}];`);
  unit.line('  },');
  unit.line(');');
  return made.map((name, k) => carriedValue(name, carried[k]));
}

function oneRegion<T>(
  node: Node,
  region: Region,
  carried: readonly Carried[],
  unit: Unit,
  write: (results: readonly Node[]) => T,
): { readonly block: Block; readonly result: T; readonly head: string } {
  const names: string[] = [];
  const own = carried.map((each, k) => ({ ...each, parameter: region.parameters[k] }));
  const { block, result } = unit.region(node, region, parametersOf(own, names), write);
  return { block, result, head: names.length === 0 ? '' : `[${names.join(', ')}]` };
}

const resultNames = (node: Node, carried: readonly Carried[], unit: Unit): readonly string[] =>
  node.results.map(({ shape }, k) => {
    const hint = unit.module.hint(node) ?? 'end';
    const name = unit.block().namer.fresh(`${hint}${k === 0 ? '' : k + 1}`);
    if (carried[k]?.numeric !== true) unit.made(name, shape);
    return name;
  });
