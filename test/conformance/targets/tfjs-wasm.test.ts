import { conformance } from './suite.ts';

await conformance('tfjs on wasm');
