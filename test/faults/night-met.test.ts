import { expect, test } from 'vitest';
import { generateBatchReport, readResult } from '../../electron/engine/index.ts';
import { poisonedFrames } from '../../shared/job-state.ts';
import { makeEngine, type Watched } from '../engine/rig.ts';
import { runEvents } from './run-events.ts';

const WOOD = 'The image "/shots/wood.png", used by Floor, is missing: its surface renders pink.';

/** The most workers that were rendering at once between two moments of the story. */
function mostAtOnce(events: Watched['events'], from: number, to: number): number {
  const workers = new Map<number, number>();
  let most = 0;
  for (const [index, event] of events.entries()) {
    const { type } = event;
    if (type === 'frame-started') workers.set(event.frame, event.worker);
    if (type === 'frame-done' || type === 'frame-failed' || type === 'frame-released')
      workers.delete(event.frame);
    // A frame is proved while its worker renders the next one: two frames, but one worker.
    if (index >= from && index < to) most = Math.max(most, new Set(workers.values()).size);
  }
  return most;
}

test('what the open scene misses is asked once for a shot, told, and fails no frame', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-9');
  const findings = [{ severity: 'error', cause: 'missing-file', message: WOOD }];
  // Slow enough for the other lanes to come and help.
  await rig.steer({ inspect: { findings }, render: { seconds: 0.3 } });
  const { processor, job } = await rig.processor({ workers: 3 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(job('hero').warnings).toEqual([{ cause: 'missing-file', message: WOOD }]);
  expect((await rig.noted('open')).length).toBeGreaterThan(1);
  expect(await rig.noted('inspect')).toHaveLength(1);
  const log = await processor.readLog(job('hero').id, 50);
  expect(log).toContainEqual(expect.objectContaining({ level: 'warning', text: WOOD }));
  const report = generateBatchReport(await readResult(processor.checkpointPath));
  expect(report).toContain('1 shot is worth a look before you use it.');
  expect(report).toMatch(/## Worth a look\n\n.*\n\n- \*\*hero\*\*: The image "\/shots\/wood\.png"/);
});

test('a warning is gone when the shot is opened again and has it no more', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  const findings = [{ severity: 'warning', cause: 'missing-file', message: WOOD }];
  await rig.steer({ inspect: { findings, tries: 1 }, render: { frame: 2, exit: 7, tries: 1 } });
  const first = await rig.processor({ maxRetries: 0 });
  await first.processor.processBatch();
  expect(first.job('hero').warnings).toHaveLength(1);
  const second = await rig.processor();
  await second.processor.processBatch();
  expect(second.job('hero')).toMatchObject({ status: 'completed', warnings: [] });
  expect((await readResult(second.processor.checkpointPath)).jobs[0]?.warnings).toEqual([]);
});

test('a Blender that crashes while it is asked what is missing costs no frame and is not asked again', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-2');
  await rig.steer({ inspect: { crash: true } });
  const { processor, job } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(await rig.noted('inspect')).toHaveLength(1);
  expect(job('hero').retryCount).toBe(0);
  const log = await processor.readLog(job('hero').id, 50);
  expect(log.map(({ text }) => text).join('\n')).toContain('could not be looked through');
});

test('a frame that crashes every time is named as poisoned, and the rest of the shot is done', async () => {
  const rig = await makeEngine();
  await rig.shot('stunt', 'frames: 1-8');
  await rig.steer({ render: { frame: 7, crash: true } });
  const { processor, job } = await rig.processor();
  await processor.processBatch();
  const stunt = job('stunt');
  expect(poisonedFrames(stunt)).toEqual([7]);
  expect(stunt.counts).toMatchObject({ done: 7, failed: 1 });
  expect(stunt.retries).toEqual([{ cause: 'crashed', count: 2, openings: 0, frames: [7] }]);
  expect(stunt.error?.message).toBe(
    'Frame 7 crashes Blender every time (3 tries). The other 7 frames are done.',
  );
  const report = generateBatchReport(await readResult(processor.checkpointPath));
  expect(report).toContain('- **stunt**: 2 retries, frame 7 crashed twice.');
  expect(report).toContain('- **stunt**: frame 7 crashes Blender every time.');
});

test('a frame that crashes twice and then works is done, and the report says so', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  await rig.steer({ render: { frame: 3, crash: true, tries: 2 } });
  const { processor, job } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(poisonedFrames(job('hero'))).toEqual([]);
  const report = generateBatchReport(processor.getResult());
  expect(report).toContain('- **hero**: 2 retries, frame 3 crashed twice.');
});

