import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { isRunning } from '../../electron/blender/process-tree.ts';
import { commandLineOf, killOrphan } from '../../electron/blender/this-computer.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { makeRig, type Rig, sceneRequest, until } from './rig.ts';

/** The worker as the build makes it: one bundle that runs in plain Node, Python and all. */
async function bundledWorker(rig: Rig): Promise<string> {
  const { build } = await import('vite');
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: resolve(import.meta.dirname, '../../electron/blender/worker.ts'),
      outDir: rig.path('bundle'),
      rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
    },
  });
  return rig.path('bundle', 'worker.mjs');
}

async function processesWith(token: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    names.map((name) => readFile(join('/proc', name, 'cmdline'), 'utf8').catch(() => '')),
  );
  return names.filter((_, at) => lines[at]?.split('\0').includes(token)).map(Number);
}

const HEAVY = 'render.resolution_x = 4000\nscene.cycles.samples = 4096\n';

test.skipIf(process.platform !== 'linux')(
  'Blender is gone two seconds after its parent was killed: while it starts, waits or renders',
  async () => {
    const rig = await makeRig();
    const bundle = await bundledWorker(rig);
    const blend = await makeBlend(rig.path('heavy.blend'), HEAVY);
    const parent = rig.path('parent.mjs');
    await writeFile(
      parent,
      `
import { startWorker } from ${JSON.stringify(bundle)};
const [token, temporary] = process.argv.slice(2);
const limits = { signal: new AbortController().signal, timeoutMs: null, stallMs: null };
const started = await startWorker({
  blenderPath: ${JSON.stringify(BLENDER)}, trusted: false, factoryStartup: true, temporary, token,
  onLog() {}, onSamples() { console.log('rendering'); },
}, limits);
console.log('ready');
if (token.endsWith('rendering')) {
  await started.value.open(${JSON.stringify(sceneRequest({ blend }))}, limits);
  await started.value.render({ frame: 1, threads: 2, file: temporary + '/x.png' }, limits);
}
await new Promise(() => setInterval(() => {}, 1e6));
`,
    );
    for (const moment of ['starting', 'ready', 'rendering']) {
      const token = `ns-parent-${process.pid}-${moment}`;
      const child = execa('node', [parent, token, rig.folder], { reject: false, buffer: false });
      let said = '';
      child.stdout.on('data', (data) => {
        said += data;
      });
      await until('Blender runs', async () => (await processesWith(token)).length === 2, 30_000);
      const blender = (await processesWith(token)).filter((pid) => pid !== child.pid);
      if (moment !== 'starting') await until(moment, () => said.includes(moment), 30_000);
      child.kill('SIGKILL');
      const killed = Date.now();
      await until(`gone after ${moment}`, async () => !(await isRunning(blender[0] ?? 0)), 5000);
      expect(Date.now() - killed, moment).toBeLessThan(2000);
    }
  },
);

test('an orphan is killed only if its command line still carries our token', async () => {
  const rig = await makeRig();
  const worker = await rig.start({ token: 'ns-orphan-token' });
  expect(await commandLineOf(worker.pid)).toMatch(/-- nightshift ns-orphan-token$/);
  expect(await killOrphan(worker.pid, 'ns-orphan')).toBe(false);
  expect(await killOrphan(worker.pid, '')).toBe(false);
  expect(await isRunning(worker.pid)).toBe(true);
  expect(await killOrphan(worker.pid, 'ns-orphan-token')).toBe(true);
  await until('the worker knows', () => !worker.alive);
  expect(await killOrphan(worker.pid, 'ns-orphan-token')).toBe(false);
  expect(await commandLineOf(worker.pid)).toBe(null);
});
