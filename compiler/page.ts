// dotopt for a page: what programs get (compiler/index.ts), and what finds tfjs there for the target `tfjs`.
export * from './index.ts';
export { loadTfjs } from '../runtime/tfjs/load.ts';
