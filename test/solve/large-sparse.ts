// A large sparse lasso in a process of its own: prints how it ended, and the memory of the process beside that of the data.
import { drawFrom, drawSparse, vectorOf } from '../../bench/draw.ts';
import { solve } from '../../compiler/index.ts';

const [target, method] = process.argv.slice(2);
const [m, n] = [100_000, 10_000];
const draw = drawFrom(1);
const A = drawSparse(draw, m, n, 0.01);
const b = vectorOf(m, draw.normal);
const before = process.memoryUsage();
const solved = await solve(
  `problem lasso {
  sparse data A : real[m, n]
  data b : real[m]
  param lambda : real >= 0 = 0.1 * max(abs(A' * b)) / m
  var x : real[n]
  minimize sumsq(A*x - b) / (2*m) + lambda * norm(x, 1)
}
solve lasso${method === undefined ? '' : ` with ${method}`}
`,
  {
    data: { A, b: { storage: 'dense', shape: [m], data: b } },
    target: target === 'ts' ? 'ts' : 'wasm',
    iterations: 4,
  },
);
if (!solved.ok) throw new Error(solved.text);
const after = process.memoryUsage();
process.stdout.write(
  JSON.stringify({
    method: solved.results[0].method,
    value: solved.results[0].value,
    start: b.reduce((sum, y) => sum + y * y, 0) / (2 * m),
    data: A.data.byteLength + A.column.byteLength + A.rowStart.byteLength + b.byteLength,
    resident: process.resourceUsage().maxRSS * 1024 - before.rss,
    buffers: after.arrayBuffers - before.arrayBuffers,
  }),
);
