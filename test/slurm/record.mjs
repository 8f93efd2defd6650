// Records again what Slurm says (`answers/`): node test/slurm/record.mjs [NAME ...], as root, in some minutes.
import { join } from 'node:path';
import { runnerImport } from 'vite';

const { module } = await runnerImport(join(import.meta.dirname, 'record.ts'), {
  configFile: false,
  logLevel: 'error',
});
await module.main(process.argv.slice(2));
