// What programs may use, generated ones first of all: numerical kernels, data files, the run loop, certificates.
export * from './kernels/index.ts';
export { readCsv, readJson, readNpy, readNpz, readParquet, readTensor } from './data/read.ts';
export type { SourceOptions } from './data/source.ts';
export { RuntimeFault } from './fault.ts';
export { gather, type Gathered } from './gather.ts';
export { runProgram, type MainSpec } from './main.ts';
export type { Observer } from './observe.ts';
export type {
  MeasureProgram,
  OracleCounts,
  OracleName,
  Program,
  ProgramInput,
  StepProgram,
  Values,
} from './program.ts';
export { createCertifier, type Certifier, type CertifierSpec } from './certify/certifier.ts';
export type { Certificate, Check, CheckName, Status } from './certify/certificate.ts';
export { judge, type Evidence, type Tolerances } from './certify/judge.ts';
export { answerText } from './report/answer.ts';
export { run, type Limits, type Measures, type RunOutcome, type RunSpec } from './run.ts';
export { solveProgram, type Solved, type SolveSpec } from './solve.ts';
export { reasonText, type StopReason } from './stop.ts';
export type { DenseTensor, SparseTensor, Tensor } from './tensor.ts';
export { loadTfjs, type Backend, type LoadedTfjs, type LoadResult } from './tfjs/load.ts';
export { startTfjs } from './tfjs/start.ts';
export type { DeviceTensor, Tfjs } from './tfjs/tfjs.ts';
export type { Trace, TraceRow } from './trace.ts';
