// Measures: named functions of the problem's variables.
import { constantValue, productOfDims } from '../../tensor/dim.ts';
import type { Node } from '../../tensor/ir.ts';
import { inputsOf } from '../../tensor/visit.ts';
import { isCompressed } from '../../schedule/sparse.ts';
import type { Lowered } from '../../schedule/lower.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import { documentation } from './comment.ts';
import { drawsIn } from './draws.ts';
import { hintFor } from './hints.ts';
import type { Memory } from './memory.ts';
import { isFixed } from './inputs.ts';
import type { ModuleNames } from './module-names.ts';
import { createSections, type Sections } from './section.ts';
import type { FunctionText, Measure, ModuleSpec } from './spec.ts';
import { takeData } from './take-data.ts';
import { propertyName, quoted } from './text.ts';
import { codeConstant, createNative, startLines, type Native } from '../wasm/native.ts';
import { printOnce } from '../wasm/once.ts';

interface FunctionHead {
  readonly name: string;
  readonly doc: string;
}

export function emitMeasures(
  spec: ModuleSpec,
  names: ModuleNames,
  places: PlaceTable,
  calls: Set<string>,
  { name, doc }: FunctionHead = {
    name: 'createMeasures',
    doc: 'What is measured at a point, from the problem as it is written.',
  },
): FunctionText {
  const typed = spec.flavour === 'typescript';
  const wasm = spec.target === 'wasm';
  const sections = createSections({
    nodes: spec.measures.map(({ node }) => node),
    names,
    places,
    calls,
    counted: false,
    hint: (node) => hintFor(node, spec.nameOf),
    heap: wasm,
  });
  const variables: Memory[] = [];
  const planned = spec.measures.map((measure, k) =>
    planMeasure(sections, measure, calls, `f${k}`, wasm, variables),
  );
  const shared = sections.settle();
  const once = printOnce(
    shared.code,
    shared.statements,
    '  ',
    wasm ? { part: name, groups: [], here: spec.here } : undefined,
  );
  const native = wasm ? createNative([], spec.here) : undefined;
  const bodies = planned.flatMap((print) => print(native));
  const module = native?.finish();
  const code = codeConstant('measuresCode', module, spec.here);
  const nativeStart =
    module === undefined ? [] : startLines(module, 'measuresCode', (name) => calls.add(name));
  const memory = sections.memory(variables);
  const fields = sections.fields();
  const draws = drawsIn([...once.lines, ...bodies, ...nativeStart], typed, calls, true);
  const taken = draws.fromData ? [...fields, 'dataSeed'] : fields;
  calls.add('measureProgram');
  const lines = [
    ...once.code,
    ...code.lines,
    `/** ${doc} */`,
    `export function ${name}(data${typed ? ': Data' : ''}${draws.parameter}) {`,
    ...takeData(taken, wasm),
    ...draws.lines,
    ...memory,
    ...once.lines,
    ...nativeStart,
    '',
    '  return measureProgram({',
    ...bodies,
    '  });',
    '}',
  ];
  return { lines, fields: taken, binaries: { ...once.binaries, ...code.binaries } };
}

