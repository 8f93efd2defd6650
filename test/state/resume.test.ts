import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finalPath, stagedPath } from '../../electron/engine/proof/staging.ts';
import { joinJob } from '../../electron/engine/resume/join-job.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameRecord, FrameState } from '../../shared/frame-state.ts';
import type { BatchJob } from '../../shared/job.ts';
import { FRESH_JOB } from '../../shared/job-state.ts';
import { olderFrames } from '../../shared/older-files.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { FAILED, jobWith } from '../app/jobs.ts';
import { planOf } from '../helpers/plan.ts';

/** Of a shot folder that nobody looks into. */
const JOIN = { forget: false, folder: '/shots' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nightshift-resume-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('a frame that the journal knows', () => {
  it('counts as done if its file is the recorded one', async () => {
    const known = await recorded();
    const { job, fresh, stale, lost, unnamed } = await resumed(known);
    expect({ fresh, stale, lost, unnamed }).toEqual({
      fresh: false,
      stale: 0,
      lost: [],
      unnamed: [],
    });
    // It is of the newest run until another one begins.
    expect(job).toMatchObject({ status: 'completed', counts: { done: 2, kept: 0 } });
  });

  it('counts as done if only the time of its file is another one', async () => {
    const known = await recorded();
    await utimes(named(known, 1), 1, 1);
    expect((await resumed(known)).lost).toEqual([]);
  });

  it.each([
    ['has the same size and another content', 'frame ?'],
    ['is longer', 'frame 1 and more'],
    ['is empty', ''],
  ])('is lost if its file %s', async (_, content) => {
    const known = await recorded();
    await writeFile(named(known, 1), content);
    const { job, lost } = await resumed(known);
    expect(lost).toEqual([1]);
    expect(job).toMatchObject({ status: 'waiting', counts: { done: 1, waiting: 1 } });
  });

  it('is lost if its file is gone, or a folder stands there', async () => {
    const known = await recorded();
    await rm(named(known, 1));
    await rm(named(known, 2));
    await mkdir(named(known, 2));
    expect(await resumed(known)).toMatchObject({ lost: [1, 2], job: { renderSeconds: 0 } });
  });

  it('is lost if the record is that of another frame with the same picture', async () => {
    const known = await recorded();
    await writeFile(named(known, 2), 'frame 1');
    const frames = known.frames.with(1, known.frames.get(0) as FrameState);
    expect(await resumed({ ...known, frames })).toMatchObject({ lost: [2] });
  });

  it('only wants its name if the power went before the renaming', async () => {
    const known = await recorded();
    await rm(named(known, 1));
    await written(stagedPath(planned(known), known.id, 1), 'frame 1');
    expect(await resumed(known)).toMatchObject({ lost: [], unnamed: [1] });
  });

  it('is taken for what is recorded where a cancel ends the look before it', async () => {
    const known = await recorded();
    await rm(named(known, 1));
    const cancelled = await joinJob(inFolder(), known, { ...JOIN, isCancelled: () => true });
    expect(cancelled).toMatchObject({ lost: [], job: { status: 'completed' } });
  });

  it('is lost if what was staged is not what was recorded', async () => {
    const known = await recorded();
    await rm(named(known, 1));
    await written(stagedPath(planned(known), known.id, 1), 'fram');
    expect(await resumed(known)).toMatchObject({ lost: [1], unnamed: [] });
  });
});

describe('a shot', () => {
  it('that no journal knows is fresh', async () => {
    expect(await joinJob(inFolder(), undefined, JOIN)).toMatchObject({ fresh: true, stale: 0 });
  });

  it.each<[string, () => Partial<BatchJob>]>([
    ['its folder', () => ({ outputPath: '/elsewhere' })],
    ['the names of its frames', () => ({ shotConfig: shot({ pattern: 'take_####' }) })],
  ])('that has changed %s is rendered anew', async (_, change) => {
    const known = await recorded();
    const { job, fresh, stale } = await joinJob({ ...inFolder(), ...change() }, known, JOIN);
    expect({ fresh, stale }).toEqual({ fresh: true, stale: 2 });
    expect(job.plan).toBeNull();
  });

  it('whose files were saved keeps its frames, which are of the files before', async () => {
    const known = await recorded();
    const now = { ...inFolder(), source: 'changed' };
    const { job, fresh, stale, saved } = await joinJob(now, known, JOIN);
    expect({ fresh, stale }).toEqual({ fresh: false, stale: 0 });
    expect(job).toMatchObject({ status: 'completed', source: 'changed', counts: { done: 2 } });
    expect(olderFrames(job)).toMatchObject([{ files: { source: known.source }, frames: [1, 2] }]);
    expect(saved).toMatchObject({ type: 'job-saved', source: 'changed' });
  });

  it('whose files were saved is rendered anew where everything is to be overwritten', async () => {
    const now = { ...inFolder(), source: 'changed' };
    const { fresh, stale } = await joinJob(now, await recorded(), { ...JOIN, forget: true });
    expect({ fresh, stale }).toEqual({ fresh: true, stale: 2 });
  });

  it('that lists more frames now keeps the ones that it has', async () => {
    const known = await recorded();
    const more = { ...inFolder(), shotConfig: shot({}, [1, 2, 3]) };
    const { job } = await joinJob(more, known, JOIN);
    expect(job).toMatchObject({ status: 'waiting', counts: { total: 3, done: 2, waiting: 1 } });
  });

  it('that lists its frames no more has to ask its scene', async () => {
    const known = await recorded();
    const { job } = await joinJob({ ...inFolder(), shotConfig: shot({}, null) }, known, JOIN);
    expect(job.status).toBe('waiting');
  });

  it('of a batch that is to be overwritten begins with nothing', async () => {
    const { job, fresh } = await joinJob(inFolder(), await recorded(), { ...JOIN, forget: true });
    expect(fresh).toBe(true);
    expect(job).toMatchObject(FRESH_JOB);
  });

  it('whose file can not be read today is left as the folder says', async () => {
    const broken = { ...inFolder(), status: 'failed' as const, shotConfig: null };
    expect(await joinJob(broken, await recorded(), JOIN)).toMatchObject({ job: broken });
  });

  it('that was complete, nobody knows of what, has to ask its scene', async () => {
    const known = {
      ...(await recorded()),
      plan: null,
      frames: FrameList.EMPTY,
      counts: FRESH_JOB.counts,
    };
    expect((await resumed(known)).job.status).toBe('waiting');
  });

  it('that was complete wants its movie again if that is gone', async () => {
    const known = await recorded();
    const movie = { file: join(folder, 'hero.mp4') };
    const withMovie = { ...known, plan: { ...planned(known), movie } };
    expect((await resumed(withMovie)).job.status).toBe('waiting');
    await writeFile(movie.file, 'movie');
    expect((await resumed(withMovie)).job.status).toBe('completed');
  });

  it('keeps the failed frames of before until the run takes it in', async () => {
    const known = await recorded();
    const plan = planOf([1, 2, 3], { directory: folder });
    const frames = FrameList.of([...known.frames, FAILED]);
    const counts = { ...known.counts, total: 3, failed: 1 };
    const failed = { ...known, status: 'failed' as const, plan, frames, counts };
    const again = { ...inFolder(), shotConfig: shot({}, [1, 2, 3]) };
    expect((await joinJob(again, failed, JOIN)).job).toMatchObject({
      status: 'failed',
      counts: { done: 2, kept: 0, failed: 1 },
    });
  });
});

/** What the journal knows of a complete shot of two frames, whose files lie in the folder. */
async function recorded(): Promise<BatchJob> {
  const plan = planOf([1, 2], { directory: folder });
  const frames = [];
  for (const frame of plan.frames) {
    const content = `frame ${frame}`;
    const file = finalPath(plan, frame);
    await written(file, content);
    const { mtimeMs } = await stat(file);
    frames.push({
      status: 'done',
      tries: 1,
      kept: false,
      record: recordOf(basename(file), content, mtimeMs),
    } as const);
  }
  return jobWith(frames, { status: 'completed', outputPath: folder, renderSeconds: 4, plan });
}

/** The same shot as the folder tells of it. */
function inFolder(): BatchJob {
  const shotConfig = shot({});
  return { ...jobWith([]), ...FRESH_JOB, outputPath: folder, shotConfig };
}

function shot(output: { pattern?: string }, frames: readonly number[] | null = [1, 2]): ShotConfig {
  return { frames, output: { directory: folder, pattern: 'hero_####', ...output } } as ShotConfig;
}

function resumed(known: BatchJob) {
  return joinJob(inFolder(), known, JOIN);
}

function planned(job: BatchJob) {
  if (!job.plan) throw new Error('no plan');
  return job.plan;
}

function named(job: BatchJob, frame: number): string {
  return finalPath(planned(job), frame);
}

async function written(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

function recordOf(file: string, content: string, mtimeMs: number): FrameRecord {
  const sha256 = createHash('sha256').update(content).digest('hex').slice(0, 32);
  return { file, bytes: content.length, mtimeMs, sha256, seconds: 2, memoryMb: 0, at: 0 };
}
