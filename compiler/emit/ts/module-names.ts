// Names that a whole module shares: sizes, data and params keep theirs wherever JavaScript lets them.
import { createNamer, type Namer } from '../../schedule/names.ts';
import type { Node } from '../../tensor/ir.ts';
import type { LoopLetters } from './code-unit.ts';
import type { ModuleSpec } from './spec.ts';

export interface ModuleNames {
  /** Knows every shared name; each function takes an inner one. */
  readonly namer: Namer;
  readonly letters: LoopLetters;
  readonly sizeName: (symbol: string) => string;
  /** Whether the problem or the method says where a size comes from. */
  readonly isKnown: (symbol: string) => boolean;
  /** The name under which `prepare` leaves the members of a filtered set. */
  readonly tableName: (node: Node) => string | undefined;
  /** What `prepare` works out for the step and the measures both, and its name. */
  readonly shared: ReadonlyMap<Node, string>;
  /** The name of a data, param or set input. */
  readonly inputName: (name: string) => string;
}

/** Names that generated code uses for itself. */
const own: readonly string[] = [
  'data',
  'input',
  'seed',
  'random',
  'dataRandom',
  'dataSeed',
  'counts',
  'state',
  'reports',
  'iteration',
  'tensors',
  'init',
  'iterate',
  'answer',
  'prepare',
  'createStep',
  'createMeasures',
  'Data',
  'heap',
  'native',
  'stepCode',
  'measuresCode',
  'tf',
  'device',
  'host',
  'createHost',
  'tfjs',
  'States',
  'DeviceTensor',
  'Tfjs',
];

export function moduleNames(
  spec: ModuleSpec,
  inputs: readonly Node<'input'>[],
  symbols: readonly string[],
  runtimeNames: Iterable<string>,
  /** Names that the source gives to expressions: no loop takes them. */
  wished: ReadonlySet<string>,
  shared: ReadonlyMap<Node, string>,
): ModuleNames {
  const namer = createNamer([...own, ...runtimeNames]);
  const sizes = new Map<string, string>();
  const values = new Map<string, string>();
  const all = [
    ...spec.problem.data.map(({ name }) => name),
    ...spec.problem.params.map(({ name }) => name),
    ...inputs.map((node) => node.attributes.name),
  ];
  for (const name of all) if (!values.has(name)) values.set(name, namer.fresh(name));
  for (const { symbol, from } of [...spec.problem.sizes, ...(spec.step?.sizes ?? [])]) {
    const param = from.kind === 'param' ? values.get(from.name) : undefined;
    if (!sizes.has(symbol)) sizes.set(symbol, param ?? namer.fresh(sizeWish(symbol)));
  }
  const tables = new Map<number, string>();
  for (const { symbol, from } of [...spec.problem.sizes, ...(spec.step?.sizes ?? [])])
    if (from.kind === 'compress' && !tables.has(from.node.id))
      tables.set(from.node.id, namer.fresh(`members${plainly(symbol)}`));
  const known = new Set(sizes.keys());
  for (const symbol of symbols)
    if (!sizes.has(symbol)) sizes.set(symbol, namer.fresh(sizeWish(symbol)));
  const free = (wishes: readonly string[]): readonly string[] =>
    wishes.filter((letter) => !wished.has(letter) && namer.take(letter));
  return {
    namer,
    letters: {
      loops: free(['i', 'j', 'k', 'l', 'r', 's', 'i1', 'i2', 'i3', 'i4']),
      rows: free(['p', 'q', 'p1', 'p2']),
    },
    sizeName: (symbol) => sizes.get(symbol) ?? symbol,
    isKnown: (symbol) => known.has(symbol),
    shared: new Map([...shared].map(([node, wish]) => [node, namer.fresh(wish)])),
    tableName: (node) => tables.get(node.id),
    inputName: (name) => values.get(name) ?? name,
  };
}

/** A symbol that is no identifier, as `|O|`, is called `sizeO`. */
const sizeWish = (symbol: string): string =>
  /^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(symbol) ? symbol : `size${plainly(symbol)}`;

const plainly = (symbol: string): string => {
  const letters = symbol.replace(/[^\p{ID_Continue}]/gu, '');
  return letters.slice(0, 1).toUpperCase() + letters.slice(1);
};
