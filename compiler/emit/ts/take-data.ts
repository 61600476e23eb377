// The lines with which a function takes what it needs of the prepared data.
import { destructure } from './text.ts';

/** `heap`: arrays are placed in the memory of WebAssembly, which the data brings along. */
export function takeData(names: readonly string[], heap: boolean): readonly string[] {
  if (!heap) return destructure(names, 'data', '  ');
  return ['  const { heap } = data;', ...destructure(names, 'heap.placeAll(data)', '  ')];
}
