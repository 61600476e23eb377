import type { Assembler, Local } from './assembler.ts';

/** for (; counter < to; counter++) body, tested once before and then at the end of each turn. */
export function writeLoop(code: Assembler, counter: Local, to: Local, body: () => void): void {
  code.get(counter);
  code.get(to);
  code.op('i32.lt_s');
  code.branch(() => {
    code.loop(() => {
      body();
      code.get(counter);
      code.i32(1);
      code.op('i32.add');
      code.tee(counter);
      code.get(to);
      code.op('i32.lt_s');
      code.brIf(0);
    });
  });
}

/** while (at < to) body, tested before each turn; the body moves `at` along. */
export const writeWhileBelow = (code: Assembler, at: Local, to: Local, body: () => void): void =>
  writeUntil(code, at, to, 'i32.ge_s', body);

/** The same for addresses. */
export const writeWhileBefore = (code: Assembler, at: Local, end: Local, body: () => void): void =>
  writeUntil(code, at, end, 'i32.ge_u', body);

function writeUntil(
  code: Assembler,
  at: Local,
  to: Local,
  past: 'i32.ge_s' | 'i32.ge_u',
  body: () => void,
): void {
  code.block(() => {
    code.loop(() => {
      code.get(at);
      code.get(to);
      code.op(past);
      code.brIf(1);
      body();
      code.br(0);
    });
  });
}

/** local += by */
export function advance(code: Assembler, local: Local, by: number | Local): void {
  code.get(local);
  if (typeof by === 'number') code.i32(by);
  else code.get(by);
  code.op('i32.add');
  code.set(local);
}

/** *to += *from, an entry or two; both addresses move on. */
export function addEntries(code: Assembler, to: Local, from: Local, kind: 'f64' | 'f64x2'): void {
  const access = kind === 'f64' ? 'f64' : 'v128';
  code.get(to);
  code.get(to);
  code.access(`${access}.load`);
  code.get(from);
  code.access(`${access}.load`);
  code.op(`${kind}.add`);
  code.access(`${access}.store`);
  for (const pointer of [to, from]) advance(code, pointer, kind === 'f64' ? 8 : 16);
}

/** An address that moves along with a loop, and how many bytes an entry takes. */
export interface Pointer {
  readonly local: Local;
  readonly entry: number;
}

/** Goes on in steps of `width` entries as far as whole steps reach; `counter` is left at the first entry that is not done. `prepare` comes before the first step, where there is
 * one, and is told where whole steps end; it gives what a step does, the addresses that move with it, and what comes after the last. */
export function writeSteps(
  code: Assembler,
  counter: Local,
  to: Local,
  width: number,
  prepare: (end: Local) => {
    readonly step: () => void;
    readonly pointers: () => Iterable<Pointer>;
    readonly after?: () => void;
  },
): void {
  const end = code.local('i32');
  code.get(to);
  code.get(counter);
  code.op('i32.sub');
  code.tee(end);
  code.i32(width);
  code.op('i32.ge_s');
  code.branch(() => {
    code.get(counter);
    code.get(end);
    code.i32(-width);
    code.op('i32.and', 'i32.add');
    code.set(end);
    const { step, pointers, after } = prepare(end);
    code.loop(() => {
      step();
      for (const { local, entry } of pointers()) {
        advance(code, local, entry * width);
      }
      code.get(counter);
      code.i32(width);
      code.op('i32.add');
      code.tee(counter);
      code.get(end);
      code.op('i32.lt_s');
      code.brIf(0);
    });
    after?.();
  });
}
