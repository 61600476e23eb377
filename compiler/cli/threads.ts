// Threads of Node that take blocks of rows of a loop in WebAssembly. The main thread cuts the loop, takes blocks itself, and waits for the rest; a thread that is
// not there, or not there yet, is not waited for. Threads hear of modules by messages, and of work through a few shared numbers.
import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { RuntimeFault } from '../../runtime/fault.ts';
import { threadProgram } from './thread-program.ts';
import type { ThreadPool } from '../../runtime/wasm/heap.ts';

/** Shared numbers, by position. `claim` holds the number of the job and the next block in one, so that a late thread takes nothing of a later job. */
const shared = {
  job: 0,
  module: 1,
  part: 2,
  claim: 3,
  done: 4,
  blocks: 5,
  failed: 6,
  up: 7,
} as const;

const blockBits = 8;

/** More blocks than threads: one that comes late, or is held up, takes fewer. Up to as many threads their number makes no difference to what is computed. */
const fewestBlocks = 16;

/** One for each core, at most 8. */
export const usualThreads = (): number => Math.min(8, availableParallelism());

export interface PoolOptions {
  /** How long the main thread waits for blocks that others have taken, in milliseconds. */
  readonly patience?: number;
  /** Hears of a thread that ended though nobody asked it to. */
  readonly lost?: (text: string) => void;
}

export interface OwnThreads extends ThreadPool {
  /** Starts the threads where that has not been done, and waits until all of them can take work: without it the first loops are done while they start. */
  readonly ready: () => Promise<void>;
  /** Ends the threads; the main one goes on alone. */
  readonly end: () => Promise<void>;
}

/** `threads`: how many in all, the main one included. They start when a loop is first shared out, and do not keep the process alive. */
export function threadPool(
  threads: number,
  { patience = 30_000, lost }: PoolOptions = {},
): OwnThreads | undefined {
  if (threads < 2) return undefined;
  const blocks = Math.min(Math.max(threads, fewestBlocks), 2 ** blockBits - 1);
  const control = new Int32Array(new SharedArrayBuffer(64));
  control[shared.blocks] = blocks;
  const workers = new Set<Worker>();
  let begun = false;
  let modules = 0;
  let job = 0;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    for (let k = 0; k < threads - 1; k++) {
      const worker = new Worker(threadProgram, {
        eval: true,
        workerData: { control, at: shared, blockBits },
      });
      worker.unref();
      workers.add(worker);
      let why = '';
      worker.on('error', (error) => (why = `: ${String(error)}`));
      worker.on('exit', () => {
        if (workers.delete(worker))
          lost?.(`a thread ended${why}; ${workers.size + 1} of ${threads} go on`);
      });
    }
  };
  const end = async (): Promise<void> => {
    const ended = [...workers];
    workers.clear();
    begun = true;
    await Promise.all(ended.map((worker) => worker.terminate()));
  };
  const ready = async (): Promise<void> => {
    begin();
    const begun = performance.now();
    while (Atomics.load(control, shared.up) < workers.size && performance.now() - begun < patience)
      await wait(1);
  };
  return {
    blocks,
    ready,
    used: () => 1 + workers.size,
    end,
    share: (module, memory, numbers) => {
      const id = modules++;
      let told = false;
      return (part, run) => {
        begin();
        if (workers.size === 0) {
          for (let block = 0; block < blocks; block++) run(block);
          return;
        }
        if (!told)
          for (const worker of workers) worker.postMessage({ id, module, memory, numbers });
        told = true;
        job = (job + 1) % 2 ** 22;
        control[shared.module] = id;
        control[shared.part] = part;
        Atomics.store(control, shared.done, 0);
        Atomics.store(control, shared.failed, 0);
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
        const answered = finish(control, blocks, patience);
        if (answered && Atomics.load(control, shared.failed) === 0) return;
        // What a thread that is late would still write must not meet later work.
        void end();
        throw new RuntimeFault(
          answered
            ? 'a thread failed in its part of a loop; --threads 1 does without threads'
            : `a thread has not answered for ${patience / 1000} s; --threads 1 does without threads`,
        );
      };
    },
  };
}

/** Waits until all blocks are done: a little by looking again and again, then asleep. False where that takes too long. */
function finish(control: Int32Array, blocks: number, patience: number): boolean {
  for (let k = 0; k < 2000; k++) if (Atomics.load(control, shared.done) === blocks) return true;
  const begun = performance.now();
  for (;;) {
    const done = Atomics.load(control, shared.done);
    if (done === blocks) return true;
    const left = patience - (performance.now() - begun);
    if (left <= 0) return false;
    Atomics.wait(control, shared.done, done, Math.min(1000, left));
  }
}
