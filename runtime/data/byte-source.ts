// A file that is read by pieces, whatever holds its bytes: nothing asks for all of it at once.

export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** `length` bytes from `at` on; fewer where the file ends before. */
  readonly read: (at: number, length: number) => Uint8Array;
}

export const sourceOfBytes = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: (at, length) => bytes.subarray(at, at + length),
});

/** Bytes that are held at a time while a large file is read. */
export const blockSize = 8 * 2 ** 20;

/** All of a file, block by block. */
export function* blocksOf(source: ByteSource): Generator<Uint8Array> {
  for (let at = 0; at < source.size; at += blockSize) yield source.read(at, blockSize);
}
