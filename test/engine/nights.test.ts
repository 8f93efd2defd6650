import { existsSync } from 'node:fs';
import {
  copyFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  BatchInUse,
  BatchProcessor,
  createBatchFromDirectory,
  keptNights,
  leaveFrames,
  moveBatch,
  moveFrames,
  nightLogs,
  nightReport,
  placeAfter,
} from '../../electron/engine/index.ts';
import { keepNight } from '../../electron/engine/report/kept-nights.ts';
import { runs } from '../cli/rig.ts';
import { type EngineRig, event, makeEngine, STAND_IN } from './rig.ts';

const HERO = 'frames: 1-3';

/** The batch of a folder that may be anywhere; its frames go into it. */
async function inFolder(rig: EngineRig, folder: string) {
  const batch = await createBatchFromDirectory(folder);
  const config = { blenderPath: STAND_IN, workers: 1, backoffMs: 1 };
  return new BatchProcessor(batch, { config, dataDirectory: rig.data });
}

/** A folder of one shot with all that it needs. */
async function film(rig: EngineRig, name: string): Promise<string> {
  await rig.file(`${name}/scenes/any.blend`, 'BLENDER-v403RENDH');
  await rig.file(`${name}/hero.yaml`, `blend: scenes/any.blend\n${HERO}\n`);
  return join(rig.folder, name);
}

test('a night is kept while its last Blender ends, and is over when that is gone', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  const quitUntil = join(rig.folder, 'may-end');
  await rig.steer({ quitUntil });
  const { processor } = await rig.processor();
  const running = processor.processBatch();
  await vi.waitUntil(async () => (await keptNights(processor.checkpointPath)).length > 0, {
    timeout: 60_000,
    interval: 5,
  });
  const [blender] = await rig.noted('start');
  expect(await runs(blender?.pid ?? 0)).toBe(true);
  expect(processor.running).toBe(true);
  await rig.file('may-end', '');
  expect(await running).toMatchObject({ outcome: 'completed' });
  expect(await runs(blender?.pid ?? 0)).toBe(false);
});

test('each night keeps its numbers, its report and what Blender said, whatever is rendered after it', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  await rig.steer({ render: { frame: 3, crash: true } });
  const { processor, job } = await rig.processor({ maxRetries: 0 });
  await processor.processBatch();
  await rig.steer({});
  await processor.retryJobs([job('hero').id]);
  const directory = processor.checkpointPath;
  const [second, first, ...others] = await keptNights(directory);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    outcome: 'failed',
    frames: { rendered: 2, done: 2, failed: 1, total: 3 },
    blender: '4.3.2',
    hasLogs: true,
  });
  expect(second).toMatchObject({ outcome: 'completed', frames: { rendered: 1, done: 3 } });
  const report = await readFile(await nightReport(directory, first?.id ?? ''), 'utf8');
  expect(report).toContain('hero');
  expect(report).toContain('crashed');
  expect(await readdir(nightLogs(directory, first?.id ?? ''))).toEqual(['hero.log']);
});

test('a run in which nothing was to do is no night, and one that is cleared away leaves those before it', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  const { processor } = await rig.processor();
  const result = await processor.processBatch();
  await processor.processBatch();
  expect(await keptNights(processor.checkpointPath)).toHaveLength(1);
  await keepNight(processor.checkpointPath, result);
  expect(await keptNights(processor.checkpointPath)).toHaveLength(1);
  await processor.clearCheckpoint();
  expect(await keptNights(processor.checkpointPath)).toHaveLength(1);
  expect(await readdir(processor.checkpointPath)).toEqual(['nights']);
});

test('a night that broke off is kept when the next one begins', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  const first = await rig.processor();
  await first.processor.processBatch();
  const directory = first.processor.checkpointPath;
  await first.processor.close();
  // As a crash leaves it: without its end, and without what is kept at the end.
  const journal = join(directory, 'journal.jsonl');
  const lines = (await readFile(journal, 'utf8')).split('\n');
  const left = lines.filter((line) => !/"batch-finished"|"job-finished"|"frame":3/.test(line));
  await rig.file('data/journal', left.join('\n'));
  await rename(join(rig.data, 'journal'), journal);
  await rm(join(directory, 'nights'), { recursive: true });
  const { processor } = await rig.processor();
  await processor.processBatch();
  expect(await keptNights(directory)).toMatchObject([
    { outcome: 'completed', frames: { rendered: 1, done: 3 } },
    { outcome: 'interrupted', frames: { rendered: 2, done: 2 } },
  ]);
});

