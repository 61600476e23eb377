// Cholesky's factors and systems with them, as in runtime/kernels/{cholesky,solve}.ts.
import { minus, plus, times, whole, type Kit, type KernelSpec } from './kernel-kit.ts';
import type { Index } from '../../schedule/scalar.ts';
import type { Statement } from '../../schedule/statement.ts';

const array = (name: string) => ({ name, kind: 'array' }) as const;
const size = (name: string) => ({ name, kind: 'size' }) as const;

/** L with A = L*L', row by row: each entry is a product of two rows that are there already. */
function factored(kit: Kit, L: string, A: string, start: Index): Statement {
  const { pool, at, load, store, loop, dot, name } = kit;
  const [n, i, j, k] = ['n', 'i', 'j', 'k'].map(at);
  const row = plus(start, times(i, n));
  const other = plus(start, times(j, n));
  const rest = (column: Index) => pool.binary('sub', load(A, plus(row, column)), name('sum'));
  return loop('i', n, [
    loop('j', i, [
      ...dot('sum', 'k', j, load(L, plus(row, k)), load(L, plus(other, k))),
      store(L, plus(row, j), pool.binary('div', rest(j), load(L, plus(other, j)))),
    ]),
    ...dot('sum', 'k', i, load(L, plus(row, k)), load(L, plus(row, k))),
    { kind: 'const', name: 'rest', value: rest(i) },
    // NaN where A is not positive definite.
    store(
      L,
      plus(row, i),
      pool.select(
        pool.binary('lt', pool.number(0), name('rest')),
        pool.unary('sqrt', name('rest')),
        pool.number(NaN),
      ),
    ),
    loop('k', minus(minus(n, i), whole(1)), [
      store(L, plus(plus(row, i), plus(k, whole(1))), pool.number(0)),
    ]),
  ]);
}

/** X = inv(L') inv(L) X in place. One right side is a vector: products and sums of rows of L; several are done side by side. */
function substituted(kit: Kit, X: string, L: string, xStart: Index, lStart: Index): Statement {
  const { pool, at, load, store, loop, dot, name } = kit;
  const [n, i, j, c, width] = ['n', 'i', 'j', 'c', 'width'].map(at);
  const row = plus(lStart, times(i, n));
  const last = minus(minus(n, i), whole(1));
  const lastRow = plus(lStart, times(last, n));
  const x = (position: Index): Index => plus(xStart, position);
  const many = (position: Index): Index => plus(plus(xStart, times(position, width)), c);
  return {
    kind: 'if',
    condition: pool.binary('eq', pool.index(width), pool.number(1)),
    then: [
      loop('i', n, [
        ...dot('sum', 'j', i, load(L, plus(row, j)), load(X, x(j))),
        store(
          X,
          x(i),
          pool.binary('div', pool.binary('sub', load(X, x(i)), name('sum')), load(L, plus(row, i))),
        ),
      ]),
      loop('i', n, [
        {
          kind: 'const',
          name: 'entry',
          value: pool.binary('div', load(X, x(last)), load(L, plus(lastRow, last))),
        },
        store(X, x(last), name('entry')),
        loop('j', last, [
          store(X, x(j), pool.binary('mul', name('entry'), load(L, plus(lastRow, j))), '-='),
        ]),
      ]),
    ],
    otherwise: [
      loop('i', n, [
        loop('j', i, [
          { kind: 'const', name: 'factor', value: load(L, plus(row, j)) },
          loop('c', width, [
            store(X, many(i), pool.binary('mul', name('factor'), load(X, many(j))), '-='),
          ]),
        ]),
        { kind: 'const', name: 'pivot', value: load(L, plus(row, i)) },
        loop('c', width, [store(X, many(i), pool.binary('div', load(X, many(i)), name('pivot')))]),
      ]),
      loop('i', n, [
        { kind: 'const', name: 'pivot', value: load(L, plus(lastRow, last)) },
        loop('c', width, [
          store(X, many(last), pool.binary('div', load(X, many(last)), name('pivot'))),
        ]),
        loop('j', last, [
          { kind: 'const', name: 'factor', value: load(L, plus(lastRow, j)) },
          loop('c', width, [
            store(X, many(j), pool.binary('mul', name('factor'), load(X, many(last))), '-='),
          ]),
        ]),
      ]),
    ],
  };
}

const copied = (
  { at, load, store, loop }: Kit,
  to: string,
  from: string,
  length: Index,
): Statement => loop('c', length, [store(to, at('c'), load(from, at('c')))]);

export const choleskyKernels: readonly KernelSpec[] = [
  {
    name: 'cholesky',
    parameters: [array('L'), array('A'), size('n'), size('batch')],
    body: (kit) => {
      const [n, batch, b] = ['n', 'batch', 'b'].map(kit.at);
      return [kit.loop('b', batch, [factored(kit, 'L', 'A', times(b, times(n, n)))])];
    },
  },
  {
    name: 'solveCholesky',
    parameters: [array('X'), array('L'), array('B'), size('n'), size('width'), size('batch')],
    body: (kit) => {
      const [n, width, batch, b] = ['n', 'width', 'batch', 'b'].map(kit.at);
      const [right, matrix] = [times(n, width), times(n, n)];
      return [
        copied(kit, 'X', 'B', times(batch, right)),
        kit.loop('b', batch, [substituted(kit, 'X', 'L', times(b, right), times(b, matrix))]),
      ];
    },
  },
  {
    name: 'solvePositiveDefinite',
    parameters: [
      array('X'),
      array('A'),
      array('B'),
      size('n'),
      size('width'),
      array('work'),
      size('batch'),
    ],
    body: (kit) => {
      const [n, width, batch, b] = ['n', 'width', 'batch', 'b'].map(kit.at);
      const right = times(n, width);
      const matrix = times(b, times(n, n));
      return [
        copied(kit, 'X', 'B', times(batch, right)),
        kit.loop('b', batch, [
          // Factors of one matrix at a time: `work` holds n² numbers.
          kit.loop('i', n, [
            kit.loop('j', n, [
              kit.store(
                'work',
                plus(times(kit.at('i'), n), kit.at('j')),
                kit.load('A', plus(matrix, plus(times(kit.at('i'), n), kit.at('j')))),
              ),
            ]),
          ]),
          factored(kit, 'work', 'work', whole(0)),
          substituted(kit, 'X', 'work', times(b, right), whole(0)),
        ]),
      ];
    },
  },
];
