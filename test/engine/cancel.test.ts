import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { runs } from '../cli/rig.ts';
import { type EngineRig, event, makeEngine } from './rig.ts';

async function allBlendersAreGone(rig: EngineRig): Promise<void> {
  const pids = new Set((await rig.noted('start')).map(({ pid }) => pid));
  expect(pids.size).toBeGreaterThan(0);
  for (const pid of pids) expect(await runs(pid), `Blender ${pid} runs`).toBe(false);
}

/** Resolves when the stand-in was told to render these frames. */
async function rendering(rig: EngineRig, ...frames: number[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const told = (await rig.noted('render')).map(({ frame }) => frame);
      for (const frame of frames) expect(told).toContain(frame);
    },
    { timeout: 20_000, interval: 10 },
  );
}

test('cancel in the middle of frames waits for no Blender that ignores it, leaves nothing, and can be resumed', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-8');
  await rig.steer({
    render: { frame: [3, 4, 5], hang: true, ignoreSignals: true, grandchild: true },
  });
  const { processor, job } = await rig.processor({ workers: 2 });
  const running = processor.processBatch();
  await rendering(rig, 3, 4);
  const began = performance.now();
  await Promise.all([processor.cancel(), processor.cancel()]);
  // They hang for ever; a kill takes a third of a second, and a few on a busy computer.
  expect(performance.now() - began).toBeLessThan(5000);
  await allBlendersAreGone(rig);
  const result = await running;
  expect(result).toMatchObject({ outcome: 'cancelled', cancelled: 1, totalJobs: 1 });
  expect(job('hero').counts).toMatchObject({ done: 2, running: 0, waiting: 6, failed: 0 });
  expect(existsSync(join(rig.out, 'hero', '.nightshift'))).toBe(false);
  await rig.steer({});
  const again = await rig.processor();
  expect((await again.processor.load()).framesWhole).toBe(2);
  expect(await again.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(again.told('frame-done')).toEqual([3, 4, 5, 6, 7, 8]);
});

test('cancel before anything has started renders nothing and leaves no Blender', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  const { processor } = await rig.processor();
  const running = processor.processBatch();
  await processor.cancel();
  expect(await running).toMatchObject({ outcome: 'cancelled', cancelled: 1 });
  expect(await rig.frames('hero')).toEqual([]);
});

test('cancelling one shot kills its Blenders and lets the other go on', async () => {
  const rig = await makeEngine();
  await rig.shot('stuck', 'frames: 1-4');
  await rig.shot('good', 'frames: 1-4');
  await rig.steer({ render: [{ blend: 'stuck', frame: 2, hang: true }, { seconds: 0.05 }] });
  const { processor, job } = await rig.processor({ workers: 2 });
  const running = processor.processBatch();
  await rendering(rig, 2, 3);
  const ended = performance.now();
  await processor.cancelJob(job('stuck').id);
  const result = await running;
  expect(performance.now() - ended).toBeLessThan(3000);
  expect(result).toMatchObject({ completed: 1, cancelled: 1, failed: 0 });
  expect(job('stuck').counts).toMatchObject({ running: 0, failed: 0 });
  expect(await rig.frames('good')).toHaveLength(4);
});

test('a shot that is cancelled before the run is left out of it, and rendered by the next', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rig.shot('other', 'frames: 1-2');
  const { processor, job } = await rig.processor();
  await processor.cancelJob(job('hero').id);
  expect(await processor.processBatch()).toMatchObject({ completed: 1, cancelled: 1 });
  expect(await rig.frames('hero')).toEqual([]);
  expect(await processor.processBatch()).toMatchObject({ completed: 2, cancelled: 0 });
  expect(await rig.frames('hero')).toHaveLength(2);
});

test('a shot that is cancelled and tried again at once is rendered once, by one worker at a time', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  await rig.shot('other', 'frames: 101-130');
  await rig.steer({
    render: [
      { blend: 'hero', frame: 2, hang: true, ignoreSignals: true, tries: 1 },
      { seconds: 0.03 },
    ],
  });
  const { processor, job, told } = await rig.processor({ workers: 2 });
  const running = processor.processBatch();
  await rendering(rig, 2);
  const { id } = job('hero');
  await processor.cancelJob(id);
  await processor.retryJobs([id]);
  expect(await running).toMatchObject({ outcome: 'completed', completed: 2 });
  expect(told('frame-failed')).toEqual([]);
  expect(told('frame-done', 'hero').sort()).toEqual([1, 2, 3, 4]);
});

