// Generated JavaScript, made callable. The text comes from our own emitter alone; nothing of a .opt file runs but what the emitter printed.
import * as kernels from '../runtime/kernels/index.ts';
import type { MeasureProgram, Program, ProgramInput, StepProgram } from '../runtime/program.ts';
import type { Tfjs } from '../runtime/tfjs/tfjs.ts';
import type { EmittedModule } from './emit/ts/spec.ts';
import { InternalError } from './tensor/internal-error.ts';

/** The functions of a module. `Data` is opaque: what `prepare` gives is for the other two. */
export interface ProgramModule {
  readonly prepare: (input: ProgramInput) => PreparedData;
  readonly createStep: (data: PreparedData, seed: number) => StepProgram;
  /** The step of a module that was made for tfjs. */
  readonly createDeviceStep: (data: PreparedData, seed: number, tfjs: Tfjs) => Program;
  /** The seed serves measures that draw; 1 unless given. */
  readonly createMeasures: (data: PreparedData, seed?: number) => MeasureProgram;
}

/** Sizes, params and data by the names of the generated code. */
export type PreparedData = Readonly<Record<string, unknown>>;

type InstantiableModule = Pick<EmittedModule, 'code' | 'binaries'>;

type Loaded = Partial<ProgramModule>;
/** `createStep` is one function in the text, whatever it is made for. */
interface LoadedForDevice {
  readonly createStep?: ProgramModule['createDeviceStep'];
}

/** Makes a module of JavaScript flavour callable: its imports come from the runtime, its exports are returned. */
export function instantiate({ code, binaries = {} }: InstantiableModule): ProgramModule {
  const body = code
    .replace(/^import \{[\s\S]*?\} from 'dotopt\/runtime';$/gm, '')
    .replace(/^export function /gm, 'function ');
  const exported = [...code.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const make = new Function(
    ...Object.keys(kernels),
    ...Object.keys(binaries),
    `'use strict';\n${body}\nreturn { ${exported.join(', ')} };`,
  );
  const made: Loaded & LoadedForDevice = make(
    ...Object.values(kernels),
    ...Object.values(binaries),
  );
  const loaded: Loaded = made;
  const forDevice: LoadedForDevice = made;
  const missing = (name: string) => (): never => {
    throw new InternalError(`the module has no ${name}`);
  };
  return {
    prepare: loaded.prepare ?? missing('prepare'),
    createStep: loaded.createStep ?? missing('createStep'),
    createDeviceStep: forDevice.createStep ?? missing('createStep'),
    createMeasures: loaded.createMeasures ?? missing('createMeasures'),
  };
}
