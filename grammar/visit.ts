import type { Node, NodeKind, NodeOf } from './ast.ts';

/** Takes what one field of a node holds. */
interface Take {
  readonly one: (below: Node | undefined) => void;
  readonly all: (below: readonly Node[] | undefined) => void;
}

const none = (): void => {};

/** The fields of each kind of node that hold nodes or lists of nodes, in the order of the source. */
const fields: { readonly [K in NodeKind]: (node: NodeOf<K>, take: Take) => void } = {
  File: (n, take) => {
    take.all(n.declarations);
  },
  Import: (n, take) => {
    take.one(n.path);
  },
  Function: (n, take) => {
    take.one(n.name);
    take.all(n.parameters);
    take.one(n.body);
  },
  Parameter: (n, take) => {
    take.one(n.name);
    take.one(n.type);
    take.all(n.bounds);
    take.one(n.value);
  },
  FunctionBody: (n, take) => {
    take.all(n.lets);
    take.one(n.value);
  },
  Problem: (n, take) => {
    take.one(n.name);
    take.all(n.members);
  },
  Method: (n, take) => {
    take.one(n.name);
    take.all(n.parameters);
    take.one(n.pattern);
    take.all(n.qualifiers);
    take.one(n.body);
  },
  Pattern: (n, take) => {
    take.all(n.members);
  },
  Qualifier: (n, take) => {
    take.one(n.subject);
    take.one(n.property);
  },
  Native: (n, take) => {
    take.one(n.name);
  },
  Compare: (n, take) => {
    take.one(n.title);
    take.one(n.problem);
    take.all(n.items);
  },
  On: (n, take) => {
    take.all(n.entries);
  },
  With: (n, take) => {
    take.one(n.method);
    take.all(n.via);
    take.one(n.label);
  },
  Sweep: (n, take) => {
    take.one(n.name);
    take.one(n.values);
  },
  Seeds: (n, take) => {
    take.one(n.values);
  },
  StopWhen: (n, take) => {
    take.one(n.condition);
  },
  Claim: (n, take) => {
    take.one(n.title);
    take.one(n.condition);
  },
  Solve: (n, take) => {
    take.one(n.problem);
    take.one(n.method);
    take.all(n.via);
    take.one(n.stop);
  },
  Use: (n, take) => {
    take.one(n.name);
    take.all(n.args);
  },
  Entry: (n, take) => {
    take.one(n.name);
    take.one(n.value);
  },
  BadMember: (n, take) => {
    take.all(n.names);
  },
  Set: (n, take) => {
    take.one(n.name);
    take.one(n.init);
  },
  Data: (n, take) => {
    take.one(n.name);
    take.one(n.type);
    take.all(n.bounds);
    take.one(n.domain);
    take.one(n.init);
  },
  Computed: (n, take) => {
    take.one(n.value);
  },
  Drawn: (n, take) => {
    take.one(n.distribution);
  },
  Read: (n, take) => {
    take.one(n.format);
    take.all(n.args);
  },
  Required: none,
  Param: (n, take) => {
    take.one(n.name);
    take.one(n.type);
    take.all(n.bounds);
    take.one(n.domain);
    take.one(n.value);
  },
  Var: (n, take) => {
    take.all(n.names);
    take.one(n.type);
    take.all(n.bounds);
    take.one(n.domain);
    take.one(n.start);
    take.one(n.solves);
  },
  Solves: (n, take) => {
    take.one(n.value);
  },
  Bound: (n, take) => {
    take.one(n.value);
  },
  Let: (n, take) => {
    take.one(n.target);
    take.one(n.value);
  },
  Goal: (n, take) => {
    take.one(n.quantifier);
    take.one(n.value);
    take.all(n.over);
  },
  Owned: (n, take) => {
    take.one(n.name);
    take.all(n.index);
    take.one(n.domain);
  },
  Quantifier: (n, take) => {
    take.all(n.bindings);
    take.one(n.where);
  },
  Subject: (n, take) => {
    take.all(n.constraints);
  },
  Relation: (n, take) => {
    take.one(n.name);
    take.one(n.condition);
    take.all(n.over);
  },
  Forall: (n, take) => {
    take.one(n.name);
    take.one(n.quantifier);
    take.all(n.constraints);
  },
  Implies: (n, take) => {
    take.one(n.name);
    take.one(n.premise);
    take.one(n.conclusion);
    take.all(n.over);
  },
  Complements: (n, take) => {
    take.one(n.name);
    take.one(n.left);
    take.one(n.right);
    take.all(n.over);
  },
  Find: (n, take) => {
    take.one(n.quantifier);
    take.all(n.over);
    take.all(n.constraints);
  },
  Lower: (n, take) => {
    take.one(n.name);
    take.one(n.family);
    take.all(n.members);
  },
  Metric: (n, take) => {
    take.one(n.name);
    take.one(n.value);
  },
  Known: (n, take) => {
    take.all(n.entries);
  },
  Block: (n, take) => {
    take.all(n.statements);
  },
  State: (n, take) => {
    take.one(n.target);
    take.one(n.value);
  },
  Assign: (n, take) => {
    take.all(n.targets);
    take.all(n.values);
  },
  Place: (n, take) => {
    take.one(n.name);
    take.all(n.index);
  },
  Repeat: (n, take) => {
    take.one(n.body);
  },
  For: (n, take) => {
    take.one(n.target);
    take.one(n.set);
    take.one(n.where);
    take.one(n.body);
  },
  While: (n, take) => {
    take.one(n.condition);
    take.one(n.body);
  },
  If: (n, take) => {
    take.one(n.condition);
    take.one(n.then);
    take.one(n.otherwise);
  },
  Each: (n, take) => {
    take.one(n.target);
    take.one(n.set);
    take.one(n.where);
    take.one(n.body);
  },
  Draw: (n, take) => {
    take.one(n.name);
    take.one(n.distribution);
  },
  Report: (n, take) => {
    take.one(n.name);
    take.one(n.value);
  },
  Stop: (n, take) => {
    take.one(n.condition);
  },
  Return: (n, take) => {
    take.all(n.values);
  },
  Type: (n, take) => {
    take.one(n.element);
    take.all(n.dims);
  },
  Name: none,
  Names: (n, take) => {
    take.all(n.names);
  },
  Number: none,
  Bool: none,
  Text: none,
  Duration: none,
  End: none,
  Unary: (n, take) => {
    take.one(n.operand);
  },
  Binary: (n, take) => {
    take.one(n.left);
    take.one(n.right);
  },
  Comparison: (n, take) => {
    take.one(n.first);
    take.all(n.links);
  },
  Link: (n, take) => {
    take.one(n.right);
  },
  Range: (n, take) => {
    take.one(n.from);
    take.one(n.to);
  },
  Transpose: (n, take) => {
    take.one(n.operand);
  },
  Index: (n, take) => {
    take.one(n.operand);
    take.all(n.args);
  },
  All: none,
  Call: (n, take) => {
    take.one(n.callee);
    take.all(n.args);
  },
  Argument: (n, take) => {
    take.one(n.name);
    take.one(n.value);
  },
  Binder: (n, take) => {
    take.all(n.bindings);
    take.one(n.where);
    take.one(n.body);
  },
  In: (n, take) => {
    take.one(n.target);
    take.one(n.type);
    take.one(n.set);
  },
  DrawFrom: (n, take) => {
    take.one(n.target);
    take.one(n.distribution);
    take.one(n.by);
  },
  Recurrence: (n, take) => {
    take.one(n.state);
    take.one(n.start);
    take.all(n.bindings);
    take.one(n.where);
    take.one(n.body);
  },
  Implicit: (n, take) => {
    take.one(n.state);
    take.one(n.start);
    take.one(n.domain);
    take.one(n.body);
  },
  Conditional: (n, take) => {
    take.one(n.condition);
    take.one(n.then);
    take.one(n.otherwise);
  },
  Tuple: (n, take) => {
    take.all(n.items);
  },
  Tensor: (n, take) => {
    take.all(n.items);
  },
  Comprehension: (n, take) => {
    take.one(n.body);
    take.all(n.bindings);
    take.one(n.where);
  },
  SetLiteral: (n, take) => {
    take.all(n.items);
  },
  SetComprehension: (n, take) => {
    take.one(n.body);
    take.all(n.bindings);
    take.one(n.where);
  },
  Bad: none,
};

