// Arrays are given back as soon as nothing reads them any more: after the last statement of their block that mentions them. What a block returns goes on.
import { mentionOf } from './mention-of.ts';

const aName = /[\p{ID_Start}_$][\p{ID_Continue}$]*/gu;
const declaration = /^(?:const|let) (.*?)(?: = |;)/u;
/** A line that goes on with the statement above it: deeper, or closing it. */
const goesOn = /^(?:\s|[}\])]|$)/u;

interface Statement {
  /** Its first line, and the one after its last. */
  readonly from: number;
  readonly to: number;
}

/** The lines of one function, in which a name means one thing, with calls that free the arrays of these names. */
export function givingBack(
  lines: readonly string[],
  arrays: ReadonlySet<string>,
): readonly string[] {
  const after = new Map<number, { readonly indent: number; readonly names: string[] }>();
  lines.forEach((line, at) => {
    const indent = indentOf(line);
    const declared = declaration.exec(line.slice(indent));
    if (declared === null) return;
    const own = (declared[1].match(aName) ?? []).filter((name) => arrays.has(name));
    if (own.length === 0) return;
    const block = statementsFrom(lines, at, indent);
    for (const name of own) {
      const last = lastMention(lines, block, name);
      if (last === undefined) continue;
      const known = after.get(last.to);
      if (known === undefined) after.set(last.to, { indent, names: [name] });
      else known.names.push(name);
    }
  });
  return [...lines, ''].flatMap((line, at) => {
    const freed = after.get(at);
    const given = at === lines.length ? [] : [line];
    return freed === undefined
      ? given
      : [`${' '.repeat(freed.indent)}${freeing(freed.names)}`, ...given];
  });
}

const freeing = (names: readonly string[]): string =>
  names.length === 1 ? `tf.dispose(${names[0]});` : `tf.dispose([${names.join(', ')}]);`;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The statements of a block from one of them to its end. */
function statementsFrom(
  lines: readonly string[],
  first: number,
  indent: number,
): readonly Statement[] {
  const found: Statement[] = [];
  let from = first;
  for (let at = first + 1; at <= lines.length; at++) {
    const line = lines[at];
    const ends = line === undefined || (line !== '' && indentOf(line) < indent);
    if (!ends && goesOn.test(line.slice(indent))) continue;
    found.push({ from, to: at });
    if (ends) break;
    from = at;
  }
  return found;
}

/** The last statement that mentions the name; undefined where the block ends there, or functions that are called later read it. */
function lastMention(
  lines: readonly string[],
  block: readonly Statement[],
  name: string,
): Statement | undefined {
  const mentions = mentionOf(name);
  const at = block.findLastIndex(({ from, to }) => lines.slice(from, to).some(mentions));
  const last = block[at];
  const starts = (statement: Statement | undefined, pattern: RegExp): boolean =>
    statement !== undefined && pattern.test(lines[statement.from].trimStart());
  if (starts(last, /^(?:return|(?:async )?function)\b/)) return undefined;
  // The end of a function frees what is left.
  return starts(block[at + 1], /^return\b/) ? undefined : last;
}
