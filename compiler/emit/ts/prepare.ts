// The preparation of data: sizes, params and data in the order of their dependence, as a module's first function.
import type { Dim } from '../../tensor/dim.ts';
import { createPool } from '../../schedule/scalar.ts';
import { printIndex } from './expression.ts';
import type { SizeSource } from '../../problem/problem.ts';
import type { Node } from '../../tensor/ir.ts';
import { inputsOf, nodesAround, operandsOf } from '../../tensor/visit.ts';
import { rootPlace, type PlacedRoots } from '../../schedule/place.ts';
import { createPlanner } from '../../schedule/planner.ts';
import type { PlaceTable } from '../../schedule/unit.ts';
import { createCodeUnit, type CodeUnit } from './code-unit.ts';
import { documentation } from './comment.ts';
import { hintFor } from './hints.ts';
import { isCompressed } from '../../schedule/sparse.ts';
import { giveFixed, giveShared, giveTables, symbolsIn } from './inputs.ts';
import type { ModuleNames } from './module-names.ts';
import type { ModuleSpec } from './spec.ts';
import { destructure, objectLines, propertyName, quoted } from './text.ts';

/** Something that must have a value: a size symbol, or an input by its name. */
interface Definition {
  readonly key: string;
  readonly needs: readonly string[];
  readonly emit: (context: PrepareContext) => readonly string[];
}

interface PrepareContext {
  readonly names: ModuleNames;
  readonly calls: Set<string>;
  /** A name that nothing else has here. */
  readonly fresh: (wish: string) => string;
  /** The unit of one definition; `own` is the size symbol that it defines. */
  readonly unit: (roots: readonly PlacedRoots[], own?: string) => CodeUnit;
}

const sizeKey = (symbol: string): string => `size ${symbol}`;
const sharedKey = (name: string): string => `shared ${name}`;
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
  const sizes = [...problem.sizes, ...(spec.step?.sizes ?? [])];
  const given = sizes.filter(({ from }) => from.kind === 'data' || from.kind === 'labels');
  const definitions = [
    ...sizes.flatMap(sizeDefinition),
    ...problem.params.map(paramDefinition),
    ...problem.data.map((item) => dataDefinition(item, spec)),
    ...[...names.shared].map(([node, name]): Definition => ({
      key: sharedKey(name),
      needs: [...needsOf([node]), ...sharedWithin(node, names).map(sharedKey)],
      emit: (inside) => {
        if (node.type.shape.length > 0) return printArray(inside, node, name, '  ');
        const { lines, value } = printScalar(inside, node);
        return [...lines, `  const ${name} = ${value};`];
      },
    })),
  ];
  const namer = names.namer.inner();
  const context: PrepareContext = {
    names,
    calls,
    fresh: namer.fresh,
    unit: (roots, own) => {
      const code = createCodeUnit({
        roots,
        namer,
        letters: names.letters,
        places,
        hint: (node) => hintFor(node, spec.nameOf),
        sizeName: names.sizeName,
        calls,
        counted: false,
        inline: true,
        shared: false,
        heap: false,
        isKnown: (symbol) => symbol !== own && names.isKnown(symbol),
      });
      const nodes = roots.flatMap((root) => root.nodes);
      giveFixed(code, names, inputsOf(nodes));
      giveTables(code, names, nodes, own);
      for (const node of nodes) giveShared(code, names, operandsOf(node));
      return code;
    },
  };
  const lines = inOrder(definitions, askedFor(spec, sizes, names, wanted)).flatMap(({ emit }) =>
    emit(context),
  );
  const random = lines.some((line) => /\bdraw\(dataRandom,/.test(line));
  if (random) calls.add('createRandom');
  const checked = (spec.checks ?? []).flatMap(({ node, message }) =>
    printCheck(context, node, message),
  );
  const mentioned = (name: string): boolean =>
    wanted.includes(name) ||
    [...lines, ...checked].some((line) => new RegExp(`\\b${name}\\b`).test(line));
  const read = given
    .map(({ symbol }) => ({ symbol, name: names.sizeName(symbol) }))
    .filter(({ name }) => mentioned(name));
  const heap = spec.target === 'wasm';
  if (heap) calls.add('createHeap');
  const asks =
    heap ||
    read.length > 0 ||
    random ||
    wanted.includes('dataSeed') ||
    [...lines, ...checked].some((line) => /\binput\b/.test(line));
  const parameter = typed ? 'input: ProgramInput' : 'input';
  return [
    '/** Sizes, params and data: all that stays fixed during a run. */',
    `export function prepare(${asks ? parameter : ''}) {`,
    ...destructure(
      read.map(({ symbol, name }) => (symbol === name ? name : `${propertyName(symbol)}: ${name}`)),
      'input.sizes',
      '  ',
    ),
    ...(random ? ["  const dataRandom = createRandom(input.dataSeed, 'data');"] : []),
    ...lines,
    ...checked,
    ...objectLines(
      [
        ...(heap ? ['heap: input.heap ?? createHeap()'] : []),
        ...[...new Set(wanted)].map((name) =>
          name === 'dataSeed' ? 'dataSeed: input.dataSeed' : name,
        ),
      ],
      'return ',
      ';',
      '  ',
    ),
    '}',
  ];
}

