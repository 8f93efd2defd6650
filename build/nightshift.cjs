#!/usr/bin/env node
// The `nightshift` command: the built command line, in plain Node. CommonJS, since Node takes 9 ms to get ready for modules.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const start = join(__dirname, '..', 'out', 'cli', 'start.cjs');
if (existsSync(start)) {
  require(start);
} else {
  console.error('Nightshift has not been built yet. Run `npm run setup` in its folder once.');
  process.exitCode = 2;
}
