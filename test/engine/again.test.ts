import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BatchCheckpoint, frameVersions } from '../../electron/engine/index.ts';
import { framesIn, planOf } from '../../shared/job-state.ts';
import { numbersOf, olderFrames } from '../../shared/older-files.ts';
import { type EngineRig, event, makeEngine, type Watched } from './rig.ts';

/** A shot of four frames, all done. */
async function rendered(yaml = 'frames: 1-4'): Promise<EngineRig> {
  const rig = await makeEngine();
  await rig.shot('hero', yaml);
  const { processor } = await rig.processor();
  expect(await processor.processBatch()).toMatchObject({ outcome: 'completed' });
  await processor.close();
  return rig;
}

function picture(rig: EngineRig, frame: number): Promise<Buffer> {
  return readFile(join(rig.out, 'hero', `hero_000${frame}.png`));
}

async function asideOf(rig: EngineRig): Promise<readonly string[]> {
  return readdir(join(rig.out, 'hero/.nightshift-aside')).catch(() => []);
}

function picked(watched: Watched, frames: readonly number[] | null, name = 'hero') {
  return [{ job: watched.job(name).id, frames }];
}

test('picked frames of a done shot are rendered again, and their old pictures are found by frame and time', async () => {
  const rig = await rendered();
  const before = await picture(rig, 2);
  const since = Date.now();
  // What is there is not taken for the new picture.
  const watched = await rig.processor({ existing: 'skip' });
  await watched.processor.load();
  await watched.processor.renderAgain(picked(watched, [2, 3]));
  expect(watched.told('frame-done')).toEqual([2, 3]);
  expect(watched.processor.getResult()).toMatchObject({ outcome: 'completed', completed: 1 });
  const versions = await frameVersions(planOf(watched.job('hero')), 2);
  expect(versions).toHaveLength(1);
  expect(await readFile(versions[0]?.file ?? '')).toEqual(before);
  expect(versions[0]?.at).toBeGreaterThanOrEqual(since);
  expect(await frameVersions(planOf(watched.job('hero')), 4)).toEqual([]);
  expect(await asideOf(rig)).toHaveLength(2);
  await watched.processor.renderAgain(picked(watched, null));
  const [newer, older] = await frameVersions(planOf(watched.job('hero')), 2);
  expect(older).toEqual(versions[0]);
  expect(newer?.at).toBeGreaterThan(older?.at ?? 0);
  expect(await asideOf(rig)).toHaveLength(6);
});

test('a frame that fails when it is rendered again keeps its picture, and a retry sets that aside', async () => {
  const rig = await rendered();
  const before = await stat(join(rig.out, 'hero/hero_0002.png'));
  await rig.steer({ render: { frame: 2, crash: true } });
  const watched = await rig.processor({ maxRetries: 0 });
  await watched.processor.load();
  await watched.processor.renderAgain(picked(watched, [2]));
  expect(watched.job('hero')).toMatchObject({ status: 'failed', counts: { done: 3, failed: 1 } });
  expect((await stat(join(rig.out, 'hero/hero_0002.png'))).ino).toBe(before.ino);
  expect(await asideOf(rig)).toEqual([]);
  await rig.steer({});
  await watched.processor.retryJobs([watched.job('hero').id]);
  expect(watched.job('hero').status).toBe('completed');
  expect(await asideOf(rig)).toHaveLength(1);
});

test('frames that were asked for again are gone on with after a cancel, also at the next start', async () => {
  const rig = await rendered();
  await rig.steer({ render: { frame: 3, hang: true } });
  const first = await rig.processor();
  await first.processor.load();
  first.processor.subscribe((signal) => {
    if (event('frame-done', 'hero', 2)(signal)) void first.processor.cancel();
  });
  await first.processor.renderAgain(picked(first, [2, 3, 4]));
  expect(first.told('frame-done')).toEqual([2]);
  await first.processor.close();
  await rig.steer({});
  const { processor, told, job } = await rig.processor();
  expect((await processor.load()).framesLeft).toBe(2);
  await processor.processBatch();
  expect(told('frame-done')).toEqual([3, 4]);
  expect(job('hero').status).toBe('completed');
  expect(await asideOf(rig)).toHaveLength(3);
});

test('only picked frames are rendered of a shot that was never opened; the others wait for another run', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  await rig.shot('wide', 'frames: 1-2');
  const watched = await rig.processor();
  const result = await watched.processor.processBatch({ picked: picked(watched, [2, 4, 9]) });
  expect(watched.told('frame-done')).toEqual([2, 4]);
  expect(result.outcome).toBe('partial');
  expect(watched.job('hero')).toMatchObject({ status: 'waiting', counts: { done: 2, waiting: 2 } });
  expect(watched.events.map(({ type }) => type)).toContain('job-rested');
  expect(await watched.processor.processBatch()).toMatchObject({ outcome: 'completed' });
  expect(watched.told('frame-done', 'hero')).toEqual([2, 4, 1, 3]);
});

