#!/usr/bin/env node
// The `nightshift` command: the built command line, in plain Node.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const start = join(import.meta.dirname, '..', 'out', 'cli', 'start.cjs');
if (existsSync(start)) {
  createRequire(import.meta.url)(start);
} else {
  console.error('Nightshift has not been built yet. Run `npm run setup` in its folder once.');
  process.exitCode = 2;
}
