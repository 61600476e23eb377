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
