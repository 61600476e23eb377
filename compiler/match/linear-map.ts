// Terms as h(K*x): a function with a prox of a linear image of the variables.
import { vjp } from '../derive/vjp.ts';
import { addDims, constantDim, productOfDims, type Dim } from '../tensor/dim.ts';
import type { Graph } from '../tensor/graph.ts';
import type { Node } from '../tensor/ir.ts';
import { substituteIn } from '../tensor/substitute.ts';
import { realType } from '../tensor/type.ts';
import { dependsOn } from '../tensor/visit.ts';
import { accessOf } from './access.ts';
import { affineReader } from './affine-parts.ts';
import { concatFlat, splitFlat } from './flat.ts';
import type { Layout } from './layout.ts';
import { peel } from './peel.ts';
import type { ProxVariable } from './prox/of-terms.ts';
import { readTerm } from './reading.ts';

export interface MappedTerms {
  /** The terms as functions of the blocks. */
  readonly terms: readonly Node[];
  /** Stand for the parts of K*x, in order; the space that h lives on. */
  readonly space: readonly ProxVariable[];
  readonly rows: Dim;
  readonly columns: Dim;
  /** K*x and K'*y on flat vectors. */
  readonly apply: (x: Node) => Node;
  readonly applyTransposed: (y: Node) => Node;
  readonly split: (y: Node) => readonly Node[];
  /** K is the identity. */
  readonly identity: boolean;
  /** Every block is a variable, or picks entries of one. */
  readonly identityBlocks: boolean;
}

export type Mapped =
  | { readonly kind: 'mapped'; readonly with: MappedTerms }
  | { readonly kind: 'unmapped'; readonly term: number; readonly culprit: Node };

/** A block y = linear image of the variables. */
interface Block {
  readonly linear: Node;
  readonly variable: ProxVariable;
}

/**
 * @param restricted variables whose bounds and domain belong to h: they become blocks of their own
 */
export function mapTerms(
  graph: Graph,
  terms: readonly Node[],
  layout: Layout,
  restricted: readonly ProxVariable[],
): Mapped {
  const variables: ReadonlySet<Node> = new Set(layout.inputs);
  const affine = affineReader(graph, variables);
  const blocks: Block[] = [];
  const blockOf = (linear: Node): Node => {
    const known = blocks.find((block) => block.linear === linear);
    if (known !== undefined) return known.variable.input;
    const input = graph.input(
      `match:image${blocks.length + 1}`,
      'state',
      realType(linear.type.shape),
    );
    const limits = restricted.find((variable) => variable.input === linear);
    blocks.push({
      linear,
      variable: { lower: undefined, upper: undefined, domain: undefined, ...limits, input },
    });
    return input;
  };
  for (const { input } of restricted) blockOf(input);
  const mapped: Node[] = [];
  for (const [index, term] of terms.entries()) {
    const reading = readTerm(graph, term, variables, affine);
    if (reading.kind === 'unread')
      return { kind: 'unmapped', term: index, culprit: reading.culprit };
    const images = new Map<Node, Node>();
    for (const contribution of reading.contributions) {
      if (contribution.kind === 'constant') continue;
      if (contribution.kind === 'product')
        return { kind: 'unmapped', term: index, culprit: contribution.node };
      const { core } = peel(graph, contribution.point, affine.depends);
      const { linear, constant } = affine.parts(core) ?? {};
      if (linear === undefined) continue;
      const image = blockOf(linear);
      images.set(core, constant === undefined ? image : graph.add(image, constant));
    }
    const rewritten = substituteIn(graph, term, images);
    if (dependsOn(rewritten, layout.inputs))
      return { kind: 'unmapped', term: index, culprit: term };
    mapped.push(rewritten);
  }
  return { kind: 'mapped', with: stacked(graph, layout, blocks, mapped) };
}

function stacked(
  graph: Graph,
  layout: Layout,
  blocks: readonly Block[],
  terms: readonly Node[],
): MappedTerms {
  const identity =
    blocks.length === layout.inputs.length &&
    blocks.every(({ linear }, k) => linear === layout.inputs[k]);
  const none = blocks.length === 0;
  const shapes = blocks.map(({ linear }) => linear.type.shape);
  const images = blocks.map(({ linear }) => linear);
  return {
    terms,
    space: blocks.map(({ variable }) => variable),
    columns: layout.size,
    rows: none
      ? layout.size
      : shapes.map((shape) => productOfDims(shape)).reduce(addDims, constantDim(0)),
    identity: identity || none,
    identityBlocks: images.every(
      (image) => accessOf(graph, image, new Set<Node>(layout.inputs)) !== undefined,
    ),
    split: (y) => splitFlat(graph, y, shapes),
    apply: (x) =>
      identity || none
        ? x
        : concatFlat(
            graph,
            images.map((image) => layout.at(image, x)),
          ),
    applyTransposed: (y) => {
      if (identity || none) return y;
      const found = vjp(graph, images, layout.inputs, splitFlat(graph, y, shapes));
      return layout.join(found.map((part, k) => part ?? graph.zeros(layout.inputs[k].type.shape)));
    },
  };
}
