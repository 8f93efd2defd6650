import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { moveJobs, prioritizeJobs } from '../../electron/app/ipc/calls.ts';
import { event, makeEngine, type Watched } from './rig.ts';

/** Names of the shots in the order in which they were started. */
function started({ events, processor }: Watched): readonly string[] {
  return events.flatMap((one) =>
    one.type === 'job-started' ? [processor.job(one.job)?.name ?? ''] : [],
  );
}

function move(watched: Watched, names: readonly string[], before: string | null) {
  const ids = names.map((name) => watched.job(name).id);
  return moveJobs(watched.processor, ids, before === null ? null : watched.job(before).id);
}

test('shots start in the order that the artist gave them, and do so again after a restart', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c', 'd']) await rig.shot(name, 'frames: 1');
  const first = await rig.processor();
  await first.processor.load();
  const order = await move(first, ['d', 'b'], 'a');
  expect(order.map((id) => first.processor.job(id)?.name)).toEqual(['b', 'd', 'a', 'c']);

  // Before anything was rendered, and after: it was kept.
  const second = await rig.processor({ resumeOnFailure: false });
  await second.processor.processBatch();
  expect(started(second)).toEqual(['b', 'd', 'a', 'c']);
  await rig.shot('aa_new', 'frames: 1');
  const third = await rig.processor({ resumeOnFailure: false });
  await third.processor.load();
  expect(third.processor.jobs.map(({ name }) => name)).toEqual(['b', 'd', 'a', 'aa_new', 'c']);
  await third.processor.clearCheckpoint();
  expect(third.processor.jobs.map(({ name }) => name)).toEqual(['a', 'aa_new', 'b', 'c', 'd']);
});

test('a shot that is moved while others render is started next, whatever is expected of the rest', async () => {
  const rig = await makeEngine();
  await rig.shot('a_first', 'frames: 1-3');
  const like = (frames: string) => `blend: ../scenes/a_first.blend\nframes: ${frames}`;
  await rig.file('shots/b_long.yaml', like('1-9'));
  await rig.file('shots/c_short.yaml', like('1-2'));
  await rig.file('shots/d_middle.yaml', like('1-4'));
  await rig.steer({ render: { seconds: 0.05 } });
  const watched = await rig.processor();
  const running = watched.processor.processBatch();
  await watched.until(event('frame-done', 'a_first', 1));
  await move(watched, ['d_middle', 'c_short'], 'b_long');
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(started(watched)).toEqual(['a_first', 'c_short', 'd_middle', 'b_long']);
});

test('render first puts shots before all that wait, in the table as in the night', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c', 'd']) await rig.shot(name, 'frames: 1');
  const watched = await rig.processor();
  await watched.processor.load();
  const ids = ['d', 'b'].map((name) => watched.job(name).id);
  const order = await prioritizeJobs(watched.processor, ids, 'first');
  expect(order.map((id) => watched.processor.job(id)?.name)).toEqual(['b', 'd', 'a', 'c']);
  // A priority alone moves no row.
  expect(await prioritizeJobs(watched.processor, ids.slice(0, 1), 'raise')).toEqual(order);
  await watched.processor.processBatch();
  expect(started(watched)).toEqual(['d', 'b', 'a', 'c']);
});

test('a shot that is put before one of higher priority starts before it', async () => {
  const rig = await makeEngine();
  await rig.shot('a', 'frames: 1');
  await rig.shot('b', 'frames: 1\npriority: 3');
  await rig.shot('c', 'frames: 1');
  const watched = await rig.processor();
  await watched.processor.load();
  await move(watched, ['c'], 'b');
  await watched.processor.processBatch();
  expect(started(watched)).toEqual(['c', 'b', 'a']);
});

test('an order that was spoilt on disk counts as none, and the next move is kept again', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b']) await rig.shot(name, 'frames: 1');
  const first = await rig.processor();
  await move(first, ['b'], 'a');
  const file = join(first.processor.checkpointPath, 'order.json');
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, 9));
  const second = await rig.processor();
  await second.processor.load();
  expect(second.processor.jobs.map(({ name }) => name)).toEqual(['a', 'b']);
  await move(second, ['a'], null);
  expect(JSON.parse(await readFile(file, 'utf8')).order).toHaveLength(2);
});

test('where the order can not be kept it counts all the same, and a sentence says so', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b']) await rig.shot(name, 'frames: 1');
  // A file stands where the folder of the checkpoint would be made.
  const checkpointPath = await rig.file('blocked', '');
  const watched = await rig.processor({ checkpointPath });
  await expect(move(watched, ['b'], 'a')).rejects.toThrow(/new order, but it can't be kept/);
  expect(watched.processor.jobs.map(({ name }) => name)).toEqual(['b', 'a']);
  await rm(checkpointPath);
});
