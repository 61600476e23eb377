// `--watch`: does the work again when a file that it read changes, until Ctrl-C.
import { existsSync, watch, type FSWatcher } from 'node:fs';
import path from 'node:path';
import type { Io } from './io.ts';

/** `work` names the files that it reads to `seen`. */
export async function watching(
  io: Io,
  enabled: boolean,
  work: (seen: (file: string) => void) => Promise<number>,
): Promise<number> {
  if (!enabled) return work(() => undefined);
  for (;;) {
    const files = new Set<string>();
    const code = await work((file) => files.add(path.resolve(io.cwd, file)));
    io.err(`${io.errColor.soft('watching; Ctrl-C ends')}\n`);
    if (!(await changed(files))) return code;
    io.err('\n');
  }
}

/** Resolves to true when one of the files changes, to false on Ctrl-C or where there is nothing to watch. */
function changed(files: ReadonlySet<string>): Promise<boolean> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let timer: NodeJS.Timeout | undefined;
    const end = (result: boolean): void => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      process.off('SIGINT', onSignal);
      resolve(result);
    };
    const onSignal = (): void => end(false);
    process.on('SIGINT', onSignal);
    // Editors replace files: watching the folders sees that too. They write in pieces: a moment of quiet ends a change.
    const folders = [...new Set([...files].map((file) => path.dirname(file)))].filter(existsSync);
    for (const folder of folders) {
      const watcher = watch(folder, (_event, name) => {
        if (name === null || !files.has(path.join(folder, name))) return;
        clearTimeout(timer);
        timer = setTimeout(() => end(true), 50);
      });
      watcher.on('error', () => end(false));
      watchers.push(watcher);
    }
    if (watchers.length === 0) end(false);
  });
}