test('a shot that failed is tried again while the batch is running, and after it', async () => {
  const rig = await makeEngine();
  await rig.shot('bad', 'frames: 1-2');
  await rig.shot('long', 'frames: 1-6');
  const fail = { cause: 'no-camera', message: 'The scene has no camera.' };
  await rig.steer({ open: { blend: 'bad', fail }, render: { seconds: 0.05 } });
  const watched = await rig.processor();
  const { processor, job } = watched;
  const { id } = job('bad');
  const failed = watched.until(event('job-finished', 'bad'));
  const running = processor.processBatch();
  await failed;
  await processor.retryJobs([id]);
  expect(job('bad').status).toBe('waiting');
  expect(await running).toMatchObject({ completed: 1, failed: 1 });
  expect(await rig.noted('open')).toHaveLength(3);
  await rig.steer({});
  await processor.retryJobs([id]);
  expect(processor.getResult()).toMatchObject({ outcome: 'completed', completed: 2 });
  expect(watched.told('frame-done', 'long')).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a shot that is tried again in the very moment of the end is not forgotten', async () => {
  const rig = await makeEngine();
  await rig.shot('bad', 'frames: 1-2');
  const fail = { cause: 'no-camera', message: 'The scene has no camera.' };
  await rig.steer({ open: { fail, tries: 1 } });
  const { processor, job } = await rig.processor();
  const tried: Promise<void>[] = [];
  processor.subscribe((signal) => {
    if (signal.type === 'event' && signal.event.type === 'batch-finished' && tried.length === 0)
      tried.push(processor.retryJobs([job('bad').id]));
  });
  await processor.processBatch();
  await Promise.all(tried);
  expect(tried).toHaveLength(1);
  expect(job('bad').status).toBe('completed');
});

test('some shots alone are refused while all are being rendered, with a sentence; the run goes on', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const { processor, job } = await rig.processor();
  const running = processor.processBatch();
  expect(processor.processBatch()).toBe(running);
  const only = processor.processBatch({ only: [job('hero').id] });
  await expect(only).rejects.toThrow('The batch is rendering already');
  expect(await running).toMatchObject({ outcome: 'completed', completed: 1 });
});

test('a pause lets running frames end and starts no new ones, until it is taken back', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-6');
  await rig.steer({ render: { seconds: 0.05 } });
  const watched = await rig.processor();
  const { processor, told } = watched;
  const third = watched.until(event('frame-started', 'hero', 3));
  const idle = watched.until(
    (signal) => signal.type === 'worker' && signal.state.status === 'idle',
  );
  const running = processor.processBatch();
  await third;
  processor.pause();
  expect(processor.paused?.reason).toBe('asked');
  expect(processor.getProgress().paused).toBe('asked');
  await idle;
  expect(told('frame-done')).toEqual([1, 2, 3]);
  processor.unpause();
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a pause that is asked for before the first Blender is there holds too', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const watched = await rig.processor();
  const { processor, told } = watched;
  const paused = watched.until(
    (signal) => signal.type === 'event' && signal.event.type === 'batch-paused',
  );
  const running = processor.processBatch();
  processor.pause();
  expect(processor.paused?.reason).toBe('asked');
  await paused;
  expect(processor.paused?.reason).toBe('asked');
  processor.unpause();
  expect(processor.paused).toBeNull();
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(told('frame-done')).toEqual([1, 2]);

  const again = processor.processBatch();
  processor.pause();
  processor.unpause();
  expect(await again).toMatchObject({ outcome: 'completed' });
});

test('a paused batch can be cancelled', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-6');
  const watched = await rig.processor();
  const first = watched.until(event('frame-done', 'hero', 1));
  const running = watched.processor.processBatch();
  await first;
  watched.processor.pause();
  await watched.processor.cancel();
  expect(await running).toMatchObject({ outcome: 'cancelled' });
});
