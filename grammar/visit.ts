import type { Node, NodeKind, NodeOf } from './ast.ts';

/** The fields of each kind of node that hold nodes or lists of nodes, in the order of the source. */
type NodeFields<K extends NodeKind> = readonly Exclude<
  keyof NodeOf<K> & string,
  'kind' | 'span' | 'opSpan' | 'doc'
>[];

export const childFields: { readonly [K in NodeKind]: NodeFields<K> } = {
  File: ['declarations'],
  Import: ['path'],
  Function: ['name', 'parameters', 'body'],
  Parameter: ['name', 'type', 'bounds', 'value'],
  FunctionBody: ['lets', 'value'],
  Problem: ['name', 'members'],
  Method: ['name', 'parameters', 'pattern', 'qualifiers', 'body'],
  Pattern: ['members'],
  Qualifier: ['subject', 'property'],
  Native: ['name'],
  Compare: ['title', 'problem', 'items'],
  On: ['entries'],
  With: ['method', 'via', 'label'],
  Sweep: ['name', 'values'],
  Seeds: ['values'],
  StopWhen: ['condition'],
  Claim: ['title', 'condition'],
  Solve: ['problem', 'method', 'via', 'stop'],
  Use: ['name', 'args'],
  Entry: ['name', 'value'],
  BadMember: ['names'],
  Set: ['name', 'init'],
  Data: ['name', 'type', 'bounds', 'domain', 'init'],
  Computed: ['value'],
  Drawn: ['distribution'],
  Read: ['format', 'args'],
  Required: [],
  Param: ['name', 'type', 'bounds', 'domain', 'value'],
  Var: ['names', 'type', 'bounds', 'domain', 'start', 'solves'],
  Solves: ['value'],
  Bound: ['value'],
  Let: ['target', 'value'],
  Goal: ['quantifier', 'value', 'over'],
  Owned: ['name', 'index', 'domain'],
  Quantifier: ['bindings', 'where'],
  Subject: ['constraints'],
  Relation: ['name', 'condition', 'over'],
  Forall: ['name', 'quantifier', 'constraints'],
  Implies: ['name', 'premise', 'conclusion', 'over'],
  Complements: ['name', 'left', 'right', 'over'],
  Find: ['quantifier', 'over', 'constraints'],
  Lower: ['name', 'family', 'members'],
  Metric: ['name', 'value'],
  Known: ['entries'],
  Block: ['statements'],
  State: ['target', 'value'],
  Assign: ['targets', 'values'],
  Place: ['name', 'index'],
  Repeat: ['body'],
  For: ['target', 'set', 'where', 'body'],
  While: ['condition', 'body'],
  If: ['condition', 'then', 'otherwise'],
  Each: ['target', 'set', 'where', 'body'],
  Draw: ['name', 'distribution'],
  Report: ['name', 'value'],
  Stop: ['condition'],
  Return: ['values'],
  Type: ['element', 'dims'],
  Name: [],
  Names: ['names'],
  Number: [],
  Bool: [],
  Text: [],
  Duration: [],
  End: [],
  Unary: ['operand'],
  Binary: ['left', 'right'],
  Comparison: ['first', 'links'],
  Link: ['right'],
  Range: ['from', 'to'],
  Transpose: ['operand'],
  Index: ['operand', 'args'],
  All: [],
  Call: ['callee', 'args'],
  Argument: ['name', 'value'],
  Binder: ['bindings', 'where', 'body'],
  In: ['target', 'type', 'set'],
  DrawFrom: ['target', 'distribution', 'by'],
  Recurrence: ['state', 'start', 'bindings', 'where', 'body'],
  Implicit: ['state', 'start', 'domain', 'body'],
  Conditional: ['condition', 'then', 'otherwise'],
  Tuple: ['items'],
  Tensor: ['items'],
  Comprehension: ['body', 'bindings', 'where'],
  SetLiteral: ['items'],
  SetComprehension: ['body', 'bindings', 'where'],
  Bad: [],
};

/** The nodes directly below a node, in the order of the source. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  const entries = new Map<string, unknown>(Object.entries(node));
  for (const field of childFields[node.kind]) {
    const value = entries.get(field);
    for (const item of Array.isArray(value) ? value : [value]) if (isNode(item)) found.push(item);
  }
  return found;
}

/** Visits a node and all below it, parents first. Does not recurse, so that depth costs no stack. */
export function walk(node: Node, visit: (node: Node) => void): void {
  const waiting: Node[] = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    visit(next);
    waiting.push(...children(next).reverse());
  }
}

export function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    typeof value.kind === 'string' &&
    Object.hasOwn(childFields, value.kind)
  );
}