/** Keys of what the names stand for, and of what is checked: what only a metric reads, say, is not prepared for a program without it. */
function askedFor(
  { problem, checks = [] }: ModuleSpec,
  sizes: readonly SizeSource[],
  names: ModuleNames,
  wanted: readonly string[],
): ReadonlySet<string> {
  const declared: readonly (readonly [string | undefined, string])[] = [
    ...problem.params.map(({ name }) => [names.inputName(name), valueKey(name)] as const),
    ...problem.data.map(({ name }) => [names.inputName(name), valueKey(name)] as const),
    ...sizes.flatMap(({ symbol, from }) =>
      [
        names.sizeName(symbol),
        from.kind === 'compress' ? names.tableName(from.node) : undefined,
      ].map((name) => [name, sizeKey(symbol)] as const),
    ),
    ...[...names.shared.values()].map((name) => [name, sharedKey(name)] as const),
  ];
  return new Set([
    ...declared.flatMap(([name, key]) =>
      name !== undefined && wanted.includes(name) ? [key] : [],
    ),
    ...needsOf(checks.map(({ node }) => node)),
  ]);
}

function sizeDefinition({ symbol, from }: SizeSource): readonly Definition[] {
  const key = sizeKey(symbol);
  switch (from.kind) {
    case 'data':
    case 'labels':
      return [];
    case 'param':
      return [
        {
          key,
          needs: [valueKey(from.name)],
          emit: ({ names }) => {
            const [own, param] = [names.sizeName(symbol), names.inputName(from.name)];
            return own === param ? [] : [`  const ${own} = ${param};`];
          },
        },
      ];
    case 'compress': {
      const { node } = from;
      const needs = needsOf([node]).filter((need) => need !== key);
      return [{ key, needs, emit: (context) => printTable(context, node, symbol) }];
    }
    case 'expression': {
      const { node } = from;
      return [
        {
          key,
          needs: needsOf([node]),
          emit: (context) => {
            const { lines, value } = printScalar(context, node);
            return [...lines, `  const ${context.names.sizeName(symbol)} = ${value};`];
          },
        },
      ];
    }
  }
}

/** The members of a filtered set, which define its size. */
function printTable(
  { unit, names }: PrepareContext,
  node: Node<'compress'>,
  symbol: string,
): readonly string[] {
  const root = rootPlace();
  const code = unit([{ place: root, nodes: [node] }], symbol);
  const planner = createPlanner(code.unit, root, undefined);
  code.wish(node, names.tableName(node) ?? symbol);
  planner.ensure(node);
  const lines = code.print(code.lower(planner.finish()), '  ');
  return [...code.tables('  '), ...lines];
}

function printScalar(
  { unit }: PrepareContext,
  node: Node,
): { readonly lines: readonly string[]; readonly value: string } {
  const root = rootPlace();
  const code = unit([{ place: root, nodes: [node] }]);
  const planner = createPlanner(code.unit, root, undefined);
  const lowered = code.lower(planner.finish([planner.entry(node, [])]));
  const lines = code.print(lowered, '  ');
  return { lines: [...code.tables('  '), ...lines], value: code.number(lowered.outputs[0]) };
}

function printCheck(context: PrepareContext, node: Node, message: string): readonly string[] {
  const { unit, calls } = context;
  const root = rootPlace();
  const code = unit([{ place: root, nodes: [node] }]);
  const planner = createPlanner(code.unit, root, undefined);
  const lowered = code.lower(planner.finish([planner.entry(node, [])]));
  const lines = code.print(lowered, '  ');
  calls.add('requireThat');
  const test = code.condition(lowered.outputs[0]);
  return [...code.tables('  '), ...lines, `  requireThat(${test}, ${quoted(message)});`];
}

