import { expect, test } from 'vitest';
import { type EngineRig, event, makeEngine, type Noted } from './rig.ts';

const A = { kind: 'OPTIX', id: 'a', name: 'Quick 1', on: true };
const B = { kind: 'OPTIX', id: 'b', name: 'Quick 2', on: true };
// Renders are counted: none of them is one more of a frame that is compared, as on a busy machine one may be.
const GPU = 'render: {device: gpu, keep_scene: off}';
const EITHER = 'render: {device: gpu-or-cpu, keep_scene: off}';

/** What was rendered of a shot, with the GPU that its Blender had. */
async function rendered(rig: EngineRig, shot: string): Promise<readonly Noted[]> {
  return (await rig.noted('render')).filter(({ blend }) => blend?.endsWith(`${shot}.blend`));
}

test('each GPU has one worker of its own, and shots for the CPU are rendered beside them', async () => {
  const rig = await makeEngine();
  await rig.shot('fast', `frames: 1-12\n${GPU}`);
  await rig.shot('slow', 'frames: 1-4');
  await rig.steer({ gpus: [A, B, { ...B, id: 'off', on: false }], render: { seconds: 0.05 } });
  const { processor } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const fast = await rendered(rig, 'fast');
  expect(fast).toHaveLength(12);
  expect(new Set(fast.map(({ gpu }) => gpu))).toEqual(new Set(['a', 'b']));
  // A device is never shared by two Blenders.
  for (const id of ['a', 'b']) {
    expect(new Set(fast.filter(({ gpu }) => gpu === id).map(({ pid }) => pid)).size).toBe(1);
  }
  const slow = await rendered(rig, 'slow');
  expect(slow.map(({ gpu }) => gpu)).toEqual([null, null, null, null]);
  expect(slow.some(({ pid }) => fast.some((one) => one.pid === pid))).toBe(false);
  const opened = await rig.noted('open');
  expect(opened.filter(({ blend, gpu }) => blend?.endsWith('fast.blend') && gpu === null)).toEqual(
    [],
  );
});

test('without a shot for a GPU nobody asks for one', async () => {
  const rig = await makeEngine();
  await rig.shot('slow', 'frames: 1-2');
  await rig.steer({ gpus: [A] });
  const { processor } = await rig.processor({ workers: 2 });
  await processor.processBatch();
  expect(await rig.noted('devices')).toEqual([]);
});

test('a scene that turns out to be saved for the GPU is handed to a worker that has one, without blame', async () => {
  const rig = await makeEngine();
  await rig.shot('saved', 'frames: 1-4');
  await rig.shot('slow', 'frames: 1-2');
  await rig.steer({ gpus: [A], savedForGpu: 'saved', render: { seconds: 0.02 } });
  const { processor, job } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect((await rendered(rig, 'saved')).map(({ gpu }) => gpu)).toEqual(['a', 'a', 'a', 'a']);
  expect(job('saved')).toMatchObject({ retryCount: 0, warnings: [] });
});

test('a shot for the GPU whose scene is none of Cycles is handed to the CPU without blame', async () => {
  const rig = await makeEngine();
  await rig.shot('drawn', `frames: 1-2\n${GPU}`);
  await rig.steer({ gpus: [A], facts: { device: 'cpu', engine: 'BLENDER_WORKBENCH' } });
  const { processor, job } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect((await rendered(rig, 'drawn')).map(({ gpu }) => gpu)).toEqual([null, null]);
  expect(job('drawn').retryCount).toBe(0);
});

test('where there is no GPU a shot that must have one fails before it renders, and the others say where they were rendered', async () => {
  const rig = await makeEngine();
  await rig.shot('must', `frames: 1-2\n${GPU}`);
  await rig.shot('may', `frames: 1-2\n${EITHER}`);
  const { processor, job } = await rig.processor({ workers: 2 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'failed', completed: 1 });
  expect(job('must').error).toMatchObject({ cause: 'device-not-available' });
  expect(await rendered(rig, 'must')).toEqual([]);
  expect(job('may').warnings).toMatchObject([{ cause: 'device-not-available' }]);
  expect((await rendered(rig, 'may')).map(({ gpu }) => gpu)).toEqual([null, null]);
});

test('memory of the GPU that runs out is tried once more in a fresh Blender, and no worker of the CPU is taken out of work', async () => {
  const rig = await makeEngine();
  await rig.shot('large', `frames: 1-3\n${GPU}`);
  const report = 'Error: System is out of GPU memory';
  await rig.steer({ gpus: [A], render: [{ frame: 2, report }] });
  const { processor, job, signals } = await rig.processor({ workers: 2, maxRetries: 5 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'failed' });
  const large = await rendered(rig, 'large');
  const second = large.filter(({ frame }) => frame === 2);
  expect(second).toHaveLength(2);
  expect(new Set(second.map(({ pid }) => pid)).size).toBe(2);
  expect(job('large').counts).toMatchObject({ done: 2, failed: 1 });
  expect(job('large').error?.message).toContain('The GPU ran out of memory while frame 2');
  const changes = signals.filter(
    (signal) => signal.type === 'event' && signal.event.type === 'pool-changed',
  );
  expect(changes).toEqual([]);
});

