import { RuntimeFault } from '../fault.ts';

/** The device does no more work, or refused some: what it was to hold is lost. */
export class DeviceFault extends RuntimeFault {
  constructor(message: string) {
    super(message);
    this.name = 'DeviceFault';
  }
}
