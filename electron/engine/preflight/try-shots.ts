import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker } from '../../blender/types.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { thisMachine } from '../capacity/machine.ts';
import { measureShot, type ShotMeasure, type TryFrame } from '../estimate/measure-shot.ts';
import { expectedWorkers } from '../estimate/pool-model.ts';
import { likenessOf } from '../estimate/shot-work.ts';
import { LoneBlender } from './lone-blender.ts';

interface TryOptions {
  readonly config?: Partial<BatchConfig>;
  readonly signal?: AbortSignal;
  readonly here?: BlendersHere;
  /** Told before a shot is tried: how many were, and of how many. */
  readonly onNext?: (job: BatchJob, tried: number, of: number) => void;
  /** Told of each shot that was tried, with a picture of it where there is one; waited for. */
  readonly onTried?: (
    job: BatchJob,
    measured: Answer<ShotMeasure>,
    picture: TriedPicture | null,
  ) => void | Promise<void>;
}

/** A frame that was rendered small. */
export interface TriedPicture {
  readonly frame: number;
  /** Absolute, in the format of the shot; removed when who was told of it is done with it. */
  readonly file: string;
}

/** More than so many shots are not opened: what they cost says what the others do. */
const MOST_TRIED = 60;

/**
 * Renders a few frames of shots with few pixels, to find out what they cost: one of all that are alike. Writes
 * nothing but a picture in a temporary folder. Resolves with what was found, by job id; after an abort, with what was
 * found until then.
 */
export async function tryShots(
  jobs: readonly BatchJob[],
  options: TryOptions = {},
): Promise<ReadonlyMap<string, ShotMeasure>> {
  const { signal, here, onNext, onTried } = options;
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const found = new Map<string, ShotMeasure>();
  const chosen = worthTrying(jobs);
  if (chosen.length === 0) return found;
  const blenders = new Blenders(config, here);
  const alone = await LoneBlender.of(config, signal);
  const machine = thisMachine();
  const workers = expectedWorkers(config, machine, jobs.filter(isLeft).length);
  const threads = Math.max(1, Math.ceil(machine.cores / workers));
  try {
    for (const [index, job] of (await blenders.grouped(chosen, signal)).entries()) {
      if (signal?.aborted) break;
      onNext?.(job, index, chosen.length);
      const pictures = new Map<number, string>();
      const measured = await tried(job, blenders, alone, threads, pictures);
      if (signal?.aborted) break;
      if (measured.ok) found.set(job.id, measured.value);
      // The first is the one from the middle, as large as it was tried.
      const [first] = measured.ok ? pictures : [];
      await onTried?.(job, measured, first ? { frame: first[0], file: first[1] } : null);
      // With one at a time the folder stays small, however many shots there are.
      for (const file of pictures.values()) await rm(file, { force: true }).catch(() => undefined);
    }
    return found;
  } finally {
    await alone.close();
  }
}

/** The first of each kind, spread over the batch where there are many. */
export function worthTrying(jobs: readonly BatchJob[]): readonly BatchJob[] {
  const kinds = new Map<string, BatchJob>();
  for (const job of jobs) {
    const key = likenessOf(job);
    if (isLeft(job) && key !== null && !kinds.has(key)) kinds.set(key, job);
  }
  const all = [...kinds.values()];
  const most = Math.min(MOST_TRIED, all.length);
  return Array.from(
    { length: most },
    (_, index) => all[Math.floor((index * all.length) / most)],
  ).filter((job) => job !== undefined);
}

/** Lists the shots still to be rendered that a trial of `job` speaks for: the same scene and settings. */
export function shotsLike(job: BatchJob, jobs: readonly BatchJob[]): readonly BatchJob[] {
  return jobs.filter((each) => isLeft(each) && likenessOf(each) === likenessOf(job));
}

function isLeft({ status }: BatchJob): boolean {
  return status === 'waiting' || status === 'running';
}

async function tried(
  job: BatchJob,
  blenders: Blenders,
  alone: LoneBlender,
  threads: number,
  pictures: Map<number, string>,
): Promise<Answer<ShotMeasure>> {
  const opened = await alone.open(job, blenders);
  if (!opened.ok) return opened;
  const { worker, plan, openSeconds } = opened.value;
  const pixels = plan.width * plan.height;
  const tryFrame = tryWith(worker, job, alone, threads, pictures);
  const cost = await measureShot(framesToCome(job, plan), pixels, tryFrame);
  if (!cost.ok) return cost;
  return { ok: true, value: { ...cost.value, frames: plan.frames.length, pixels, openSeconds } };
}

/**
 * @param threads as many as a worker of the night would have
 * @param pictures takes in where the newest picture of each frame lies
 */
function tryWith(
  worker: BlenderWorker,
  job: BatchJob,
  alone: LoneBlender,
  threads: number,
  pictures: Map<number, string>,
): TryFrame {
  return async (frame, share) => {
    const file = join(alone.temporary, `trial-${frame}.part`);
    pictures.set(frame, file);
    const rendered = await worker.render({ frame, threads, file, share }, alone.limitsFor(job));
    if (!rendered.ok) return rendered;
    const { seconds, pixels } = rendered.value;
    return { ok: true, value: { seconds, pixels: pixels ?? 0 } };
  };
}

/** Those that are not done yet; all of a shot whose frames are known for the first time. */
function framesToCome({ frames }: BatchJob, plan: FramePlan): readonly number[] {
  const left = plan.frames.filter((_, index) => frames.statusOf(index) !== 'done');
  return left.length === 0 ? plan.frames : left;
}
