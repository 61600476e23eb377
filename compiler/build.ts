// `build`: one readable program that reads the data of a problem, runs its method and prints the certified answer.
import { mainImports, mainLines, type ProgramSurroundings } from './build-main.ts';
import { decideSizes, type KnownSizes } from './decide-sizes.ts';
import { emitModule } from './emit/ts/module.ts';
import type { Measure } from './emit/ts/spec.ts';
import type { MatchedStep } from './match/step.ts';
import type { Session } from './session.ts';
import { simplify } from './simplify/simplify.ts';
import { moduleSpec } from './specialise.ts';
import { isOp } from './tensor/type.ts';

export interface BuildOptions extends ProgramSurroundings {
  readonly flavour: 'typescript' | 'javascript';
}

/** The program as text, not yet formatted. `decided`: the sizes that the step was made for. */
export function buildProgram(
  session: Session,
  step: MatchedStep,
  decided: KnownSizes,
  options: BuildOptions,
): string {
  const certificate = certificateMeasures(session);
  const imports = mainImports(session.lowered.problem, options);
  const { code } = emitModule({
    ...moduleSpec(session, step),
    flavour: options.flavour,
    measures: certificate.measures,
    main: { lines: [], imports },
  });
  const main = mainLines(session, {
    ...options,
    typed: options.flavour === 'typescript',
    measured: new Set(certificate.measures.map(({ name }) => name)),
    sizes: { ...decided, ...certificate.decided },
    takesSeed: /^export function createStep\(data[^)]*, seed/m.test(code),
  });
  return `${code}\n${main.join('\n')}\n`;
}

interface CertificateMeasures {
  readonly measures: readonly Measure[];
  readonly decided: KnownSizes;
}

/** What decides the status: feasibility where it can fail, a proven bound where there is one, else stationarity. */
function certificateMeasures({ program, lowered, input }: Session): CertificateMeasures {
  const { graph } = lowered.lowering;
  const { plan, promise } = program;
  const { value, violation, bound, stationarity } = plan;
  const all: readonly Measure[] = [
    ...(value === undefined ? [] : [{ name: 'value', node: value }]),
    { name: 'violation', node: violation },
    ...(promise === 'optimal' && bound !== undefined
      ? [{ name: 'bound', node: bound.node, doc: 'A proven bound on the optimal value.' }]
      : stationarity === undefined
        ? []
        : [{ name: 'stationarity', node: stationarity.node }]),
  ];
  const nodes = all.map(({ node }) => node);
  const decided = decideSizes(graph, nodes, input.sizes);
  const simple = simplify(graph, decided.nodes);
  const measures = all.map((measure, k) => ({ ...measure, node: simple[k] }));
  return {
    measures: measures.filter(({ name, node }) => name !== 'violation' || !isZero(node)),
    decided: decided.sizes,
  };
}

const isZero = (node: Measure['node']): boolean =>
  isOp(node, 'constant') && node.attributes.value === 0;
