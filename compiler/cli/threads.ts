// Threads of Node that take blocks of rows of a loop in WebAssembly. The main thread cuts the loop, takes blocks itself, and waits for the rest; a thread that is
// not there yet is not waited for. Threads hear of modules by messages, and of work through a few shared numbers.
import { Worker } from 'node:worker_threads';
import { RuntimeFault } from '../../runtime/fault.ts';
import { threadProgram } from './thread-program.ts';
import type { ThreadPool } from '../../runtime/wasm/heap.ts';

/** Shared numbers, by position. `claim` holds the number of the job and the next block in one, so that a late thread takes nothing of a later job. */
const shared = { job: 0, module: 1, part: 2, claim: 3, done: 4, blocks: 5 } as const;

const blockBits = 8;
/** How long the main thread waits for a block that another has taken. */
const patience = 30_000;

/** `threads`: how many in all, the main one included. They start when a loop is first shared out, and do not keep the process alive. */
export function threadPool(threads: number): ThreadPool | undefined {
  if (threads < 2) return undefined;
  const blocks = Math.min(threads, 2 ** blockBits - 1);
  const control = new Int32Array(new SharedArrayBuffer(64));
  control[shared.blocks] = blocks;
  const workers: Worker[] = [];
  let modules = 0;
  let job = 0;
  const begin = (): void => {
    for (let k = workers.length; k < threads - 1; k++) {
      const worker = new Worker(threadProgram, {
        eval: true,
        workerData: { control, at: shared, blockBits },
      });
      worker.unref();
      workers.push(worker);
    }
  };
  return {
    blocks,
    share: (module, memory, numbers) => {
      const id = modules++;
      let told = false;
      return (part, run) => {
        begin();
        if (!told)
          for (const worker of workers) worker.postMessage({ id, module, memory, numbers });
        told = true;
        job = (job + 1) % 2 ** 22;
        control[shared.module] = id;
        control[shared.part] = part;
        Atomics.store(control, shared.done, 0);
        Atomics.store(control, shared.claim, job << blockBits);
        Atomics.store(control, shared.job, job);
        Atomics.notify(control, shared.job);
        for (;;) {
          const claim = Atomics.add(control, shared.claim, 1);
          const block = claim & (2 ** blockBits - 1);
          if (block >= blocks) break;
          run(block);
          Atomics.add(control, shared.done, 1);
        }
        finish(control, blocks);
      };
    },
  };
}

/** Waits until all blocks are done: a little by looking again and again, then asleep. */
function finish(control: Int32Array, blocks: number): void {
  for (let k = 0; k < 2000; k++) if (Atomics.load(control, shared.done) === blocks) return;
  const begun = performance.now();
  for (;;) {
    const done = Atomics.load(control, shared.done);
    if (done === blocks) return;
    Atomics.wait(control, shared.done, done, 1000);
    if (performance.now() - begun > patience)
      throw new RuntimeFault('a thread does not answer; --threads 1 does without threads');
  }
}
