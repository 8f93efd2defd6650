// A process with a lab, to be killed: it says where that is and waits.
import { join } from 'node:path';
import { runnerImport } from 'vite';

const { module } = await runnerImport(join(import.meta.dirname, 'lab.ts'), {
  configFile: false,
  logLevel: 'error',
});
const lab = await module.startLab({ nodes: 1, memory: 'limited' });
console.log(lab.folder);
process.stdin.resume();
