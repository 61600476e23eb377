// Several arrays of NumPy in one zip file: `key` names one of them.
import { unzipSync } from 'fflate';
import { sourceOfBytes, type ByteSource } from './byte-source.ts';
import { openNpy } from './npy.ts';
import type { NumberFile } from './number-file.ts';
import { fault, quoteCell, type Result, type SourceOptions } from './source.ts';

const ending = '.npy';

/** Opens an array of a .npz file; without `key` the only one. */
export function openNpz(
  file: string,
  source: ByteSource,
  options: SourceOptions = {},
): Result<NumberFile> {
  const bytes = source.read(0, source.size);
  const names: string[] = [];
  const unreadable = 'This is not a readable .npz file.';
  try {
    unzipSync(bytes, { filter: ({ name }) => (names.push(name), false) });
  } catch {
    return fault('D002', file, unreadable);
  }
  const keys = names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
  const help = `It holds ${keys.slice(0, 12).map(quoteCell).join(', ') || 'nothing'}.`;
  const key = options.key ?? (keys.length === 1 ? keys[0] : undefined);
  if (key === undefined)
    return fault('D006', file, 'Which of its arrays is meant? Say `key = "name"`.', { help });
  if (!keys.includes(key))
    return fault('D006', file, `There is no array ${quoteCell(key)}.`, { help });
  const wanted = `${key}${ending}`;
  try {
    const { [wanted]: entry } = unzipSync(bytes, { filter: ({ name }) => name === wanted });
    return openNpy(`${file}, ${key}`, sourceOfBytes(entry), options);
  } catch {
    return fault('D002', file, unreadable);
  }
}
