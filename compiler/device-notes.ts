// What an iteration of a method would read back from a device and make full there, without one: for `explain`.
import { emitModule } from './emit/ts/module.ts';
import type { DeviceNotes } from './emit/ts/spec.ts';
import type { MatchedStep } from './match/step.ts';
import type { Session } from './session.ts';
import { moduleSpec } from './specialise.ts';

export function deviceNotes(session: Session, step: MatchedStep): DeviceNotes | undefined {
  const { graph } = session.lowered.lowering;
  return emitModule({ ...moduleSpec(session, step), target: 'tfjs', graph }).device;
}
