import { expect, test } from 'vitest';
import { stallLimit } from '../../electron/engine/lane/limits.ts';
import { madeJob } from '../helpers/results.ts';
import { event, makeEngine } from './rig.ts';

test('a shot that takes longer than its limit ends timed out, and keeps what is done', async () => {
  const rig = await makeEngine();
  await rig.shot('slow', 'frames: 1-5\ntimeout: 1s');
  await rig.shot('good', 'frames: 1-2');
  await rig.steer({ render: { blend: 'slow', frame: 3, hang: true, ignoreSignals: true } });
  const { processor, job } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ completed: 1, failed: 1 });
  expect(job('slow').error?.cause).toBe('timed-out');
  expect(job('slow').error?.message).toContain('its time limit of 1 s');
  expect(job('slow').counts).toMatchObject({ done: 2, running: 0 });
  expect(await rig.frames('slow')).toHaveLength(2);
});

test('a scene that hangs while it is opened is ended by the limit of the shot too', async () => {
  const rig = await makeEngine();
  await rig.shot('slow', 'frames: 1-5\ntimeout: 1');
  await rig.steer({ open: { hang: true, ignoreSignals: true } });
  const { processor, job } = await rig.processor();
  await processor.processBatch();
  expect(job('slow').error?.cause).toBe('timed-out');
  expect(job('slow').retryCount).toBe(0);
});

test('a frame that takes longer than its limit is tried again', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3\nframe_timeout: 0.5s');
  await rig.steer({ render: { frame: 2, hang: true, tries: 1 } });
  const { processor, events, told } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(events.find(({ type }) => type === 'frame-failed')).toMatchObject({
    frame: 2,
    willRetry: true,
    failure: { cause: 'timed-out' },
  });
  expect(told('frame-done')).toEqual([1, 3, 2]);
});

test('a shot that is paused in the middle of a frame has the rest of its time afterwards', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3\ntimeout: 4s');
  await rig.steer({ render: { frame: 2, seconds: 4.5 } });
  const { processor, job, until } = await rig.processor();
  const running = processor.processBatch();
  await until(event('frame-started', 'hero', 2));
  processor.pause();
  await until(event('frame-done', 'hero', 2));
  processor.unpause();
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(job('hero')).toMatchObject({ retryCount: 0, error: null });
});

test('a frame that hangs is ended by its own limit although the batch is paused', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2\ntimeout: 1h\nframe_timeout: 0.3s');
  await rig.steer({ render: { frame: 1, hang: true, tries: 1 } });
  const { processor, events, until } = await rig.processor();
  const running = processor.processBatch();
  await until(event('frame-started', 'hero', 1));
  processor.pause();
  await until(event('frame-failed', 'hero', 1));
  processor.unpause();
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(events.find(({ type }) => type === 'frame-failed')).toMatchObject({
    failure: {
      cause: 'timed-out',
      message:
        'Blender was stopped while frame 1 was being rendered, because it took longer than 0.3 seconds.',
    },
  });
});

test('the stall limit grows out of the frame times of the shot', () => {
  expect(stallLimit(madeJob({ frames: [], left: 3, status: 'running' })).ms).toBe(3_600_000);
  expect(stallLimit(madeJob({ frames: [1, 2] })).ms).toBe(120_000);
  expect(stallLimit(madeJob({ frames: [60, 90] })).ms).toBe(900_000);
});
