import tseslint from 'typescript-eslint';

const noDefaultExports = {
  direct: true,
  named: true,
  defaultFrom: true,
  namedFrom: true,
  namespaceFrom: true,
};

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'dotopt-out/**', 'bench/.venv*/**'] },
  { files: ['**/*.ts'], extends: [tseslint.configs.base] },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: noDefaultExports }],
      'prefer-const': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'no-console': 'error',
    },
  },
  { files: ['vitest.config.ts'], rules: { 'no-restricted-exports': 'off' } },
  { files: ['scripts/**', 'bench/**', 'compiler/cli/**'], rules: { 'no-console': 'off' } },
);
