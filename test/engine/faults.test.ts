import { once } from 'node:events';
import { expect, test } from 'vitest';
import { event, makeEngine } from './rig.ts';

test('a frame that crashes every time costs only itself, and the shot names it', async () => {
  const rig = await makeEngine();
  await rig.shot('stunt', 'frames: 1-5');
  await rig.shot('good', 'frames: 1-3');
  await rig.steer({ render: { blend: 'stunt', frame: 3, crash: true } });
  const { processor, job } = await rig.processor({ maxRetries: 2 });
  const result = await processor.processBatch();
  expect(result).toMatchObject({ outcome: 'failed', completed: 1, failed: 1, totalJobs: 2 });
  const stunt = job('stunt');
  expect(stunt.frames.map(({ status }) => status)).toEqual([
    ...['done', 'done', 'failed', 'done', 'done'],
  ]);
  expect(stunt.frames.get(2)).toMatchObject({ tries: 3, failure: { cause: 'crashed' } });
  expect(stunt.retryCount).toBe(2);
  expect(stunt.error?.cause).toBe('crashed');
  expect(stunt.error?.message).toMatch(
    /^Frame 3 crashes Blender every time \(3 tries\)\. The other 4 frames are done\.$/,
  );
  expect(await rig.frames('stunt')).toHaveLength(4);
});

test('a frame that crashes twice and then works is only told of as retries', async () => {
  const rig = await makeEngine();
  await rig.shot('stunt', 'frames: 1-4');
  await rig.steer({ render: { frame: 2, crash: true, tries: 2 } });
  const { processor, job, told } = await rig.processor({ maxRetries: 2 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(job('stunt')).toMatchObject({ retryCount: 2, error: null });
  expect(job('stunt').frames.get(1)).toMatchObject({ tries: 3 });
  expect(told('frame-failed')).toEqual([2, 2]);
  expect(told('frame-done')).toEqual([1, 3, 4, 2]);
});

test.each([
  ['truncated', 'frame-incomplete'],
  ['empty', 'frame-incomplete'],
  ['wrong-size', 'frame-incomplete'],
  ['none', 'nothing-rendered'],
] as const)(
  'a file that Blender left %s is %s, is never seen in the output, and is rendered again',
  async (file, cause) => {
    const rig = await makeEngine();
    await rig.shot('hero', 'frames: 1-3');
    await rig.steer({ render: { frame: 2, file, tries: 1 } });
    const { processor, events, told } = await rig.processor();
    expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
    const failed = events.find(({ type }) => type === 'frame-failed');
    expect(failed).toMatchObject({ frame: 2, willRetry: true, failure: { cause } });
    expect(told('frame-done')).toEqual([1, 3, 2]);
    expect(await rig.frames('hero')).toHaveLength(3);
  },
);

test('a shot none of whose frames can be rendered is given up after three', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-50');
  await rig.steer({ render: { file: 'none' } });
  const { processor, job } = await rig.processor({ maxRetries: 0 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'failed', failed: 1 });
  expect(job('hero').error).toMatchObject({ cause: 'nothing-rendered' });
  expect(job('hero').error?.message).toContain('The other 47 frames were not tried.');
});

test('what can not heal is not tried again', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-5');
  const fail = { cause: 'no-camera', message: 'The scene has no camera.' };
  await rig.steer({ open: { fail } });
  const { processor, job } = await rig.processor();
  await processor.processBatch();
  expect(job('hero').error).toMatchObject(fail);
  expect(await rig.noted('open')).toHaveLength(1);
});

test('with continueOnError off the first failed shot ends the batch, and the sum is right', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c', 'd']) await rig.shot(name, 'frames: 1-3');
  await rig.steer({ open: { blend: 'b.blend', fail: { cause: 'no-camera', message: 'No.' } } });
  const { processor, job } = await rig.processor({ continueOnError: false });
  const result = await processor.processBatch();
  expect(['a', 'b', 'c', 'd'].map((name) => job(name).status)).toEqual([
    ...['completed', 'failed', 'skipped', 'skipped'],
  ]);
  const { completed, failed, skipped, cancelled, totalJobs } = result;
  expect(completed + failed + skipped + cancelled).toBe(totalJobs);
  await rig.steer({});
  expect(await (await rig.processor()).processor.processBatch()).toMatchObject({ completed: 4 });
});

test('a Blender that runs out of memory is tried again with fewer beside it', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b']) await rig.shot(name, 'frames: 1-3');
  const fail = { cause: 'out-of-memory', message: 'It ran out of memory.' };
  await rig.steer({
    render: [{ blend: 'a.blend', frame: 2, fail, tries: 1 }, { seconds: 0.02 }],
  });
  const { processor, events, signals } = await rig.processor({ workers: 2 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const failed = signals.findIndex((s) => s.type === 'event' && s.event.type === 'frame-failed');
  expect(events.some(({ type }) => type === 'frame-failed')).toBe(true);
  let most = 0;
  const busy = new Set<number>();
  for (const signal of signals.slice(failed)) {
    if (signal.type !== 'worker') continue;
    if (signal.state.status === 'rendering') busy.add(signal.worker);
    else busy.delete(signal.worker);
    most = Math.max(most, busy.size);
  }
  expect(most).toBe(1);
});

test('somebody who listens and fails does not stop the night, and is told of once', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  const { processor } = await rig.processor();
  let told = 0;
  processor.subscribe(() => {
    told += 1;
    throw new Error('the listener broke');
  });
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const warned = once(process, 'warning');
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  await warned;
  process.off('warning', note);
  expect(told).toBeGreaterThan(6);
  expect(warnings.filter(({ message }) => message.includes('the listener broke'))).toHaveLength(1);
});

test('what a Blender used before it died is remembered, and nothing as large is opened beside another', async () => {
  const rig = await makeEngine();
  await rig.shot('huge', 'frames: 1-2');
  await rig.shot('long', 'frames: 1-8');
  const log = ['Fra:1 Mem:600.00M (Peak 600.00M) | Sample 1/4'];
  await rig.steer({
    render: [{ blend: 'huge', frame: 1, tries: 1, log, hang: true }, { seconds: 0.3 }],
  });
  const { processor, signals, job, until } = await rig.processor({
    workers: 2,
    memoryLimitMb: 650,
  });
  const both = Promise.all([
    until(event('frame-done', 'long', 1)),
    until((signal) => signal.type === 'samples' && signal.job === job('huge').id),
  ]);
  const running = processor.processBatch();
  // It dies while the other is at work, whichever of the two was started sooner.
  await both;
  const [hanging] = (await rig.noted('render')).filter(({ blend }) => blend?.includes('huge'));
  if (!hanging) throw new Error('No Blender renders the huge shot.');
  process.kill(hanging.pid, 'SIGSEGV');
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(job('huge').retryCount).toBe(1);
  const idle = signals.flatMap((signal) =>
    signal.type === 'worker' && signal.state.status === 'idle' ? [signal.state.why] : [],
  );
  expect(idle).toContainEqual(expect.objectContaining({ kind: 'memory', needMb: 600 }));
});
