import { createRequire } from 'node:module';

// `out/main/cli.js`: the command line in plain Node. It is built as CommonJS, which Node loads in less time than modules.
createRequire(import.meta.url)('../cli/start.cjs');
