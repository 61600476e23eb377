import { closeSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from './byte-source.ts';

/** A file of the disk, read by pieces. The file is open only while a piece is read; errors are those of the system. */
export const sourceOfFile = (path: string, size: number): ByteSource => ({
  size,
  read: (at, length) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
    const file = openSync(path, 'r');
    try {
      let filled = 0;
      while (filled < bytes.length) {
        // One call reads less than 2 GiB.
        const wanted = Math.min(bytes.length - filled, 2 ** 30);
        const read = readSync(file, bytes, filled, wanted, at + filled);
        if (read === 0) return bytes.subarray(0, filled);
        filled += read;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  },
});
