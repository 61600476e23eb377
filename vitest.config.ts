import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The long suites run generated programs by the thousand.
    testTimeout: process.env.DOTOPT_LONG === undefined ? 120_000 : 1_200_000,
    maxWorkers: 2,
  },
});