test('where nothing of what was picked is left, no scene is opened', async () => {
  const rig = await rendered();
  const starts = (await rig.noted('start')).length;
  const watched = await rig.processor();
  await watched.processor.load();
  await watched.processor.processBatch({ picked: picked(watched, [2]) });
  await watched.processor.renderAgain(picked(watched, [77]));
  expect(watched.told('frame-done')).toEqual([]);
  expect(await rig.noted('start')).toHaveLength(starts);
  expect(watched.job('hero').status).toBe('completed');
});

test('a failed frame that nobody picked stays failed', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-4');
  await rig.steer({ render: { frame: 3, crash: true } });
  const watched = await rig.processor({ maxRetries: 0 });
  await watched.processor.processBatch();
  await watched.processor.renderAgain(picked(watched, [1]));
  expect(watched.told('frame-done')).toEqual([1, 2, 4, 1]);
  expect(watched.job('hero')).toMatchObject({ status: 'failed', counts: { done: 3, failed: 1 } });
});

test('while it renders, frames of running, ended and left-out shots join the run', async () => {
  const rig = await makeEngine();
  for (const name of ['a', 'b', 'c']) await rig.shot(name, 'frames: 1-3');
  const watched = await rig.processor();
  const { processor, job, told } = watched;
  const until = watched.until(event('frame-done', 'b', 2));
  const running = processor.processBatch({ only: [job('a').id, job('b').id] });
  await until;
  await processor.renderAgain([
    ...picked(watched, [1], 'b'),
    ...picked(watched, [2, 3], 'a'),
    ...picked(watched, [3], 'c'),
  ]);
  await running;
  expect(told('frame-done', 'a')).toEqual([1, 2, 3, 2, 3]);
  expect(told('frame-done', 'b').toSorted()).toEqual([1, 1, 2, 3]);
  expect(told('frame-done', 'c')).toEqual([3]);
  expect(job('b').status).toBe('completed');
  expect(job('c').counts).toMatchObject({ done: 1, waiting: 2 });
});

test('frames that are asked for while a run comes up join it', async () => {
  const rig = await rendered();
  await rig.shot('lamp', 'frames: 1-2');
  const watched = await rig.processor();
  await watched.processor.load();
  const running = watched.processor.processBatch();
  const joined = watched.processor.renderAgain(picked(watched, [2]));
  await Promise.race([running, joined.then(() => expect(watched.processor.running).toBe(true))]);
  await running;
  expect(watched.told('frame-done', 'hero')).toEqual([2]);
});

test('where all that is there is overwritten, the frames that nobody picked stay as they are', async () => {
  const rig = await rendered();
  const watched = await rig.processor({ existing: 'overwrite' });
  await watched.processor.processBatch({ picked: picked(watched, [2]) });
  expect(watched.told('frame-done')).toEqual([2]);
  expect(watched.job('hero')).toMatchObject({ status: 'completed', counts: { done: 4 } });
});

test('a movie whose frames are rendered again is encoded again', async () => {
  const rig = await makeEngine();
  await rig.steer({ facts: { movie: { extension: '.mp4' } } });
  await rig.shot('hero', 'frames: 1-2');
  const watched = await rig.processor();
  await watched.processor.processBatch();
  const encodes = (await rig.noted('encode')).length;
  await watched.processor.renderAgain(picked(watched, [2]));
  expect(watched.job('hero').status).toBe('completed');
  expect(await rig.noted('encode')).toHaveLength(encodes + 1);
});

test('rejected frames are known after a restart, and also when the scene was mended since', async () => {
  const rig = await rendered();
  const first = await rig.processor();
  await first.processor.load();
  const { id } = first.job('hero');
  await first.processor.reviewFrames(id, [2, 3], 'rejected');
  await first.processor.reviewFrames(id, [1], 'approved');
  await first.processor.reviewFrames(id, [3], null);
  await first.processor.close();
  const second = await rig.processor();
  await second.processor.load();
  const reviews = framesIn(second.job('hero'), 'done').map(({ state }) => state.review);
  expect(reviews).toEqual(['approved', 'rejected', undefined, undefined]);
  await second.processor.close();
  await rig.file('scenes/hero.blend', 'BLENDER-v403RENDH mended');
  const third = await rig.processor();
  await third.processor.load();
  const rejected = await third.processor.rejected();
  expect(rejected).toEqual([{ job: id, frames: [2] }]);
  await third.processor.renderAgain(rejected);
  expect(third.told('frame-done')).toEqual([2]);
  expect(third.job('hero').counts).toMatchObject({ done: 4, waiting: 0 });
  expect(numbersOf(olderFrames(third.job('hero')))).toEqual([1, 3, 4]);
  expect(await asideOf(rig)).toHaveLength(1);
  expect(await third.processor.rejected()).toEqual([]);
});

test('a replayed journal gives the state of the run that wrote it', async () => {
  const rig = await rendered();
  const watched = await rig.processor();
  await watched.processor.load();
  await watched.processor.reviewFrames(watched.job('hero').id, [1, 4], 'rejected');
  await watched.processor.renderAgain(picked(watched, [4]));
  const { jobs } = await new BatchCheckpoint(watched.processor.checkpointPath).load();
  const hero = watched.job('hero');
  expect([...(jobs.get(hero.id)?.frames ?? [])]).toEqual([...hero.frames]);
});
