// `npm run bench`: Node 20 can't read TypeScript, and vite, which is here anyway, can.
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { leanEnvironment } from '../../build/checks/lean-environment.mjs';

// That Node reads somebody's own certificates says nothing of us.
leanEnvironment();

const { module } = await runnerImport(join(import.meta.dirname, 'main.ts'), {
  configFile: false,
  logLevel: 'error',
});
process.exit(await module.main(process.argv.slice(2)));