function eachField<K extends NodeKind>(
  table: { readonly [P in K]: (node: NodeOf<P>, take: Take) => void },
  node: { [P in K]: NodeOf<P> & { readonly kind: P } }[K],
  take: Take,
): void {
  const rule: (node: NodeOf<K>, take: Take) => void = table[node.kind];
  rule(node, take);
}

const takeInto = (list: Node[]): Take => ({
  one: (below) => {
    if (below !== undefined) list.push(below);
  },
  all: (below) => {
    if (below !== undefined) for (const item of below) list.push(item);
  },
});

/** The nodes directly below a node, in the order of the source. */
export function children(node: Node): Node[] {
  const found: Node[] = [];
  eachField(fields, node, takeInto(found));
  return found;
}

/** Visits a node and all below it, parents first, in the order of the source. Does not recurse, so that depth costs no stack. */
export function walk(node: Node, visit: (node: Node) => void): void {
  const waiting: Node[] = [];
  // What is below comes off the stack from the first to the last.
  const take = takeInto(waiting);
  for (let next: Node | undefined = node; next !== undefined; next = waiting.pop()) {
    visit(next);
    const start = waiting.length;
    eachField(fields, next, take);
    for (let i = start, j = waiting.length - 1; i < j; i++, j--)
      [waiting[i], waiting[j]] = [waiting[j], waiting[i]];
  }
}
