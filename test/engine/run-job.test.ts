import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createBatchFromDirectory,
  runBatch,
  runJobSubprocess,
} from '../../electron/engine/index.ts';
import type { BatchJob } from '../../shared/job.ts';
import { runs } from '../cli/rig.ts';
import { type EngineRig, makeEngine, STAND_IN } from './rig.ts';

const CONFIG = { blenderPath: STAND_IN, workers: 1, backoffMs: 1 };

async function jobs(rig: EngineRig): Promise<readonly BatchJob[]> {
  return (await createBatchFromDirectory(rig.shots, { output: rig.out })).jobs;
}

test('one job is rendered in one process, without a pool, and tells each step', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  const told: string[] = [];
  const [hero] = await jobs(rig);
  const done = await runJobSubprocess(hero as BatchJob, {
    config: CONFIG,
    onEvent: (event) => told.push(event.type),
  });
  expect(done).toMatchObject({ status: 'completed', counts: { total: 3, done: 3 } });
  expect(told[0]).toBe('job-started');
  expect(told.at(-1)).toBe('job-finished');
  expect(told.filter((type) => type === 'frame-done')).toHaveLength(3);
  expect(await readdir(join(rig.out, 'hero'))).toHaveLength(3);
  expect(await rig.noted('start')).toHaveLength(1);
});

test('a crash fails that one job and touches nothing else', async () => {
  const rig = await makeEngine();
  await rig.shot('stunt', 'frames: 1-3');
  await rig.shot('good', 'frames: 1-3');
  await rig.steer({ render: { blend: 'stunt', frame: 2, crash: true } });
  const [good, stunt] = await Promise.all(
    (await jobs(rig)).map((job) => runJobSubprocess(job, { config: CONFIG })),
  );
  expect(good).toMatchObject({ name: 'good', status: 'completed' });
  expect(stunt).toMatchObject({ name: 'stunt', status: 'failed', error: { cause: 'crashed' } });
  expect(stunt?.counts.done).toBe(1);
  expect(await rig.frames('stunt')).toHaveLength(1);
  for (const { pid } of await rig.noted('start')) expect(await runs(pid)).toBe(false);
});

test('a job that failed can be given again, and keeps the frames that it has', async () => {
  const rig = await makeEngine();
  await rig.shot('stunt', 'frames: 1-3');
  await rig.steer({ render: { frame: 2, file: 'none', tries: 1 } });
  const [stunt] = await jobs(rig);
  const failed = await runJobSubprocess(stunt as BatchJob, { config: CONFIG });
  expect(failed).toMatchObject({ status: 'failed', counts: { done: 2, failed: 1 } });
  const done = await runJobSubprocess(failed, { config: CONFIG });
  expect(done).toMatchObject({ status: 'completed', counts: { done: 3 } });
  expect(await rig.noted('render')).toHaveLength(4);
});

test('an aborted job is cancelled, and its Blender is gone', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  await rig.steer({ render: { frame: 2, hang: true, ignoreSignals: true } });
  const [hero] = await jobs(rig);
  const abort = new AbortController();
  const done = await runJobSubprocess(hero as BatchJob, {
    config: CONFIG,
    signal: abort.signal,
    onEvent: (event) => {
      if (event.type === 'frame-started' && event.frame === 2) abort.abort();
    },
  });
  expect(done).toMatchObject({ status: 'cancelled', counts: { done: 1 } });
  for (const { pid } of await rig.noted('start')) expect(await runs(pid)).toBe(false);
});

test('a shot file that could not be read is a failed job here too', async () => {
  const rig = await makeEngine();
  await rig.file('shots/bad.yaml', 'blend: [\n');
  const [bad] = await jobs(rig);
  const done = await runJobSubprocess(bad as BatchJob, { config: CONFIG });
  expect(done).toMatchObject({ status: 'failed', error: { cause: 'unreadable-shot' } });
});

test('runBatch: folder in, result out, and a signal that cancels', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b']) await rig.shot(name, 'frames: 1-2');
  const options = { output: rig.out, dataDirectory: rig.data, config: CONFIG };
  const abort = AbortSignal.abort();
  expect(await runBatch(rig.shots, { ...options, signal: abort })).toMatchObject({
    outcome: 'cancelled',
    cancelled: 2,
  });
  const seen: number[] = [];
  const result = await runBatch(rig.shots, {
    ...options,
    onSignal: (_signal, processor) => seen.push(processor.getProgress().frames.done),
  });
  expect(result).toMatchObject({ outcome: 'completed', completed: 2, totalJobs: 2 });
  expect(seen.at(-1)).toBe(4);
});
