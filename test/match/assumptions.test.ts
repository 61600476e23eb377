// What a match takes for granted of the data is looked at before the run.
import { describe, expect, it } from 'vitest';
import { readProgram } from '../../compiler/front.ts';
import type { Host } from '../../compiler/host.ts';
import { noSettings } from '../../compiler/program-input.ts';
import { openSession } from '../../compiler/session.ts';
import { specialise } from '../../compiler/specialise.ts';
import { fault } from '../../runtime/data/source.ts';

const nothing: Host = {
  readImport: () => ({ ok: false, message: 'no files here', help: undefined }),
  readHeader: (_, source) => fault('D001', source.path, 'no files here'),
  readNumbers: (_, source) => fault('D001', source.path, 'no files here'),
  readLabels: (_, source) => fault('D001', source.path, 'no files here'),
};

const text = `
problem p {
  param lambda : real = 1
  data b : real[3] = [1, 2, 3]
  var x : real[3]
  minimize sumsq(x - b)/2 + lambda*norm(x, 1)
}
solve p with fista
`;

async function codes(lambda: number): Promise<readonly string[]> {
  const settings = new Map([['lambda', lambda]]);
  const front = readProgram('p.opt', new TextEncoder().encode(text), nothing, {
    settings,
    readHeaders: true,
  });
  const opened = openSession(front, front.model.problems[0], nothing, {
    ...noSettings,
    params: settings,
  });
  if (!opened.ok) return opened.diagnostics.map(({ code }) => code);
  const [solve] = front.model.solves;
  const made = await specialise(opened.session, {
    method: solve.method?.method,
    args: [],
    label: undefined,
    via: [],
    sweep: new Map(),
    span: solve.span,
  });
  return made.ok ? [] : made.diagnostics.map(({ code }) => code);
}

describe('assumptions of a match', () => {
  it('pass where the data keep them', async () => {
    expect(await codes(1)).toEqual([]);
  });

  it('are named where the data break them: a prox of a negative multiple of a norm is none', async () => {
    expect(await codes(-1)).toEqual(['K107']);
  });
});
