import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { threadsFor } from '../../electron/engine/capacity/cores.ts';
import { type EngineRig, event, makeEngine, type Watched } from './rig.ts';

test('two workers share the frames of one long shot', async () => {
  const rig = await makeEngine();
  await rig.shot('long', 'frames: 1-12');
  const { processor, noted, told } = await helpedOnLong(rig);
  const pids = noted.map(({ pid }) => pid);
  expect(pids).toHaveLength(12);
  expect(new Set(pids).size).toBe(2);
  expect(new Set(told('frame-done')).size).toBe(12);
  expect(processor.getResult().outcome).toBe('completed');
});

test('a worker that has nothing of its own left helps with the end of the batch', async () => {
  const rig = await makeEngine();
  await rig.shot('long', 'frames: 1-14');
  await rig.shot('short', 'frames: 1-2');
  const { noted } = await helpedOnLong(rig);
  const onLong = noted.filter(({ blend }) => blend?.endsWith('long.blend'));
  expect(onLong).toHaveLength(14);
  expect(new Set(onLong.map(({ pid }) => pid)).size).toBe(2);
});

test('a worker stays with its scene while it has frames, and starts unstarted shots first', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c', 'd']) await rig.shot(name, 'frames: 1-5');
  await rig.steer({ render: { seconds: 0.02 } });
  const { processor } = await rig.processor({ workers: 2 });
  await processor.processBatch();
  const opens = await rig.noted('open');
  // Each shot is opened once, and once more at most by the one who helps at the end.
  expect(opens.length).toBeLessThanOrEqual(5);
  expect(new Set(opens.slice(0, 4).map(({ blend }) => blend)).size).toBe(4);
  expect(new Set((await rig.noted('start')).map(({ pid }) => pid)).size).toBe(2);
});

test('a higher priority goes first', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1');
  await rig.shot('b', 'frames: 1\npriority: 5');
  await rig.shot('c', 'frames: 1\npriority: 9');
  const { processor, events } = await rig.processor();
  await processor.processBatch();
  const started = events.filter(({ type }) => type === 'job-started');
  expect(started.map(({ job }) => processor.job(job)?.name)).toEqual(['c', 'b', 'a']);
});

test('the threads of the workers together never exceed the cores, and the last one has them all', async () => {
  const cores = availableParallelism();
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1-6');
  await rig.shot('b', 'frames: 1-3');
  await rig.shot('c', 'frames: 1-9');
  await rig.steer({ render: [{ blend: 'c.blend', frame: 9, seconds: 0.4 }, { seconds: 0.05 }] });
  const workers = Math.max(1, Math.min(2, cores));
  const watched = await rig.processor({ workers });
  await watched.processor.processBatch();
  expect(mostThreads(watched)).toBeLessThanOrEqual(cores);
  const alone = await rig.processor({ workers: 1, resumeOnFailure: false });
  await alone.processor.processBatch();
  expect(mostThreads(alone)).toBe(cores);
});

test('any number of lanes shares any number of cores, to the last one and never more', () => {
  for (let cores = 1; cores <= 33; cores += 1) {
    for (let sharing = 1; sharing <= cores; sharing += 1) {
      const others: number[] = [];
      for (let lane = 0; lane < sharing; lane += 1) {
        others.push(threadsFor({ cores, sharing, others }));
      }
      const sum = others.reduce((all, threads) => all + threads, 0);
      expect(sum, `${sharing} lanes, ${cores} cores`).toBe(cores);
      expect(Math.max(...others) - Math.min(...others)).toBeLessThanOrEqual(1);
    }
  }
});

/** Renders with two workers. The first frame of `long` is not ready before the other one has come to help. */
async function helpedOnLong(rig: EngineRig) {
  const helped = join(rig.folder, 'helped');
  await rig.steer({ render: { blend: 'long.blend', frame: 1, until: helped } });
  const watched = await rig.processor({ workers: 2 });
  const coming = watched.until(event('frame-started', 'long', 2));
  const running = watched.processor.processBatch();
  await coming;
  await writeFile(helped, '');
  await running;
  return { ...watched, noted: await rig.noted('render') };
}

function mostThreads({ signals }: Watched): number {
  const threads = new Map<number, number>();
  let most = 0;
  for (const signal of signals) {
    if (signal.type !== 'worker') continue;
    threads.set(signal.worker, signal.state.status === 'rendering' ? signal.state.threads : 0);
    most = Math.max(
      most,
      [...threads.values()].reduce((sum, count) => sum + count, 0),
    );
  }
  return most;
}

test('Blender has the next frame to render while the last one is still being proved', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1-4');
  await rig.steer({ render: { frame: 2, tries: 1, file: 'truncated' } });
  const { processor, events } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  const order = events.flatMap((event) =>
    event.type === 'frame-started' || event.type === 'frame-done' || event.type === 'frame-failed'
      ? [`${event.type.slice(6)} ${event.frame}`]
      : [],
  );
  // One at a time all the same: frame 3 is not begun before frame 1 is done.
  expect(order.indexOf('started 2')).toBeLessThan(order.indexOf('done 1'));
  expect(order.indexOf('done 1')).toBeLessThan(order.indexOf('started 3'));
  expect(order.indexOf('started 3')).toBeLessThan(order.indexOf('failed 2'));
  expect(order.filter((one) => one === 'done 2')).toHaveLength(1);
});
