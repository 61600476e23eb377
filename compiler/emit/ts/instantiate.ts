// Runs generated JavaScript in this process: the module as a function of the runtime.
import * as kernels from '../../../runtime/kernels/index.ts';
import type { MeasureProgram, ProgramInput, StepProgram } from '../../../runtime/program.ts';

/** What `prepare` made of the data; only the functions of the same module read it. */
export type Prepared = Readonly<Record<string, unknown>>;

export interface Instance {
  readonly prepare: (input: ProgramInput) => Prepared;
  readonly createStep: (data: Prepared, seed: number) => StepProgram;
  readonly createMeasures: (data: Prepared, seed: number) => MeasureProgram;
}

/** The functions of a module of the JavaScript flavour that imports the runtime. */
export function instantiate(code: string): Instance {
  const body = code
    .replace(/^import \{([^}]*)\} from 'dotopt\/runtime';$/m, 'const {$1} = runtime;')
    .replace(/^export function /gm, 'function ');
  const made = ['prepare', 'createStep', 'createMeasures'].map((name) =>
    new RegExp(`^function ${name}\\(`, 'm').test(body) ? name : `${name}: missing`,
  );
  const build: (runtime: typeof kernels, missing: () => never) => Instance = evaluate(
    `'use strict';\n${body}\nreturn { ${made.join(', ')} };`,
  );
  return build(kernels, () => {
    throw new TypeError('the module has no such function');
  });
}

function evaluate(body: string): (runtime: typeof kernels, missing: () => never) => Instance {
  const made = new Function('runtime', 'missing', body);
  return (runtime, missing) => made(runtime, missing);
}
