// What generated code may call.
export { createRandom } from '../random/random.ts';
export { axpy } from './axpy.ts';
export { checkedIndex } from './checked-index.ts';
export { cholesky } from './cholesky.ts';
export { compress } from './compress.ts';
export { createHeap } from '../wasm/heap.ts';
export { dot } from './dot.ts';
export { draw, sample } from './draw.ts';
export { eigenvalues, eigh } from './eigh.ts';
export { expm } from './expm.ts';
export { findFixpoint, findMinimizer, findRoot } from './implicit.ts';
export { leastSquares } from './least-squares.ts';
export { logabsdet } from './logabsdet.ts';
export { matmul, matmulNT, matmulTN } from './matmul.ts';
export { nextTurn } from './next-turn.ts';
export { measureProgram, noCounts, stepProgram } from './programs.ts';
export { requireThat } from '../require-that.ts';
export { qr } from './qr.ts';
export {
  factor,
  solve,
  solveAgain,
  solveCholesky,
  solveFactored,
  solvePositiveDefinite,
} from './solve.ts';
export { argsort, sort } from './sort.ts';
export {
  compressRows,
  sparseCombine,
  sparseConcat,
  sparsePad,
  sparseProduct,
  sparseRows,
  sparseSlice,
  sparseStructure,
  sparseTranspose,
} from './sparse.ts';
export {
  clip,
  digamma,
  erf,
  kl,
  lgamma,
  mod,
  round,
  sigmoid,
  softThreshold,
  softplus,
  square,
  trigamma,
  xlogx,
  xlogy,
} from './special.ts';
export { svd } from './svd.ts';
export {
  dense,
  givenArray,
  givenNumber,
  requiredArray,
  requiredNumber,
  requiredSparse,
  scalar,
  vectors,
} from './tensors.ts';
export { createDevice } from '../tfjs/device.ts';
export { deviceProgram } from '../tfjs/program.ts';
export { drawn, sampled } from '../tfjs/drawn.ts';
export { triangularSolve } from './triangular-solve.ts';
