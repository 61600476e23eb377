// A step by tfjs, where the person asked for that.
import type { Program, StepProgram } from '../runtime/program.ts';
import { watchDevice } from '../runtime/tfjs/device-watch.ts';
import { gpuBackend } from '../runtime/tfjs/webgpu.ts';
import { fallingBack } from './device-program.ts';
import { emitModule } from './emit/ts/module.ts';
import type { DeviceNotes, ModuleSpec } from './emit/ts/spec.ts';
import { instantiate, type ProgramModule } from './instantiate.ts';
import type { Session } from './session.ts';

/** Why a device failed, and after which iteration the run went on here. */
export interface DeviceFailure {
  readonly why: string;
  readonly iteration: number;
}

export interface DeviceStep {
  readonly create: (seed: number) => Program;
  readonly notes: DeviceNotes | undefined;
  readonly failure: () => DeviceFailure | undefined;
  /** On a GPU: the same step without kernels of our own. */
  readonly unfused: ((seed: number) => Program) | undefined;
}

/** It starts where the program of this side does and is explained by it. Where the device fails, the run goes on as that program. */
export function deviceStep(
  { settings, input, lowered }: Session,
  specOf: () => ModuleSpec,
  createHere: (seed: number) => StepProgram,
): DeviceStep | undefined {
  const { tfjs } = settings;
  if (tfjs === undefined || settings.target !== 'tfjs') return undefined;
  const { graph } = lowered.lowering;
  const spec: ModuleSpec = { ...specOf(), target: 'tfjs', graph };
  const gpu = gpuBackend(tfjs.tf);
  const module = emitModule({ ...spec, wgsl: gpu !== undefined });
  const program = instantiate(module);
  const made = (from: ProgramModule, seed: number): Program => {
    const engine = tfjs.tf.engine();
    const { length } = engine.state.scopeStack;
    try {
      return from.createDeviceStep(from.prepare(input), seed, tfjs.tf);
    } catch (error) {
      // What was sent up before it failed.
      while (engine.state.scopeStack.length > length) engine.endScope([]);
      throw error;
    }
  };
  const watch = watchDevice(tfjs.tf);
  let failure: DeviceFailure | undefined;
  return {
    create: (seed) =>
      fallingBack({
        device: () => made(program, seed),
        here: createHere(seed),
        trouble: watch.failure,
        tell: (why, iteration) => {
          failure ??= { why, iteration };
          tfjs.tell?.(`${why}; after iteration ${iteration} the run goes on in 64 bits on the CPU`);
        },
      }),
    notes: module.device,
    failure: () => failure,
    unfused:
      gpu === undefined
        ? undefined
        : (seed) => startingHere(made(instantiate(emitModule(spec)), seed), createHere(seed)),
  };
}

const startingHere = (device: Program, here: StepProgram): Program => ({
  ...device,
  init: async () => {
    await device.init();
    here.init();
    device.restore(here.save());
  },
  trace: here.trace,
});
