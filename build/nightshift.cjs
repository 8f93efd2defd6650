#!/usr/bin/env node
// The `nightshift` command: the built command line, in plain Node. CommonJS, since Node takes 9 ms to get ready for modules.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const cli = join(__dirname, '..', 'out', 'cli', 'main.cjs');
if (existsSync(cli)) {
  require(cli);
} else {
  console.error('Nightshift has not been built yet. Run `npm run setup` in its folder once.');
  process.exitCode = 2;
}
