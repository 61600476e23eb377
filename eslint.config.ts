import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'dotopt-out/**'] },
  tseslint.configs.base,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } }],
      'prefer-const': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'no-console': 'error',
    },
  },
  { files: ['eslint.config.ts', 'vitest.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  { files: ['scripts/**', 'bench/**', 'compiler/cli/**'], rules: { 'no-console': 'off' } },
);
