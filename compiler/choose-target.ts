// Which target runs a problem: WebAssembly where there is enough to compute that loading it pays.
import {
  createHeap,
  type AskLargePages,
  type Heap,
  type ThreadPool,
} from '../runtime/wasm/heap.ts';
import { ownArray, type Allocate } from '../runtime/data/number-file.ts';
import type { ProgramInput } from '../runtime/program.ts';
import type { Tensor } from '../runtime/tensor.ts';
import type { Problem } from './problem/problem.ts';
import { allVariables } from './problem/levels.ts';
import { evaluateDim, productOfDims } from './tensor/dim.ts';

/** Where iterations run: plain JavaScript (`ts`), functions of WebAssembly, or tfjs in 32 bits. */
export type TargetName = 'ts' | 'wasm' | 'tfjs';

export const targetNames: readonly TargetName[] = ['ts', 'wasm', 'tfjs'];

/** Where the programs of an input run in 64 bits: data that lies in the memory of WebAssembly is worked on there. */
export const targetOf = ({ heap }: ProgramInput): 'ts' | 'wasm' =>
  heap === undefined ? 'ts' : 'wasm';

/** From this many numbers on, an iteration takes longer than a hundredth of what starting WebAssembly takes. */
const enough = 16_384;

/** Up to so many numbers of data fit into the memory of WebAssembly, 4 GiB, beside what a method needs. */
const most = (7 / 8) * 2 ** 29;

/** Where the arrays of an input lie. */
export interface Home {
  /** For data as it is read: in the memory of WebAssembly where it will be worked on there. */
  readonly allocate: Allocate;
  /** The memory of WebAssembly, where the target is that. */
  readonly heapFor: (
    problem: Problem,
    data: ReadonlyMap<string, Tensor>,
    sizes: ReadonlyMap<string, number>,
  ) => Heap | undefined;
}

/** What memory of WebAssembly is made with. */
export interface HeapSettings {
  /** Where the program runs; chosen by size unless given. */
  readonly target?: TargetName;
  /** Threads that loops of WebAssembly may be shared among. */
  readonly threads?: ThreadPool;
  /** For its big arrays. */
  readonly largePages?: AskLargePages;
}

/** `numbers`: how many the files hold, all together. */
export function homeFor(
  { target: asked, threads, largePages }: HeapSettings,
  numbers: number,
): Home {
  // What runs by tfjs is measured and certified here all the same.
  const own = asked === 'tfjs' ? undefined : asked;
  let made: Heap | undefined;
  const heap = (): Heap => (made ??= createHeap(threads, { largePages }));
  const goesThere = (length: number): boolean =>
    own === undefined ? length >= enough && numbers <= most : own === 'wasm';
  return {
    allocate: (length) => (goesThere(length) ? heap().vector(length) : ownArray(length)),
    heapFor: (problem, data, sizes) => {
      const target = own ?? chosenBySize(problem, data, sizes).target;
      return target === 'wasm' ? heap() : undefined;
    },
  };
}

export interface Choice {
  readonly target: 'ts' | 'wasm';
  readonly because: string;
}

/** Where a problem runs unless the person names a target. */
export function chosenBySize(
  problem: Problem,
  data: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number>,
): Choice {
  const all = [...data.values()].reduce((sum, tensor) => sum + tensor.data.length, 0);
  if (all > most)
    return {
      target: 'ts',
      because: `its data takes ${((8 * all) / 2 ** 30).toFixed(1)} GiB, and the memory of WebAssembly ends at 4`,
    };
  const numbers = numbersIn(problem, data, sizes);
  const largest = numbers === 1 ? 'one number' : `${numbers} numbers`;
  return numbers >= enough
    ? {
        target: 'wasm',
        because: `its largest array holds ${largest}; from ${enough} on WebAssembly pays`,
      }
    : {
        target: 'ts',
        because: `tiny: its largest array holds ${largest}, and starting WebAssembly would cost more than it saves`,
      };
}

/** The same where the data is not at hand. */
export const choiceUnknown = `by the size of its data: WebAssembly where an array holds ${enough} numbers or more, else plain JavaScript`;

/** The entries of the data, drawn or read, and of the variables: the most of any one of them. */
function numbersIn(
  problem: Problem,
  data: ReadonlyMap<string, Tensor>,
  sizes: ReadonlyMap<string, number>,
): number {
  const known = Object.fromEntries(sizes);
  const shapes = [
    ...problem.data.map(({ input }) => input.type.shape),
    ...allVariables(problem.level).map(({ shape }) => shape),
  ];
  return Math.max(
    0,
    ...[...data.values()].map((tensor) => tensor.data.length),
    ...shapes.map((shape) => evaluateDim(productOfDims(shape), known) ?? 0),
  );
}