/** Plans one measure; prints it once everything is planned. */
function planMeasure(
  sections: Sections,
  { name, node, doc }: Measure,
  calls: Set<string>,
  nativeName: string,
  wasm: boolean,
  memory: Memory[],
): (native: Native | undefined) => readonly string[] {
  const { code, planner, lower } = sections.section([node], 'often');
  const variables = inputsOf([node]).filter((input) => !isFixed(input));
  const reads = variables.map((input) => {
    const { storage, shape } = input.type;
    const inMemory = wasm && storage === 'dense' && shape.length > 0;
    const local = inMemory
      ? code.namer.freshOutside(input.attributes.name)
      : code.namer.fresh(input.attributes.name);
    const kind = storage === 'csr' ? 'csr' : shape.length === 0 ? 'scalar' : 'array';
    code.give(input, { kind, name: local }, input.attributes.name);
    return { input, local };
  });
  const scalar = node.type.shape.length === 0;
  const target = scalar
    ? undefined
    : isCompressed(node)
      ? planner.ensureCopy(node)
      : planner.ensure(node);
  if (target !== undefined) planner.keep(target);
  const plan = planner.finish(scalar ? [planner.entry(node, [])] : []);
  return (native) => {
    const lowered = lower(plan);
    const offloaded = native === undefined ? undefined : offload(native, lowered);
    if (offloaded !== undefined) return offloaded;
    const lines = code.print(lowered, '      ');
    return [
      ...documentation(doc, '    '),
      `    ${propertyName(name)}(${parametersText(reads)}) {`,
      ...sparseReads(reads, calls),
      ...lines,
      `      return ${result(lowered)};`,
      '    },',
    ];
  };

  /** The same by a function of WebAssembly; the variables are copied to where it reads them. */
  function offload(native: Native, lowered: Lowered): readonly string[] | undefined {
    if (reads.some(({ input }) => input.type.storage === 'csr')) return undefined;
    const scalars = reads.filter(({ input }) => input.type.shape.length === 0);
    const arrays = reads.filter(({ input }) => input.type.shape.length > 0);
    const added = native.add(code.context, {
      name: nativeName,
      parameters: scalars.map(({ local }) => local),
      statements: lowered.statements,
      gives: target === undefined ? lowered.outputs[0] : 'nothing',
    });
    if (!added) return undefined;
    for (const { input, local } of arrays)
      memory.push({ name: local, length: sections.size(productOfDims(input.type.shape)) });
    const given = reads.map(({ input, local }) => {
      const key = propertyName(input.attributes.name);
      return input.type.shape.length === 0 ? `${key}: [${local}]` : `${key}: given_${local}`;
    });
    const call = `native.${nativeName}(${scalars.map(({ local }) => local).join(', ')})`;
    return [
      ...documentation(doc, '    '),
      `    ${propertyName(name)}(${given.length === 0 ? '' : `{ ${given.join(', ')} }`}) {`,
      ...arrays.map(({ local }) => `      ${local}.set(given_${local});`),
      ...(target === undefined
        ? [`      return ${call};`]
        : [`      ${call};`, `      return ${result(lowered)};`]),
      '    },',
    ];
  }

  function result({ outputs }: Lowered): string {
    if (target === undefined) return code.number(outputs[0]);
    // An array without entries is written by nobody, and has no memory of its own.
    const empty = node.type.shape.some((size) => constantValue(size) === 0);
    const own = empty ? 'new Float64Array(0)' : `${code.nameOf(target)}.slice()`;
    if (node.type.shape.length === 1) return own;
    calls.add('dense');
    return `dense([${node.type.shape.map(code.size).join(', ')}], ${own})`;
  }
}

interface Read {
  readonly input: Node<'input'>;
  readonly local: string;
}

/** `{ x, t: [t] }`: vectors and matrices are their entries, a number is the only one. */
function parametersText(reads: readonly Read[]): string {
  const plain = reads.filter(({ input }) => input.type.storage === 'dense');
  const entries = plain.map(({ input, local }) => {
    const key = propertyName(input.attributes.name);
    if (input.type.shape.length === 0) return `${key}: [${local}]`;
    return key === local ? key : `${key}: ${local}`;
  });
  const pattern = entries.length === 0 ? '_' : `{ ${entries.join(', ')} }`;
  return plain.length < reads.length ? `${pattern}, tensors` : entries.length === 0 ? '' : pattern;
}

const sparseReads = (reads: readonly Read[], calls: Set<string>): readonly string[] =>
  reads
    .filter(({ input }) => input.type.storage === 'csr')
    .map(({ input, local }) => {
      calls.add('requiredSparse');
      return `      const ${local} = requiredSparse(tensors, ${quoted(input.attributes.name)});`;
    });
