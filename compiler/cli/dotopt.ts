#!/usr/bin/env node
// The executable: start fast, then hand over to main.
import module from 'node:module';

if (typeof module.enableCompileCache === 'function') module.enableCompileCache();
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2));
