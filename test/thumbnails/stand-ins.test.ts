import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { StartMaker } from '../../electron/app/thumbnails/maker.ts';
import { serve } from '../../electron/app/thumbnails/queue.ts';
import { Thumbnails } from '../../electron/app/thumbnails/thumbnails.ts';
import type { BatchJob } from '../../shared/job.ts';
import { jobWith, listing, WAITING } from '../app/jobs.ts';
import { temporaryFolder } from '../journal/temporary.ts';

const SAVED = resolve(import.meta.dirname, '../blender/recorded/4.3-with-picture.head');
const SOURCE = 'a'.repeat(32);
const BATCH = 'film-1';

/** Thumbnails of one batch of one shot, whose maker is in this process. */
async function rig() {
  const folder = await temporaryFolder();
  const kept = join(folder, 'thumbnails');
  const blend = join(folder, 'hero.blend');
  await writeFile(blend, await readFile(SAVED));
  let job = jobWith([WAITING, WAITING], {
    shotConfig: { ...listing([1, 2]), blend },
    source: SOURCE,
  });
  const start: StartMaker = (hears) => {
    const take = serve({ folder: kept, limit: 1e9, inFront: true, answer: hears });
    queueMicrotask(() => hears({ type: 'ready' }));
    return { post: (order) => void take(order), end: () => {} };
  };
  const batches = { find: () => ({ processor: { job: () => job } }) };
  const open = () => new Thumbnails(start, start, batches, kept);
  /** A frame as an estimate has left it, of this colour. */
  const trial = async (background: string) => {
    const file = join(folder, 'trial.part');
    const create = { width: 64, height: 36, channels: 3, background } as const;
    await writeFile(file, await sharp({ create }).png().toBuffer());
    return file;
  };
  const become = (next: Partial<BatchJob>) => {
    job = { ...job, ...next };
  };
  return { open, trial, blend, job, become };
}

const wish = (jobId: string, of: 'saved' | number, size: 'row' | 'large' = 'row') =>
  ({ batchId: BATCH, jobId, of, size }) as const;

async function redOf(picture: Uint8Array | null): Promise<number> {
  const { data } = await sharp(picture as Uint8Array)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data[0] ?? -1;
}

it('the picture that was saved with a shot is made small, and made anew when the file was saved', async () => {
  const { open, blend, job } = await rig();
  const thumbnails = open();
  const first = await thumbnails.standIn(wish(job.id, 'saved'));
  expect((await sharp(first as Uint8Array).metadata()).format).toBe('webp');
  await writeFile(blend, 'BLENDER-v403RENDH');
  await utimes(blend, 9e8, 9e8);
  expect(await thumbnails.standIn(wish(job.id, 'saved'))).toBeNull();
  await rm(blend);
  expect(await thumbnails.standIn(wish(job.id, 'saved'))).toBeNull();
});

it('what an estimate has tried is kept in both sizes, also over a restart, and the newest alone', async () => {
  const { open, trial, job } = await rig();
  const thumbnails = open();
  expect(await thumbnails.trialsOf(BATCH, [job])).toEqual(new Map());
  const keep = async (frame: number, colour: string) =>
    thumbnails.keepTrial(BATCH, job, { frame, file: await trial(colour) });
  expect(await keep(2, '#400000')).toBe(true);
  expect(await keep(1, '#c00000')).toBe(true);
  const again = open();
  expect(await again.trialsOf(BATCH, [job])).toEqual(new Map([[job.id, 1]]));
  for (const size of ['row', 'large'] as const) {
    expect(await redOf(await again.standIn(wish(job.id, 1, size)))).toBeGreaterThan(180);
    expect(await again.standIn(wish(job.id, 2, size))).toBeNull();
  }
});

it('what was tried goes when the files of its shot have changed', async () => {
  const { open, trial, job, become } = await rig();
  await open().keepTrial(BATCH, job, { frame: 2, file: await trial('#c00000') });
  const saved = { ...job, source: 'b'.repeat(32) };
  become(saved);
  const thumbnails = open();
  expect(await thumbnails.trialsOf(BATCH, [saved])).toEqual(new Map());
  expect(await thumbnails.standIn(wish(job.id, 2))).toBeNull();
  // Put back, it would be another estimate's.
  become(job);
  await expect.poll(() => thumbnails.trialsOf(BATCH, [job])).toEqual(new Map());
});

it('what is no picture is not kept, and no journal leads elsewhere', async () => {
  const { open, blend, job, become } = await rig();
  const thumbnails = open();
  expect(await thumbnails.keepTrial(BATCH, job, { frame: 2, file: blend })).toBe(false);
  expect(await thumbnails.keepTrial(BATCH, job, { frame: 2, file: '/nowhere' })).toBe(false);
  become({ source: '../../../secret' });
  expect(await thumbnails.standIn(wish(job.id, 2))).toBeNull();
});
