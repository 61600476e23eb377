// `--watch`: does the work again when a file changes, until Ctrl-C.
import { watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { Io } from './io.ts';

export async function watching(
  io: Io,
  enabled: boolean,
  files: () => readonly string[],
  work: () => Promise<number>,
): Promise<number> {
  if (!enabled) return work();
  for (;;) {
    const code = await work();
    io.err(`${io.errColor.soft('watching; Ctrl-C ends')}\n`);
    if (!(await changed(io, files()))) return code;
    io.err('\n');
  }
}

/** Resolves to true when one of the files changes, to false on Ctrl-C. */
function changed(io: Io, files: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const names = new Set(files.map((file) => path.resolve(io.cwd, file)));
    const watchers: FSWatcher[] = [];
    const end = (result: boolean): void => {
      for (const watcher of watchers) watcher.close();
      process.off('SIGINT', onSignal);
      resolve(result);
    };
    const onSignal = (): void => end(false);
    process.on('SIGINT', onSignal);
    // Editors replace files: watching the folders sees that too.
    for (const folder of new Set([...names].map((name) => path.dirname(name)))) {
      watchers.push(
        watch(folder, (_event, name) => {
          if (name !== null && names.has(path.join(folder, name))) setTimeout(() => end(true), 50);
        }),
      );
    }
  });
}
