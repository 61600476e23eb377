// Files behind a compilation: imports and data, within what the project may read.
import path from 'node:path';
import type { ByteSource } from '../../runtime/data/byte-source.ts';
import { hostOver } from '../host-over.ts';
import type { Host } from '../host.ts';
import { openFor, type FileAccess } from './project-files.ts';
import { systemReason } from './system-reason.ts';

/** `onRead` hears of each data file once. */
export const fileHost = (
  access: FileAccess,
  onRead: (name: string, source: ByteSource) => void = () => undefined,
): Host =>
  hostOver({
    resolve: (from, target) => path.resolve(path.dirname(from), target),
    open: (from, target) => openFor(access, from, target),
    reason: systemReason,
    onRead,
  });
