// Linear algebra, dense.
import type { Call } from '../../../grammar/ast.ts';
import { constantValue } from '../../tensor/dim.ts';
import { product } from '../size-arithmetic.ts';
import { axesAgree } from '../align.ts';
import type { Matched } from '../arguments.ts';
import type { LinearAlgebraName } from '../builtins.ts';
import { unknownNode, type Context } from '../context.ts';
import { anyUnknown } from '../kinds.ts';
import { intType, joinKinds, plainAxis, tensorType } from '../type-of.ts';
import type { Axis, ElementKind, Multi, TensorType, TypedExpression } from '../types.ts';
import { tuple, type Value } from '../value.ts';
import { callNode, misfit, needRank, needSquare, numbers, smaller } from './common.ts';

export function linearAlgebra(
  context: Context,
  name: LinearAlgebraName,
  matched: readonly Matched[],
  e: Call,
): Value {
  const args = numbers(context, name, matched, e.span);
  if (args === undefined) return unknownNode(e.span);
  const [x, y] = args;
  const { span } = e;
  const element = joinKinds(x.type.element, 'real');
  const { shape } = x.type;
  switch (name) {
    case 'inv':
    case 'chol':
    case 'expm': {
      const square = needSquare(context, name, x);
      return anyUnknown(square) ? square : callNode(name, [square], { element, shape }, span);
    }
    case 'pinv': {
      const matrix = needRank(context, name, x, 2);
      if (anyUnknown(matrix)) return matrix;
      return callNode(name, [matrix], { element, shape: [shape[1], shape[0]] }, span);
    }
    case 'rank': {
      const matrix = needRank(context, name, x, 2);
      return anyUnknown(matrix) ? matrix : callNode(name, [matrix], intType, span);
    }
    case 'tril':
    case 'triu': {
      const matrix = needRank(context, name, x, 2);
      return anyUnknown(matrix)
        ? matrix
        : callNode(name, [matrix], { element: x.type.element, shape }, span);
    }
    case 'diag':
      return diag(context, x, e);
    case 'qr':
    case 'svd':
    case 'eigh':
      return decomposition(context, name, x, element, e);
    case 'kron':
      return kron(context, x, y, e);
    case 'outer':
      return outer(context, x, y, e);
    case 'cross':
      return cross(context, x, y, e);
  }
}

function diag(context: Context, x: TypedExpression, e: Call): TypedExpression {
  const { shape, element } = x.type;
  if (shape.length === 1) {
    return callNode('diag', [x], { element, shape: [shape[0], shape[0]] }, e.span);
  }
  if (shape.length !== 2) return misfit(context, 'diag', 'a vector or a matrix', x);
  const size = smaller(context, shape[0].size, shape[1].size);
  const axis = size === shape[0].size ? shape[0] : shape[1];
  return callNode('diag', [x], { element, shape: [axis] }, e.span);
}

function decomposition(
  context: Context,
  name: 'qr' | 'svd' | 'eigh',
  x: TypedExpression,
  element: ElementKind,
  e: Call,
): Value {
  const matrix = name === 'eigh' ? needSquare(context, name, x) : needRank(context, name, x, 2);
  if (anyUnknown(matrix)) return matrix;
  const [rows, columns] = matrix.type.shape;
  const thin = plainAxis(smaller(context, rows.size, columns.size));
  const of = (...axes: readonly Axis[]): TensorType => tensorType(element, axes);
  const types: Record<typeof name, readonly TensorType[]> = {
    qr: [of(rows, thin), of(thin, columns)],
    svd: [of(rows, thin), of(thin), of(columns, thin)],
    eigh: [of(plainAxis(rows.size)), of(rows, plainAxis(rows.size))],
  };
  const multi: Multi = { kind: 'multi', name, args: [matrix], types: types[name], span: e.span };
  return tuple(
    multi.types.map((type, index) => ({ kind: 'part', of: multi, index, type, span: e.span })),
    e.span,
  );
}

function kron(context: Context, x: TypedExpression, y: TypedExpression, e: Call): TypedExpression {
  const [p, q] = [x.type.shape, y.type.shape];
  if (p.length !== q.length || p.length === 0 || p.length > 2) {
    return misfit(
      context,
      'kron',
      'two vectors or two matrices',
      p.length === 0 || p.length > 2 ? x : y,
    );
  }
  const shape = p.map((axis, i) => plainAxis(product(axis.size, q[i].size)));
  const element = joinKinds(x.type.element, y.type.element, 'int');
  return callNode('kron', [x, y], { element, shape }, e.span);
}

function outer(context: Context, x: TypedExpression, y: TypedExpression, e: Call): TypedExpression {
  const left = needRank(context, 'outer', x, 1);
  const right = needRank(context, 'outer', y, 1);
  if (anyUnknown(left, right)) return unknownNode(e.span);
  const element = joinKinds(x.type.element, y.type.element, 'int');
  const type = { element, shape: [left.type.shape[0], right.type.shape[0]] };
  return { kind: 'product', form: 'outer', left, right, type, span: e.span };
}

function cross(context: Context, x: TypedExpression, y: TypedExpression, e: Call): TypedExpression {
  for (const v of [x, y]) {
    const [axis] = v.type.shape;
    const three = v.type.shape.length === 1 && constantValue(axis.size) === 3;
    if (!three) return misfit(context, 'cross', 'two vectors of 3 entries', v);
  }
  if (!axesAgree(context, x.type.shape[0], y.type.shape[0], e.span)) return unknownNode(e.span);
  const element = joinKinds(x.type.element, y.type.element, 'int');
  return callNode('cross', [x, y], { element, shape: x.type.shape }, e.span);
}
