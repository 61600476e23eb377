// The preparation of data: sizes, params and data in the order of their dependence, as a module's first function.
import type { SizeSource } from '../../problem/problem.ts';
import type { Node } from '../../tensor/ir.ts';
import { inputsOf } from '../../tensor/visit.ts';
import { innerPlace, rootPlace, type Place } from '../../schedule/place.ts';
import { createPlanner } from '../../schedule/planner.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import { createCodeUnit, type CodeUnit } from './code-unit.ts';
import { documentation } from './comment.ts';
import { hintFor } from './hints.ts';
import { giveFixed, symbolsIn } from './inputs.ts';
import type { ModuleNames } from './module-names.ts';
import type { ModuleSpec } from './spec.ts';
import { destructure, objectLines, propertyName, quoted } from './text.ts';

/** Something that must have a value: a size symbol, or an input by its name. */
interface Definition {
  readonly key: string;
  readonly needs: readonly string[];
  readonly place: Place;
  readonly nodes: readonly Node[];
  readonly emit: (code: CodeUnit, place: Place) => readonly string[];
}

const sizeKey = (symbol: string): string => `size ${symbol}`;
const valueKey = (name: string): string => `value ${name}`;

export function emitPrepare(
  spec: ModuleSpec,
  names: ModuleNames,
  places: PlaceTable,
  calls: Set<string>,
  wanted: readonly string[],
): readonly string[] {
  const typed = spec.flavour === 'typescript';
  const { problem } = spec;
  const root = rootPlace();
  const sizes = [...problem.sizes, ...(spec.step?.sizes ?? [])];
  const given = sizes.filter(({ from }) => from.kind === 'data' || from.kind === 'labels');
  const definitions = [
    ...sizes.flatMap((source) => sizeDefinition(source, names, root)),
    ...problem.params.map((param) => paramDefinition(param, names, calls, root)),
    ...problem.data.map((item) => dataDefinition(item, spec, names, calls, root)),
  ];
  const ordered = inOrder(definitions);
  const nodes = ordered.flatMap((definition) => definition.nodes);
  const code = createCodeUnit({
    roots: ordered.map(({ place, nodes: own }) => ({ place, nodes: own })),
    namer: names.namer.inner(),
    letters: names.letters,
    places,
    hint: (node) => hintFor(node, spec.names ?? new Map()),
    sizeName: names.sizeName,
    calls,
    counted: false,
    inline: true,
    isKnown: () => false,
  });
  giveFixed(code, names, [
    ...inputsOf(nodes),
    ...problem.params.map(({ input }) => input),
    ...problem.data.map(({ input }) => input),
  ]);
  const lines = ordered.flatMap(({ emit, place }) => emit(code, place));
  const random = lines.some((line) => /\bdraw\(dataRandom,/.test(line));
  if (random) calls.add('createRandom');
  const read = given.map(({ symbol }) => ({ symbol, name: names.sizeName(symbol) }));
  return [
    '/** Sizes, params and data: all that stays fixed during a run. */',
    `export function prepare(input${typed ? ': ProgramInput' : ''}) {`,
    ...destructure(
      read.map(({ symbol, name }) => (symbol === name ? name : `${propertyName(symbol)}: ${name}`)),
      'input.sizes',
      '  ',
    ),
    ...(random ? ["  const dataRandom = createRandom(input.dataSeed, 'data');"] : []),
    ...code.tables('  '),
    ...lines,
    ...objectLines(
      [...new Set(wanted)].map((name) => (name === 'dataSeed' ? 'dataSeed: input.dataSeed' : name)),
      'return ',
      ';',
      '  ',
    ),
    '}',
  ];
}

function sizeDefinition(
  { symbol, from }: SizeSource,
  names: ModuleNames,
  root: Place,
): readonly Definition[] {
  const key = sizeKey(symbol);
  switch (from.kind) {
    case 'data':
    case 'labels':
      return [];
    case 'param': {
      const same = names.sizeName(symbol) === names.inputName(from.name);
      return [
        {
          key,
          needs: [valueKey(from.name)],
          place: root,
          nodes: [],
          emit: () =>
            same ? [] : [`  const ${names.sizeName(symbol)} = ${names.inputName(from.name)};`],
        },
      ];
    }
    case 'compress': {
      const { node } = from;
      return [
        {
          key,
          needs: needsOf([node]).filter((need) => need !== key),
          place: root,
          nodes: [node],
          emit: (code, place) => {
            const planner = createPlanner(code.unit, place, undefined);
            planner.ensure(node);
            return code.print(code.lower(planner.finish()), '  ');
          },
        },
      ];
    }
    case 'expression': {
      const { node } = from;
      return [
        {
          key,
          needs: needsOf([node]),
          place: root,
          nodes: [node],
          emit: (code, place) => {
            const planner = createPlanner(code.unit, place, undefined);
            const lowered = code.lower(planner.finish([planner.entry(node, [])]));
            return [
              ...code.print(lowered, '  '),
              `  const ${names.sizeName(symbol)} = ${code.number(lowered.outputs[0])};`,
            ];
          },
        },
      ];
    }
  }
}

function paramDefinition(
  param: ModuleSpec['problem']['params'][number],
  names: ModuleNames,
  calls: Set<string>,
  root: Place,
): Definition {
  const name = names.inputName(param.name);
  const { value } = param;
  const scalar = param.input.type.shape.length === 0;
  const key = valueKey(param.name);
  const read = scalar ? 'givenNumber' : 'givenArray';
  calls.add(value === undefined ? `required${scalar ? 'Number' : 'Array'}` : read);
  const doc = documentation(param.doc, '  ');
  if (value === undefined)
    return {
      key,
      needs: [],
      place: root,
      nodes: [],
      emit: () => [
        ...doc,
        `  const ${name} = required${scalar ? 'Number' : 'Array'}(input.params, ${quoted(param.name)});`,
      ],
    };
  const place = innerPlace(root, 'once', () => false);
  return {
    key,
    needs: needsOf([value]),
    place,
    nodes: [value],
    emit: (code) => {
      const outer = createPlanner(code.unit, root, undefined);
      const planner = createPlanner(code.unit, place, outer);
      const target = scalar ? undefined : planner.ensure(value);
      if (target !== undefined) planner.keep(target);
      const plan = planner.finish(scalar ? [planner.entry(value, [])] : []);
      const before = code.print(code.lower(outer.finish()), '  ');
      const lowered = code.lower(plan);
      const inside = code.print(lowered, '    ');
      const text = target === undefined ? code.number(lowered.outputs[0]) : code.nameOf(target);
      const given = `${read}(input.params, ${quoted(param.name)})`;
      if (inside.length === 0)
        return [...before, ...doc, `  const ${name} = ${given} ?? ${bracketed(text)};`];
      return [
        ...before,
        ...doc,
        `  let ${name} = ${given};`,
        `  if (${name} === undefined) {`,
        ...inside,
        `    ${name} = ${text};`,
        '  }',
      ];
    },
  };
}

const bracketed = (text: string): string => (/ (\?|&&|\|\|) /.test(text) ? `(${text})` : text);

function dataDefinition(
  item: ModuleSpec['problem']['data'][number],
  spec: ModuleSpec,
  names: ModuleNames,
  calls: Set<string>,
  root: Place,
): Definition {
  const name = names.inputName(item.name);
  const key = valueKey(item.name);
  const doc = documentation(item.doc, '  ');
  const { value, input } = item;
  const { storage, shape } = input.type;
  const provided =
    value.kind === 'file' || value.kind === 'required' || (spec.given?.has(item.name) ?? false);
  if (provided) {
    const read =
      storage === 'csr'
        ? 'requiredSparse'
        : shape.length === 0
          ? 'requiredNumber'
          : 'requiredArray';
    calls.add(read);
    return {
      key,
      needs: [],
      place: root,
      nodes: [],
      emit: () => [...doc, `  const ${name} = ${read}(input.data, ${quoted(item.name)});`],
    };
  }
  const { node } = value;
  return {
    key,
    needs: needsOf([node]),
    place: root,
    nodes: [node],
    emit: (code, place) => {
      const planner = createPlanner(code.unit, place, undefined);
      if (shape.length === 0) {
        const lowered = code.lower(planner.finish([planner.entry(node, [])]));
        return [
          ...code.print(lowered, '  '),
          ...doc,
          `  const ${name} = ${code.number(lowered.outputs[0])};`,
        ];
      }
      const target = planner.ensure(node);
      planner.keep(target);
      const lines = code.print(code.lower(planner.finish()), '  ');
      const made = code.nameOf(target);
      if (storage === 'csr' && node.type.storage !== 'csr') {
        calls.add('compressRows');
        const sizes = shape.map(code.size).join(', ');
        return [...lines, ...doc, `  const ${name} = compressRows(${made}, ${sizes});`];
      }
      return [...lines, ...doc, `  const ${name} = ${made};`];
    },
  };
}

/** Keys of all that the nodes mention. */
function needsOf(nodes: readonly Node[]): readonly string[] {
  return [
    ...inputsOf(nodes)
      .filter(({ attributes: { role } }) => role === 'data' || role === 'param')
      .map(({ attributes }) => valueKey(attributes.name)),
    ...[...symbolsIn(nodes)].map(sizeKey),
  ];
}

/** Each after what it needs. */
function inOrder(definitions: readonly Definition[]): readonly Definition[] {
  const byKey = new Map(definitions.map((definition) => [definition.key, definition]));
  const sorted: Definition[] = [];
  const seen = new Set<string>();
  const visit = (definition: Definition): void => {
    if (seen.has(definition.key)) return;
    seen.add(definition.key);
    for (const need of definition.needs) {
      const needed = byKey.get(need);
      if (needed !== undefined) visit(needed);
    }
    sorted.push(definition);
  };
  definitions.forEach(visit);
  return sorted;
}
