// Files behind a compilation: imports and data, within what the project may read.
import path from 'node:path';
import { hostOver } from '../host-over.ts';
import type { Host } from '../host.ts';
import { openFor, type FileAccess } from './project-files.ts';

/** `onRead` hears of each data file once, with the bytes that were read. */
export const fileHost = (
  access: FileAccess,
  onRead: (name: string, bytes: Uint8Array) => void = () => undefined,
): Host =>
  hostOver({
    resolve: (from, target) => path.resolve(path.dirname(from), target),
    read: (from, target, limit) => openFor(access, from, target, limit),
    onRead,
  });
