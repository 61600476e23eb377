import { defineConfig } from 'vitest/config';

const long = process.env.DOTOPT_LONG !== undefined;

export default defineConfig({
  test: {
    // The long suites run generated programs by the thousand, and install the package.
    include: ['test/**/*.test.ts', ...(long ? ['test/**/*.long.ts'] : [])],
    setupFiles: ['test/setup.ts'],
    testTimeout: long ? 1_200_000 : 120_000,
    maxWorkers: 2,
  },
});