test('memory that runs out goes on with fewer workers, says so, and all are back when that shot has ended', async () => {
  const rig = await makeEngine();
  await rig.shot('crowd', 'frames: 1-6\npriority: 1');
  await rig.shot('hero', 'frames: 1-12');
  const fail = { cause: 'out-of-memory', message: 'Blender ran out of memory.' };
  await rig.steer({
    render: [{ blend: 'crowd', frame: 2, fail, seconds: 0.1, tries: 1 }, { seconds: 0.05 }],
  });
  const watched = await rig.processor({ workers: 3 });
  const { processor, job, events, signals } = watched;
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(job('crowd').retries).toEqual([
    { cause: 'out-of-memory', count: 1, openings: 0, frames: [2] },
  ]);
  const [fewer, all] = runEvents(watched, 'pool-changed');
  expect(fewer).toMatchObject({
    workers: 2,
    of: 3,
    message: 'Memory ran out on frame 2 of crowd.',
  });
  expect(all).toMatchObject({ workers: 3, of: 3, message: 'crowd has ended.' });
  const failed = events.findIndex(({ type }) => type === 'frame-failed');
  const ended = events.findIndex((one) => one.type === 'job-finished');
  // Two frames that had begun before are still allowed to end.
  expect(mostAtOnce(events, failed + 3, ended)).toBeLessThanOrEqual(2);
  const rests = signals.some(
    (signal) =>
      signal.type === 'worker' &&
      signal.state.status === 'idle' &&
      signal.state.why?.kind === 'resting',
  );
  expect(rests).toBe(true);
  const report = generateBatchReport(await readResult(processor.checkpointPath));
  expect(report).toContain('crowd. The batch goes on with 2 of 3 workers.');
  expect(report).toContain('**crowd**: 1 retry, frame 2 ran out of memory.');
});

test('a shot that would not fit into memory waits for its turn, and the worker says for what', async () => {
  const rig = await makeEngine();
  await rig.shot('heavy', 'frames: 1-6');
  await rig.steer({ open: { memoryMb: 50_000_000 }, render: { seconds: 0.05 } });
  const { processor, events, signals } = await rig.processor({ workers: 3 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(mostAtOnce(events, 0, events.length)).toBe(1);
  const waits = signals.flatMap((signal) =>
    signal.type === 'worker' && signal.state.status === 'idle' && signal.state.why
      ? [signal.state.why]
      : [],
  );
  expect(waits).toContainEqual(expect.objectContaining({ kind: 'memory', needMb: 50_000_000 }));
});

test('a frame that hangs is stopped by the limit that the shot itself has taught, and says so', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  await rig.steer({ render: [{ frame: 3, hang: true, tries: 1 }, { seconds: 0.02 }] });
  const stall = { leastMs: 1500, firstFrameMs: 60_000 };
  const { processor, job, events } = await rig.processor({}, { stall });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(job('hero').retries).toEqual([{ cause: 'stalled', count: 1, openings: 0, frames: [3] }]);
  const failed = events.find(({ type }) => type === 'frame-failed');
  expect(failed).toMatchObject({ failure: { cause: 'stalled' } });
  expect(failed?.type === 'frame-failed' && failed.failure.message).toContain(
    'the limit is ten times that',
  );
});

test('a shot that hangs before its first frame is given up after two stalls, not after each of its frames', async () => {
  const rig = await makeEngine();
  await rig.shot('stuck', 'frames: 1-40');
  await rig.shot('well', 'frames: 1-2');
  await rig.steer({ render: { blend: 'stuck', hang: true } });
  const stall = { leastMs: 1500, firstFrameMs: 1500 };
  const { processor, job, told } = await rig.processor({ maxRetries: 5 }, { stall });
  expect(await processor.processBatch()).toMatchObject({ completed: 1, failed: 1 });
  expect(told('frame-failed', 'stuck')).toHaveLength(2);
  expect(job('stuck').error?.cause).toBe('stalled');
  expect(job('stuck').error?.message).toContain('while no frame of this shot is known');
});

test("the shot's own frame_timeout lets Blender be silent for longer than the stall limit", async () => {
  const rig = await makeEngine();
  await rig.shot('slow', 'frames: 1-2\nframe_timeout: 60s');
  await rig.steer({ render: { seconds: 0.6 } });
  const stall = { leastMs: 200, firstFrameMs: 200 };
  const { processor, job } = await rig.processor({}, { stall });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(job('slow').retryCount).toBe(0);
});

test('a full disk is in the report with its time, which the duration leaves out', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  const fail = { cause: 'disk-full', message: 'The disk of /renders is full.' };
  await rig.steer({ render: { frame: 2, fail, tries: 1 } });
  const watched = await rig.processor();
  const began = Date.now();
  const result = await watched.processor.processBatch();
  const wall = (Date.now() - began) / 1000;
  expect(result).toMatchObject({ outcome: 'completed' });
  expect(result.pausedSeconds).toBeGreaterThan(0.2);
  expect(result.durationSeconds).toBeLessThanOrEqual(wall - result.pausedSeconds + 0.01);
  expect(result.night.incidents).toMatchObject([{ kind: 'paused', reason: 'disk-full', times: 1 }]);
  const kept = await readResult(watched.processor.checkpointPath);
  expect(kept.pausedSeconds).toBeCloseTo(result.pausedSeconds, 3);
  const report = generateBatchReport(kept);
  expect(report).toMatch(
    /The disk was full: no frame was started for .*The disk of \/renders is full/,
  );
  expect(report).toContain('| Of this paused');
});
