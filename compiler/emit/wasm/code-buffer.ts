// Instructions while they are written: bytes one after the other, and marks where bytes are missing that are known only when the module is put together.

/** Bytes with the marks that stand between them. */
export interface Piece<M> {
  readonly bytes: Uint8Array;
  readonly marks: readonly Mark<M>[];
}

export interface Mark<M> {
  /** How many bytes come before it. */
  readonly at: number;
  readonly what: M;
}

export interface CodeBuffer<M> {
  readonly byte: (byte: number) => void;
  readonly bytes: (bytes: readonly number[] | Uint8Array) => void;
  readonly mark: (what: M) => void;
  readonly finish: () => Piece<M>;
}

export function createCodeBuffer<M>(): CodeBuffer<M> {
  let memory = new Uint8Array(256);
  let length = 0;
  const marks: Mark<M>[] = [];
  const room = (more: number): void => {
    if (length + more <= memory.length) return;
    const larger = new Uint8Array(Math.max(2 * memory.length, length + more));
    larger.set(memory);
    memory = larger;
  };
  return {
    byte: (byte) => {
      room(1);
      memory[length++] = byte;
    },
    bytes: (bytes) => {
      room(bytes.length);
      for (let k = 0; k < bytes.length; k++) memory[length++] = bytes[k];
    },
    mark: (what) => marks.push({ at: length, what }),
    finish: () => ({ bytes: memory.subarray(0, length), marks }),
  };
}
