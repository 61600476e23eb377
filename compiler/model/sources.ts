// `from csv("f.csv", columns = 1..10)`: where data and sets are read, as plain values. Reading is the driver's.
import type { Argument, Expr, FileAst, Member, Read } from '../../grammar/ast.ts';
import { didYouMean } from '../../grammar/did-you-mean.ts';
import type { Diagnostic } from '../../grammar/diagnostic.ts';
import { quote } from '../../grammar/quote.ts';
import type { DataOption, DataSource } from '../problem/problem.ts';
import { diagnose } from './messages.ts';

type Format = DataSource['format'];

const formats: { readonly [F in Format]: readonly string[] } = {
  csv: ['columns', 'rows', 'header', 'delimiter'],
  json: ['columns', 'rows', 'key'],
  npy: ['columns', 'rows'],
  npz: ['columns', 'rows', 'key'],
  parquet: ['columns', 'rows'],
  libsvm: ['columns', 'rows'],
  sql: [],
};

const isFormat = (name: string): name is Format => Object.hasOwn(formats, name);

/** The source that a `from` writes. Undefined after a message. */
export function dataSource(read: Read, add: (d: Diagnostic) => void): DataSource | undefined {
  const { name } = read.format;
  if (!isFormat(name)) {
    const guess = didYouMean(name, Object.keys(formats));
    const help =
      guess === undefined
        ? `formats are ${Object.keys(formats).join(', ')}`
        : `did you mean \`${guess}\`?`;
    add(
      diagnose(
        'M516',
        read.format.span,
        { reason: `there is no format \`${quote(name)}\`` },
        { help },
      ),
    );
    return undefined;
  }
  const [file, ...rest] = read.args;
  if (file === undefined || file.name !== undefined || file.value.kind !== 'Text') {
    const what = name === 'sql' ? 'a query' : 'a file';
    const reason = `\`${name}\` needs ${what} in quotes as its first argument`;
    add(diagnose('M516', file?.span ?? read.span, { reason }));
    return undefined;
  }
  const options = optionsOf(name, rest, add);
  if (options === undefined) return undefined;
  return { format: name, path: file.value.value, options, span: read.span };
}

function optionsOf(
  format: Format,
  args: readonly Argument[],
  add: (d: Diagnostic) => void,
): Readonly<Record<string, DataOption>> | undefined {
  const options = new Map<string, DataOption>();
  let failed = false;
  for (const arg of args) {
    const known = formats[format];
    const name = arg.name?.name;
    if (name === undefined || !known.includes(name)) {
      failed = true;
      const guess = name === undefined ? undefined : didYouMean(name, known);
      const help = guess === undefined ? {} : { help: `did you mean \`${guess}\`?` };
      if (name === undefined) {
        add(
          diagnose('M516', arg.span, {
            reason: `options of \`${format}\` are named: ${known.join(', ')}`,
          }),
        );
      } else add(diagnose('M302', arg.span, { name: format, argument: quote(name) }, help));
      continue;
    }
    const value = literal(arg.value);
    if (value === undefined) {
      failed = true;
      const wanted = 'a number, a text, a range of numbers or a list of texts';
      add(diagnose('M207', arg.value.span, { what: `\`${name}\``, wanted }));
      continue;
    }
    if (options.has(name)) {
      failed = true;
      add(diagnose('M303', arg.span, { name: format, argument: name }));
      continue;
    }
    options.set(name, value);
  }
  return failed ? undefined : Object.fromEntries(options);
}

function literal(e: Expr): DataOption | undefined {
  switch (e.kind) {
    case 'Number':
    case 'Bool':
    case 'Text':
      return e.value;
    case 'Range':
      if (e.from.kind !== 'Number' || e.to.kind !== 'Number') return undefined;
      return { first: e.from.value, last: e.to.value };
    case 'Tensor': {
      const texts = e.items.flatMap((item) => (item.kind === 'Text' ? [item.value] : []));
      return texts.length === e.items.length ? texts : undefined;
    }
    default:
      return undefined;
  }
}

/** One file that a problem reads. */
export interface NamedSource {
  readonly problem: string;
  /** The data or set. */
  readonly name: string;
  readonly kind: 'data' | 'set';
  /** Of data: how many it is declared with. */
  readonly axes: number | undefined;
  readonly source: DataSource;
}

/** All files that problems read, from the syntax alone: what a driver reads headers of before `buildModel`. Mistakes are left to `buildModel`. */
export function listSources(files: readonly FileAst[]): readonly NamedSource[] {
  const found: NamedSource[] = [];
  for (const file of files) {
    for (const declaration of file.declarations) {
      if (declaration.kind !== 'Problem') continue;
      collect(declaration.name.name, declaration.members, found);
    }
  }
  return found;
}

function collect(problem: string, members: readonly Member[], found: NamedSource[]): void {
  for (const member of members) {
    if (member.kind === 'Lower') collect(problem, member.members, found);
    if (member.kind !== 'Data' && member.kind !== 'Set') continue;
    if (member.init.kind !== 'Read') continue;
    const source = dataSource(member.init, () => undefined);
    if (source === undefined) continue;
    const [kind, axes] =
      member.kind === 'Data'
        ? (['data', member.type.dims.length] as const)
        : (['set', undefined] as const);
    found.push({ problem, name: member.name.name, kind, axes, source });
  }
}