test('a shot that may, goes on with the CPU when the GPU has too little memory for it, and says so', async () => {
  const rig = await makeEngine();
  await rig.shot('large', `frames: 1-2\n${EITHER}`);
  const report = 'Error: System is out of GPU and shared host memory';
  await rig.steer({
    gpus: [A, B],
    render: [
      { gpu: 'a', report },
      { gpu: 'b', report },
    ],
  });
  const { processor, job } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const done = (await rendered(rig, 'large')).filter(({ gpu }) => gpu === null);
  expect(done.map(({ frame }) => frame).sort()).toEqual([1, 2]);
  expect(job('large').warnings).toMatchObject([
    {
      message: expect.stringMatching(
        /rendered on the CPU, because it needs .* Quick [12] \(OptiX\)/,
      ),
    },
    {
      message: expect.stringMatching(/rendered without Quick [12] \(OptiX\), which has too little/),
    },
  ]);
});

test('a shot that is too large for one of two GPUs goes on with the other', async () => {
  const rig = await makeEngine();
  await rig.shot('large', `frames: 1-4\n${GPU}`);
  const report = 'Error: System is out of GPU memory';
  await rig.steer({ gpus: [A, B], render: [{ gpu: 'a', report }, { seconds: 0.1 }] });
  const { processor, job } = await rig.processor({ workers: 1, maxRetries: 0 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const large = await rendered(rig, 'large');
  expect(large.filter(({ gpu }) => gpu === 'b')).toHaveLength(4);
  // At most one, which taught that it is too large for it.
  expect(large.filter(({ gpu }) => gpu === 'a').length).toBeLessThanOrEqual(1);
  expect(job('large').counts.failed).toBe(0);
});

test('a GPU that is gone ends its worker and no shot: the other one goes on', async () => {
  const rig = await makeEngine();
  await rig.shot('one', `frames: 1-3\n${GPU}`);
  await rig.shot('two', `frames: 1-3\n${GPU}`);
  const fail = {
    cause: 'device-not-available',
    message: 'The GPU "Quick 1" is not there any more.',
  };
  await rig.steer({ gpus: [A, B], open: [{ gpu: 'a', fail }], render: { seconds: 0.02 } });
  const { processor, job } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const gpus = (await rig.noted('render')).map(({ gpu }) => gpu);
  expect(gpus).toEqual(['b', 'b', 'b', 'b', 'b', 'b']);
  expect(job('one').retryCount + job('two').retryCount).toBe(0);
  const told = [...job('one').warnings, ...job('two').warnings];
  expect(told).toMatchObject([
    { message: expect.stringContaining('Quick 1 (OptiX) is not there') },
  ]);
});

test('a GPU that is gone in the middle of a frame ends its worker and no shot either', async () => {
  const rig = await makeEngine();
  await rig.shot('one', `frames: 1-3\n${GPU}`);
  await rig.shot('two', `frames: 1-3\n${GPU}`);
  const report = 'Error: Failed to create CUDA context (Invalid device)';
  await rig.steer({ gpus: [A, B], render: [{ gpu: 'a', report }, { seconds: 0.02 }] });
  const { processor, job } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(job('one').retryCount + job('two').retryCount).toBe(0);
  const lost = (await rig.noted('render')).filter(({ gpu }) => gpu === 'a');
  expect(lost).toHaveLength(1);
});

test('the last GPU that is gone leaves its shots to the CPU where they may, and fails those that must have one', async () => {
  const rig = await makeEngine();
  await rig.shot('must', `frames: 1\n${GPU}`);
  await rig.shot('may', `frames: 1\n${EITHER}`);
  const fail = { cause: 'device-not-available', message: 'It is not there any more.' };
  // The CPU's lane finds none either, as its Blender starts anew.
  await rig.steer({
    gpus: [A],
    open: [
      { gpu: 'a', fail },
      { blend: 'must', fail },
    ],
  });
  const { processor, job } = await rig.processor({ workers: 1 });
  expect(await processor.processBatch()).toMatchObject({ outcome: 'failed', completed: 1 });
  expect(job('must').error?.cause).toBe('device-not-available');
  expect(await rendered(rig, 'may')).toHaveLength(1);
  expect(job('may').warnings).toMatchObject([{ cause: 'device-not-available' }]);
});

test('threads of GPUs and CPU together are never more than there are cores', async () => {
  const rig = await makeEngine();
  await rig.shot('fast', `frames: 1-10\n${GPU}`);
  await rig.shot('slow', 'frames: 1-10');
  await rig.shot('slow2', 'frames: 1-10');
  await rig.steer({ gpus: [A], render: { seconds: 0.03 } });
  const { processor, signals } = await rig.processor({ workers: 2 });
  const { cores } = (await processor.processBatch()).run.machine;
  const held = new Map<number, number>();
  let most = 0;
  for (const signal of signals) {
    if (signal.type !== 'worker') continue;
    const { state, worker } = signal;
    held.set(worker, state.status === 'rendering' ? state.threads : 0);
    most = Math.max(
      most,
      [...held.values()].reduce((sum, each) => sum + each, 0),
    );
  }
  expect(most).toBeLessThanOrEqual(Math.max(2, cores));
  expect(most).toBeGreaterThanOrEqual(2);
});

test('a cancel while GPUs are at work leaves no Blender behind', async () => {
  const rig = await makeEngine();
  await rig.shot('fast', `frames: 1-4\n${GPU}`);
  await rig.steer({ gpus: [A, B], render: { hang: true } });
  const { processor, until } = await rig.processor({ workers: 1 });
  const done = processor.processBatch();
  await until(event('frame-started', 'fast'));
  await processor.cancel();
  expect(await done).toMatchObject({ outcome: 'cancelled' });
  const pids = (await rig.noted('start')).map(({ pid }) => pid);
  const alive = pids.filter((pid) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  });
  expect(alive).toEqual([]);
});
