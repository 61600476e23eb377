/** What a thread of `threads.ts` runs, as text: the command is one file, and a thread cannot be started from a part of it. */
export const threadProgram = `
'use strict';
const { workerData, parentPort, receiveMessageOnPort } = require('node:worker_threads');
const { control, at, blockBits } = workerData;
const known = new Map();
let seen = 0;

/** Parts call nothing but Math; all else is imported for the main thread alone. */
function start({ module, memory, numbers }) {
  const functions = {};
  for (const { name, kind } of WebAssembly.Module.imports(module))
    if (kind === 'function') functions[name] = name.startsWith('Math.') ? Math[name.slice(5)] : () => 0;
  const env = { memory, ...numbers, ...functions, blocks: control[at.blocks] };
  return new WebAssembly.Instance(module, { env }).exports;
}

Atomics.add(control, at.up, 1);
for (;;) {
  for (let k = 0; k < 20000 && Atomics.load(control, at.job) === seen; k++);
  Atomics.wait(control, at.job, seen);
  seen = Atomics.load(control, at.job);
  const id = control[at.module];
  const part = control[at.part];
  for (let got = receiveMessageOnPort(parentPort); got; got = receiveMessageOnPort(parentPort))
    known.set(got.message.id, start(got.message));
  const native = known.get(id);
  while (native !== undefined) {
    const claim = Atomics.load(control, at.claim);
    const block = claim & ((1 << blockBits) - 1);
    // What is claimed belongs to the job that was read, or it is left alone.
    if (claim >> blockBits !== seen || block >= control[at.blocks]) break;
    if (Atomics.compareExchange(control, at.claim, claim, claim + 1) !== claim) continue;
    try {
      native['part' + part](block);
    } catch {
      Atomics.store(control, at.failed, 1);
    }
    Atomics.add(control, at.done, 1);
    Atomics.notify(control, at.done);
  }
}
`;
