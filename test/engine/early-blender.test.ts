import { mkdtemp, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { EarlyBlender } from '../../electron/engine/lane/early-blender.ts';
import { runs } from '../cli/rig.ts';
import { makeEngine, type Noted, STAND_IN } from './rig.ts';

test('the Blender that comes up while the folder is read is the first one to render', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1-3');
  const { processor } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const started = (await rig.noted('start')).map(({ pid }) => pid);
  const rendered = (await rig.noted('render')).map(({ pid }) => pid);
  expect(started).toHaveLength(1);
  expect(new Set(rendered)).toEqual(new Set(started));
});

test('with several shots to render each of the first workers has one that comes up early', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c']) await rig.shot(name, 'frames: 1-3');
  const { processor } = await rig.processor({ workers: 2 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const started = (await rig.noted('start')) as readonly (Noted & { temporary: string })[];
  const early = started.map(({ temporary }) => basename(temporary));
  expect(early.sort()).toEqual(['early-1', 'early-2']);
});

test('one that dies before its worker is there is replaced, and nobody is blamed', async () => {
  const rig = await makeEngine();
  const none = { signal: new AbortController().signal, timeoutMs: null, stallMs: null };
  const temporary = await realpath(await mkdtemp(join(rig.folder, 'early-')));
  const about = { blenderPath: STAND_IN, trusted: false, factoryStartup: false };
  const options = { ...about, temporary, token: 'early', onLog: () => {}, onSamples: () => {} };
  const head = new EarlyBlender(options);
  onTestFinished(() => head.close());
  expect(await head.info()).toEqual({ path: STAND_IN, version: '4.3.2' });
  const [first] = await rig.noted('start');
  process.kill(first?.pid ?? 0, 'SIGKILL');
  await vi.waitUntil(async () => !(await runs(first?.pid ?? 0)), 20_000);
  const answer = await head.startWorker({ ...options, token: 'second' }, none);
  expect(answer.ok && answer.value.alive).toBe(true);
  if (answer.ok) await answer.value.close();
});

test('where nothing is left to do no Blender is started', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1-3');
  await (await rig.processor()).processor.processBatch();
  const again = (await rig.processor()).processor;
  expect(await again.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(await rig.noted('start')).toHaveLength(1);
});

test('a Blender that nobody came to need is gone when the run is over', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1-3');
  await rig.file('shots/broken.yaml', 'blend: [');
  const { processor } = await rig.processor({ continueOnError: false });
  expect(await processor.processBatch()).toMatchObject({ skipped: 1, failed: 1 });
  expect(await rig.noted('render')).toEqual([]);
  // It may have been ended before it could note that it was there.
  for (const { pid } of await rig.noted('start')) {
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  }
});

test('what a Blender says while it comes up stands in the log of the shot that it was started for', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1');
  await rig.steer({ start: { log: ['Warning: an add-on is older than this Blender'] } });
  const { processor, job } = await rig.processor();
  await processor.processBatch();
  const log = await processor.readLog(job('a').id, 50);
  expect(log.map(({ text }) => text)).toContain('Warning: an add-on is older than this Blender');
});
