#!/usr/bin/env node
// The `nightshift` command: the built command line, in plain Node.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const cli = join(import.meta.dirname, '..', 'out', 'main', 'cli.js');
if (existsSync(cli)) {
  await import(pathToFileURL(cli).href);
} else {
  console.error('Nightshift has not been built yet. Run `npm run setup` in its folder once.');
  process.exitCode = 2;
}