/** Lines that leave a whole array under a name; the name may be that of an array that is there already. */
function printArray(
  { unit }: PrepareContext,
  node: Node,
  name: string,
  indent: string,
): readonly string[] {
  const root = rootPlace();
  const code = unit([{ place: root, nodes: [node] }]);
  const planner = createPlanner(code.unit, root, undefined);
  const wished = code.wish(node, name);
  const target = isCompressed(node) ? planner.ensureCopy(node) : planner.ensure(node);
  planner.keep(target);
  const lines = code.print(code.lower(planner.finish()), indent);
  const made = code.nameOf(target);
  const alias = wished && made === name ? [] : [`${indent}const ${name} = ${made};`];
  return [...code.tables(indent), ...lines, ...alias];
}

function paramDefinition(param: ModuleSpec['problem']['params'][number]): Definition {
  const { value } = param;
  const scalar = param.input.type.shape.length === 0;
  const kind = scalar ? 'Number' : 'Array';
  const from = `(input.params, ${quoted(param.name)})`;
  const doc = documentation(param.doc, '  ');
  return {
    key: valueKey(param.name),
    needs: value === undefined ? [] : needsOf([value]),
    emit: (context) => {
      const name = context.names.inputName(param.name);
      const read = value === undefined ? `required${kind}` : `given${kind}`;
      context.calls.add(read);
      if (value === undefined) return [...doc, `  const ${name} = ${read}${from};`];
      return [...doc, ...printDefault(context, name, `${read}${from}`, value)];
    },
  };
}

/** A value that may be given, with a default that is worked out only where it is not. */
function printDefault(
  context: PrepareContext,
  name: string,
  given: string,
  value: Node,
): readonly string[] {
  if (value.type.shape.length > 0)
    return [
      `  let ${name} = ${given};`,
      `  if (${name} === undefined) {`,
      ...printArray(context, value, `${name}Default`, '    '),
      `    ${name} = ${name}Default;`,
      '  }',
    ];
  const { lines, value: text } = printScalar(context, value);
  if (lines.length === 0) return [`  const ${name} = ${given} ?? ${bracketed(text)};`];
  return [
    `  let ${name} = ${given};`,
    `  if (${name} === undefined) {`,
    ...lines.map((line) => `  ${line}`),
    `    ${name} = ${text};`,
    '  }',
  ];
}

const bracketed = (text: string): string => (/ (\?|&&|\|\|) /.test(text) ? `(${text})` : text);

function dataDefinition(item: ModuleSpec['problem']['data'][number], spec: ModuleSpec): Definition {
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
    return {
      key,
      needs: [],
      emit: ({ calls, names }) => {
        calls.add(read);
        const name = names.inputName(item.name);
        return [...doc, `  const ${name} = ${read}(input.data, ${quoted(item.name)});`];
      },
    };
  }
  const { node } = value;
  return {
    key,
    needs: needsOf([node]),
    emit: (context) => {
      const name = context.names.inputName(item.name);
      if (shape.length === 0) {
        const { lines, value: text } = printScalar(context, node);
        return [...lines, ...doc, `  const ${name} = ${text};`];
      }
      if (storage === 'csr') {
        context.calls.add('compressRows');
        const dense = context.fresh(`${name}Dense`);
        const sizes = shape.map((dim) => printSize(dim, context.names.sizeName)).join(', ');
        return [
          ...printArray(context, node, dense, '  '),
          ...doc,
          `  const ${name} = compressRows(${dense}, ${sizes});`,
        ];
      }
      return [...doc, ...printArray(context, node, name, '  ')];
    },
  };
}

/** What a value that others share is made of, where that is shared itself. */
const sharedWithin = (node: Node, { shared }: ModuleNames): readonly string[] =>
  nodesAround(operandsOf(node), new Set(shared.keys())).flatMap((inner) => shared.get(inner) ?? []);

/** Keys of all that the nodes mention. */
function needsOf(nodes: readonly Node[]): readonly string[] {
  return [
    ...inputsOf(nodes)
      .filter(({ attributes: { role } }) => role === 'data' || role === 'param')
      .map(({ attributes }) => valueKey(attributes.name)),
    ...[...symbolsIn(nodes)].map(sizeKey),
  ];
}

/** Those that are asked for, and what they need before them. */
function inOrder(
  definitions: readonly Definition[],
  asked: ReadonlySet<string>,
): readonly Definition[] {
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
  definitions.filter(({ key }) => asked.has(key)).forEach(visit);
  return sorted;
}

/** A size as it stands in code. */
const printSize = (dim: Dim, sizeName: (symbol: string) => string): string =>
  printIndex(
    {
      pool: createPool(),
      calls: new Set(),
      inlined: () => undefined,
      variable: (symbol) => symbol,
      size: sizeName,
    },
    dim,
  );
