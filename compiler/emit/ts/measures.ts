// Measures: named functions of the problem's variables.
import type { Node } from '../../tensor/ir.ts';
import { inputsOf } from '../../tensor/visit.ts';
import { isCompressed } from '../../schedule/sparse.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import { documentation } from './comment.ts';
import { drawsIn } from './draws.ts';
import { hintFor } from './hints.ts';
import { isFixed } from './inputs.ts';
import type { ModuleNames } from './module-names.ts';
import { createSections, type Sections } from './section.ts';
import type { FunctionText, Measure, ModuleSpec } from './spec.ts';
import { destructure, member, propertyName, quoted } from './text.ts';

export function emitMeasures(
  spec: ModuleSpec,
  names: ModuleNames,
  places: PlaceTable,
  calls: Set<string>,
): FunctionText {
  const typed = spec.flavour === 'typescript';
  const sections = createSections({
    nodes: spec.measures.map(({ node }) => node),
    names,
    places,
    calls,
    counted: false,
    hint: (node) => hintFor(node, spec.names ?? new Map()),
  });
  const planned = spec.measures.map((measure) => planMeasure(sections, measure, typed, calls));
  const constants = sections.settle();
  const bodies = planned.flatMap((print) => print());
  const memory = sections.memory();
  const fields = sections.fields();
  const draws = drawsIn([...constants, ...bodies], typed, calls, true);
  const taken = draws.fromData ? [...fields, 'dataSeed'] : fields;
  calls.add('measureProgram');
  const lines = [
    '/** What is measured at a point, from the problem as it is written. */',
    `export function createMeasures(data${typed ? ': Data' : ''}${draws.parameter})${typed ? ': MeasureProgram' : ''} {`,
    ...destructure(taken, 'data', '  '),
    ...draws.lines,
    ...memory,
    ...constants,
    '',
    '  return measureProgram({',
    ...bodies,
    '  });',
    '}',
  ];
  return { lines, fields: taken };
}

/** Plans one measure; prints it once everything is planned. */
function planMeasure(
  sections: Sections,
  { name, node, doc }: Measure,
  typed: boolean,
  calls: Set<string>,
): () => readonly string[] {
  const { code, planner, lower } = sections.section([node], 'often');
  const variables = inputsOf([node]).filter((input) => !isFixed(input));
  const reads = variables.map((input) => {
    const local = code.namer.fresh(input.attributes.name);
    const { storage, shape } = input.type;
    const kind = storage === 'csr' ? 'csr' : shape.length === 0 ? 'scalar' : 'array';
    code.give(input, { kind, name: local }, input.attributes.name);
    return readVariable(input, local, calls);
  });
  const scalar = node.type.shape.length === 0;
  const target = scalar
    ? undefined
    : isCompressed(node)
      ? planner.ensureCopy(node)
      : planner.ensure(node);
  if (target !== undefined) planner.keep(target);
  const plan = planner.finish(scalar ? [planner.entry(node, [])] : []);
  return () => {
    const lowered = lower(plan);
    const lines = code.print(lowered, '      ');
    const shape = node.type.shape.map(code.size).join(', ');
    const result =
      target === undefined
        ? `scalar(${code.number(lowered.outputs[0])})`
        : `dense([${shape}], ${code.nameOf(target)}.slice())`;
    calls.add(target === undefined ? 'scalar' : 'dense');
    const parameter = reads.length === 0 ? '' : `variables${typed ? ': Values' : ''}`;
    return [
      ...documentation(doc, '    '),
      `    ${propertyName(name)}(${parameter}) {`,
      ...reads.map((line) => `      ${line}`),
      ...lines,
      `      return ${result};`,
      '    },',
    ];
  };
}

function readVariable(input: Node<'input'>, name: string, calls: Set<string>): string {
  if (input.type.storage === 'csr') {
    calls.add('requiredSparse');
    return `const ${name} = requiredSparse(variables, ${quoted(input.attributes.name)});`;
  }
  const access = `variables${member(input.attributes.name)}`;
  return input.type.shape.length === 0
    ? `const ${name} = ${access}.data[0];`
    : `const ${name} = ${access}.data;`;
}