test('a folder that was moved away takes its batch along: nothing is rendered again', async () => {
  const rig = await makeEngine();
  const before = await film(rig, 'film');
  await rig.steer({ render: { frame: 3, hang: true } });
  const first = await inFolder(rig, before);
  const until = new Promise<void>((resolve) => {
    first.subscribe((signal) => event('frame-done', 'hero', 2)(signal) && resolve());
  });
  const running = first.processBatch();
  await until;
  await first.cancel();
  await running;
  await first.close();
  await rig.steer({});
  const now = join(rig.folder, 'disk', 'film of old');
  await mkdir(join(rig.folder, 'disk'));
  await rename(before, now);

  const place = placeAfter(first.batch, now);
  expect(place).toEqual({ folder: now, outputRoot: join(now, 'renders') });
  const id = await moveBatch(rig.data, first.batch.id, place);
  const second = await inFolder(rig, now);
  expect(second.batch.id).toBe(id);
  expect(await second.load()).toMatchObject({
    outcome: 'cancelled',
    framesWhole: 2,
    framesLost: 0,
  });
  const done: number[] = [];
  second.subscribe((signal) => {
    if (signal.type === 'event' && signal.event.type === 'frame-done')
      done.push(signal.event.frame);
  });
  expect(await second.processBatch()).toMatchObject({ outcome: 'completed' });
  await second.close();
  expect(done).toEqual([3]);
  expect(await keptNights(second.checkpointPath)).toHaveLength(2);
  expect(await readdir(join(rig.data, 'batches'))).toEqual([id]);
});

test('a folder with frames of its own is not taken for the one that was moved', async () => {
  const rig = await makeEngine();
  const processors = [];
  for (const name of ['film', 'other']) {
    const processor = await inFolder(rig, await film(rig, name));
    await processor.processBatch();
    await processor.close();
    processors.push(processor);
  }
  const [one, other] = processors as [BatchProcessor, BatchProcessor];
  const moving = moveBatch(rig.data, one.batch.id, placeAfter(one.batch, other.batch.folder));
  await expect(moving).rejects.toThrow('frames of its own already');
  expect(await readdir(join(rig.data, 'batches'))).toHaveLength(2);
});

test('frames are moved to another folder, and an earlier try is gone on with', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  await rig.shot('lamp', HERO);
  const first = await rig.processor();
  await first.processor.processBatch();
  await first.processor.close();
  const { id } = first.processor.batch;
  const now = join(rig.folder, 'frames', 'shots');
  // As a try left it that broke off.
  await mkdir(now, { recursive: true });
  await rename(join(rig.out, 'hero'), join(now, 'hero'));
  const moved = await moveFrames(rig.data, id, now);
  const batch = await createBatchFromDirectory(rig.shots, { output: now });
  expect(batch.id).toBe(moved);
  const second = await rig.processor({}, {}, batch);
  expect(await second.processor.load()).toMatchObject({ framesWhole: 6, framesLost: 0 });
  expect(await readdir(rig.folder)).not.toContain('out');
});

test('frames are copied to another disk, and nothing of them is left behind', async () => {
  const { rig, id } = await twoShotsDone();
  const disk = await anotherDisk();
  const now = join(disk, 'shots');
  const batch = await movedTo(rig, id, now);
  const { processor } = await rig.processor({}, {}, batch);
  expect(await processor.load()).toMatchObject({ framesWhole: 6, framesLost: 0 });
  expect((await readdir(now)).sort()).toEqual(['hero', 'lamp']);
  expect(await readdir(rig.folder)).not.toContain('out');
});

test.each<[string, (from: string, to: string) => Promise<void>]>([
  [
    'in the middle of the copy',
    async (from, to) => {
      await mkdir(`${to}.moving`, { recursive: true });
      await copyFile(join(from, 'hero_0001.png'), join(`${to}.moving`, 'hero_0001.png'));
    },
  ],
  [
    'when the copy was whole and nothing had its name',
    async (from, to) => {
      await cp(from, `${to}.moving`, { recursive: true });
      await rename(from, `${from}.moved`);
    },
  ],
  [
    'while the old frames went',
    async (from, to) => {
      await cp(from, to, { recursive: true });
      await rename(from, `${from}.moved`);
      await rm(join(`${from}.moved`, 'hero_0001.png'));
    },
  ],
])('a move to another disk that broke off %s is gone on with', async (_when, broken) => {
  const { rig, id } = await twoShotsDone();
  const now = join(await anotherDisk(), 'shots');
  await mkdir(now);
  await broken(join(rig.out, 'hero'), join(now, 'hero'));
  const batch = await movedTo(rig, id, now);
  const { processor } = await rig.processor({}, {}, batch);
  expect(await processor.load()).toMatchObject({ framesWhole: 6, framesLost: 0 });
  expect((await readdir(now)).sort()).toEqual(['hero', 'lamp']);
  expect(await readdir(rig.folder)).not.toContain('out');
});

