// Names in generated code: those of the problem where they are free, never a word of JavaScript or of the runtime.

export interface Namer {
  /** A name that nothing else here has, as close to the wish as possible. */
  readonly fresh: (wish: string) => string;
  /** A name that nothing else has here or in the scope around: for what is declared there. */
  readonly freshOutside: (wish: string) => string;
  /** Takes exactly this name, if it is free. */
  readonly take: (name: string) => boolean;
  readonly isFree: (name: string) => boolean;
  /** A namer for an inner scope: knows these names, keeps its own to itself. */
  readonly inner: () => Namer;
}

export const createNamer = (taken: Iterable<string>): Namer =>
  namerWithin(new Set([...taken, ...words]), undefined);

function namerWithin(used: Set<string>, outer: Namer | undefined): Namer {
  const take = (name: string): boolean => {
    if (!isFree(name)) return false;
    used.add(name);
    return true;
  };
  /** The number to go on with for a wish: names are not given back. */
  const next = new Map<string, number>();
  const first = (wish: string): string => {
    const base = identifier(wish);
    if (isFree(base)) return base;
    const stem = /\d$/.test(base) ? `${base}_` : base;
    let k = next.get(base) ?? 2;
    while (!isFree(`${stem}${k}`)) k++;
    next.set(base, k + 1);
    return `${stem}${k}`;
  };
  const isFree = (name: string): boolean => !used.has(name) && (outer?.isFree(name) ?? true);
  const self: Namer = {
    take,
    isFree,
    fresh: (wish) => {
      const name = first(wish);
      used.add(name);
      return name;
    },
    freshOutside: (wish) => {
      const name = first(wish);
      used.add(name);
      outer?.take(name);
      return name;
    },
    inner: () => namerWithin(new Set(), self),
  };
  return self;
}

/** A valid identifier near a text. */
export function identifier(wish: string): string {
  const cleaned = wish.normalize('NFC').replace(/[^\p{ID_Continue}]/gu, '_');
  if (cleaned === '') return 'v';
  return /^[\p{ID_Start}_]/u.test(cleaned) ? cleaned : `_${cleaned}`;
}

const words: readonly string[] = (
  'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in ' +
  'instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface package ' +
  'private protected public await async of arguments eval undefined NaN Infinity Math Float64Array Int32Array Number Object Array String ' +
  'Boolean Symbol Map Set Error Function Promise globalThis process require module exports __proto__ constructor prototype'
).split(' ');
