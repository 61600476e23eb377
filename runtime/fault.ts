/** A fault of a running program: an index out of bounds, a matrix that cannot be factored. `place` numbers the expression. */
export class RuntimeFault extends Error {
  readonly place: number | undefined;
  constructor(message: string, place?: number) {
    super(message);
    this.name = 'RuntimeFault';
    this.place = place;
  }
}

/** Memory that cannot be had. */
export class MemoryFault extends RuntimeFault {
  constructor(message: string) {
    super(message);
    this.name = 'MemoryFault';
  }
}
