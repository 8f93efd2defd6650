import { rename } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { event, makeEngine } from './rig.ts';

/** A run that stands at the second frame of its only shot until `go` is there. */
async function standingRun() {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  const go = `${rig.folder}/go`;
  await rig.steer({ render: [{ blend: 'hero', frame: [2, 3], until: go }] });
  const watched = await rig.processor();
  const second = watched.until(event('frame-started', 'hero', 2));
  const running = watched.processor.processBatch();
  await second;
  const readAgain = () => createBatchFromDirectory(rig.shots, { output: rig.out });
  return { rig, running, readAgain, letGo: () => rig.file('go', ''), ...watched };
}

test('a shot that is put into the folder while it renders is rendered too', async () => {
  const { rig, processor, running, readAgain, letGo, job } = await standingRun();
  await rig.shot('late', 'frames: 1-2');
  const joined = await processor.takeIn(await readAgain());
  expect(joined).toEqual([job('late').id]);
  expect(job('late').status).toBe('waiting');
  expect(processor.getProgress()).toMatchObject({ totalJobs: 2 });
  await letGo();
  expect(await running).toMatchObject({ outcome: 'completed', completed: 2 });
  expect(await rig.frames('late')).toHaveLength(2);

  // The journal knows it like any other.
  const again = await rig.processor();
  expect((await again.processor.load()).framesLeft).toBe(0);
  expect(again.job('late').status).toBe('completed');
});

test('one shot joins once, however often the folder is read', async () => {
  const { rig, processor, running, readAgain, letGo, events, job } = await standingRun();
  await rig.shot('late', 'frames: 1-2');
  const batch = await readAgain();
  const joined = await Promise.all([processor.takeIn(batch), processor.takeIn(batch)]);
  expect(joined.map((ids) => ids.length).sort()).toEqual([0, 1]);
  await letGo();
  await running;
  const done = events.filter(({ type, job: id }) => type === 'frame-done' && id === job('late').id);
  expect(done).toHaveLength(2);
  expect(processor.jobs.map(({ name }) => name)).toEqual(['hero', 'late']);
  expect(processor.getResult()).toMatchObject({ totalJobs: 2, completed: 2 });
});

test('a late shot waits for those that it depends on, and goes first where it is wanted first', async () => {
  const { rig, processor, running, readAgain, letGo, events } = await standingRun();
  await rig.shot('comp', 'frames: 1\npriority: 9\ndepends_on: [hero]');
  await rig.shot('first', 'frames: 1\npriority: 5');
  await processor.takeIn(await readAgain());
  await letGo();
  expect(await running).toMatchObject({ outcome: 'completed', completed: 3 });
  const names = new Map(processor.jobs.map(({ id, name }) => [id, name]));
  const ended = events
    .filter(({ type }) => type === 'job-finished')
    .map((one) => names.get(one.job));
  expect(ended).toEqual(['first', 'hero', 'comp']);
});

test('a late shot that can not be read is a failed one, and the others go on', async () => {
  const { rig, processor, running, readAgain, letGo, job } = await standingRun();
  await rig.file('shots/torn.yaml', 'blend: [');
  await processor.takeIn(await readAgain());
  expect(job('torn').status).toBe('failed');
  await letGo();
  expect(await running).toMatchObject({ outcome: 'failed', completed: 1, failed: 1 });
});

test('frames that a late shot has from an earlier night are kept', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-3');
  await rig.shot('late', 'frames: 1-4');
  await (await rig.processor()).processor.processBatch();
  await rig.file('away/late.yaml', '');
  await rename(`${rig.shots}/late.yaml`, `${rig.folder}/away/late.yaml`);
  await rig.file('scenes/hero.blend', 'BLENDER-v403RENDH hero anew');
  await rig.steer({ render: [{ blend: 'hero', frame: [2, 3], until: `${rig.folder}/go` }] });
  const { processor, until, job, events } = await rig.processor({ saved: 'again' });
  const second = until(event('frame-started', 'hero', 2));
  const running = processor.processBatch();
  await second;
  await rename(`${rig.folder}/away/late.yaml`, `${rig.shots}/late.yaml`);
  await processor.takeIn(await createBatchFromDirectory(rig.shots, { output: rig.out }));
  await rig.file('go', '');
  expect(await running).toMatchObject({ outcome: 'completed', completed: 2 });
  expect(job('late').counts).toMatchObject({ done: 4, kept: 4 });
  const started = events.filter(
    ({ type, job: id }) => type === 'frame-started' && id === job('late').id,
  );
  expect(started).toEqual([]);
});

test('nothing joins a batch that does not render', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1');
  const { processor } = await rig.processor();
  await rig.shot('late', 'frames: 1');
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  expect(await processor.takeIn(batch)).toEqual([]);
  expect(processor.jobs).toHaveLength(1);
});

test('nothing joins a run that is cancelled while the shot is being looked at', async () => {
  const { rig, processor, running, readAgain } = await standingRun();
  await rig.shot('late', 'frames: 1');
  const joining = processor.takeIn(await readAgain());
  // It has begun: the disk is being asked for its frames.
  for (let turn = 0; turn < 3; turn += 1) await null;
  await processor.cancel();
  expect(await joining).toEqual([]);
  await running;
  expect(processor.jobs.map(({ name, status }) => [name, status])).toEqual([['hero', 'cancelled']]);
});

test('a run whose last shot ends while another one is joining renders that too', async () => {
  const { rig, processor, running, readAgain, letGo, until } = await standingRun();
  await rig.shot('late', 'frames: 1');
  const batch = await readAgain();
  const ended = until(
    (signal) => signal.type === 'event' && signal.event.type === 'job-finished',
  ).then(() => processor.takeIn(batch));
  await letGo();
  expect(await ended).toHaveLength(1);
  expect(await running).toMatchObject({ outcome: 'completed', totalJobs: 2, completed: 2 });
});