test.each(['a new folder', 'one in which something lies'])(
  'a move to another disk that broke off costs nothing where another place is chosen, %s',
  async (which) => {
    const { rig, id } = await twoShotsDone();
    const disk = await anotherDisk();
    const from = join(rig.out, 'hero');
    await cp(from, join(disk, 'shots', 'hero.moving'), { recursive: true });
    await rename(from, `${from}.moved`);
    const now = join(disk, 'other');
    if (which === 'a new folder') {
      const { processor } = await rig.processor({}, {}, await movedTo(rig, id, now));
      expect(await processor.load()).toMatchObject({ framesWhole: 6, framesLost: 0 });
      return;
    }
    await mkdir(join(now, 'hero'), { recursive: true });
    await expect(moveFrames(rig.data, id, now)).rejects.toThrow('is there already');
    const { processor } = await rig.processor();
    expect(await processor.load()).toMatchObject({ framesWhole: 6, framesLost: 0 });
  },
);

async function twoShotsDone() {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  await rig.shot('lamp', HERO);
  const { processor } = await rig.processor();
  await processor.processBatch();
  await processor.close();
  return { rig, id: processor.batch.id };
}

async function movedTo(rig: EngineRig, id: string, now: string) {
  const moved = await moveFrames(rig.data, id, now);
  const batch = await createBatchFromDirectory(rig.shots, { output: now });
  expect(batch.id).toBe(moved);
  return batch;
}

/** A folder that no rename reaches where Linux keeps one in memory; elsewhere on the same disk. */
async function anotherDisk(): Promise<string> {
  const memory = process.platform === 'linux' && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = await realpath(await mkdtemp(join(memory, 'nightshift-disk-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('nothing is moved under somebody who renders it', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  await rig.steer({ render: { frame: 2, hang: true } });
  const { processor, until } = await rig.processor();
  const began = until(event('frame-done', 'hero', 1));
  const running = processor.processBatch();
  await began;
  const now = join(rig.folder, 'frames');
  await expect(moveFrames(rig.data, processor.batch.id, now)).rejects.toThrow(BatchInUse);
  expect(await rig.frames('hero')).toEqual(['hero_0001.png']);
  await processor.cancel();
  await running;
});

test('frames are not moved onto others, and nothing has changed then', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  const { processor } = await rig.processor();
  await processor.processBatch();
  await processor.close();
  await rig.file('frames/hero/mine.png', '');
  const moving = moveFrames(rig.data, processor.batch.id, join(rig.folder, 'frames'));
  await expect(moving).rejects.toThrow('is there already');
  const again = await rig.processor();
  expect(await again.processor.load()).toMatchObject({ framesWhole: 3 });
});

test('frames that are left make room for a batch that begins anew, which keeps the nights before', async () => {
  const rig = await makeEngine();
  await rig.shot('hero', HERO);
  const { processor } = await rig.processor();
  await processor.processBatch();
  await processor.close();
  const now = join(rig.folder, 'frames');
  await leaveFrames(rig.data, processor.batch.id, { folder: rig.shots, outputRoot: now });
  const batch = await createBatchFromDirectory(rig.shots, { output: now });
  const second = await rig.processor({}, {}, batch);
  expect(await second.processor.load()).toMatchObject({ framesWhole: 0 });
  expect(await keptNights(second.processor.checkpointPath)).toHaveLength(1);
  expect(await readdir(join(rig.data, 'batches'))).toEqual([batch.id]);
  expect(await rig.frames('hero')).toHaveLength(3);
});

test.each([
  ['/a/film', '/a/film/renders', '/b/film', '/b/film/renders'],
  ['/a/film', '/a/film', '/b/film', '/b/film'],
  ['/a/film', '/a/film renders', '/b/film', '/a/film renders'],
  ['/a/film', '/frames/film', '/b/film', '/frames/film'],
])('frames of %s in %s are, once it is in %s, in %s', (folder, outputRoot, now, expected) => {
  expect(placeAfter({ folder, outputRoot }, now).outputRoot).toBe(expected);
});
