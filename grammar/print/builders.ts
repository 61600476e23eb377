/** Prettier's document builders, from its small entry that needs nothing else of it. */
export { builders, printer } from 'prettier/doc';
export type { Doc } from 'prettier';
