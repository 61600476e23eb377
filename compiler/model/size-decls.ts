// The list of a problem's size symbols with where their values come from.
import { symbolsOf, type Dim } from '../tensor/dim.ts';
import type { Shared } from './context.ts';
import type { Gathered } from './frames.ts';
import type { DataDecl, PinnedSize, SizeDecl } from './types.ts';

export function sizeDecls(
  gathered: Gathered,
  shared: Shared,
  pinned: readonly PinnedSize[],
): readonly SizeDecl[] {
  const found = new Map<string, SizeDecl>();
  const add = (symbol: string, from: SizeDecl['from'], span: SizeDecl['span']): void => {
    if (found.has(symbol)) return;
    const origin = shared.sizes.origin(symbol);
    const value = origin?.value ?? shared.sizes.fixedValue(symbol);
    found.set(symbol, { symbol, from, value, span: origin?.span ?? span });
  };
  for (const input of gathered.inputs) {
    if (input.kind === 'param') {
      const whole = input.type.element === 'int' && input.type.shape.length === 0;
      if (whole) add(input.key, { kind: 'param', param: input }, input.span);
    } else fromData(input, add);
  }
  for (const set of gathered.sets) {
    if (set.elements.kind === 'column') add(`|${set.key}|`, { kind: 'labels', set }, set.span);
  }
  for (const [symbol, set] of shared.filters) add(symbol, { kind: 'filter', set }, set.span);
  for (const [symbol, value] of shared.expressions) {
    add(symbol, { kind: 'expression', value }, value.span);
  }
  const isPinned = new Set(pinned.map((p) => p.symbol));
  return [...found.values()].filter((s) => !isPinned.has(s.symbol));
}

/** Symbols that the shape of a file fixes: those that are linear in an axis and come from nowhere else. */
function fromData(
  data: DataDecl,
  add: (symbol: string, from: SizeDecl['from'], span: SizeDecl['span']) => void,
): void {
  if (data.value.kind === 'expression' || data.value.kind === 'draw') return;
  data.type.shape.forEach(({ size }: { readonly size: Dim }, axis) => {
    for (const symbol of symbolsOf(size)) {
      if (isPlain(symbol)) add(symbol, { kind: 'data', data, axis, size }, data.span);
    }
  });
}

/** Names, not the texts of sets and expressions. */
const isPlain = (symbol: string): boolean => !/[^\p{L}\p{N}_\p{M}]/u.test(symbol);
