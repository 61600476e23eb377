// Random draws: by the generator of the runtime on the CPU, under the same counters as on every target, then sent up.
import { productOfDims } from '../../tensor/dim.ts';
import type { Node, NodeOf } from '../../tensor/ir.ts';
import { isScalar } from '../../tensor/type.ts';
import { unwrapped, type Unit } from './unit.ts';
import { arrayValue, numberValue, type Value } from './value.ts';

export function drawRule(node: NodeOf<'draw'>, unit: Unit): readonly Value[] {
  const { distribution, site, parameters, stream } = node.attributes;
  const { shape } = node.type;
  const given = node.args.slice(0, parameters);
  const counters = node.args
    .slice(parameters)
    .map((counter) => unwrapped(unit.number(counter, 'a counter of draws')));
  const values = given.map((parameter) => parameterText(parameter, unit));
  const count = unit.size(productOfDims(shape));
  const last = shape.at(-1);
  const width = last === undefined ? '1' : unit.size(last);
  const choices = given[0]?.type.shape.at(-1);
  unit.module.calls.add('drawn');
  const random = stream === 'run' ? 'random' : 'dataRandom';
  const args = [
    random,
    `'${distribution}'`,
    String(site),
    `[${counters.join(', ')}]`,
    count,
    `[${values.join(', ')}]`,
    width,
    ...(choices === undefined ? [] : [unit.size(choices)]),
  ];
  const text = `drawn(${args.join(', ')})`;
  if (isScalar(node)) return [numberValue(unit.bind(`${text}[0]`, unit.module.hint(node) ?? 'z'))];
  return [
    arrayValue(
      unit.bindArray(
        `device.upload(${text}, ${unit.shape(shape)})`,
        unit.module.hint(node) ?? 'z',
        shape,
      ),
      shape.length,
    ),
  ];
}

function parameterText(parameter: Node, unit: Unit): string {
  const value = unit.value(parameter);
  if (value.kind === 'number') return unwrapped(unit.operand(value));
  unit.wait('a parameter of draws', parameter);
  return unit.bind(`await device.array(${unit.arrayOf(value, parameter.type.shape)})`, 'parameter');
}

export function sampleRule(node: NodeOf<'sample'>, unit: Unit): readonly Value[] {
  const { site, population, count } = node.attributes;
  const counters = node.args.map((counter) =>
    unwrapped(unit.number(counter, 'a counter of draws')),
  );
  unit.module.calls.add('sampled');
  const text = `sampled(random, ${site}, [${counters.join(', ')}], ${unit.size(count)}, ${unit.size(population)})`;
  return [
    arrayValue(
      unit.bindArray(
        `device.upload(${text}, ${unit.shape(node.type.shape)})`,
        unit.module.hint(node) ?? 'batch',
        node.type.shape,
      ),
      1,
    ),
  ];
}
