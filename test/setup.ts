// `npm test -- --target wasm`: whatever a test runs without naming a target runs there, so that each target passes the same tests.
import { vi } from 'vitest';
import type * as ChooseTarget from '../compiler/choose-target.ts';
import { targetNames } from '../compiler/choose-target.ts';

const asked = targetNames.find((name) => name === process.env.DOTOPT_TARGET);

if (asked !== undefined)
  vi.doMock('../compiler/choose-target.ts', async (importOriginal) => {
    const original = await importOriginal<typeof ChooseTarget>();
    const homeFor: typeof original.homeFor = (settings, ...rest) =>
      original.homeFor({ ...settings, target: settings.target ?? asked }, ...rest);
    return { ...original, homeFor };
  });
