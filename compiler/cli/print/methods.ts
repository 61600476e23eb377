// Methods in the terminal: a list, one in full, or what each makes of a problem.
import type { Span } from '../../../grammar/span.ts';
import type { LibraryMethod } from '../../library.ts';
import type { MethodVerdict } from '../../match/survey.ts';
import type { Io } from '../io.ts';
import { wrap } from './text.ts';

/** One line each: the name and the first sentence of its doc. */
export function printMethods(io: Io, methods: readonly LibraryMethod[]): void {
  const width = widest(methods.map(({ name }) => name));
  for (const { name, doc } of methods) {
    const [first, ...more] = wrap(firstSentence(doc), Math.max(40, io.width - width - 2));
    io.out(`${io.color.strong(name.padEnd(width))}  ${first}\n`);
    for (const line of more) io.out(`${' '.repeat(width)}  ${line}\n`);
  }
  io.out(
    `\n${io.color.soft('dotopt methods NAME shows one; dotopt methods FILE shows which match a problem')}\n`,
  );
}

const widest = (names: readonly string[]): number =>
  Math.max(...names.map((name) => name.length), 0);

/** Up to the first full stop before a space and a capital, outside brackets. */
function firstSentence(doc: string): string {
  const [paragraph] = doc.split('\n\n');
  const text = paragraph.replace(/\s+/g, ' ');
  let depth = 0;
  for (let k = 0; k < text.length; k++) {
    if (text[k] === '(') depth++;
    if (text[k] === ')') depth--;
    if (depth === 0 && text[k] === '.' && /^(\s+\p{Lu}|$)/u.test(text.slice(k + 1)))
      return text.slice(0, k + 1);
  }
  return text;
}

export function printMethod(io: Io, method: LibraryMethod): void {
  const { color } = io;
  const room = Math.min(io.width, 100);
  const paragraphs = method.doc.split('\n\n').map((text) => wrap(text.replace(/\s+/g, ' '), room));
  const lines = [
    color.strong(method.name),
    '',
    ...paragraphs.flatMap((paragraph) => [...paragraph, '']),
    ...section(io, 'solves', method.pattern),
    ...section(io, 'where', method.requirements),
    ...section(io, 'parameters', method.parameters),
    '',
    ...method.text.split('\n').map((line) => color.soft(line)),
  ];
  io.out(`${lines.join('\n')}\n`);
}

const labelWidth = 12;

const section = (io: Io, label: string, texts: readonly string[]): readonly string[] =>
  (texts.length === 0 ? ['–'] : texts).map(
    (text, k) => `${io.color.soft((k === 0 ? label : '').padEnd(labelWidth))}${text}`,
  );

/** Those that match first, with the parts of the goal; then the others by the first requirement that fails. `source` gives the text of a place. */
export function printVerdicts(
  io: Io,
  problem: string,
  verdicts: readonly MethodVerdict[],
  source: (span: Span) => string,
): void {
  const { color } = io;
  const width = widest(verdicts.map(({ method }) => method));
  const matching = verdicts.filter(({ matches }) => matches);
  io.out(`${color.strong(problem)}   ${matching.length} of ${verdicts.length} methods match\n\n`);
  const room = Math.max(40, io.width - width - 6);
  const told = (mark: string, name: string, texts: readonly string[]): void => {
    const lines = texts.flatMap((text) => wrap(text, room));
    io.out(`${`${mark} ${color.strong(name.padEnd(width))}  ${lines[0] ?? ''}`.trimEnd()}\n`);
    for (const line of lines.slice(1)) io.out(`${' '.repeat(width + 4)}${line}\n`);
  };
  for (const verdict of matching) {
    const { needs, chosen } = verdict;
    const notes = [
      ...(chosen === undefined ? [] : [color.good(`chosen: ${chosen}`)]),
      ...(needs === undefined ? [] : [color.warn(needs)]),
      ...verdict.roles.map((role) => color.soft(role)),
    ];
    told(color.good('✓'), verdict.method, notes);
  }
  if (matching.length > 0 && matching.length < verdicts.length) io.out('\n');
  for (const { text, names } of failures(io, verdicts, source)) {
    const lines = text.flatMap((line) => wrap(line, io.width - 4));
    io.out(`${color.bad('✗')} ${lines.join('\n    ')}\n`);
    for (const line of wrap(names.join(', '), io.width - 4)) io.out(`    ${line}\n`);
  }
}

interface Failure {
  readonly text: readonly string[];
  readonly names: readonly string[];
}

/** Methods that fail for the same reason are told together. */
function failures(
  { color }: Io,
  verdicts: readonly MethodVerdict[],
  source: (span: Span) => string,
): readonly Failure[] {
  const groups = new Map<string, Failure>();
  for (const { method, matches, why, at, because, needs } of verdicts) {
    if (matches) continue;
    const reason = why ?? 'it does not match';
    const place = at !== undefined && /this (term|variable)/.test(reason) ? source(at) : '';
    const details = [place === '' ? '' : `\`${place}\``, because.slice(0, 2).join('; ')];
    const text = [
      reason,
      ...details.filter((detail) => detail !== '').map(color.soft),
      ...(needs === undefined ? [] : [`${color.name('help:')} ${needs}`]),
    ];
    const key = text.join('\n');
    const names = [...(groups.get(key)?.names ?? []), color.strong(method)];
    groups.set(key, { text, names });
  }
  return [...groups.values()];
}
