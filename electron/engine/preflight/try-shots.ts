import { join } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../../shared/batch.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker } from '../../blender/types.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { thisMachine, workersFor } from '../capacity/machine.ts';
import { likenessOf } from '../estimate/expected-work.ts';
import { noFrames } from '../failures.ts';
import { planFrames, sceneRequest } from '../lane/open-job.ts';
import { LoneBlender } from './lone-blender.ts';

/** What a shot was found to cost before it is rendered. Seconds. */
export interface ShotMeasure extends FrameCost {
  /** All of its frames. */
  readonly frames: number;
  /** Of a whole picture. */
  readonly pixels: number;
  readonly openSeconds: number;
}

interface TryOptions {
  readonly config?: Partial<BatchConfig>;
  readonly signal?: AbortSignal;
  readonly here?: BlendersHere;
  /** Told before a shot is tried: how many were, and of how many. */
  readonly onNext?: (job: BatchJob, tried: number, of: number) => void;
  /** Told of each shot that was tried. */
  readonly onTried?: (job: BatchJob, measured: Answer<ShotMeasure>) => void;
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
  try {
    for (const [index, job] of (await blenders.grouped(chosen, signal)).entries()) {
      if (signal?.aborted) break;
      onNext?.(job, index, chosen.length);
      const measured = await tried(job, blenders, alone);
      if (signal?.aborted) break;
      if (measured.ok) found.set(job.id, measured.value);
      onTried?.(job, measured);
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
    const isLeft = job.status === 'waiting' || job.status === 'running';
    if (isLeft && key !== null && !kinds.has(key)) kinds.set(key, job);
  }
  const all = [...kinds.values()];
  const most = Math.min(MOST_TRIED, all.length);
  return Array.from(
    { length: most },
    (_, index) => all[Math.floor((index * all.length) / most)],
  ).filter((job) => job !== undefined);
}

async function tried(
  job: BatchJob,
  blenders: Blenders,
  alone: LoneBlender,
): Promise<Answer<ShotMeasure>> {
  const blender = await blenders.choose(job);
  if (!blender.ok) return blender;
  const worker = await alone.worker(blender.value.path);
  if (!worker.ok) return worker;
  const began = performance.now();
  const opened = await worker.value.open(sceneRequest(job), alone.limitsFor(job));
  if (!opened.ok) return opened;
  const openSeconds = (performance.now() - began) / 1000;
  const plan = planFrames(job, opened.value);
  if (plan.frames.length === 0) {
    return { ok: false, failure: noFrames(opened.value.frameStart, opened.value.frameEnd) };
  }
  const pixels = plan.width * plan.height;
  const cost = await measureShot(
    framesToCome(job, plan),
    pixels,
    tryWith(worker.value, job, alone),
  );
  if (!cost.ok) return cost;
  return { ok: true, value: { ...cost.value, frames: plan.frames.length, pixels, openSeconds } };
}

/** With as many threads as a worker of the night would have. */
function tryWith(worker: BlenderWorker, job: BatchJob, alone: LoneBlender): TryFrame {
  const machine = thisMachine();
  const threads = Math.max(1, Math.ceil(machine.cores / workersFor(alone.config, machine)));
  const file = join(alone.temporary, 'trial.part');
  return async (frame, share) => {
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

/** What one frame cost that was rendered with fewer pixels than it has. */
interface Trial {
  readonly seconds: number;
  readonly pixels: number;
}

/** Renders a frame with a share of its width and height. */
export type TryFrame = (frame: number, share: number) => Promise<Answer<Trial>>;

/** What a whole frame of a shot is expected to take, in seconds. */
interface FrameCost {
  readonly each: number;
  /** How far a single one lies from it (standard deviation). */
  readonly spread: number;
  /** How far `each` as a whole may be off, as a share of it (standard deviation). */
  readonly doubt: number;
  /** Frames that were tried. */
  readonly tried: number;
}

/** Each has four times the pixels of the one before; the last is the whole frame. */
const SHARES = [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1] as const;
/** So much more than the smallest picture it has to take, or a clock's noise decides. */
const CLEAR_SECONDS = 0.5;
/** What takes longer is not done twice. */
const LONG_SECONDS = 20;
/** How far three frames are supposed to lie apart, as a share; counts as two of them. */
const SUPPOSED_SPREAD = 0.15;
/** What no trial shows, and what is added with each four times that the pixels are multiplied. */
const LEAST_DOUBT = 0.05;
const DOUBT_A_STEP = 0.05;

/**
 * What a frame costs, from frames with few pixels: what every frame needs whatever its size (preparing the scene),
 * and what the pixels cost, with their samples, denoising and writing. The settings stay the shot's own. Few
 * frames are enough: one from the middle in two sizes, then one near each end.
 * @param frames those to come, at least one
 * @param pixels of a whole picture
 */
export async function measureShot(
  frames: readonly number[],
  pixels: number,
  tryFrame: TryFrame,
): Promise<Answer<FrameCost>> {
  const middle = frames[frames.length >> 1] ?? 1;
  const small = await smallest(middle, tryFrame);
  if (!small.ok) return small;
  const base = small.value;
  let top: Trial = base;
  let share: number = SHARES[0];
  for (share of SHARES.slice(1)) {
    const tried = await tryFrame(middle, share);
    if (!tried.ok) return tried;
    top = tried.value;
    if (isClear(base, top)) break;
  }
  const whole = wholeSeconds(base, top, pixels);
  const costs = [whole(top.seconds)];
  for (const frame of top.seconds < LONG_SECONDS ? others(frames, middle) : []) {
    const tried = await tryFrame(frame, share);
    if (!tried.ok) return tried;
    costs.push(whole(tried.value.seconds));
  }
  const steps = Math.log(Math.max(1, pixels / top.pixels)) / Math.log(4);
  return { ok: true, value: { ...average(costs), doubt: LEAST_DOUBT + steps * DOUBT_A_STEP } };
}

/** The smallest picture. The first try loads what all frames share (kernels, textures), so that the second counts. */
async function smallest(frame: number, tryFrame: TryFrame): Promise<Answer<Trial>> {
  const first = await tryFrame(frame, SHARES[0]);
  return first.ok && first.value.seconds < LONG_SECONDS ? tryFrame(frame, SHARES[0]) : first;
}

function isClear(base: Trial, top: Trial): boolean {
  const more = top.seconds - base.seconds;
  if (more >= Math.max(CLEAR_SECONDS, base.seconds / 2)) return true;
  // The next one would take long, and this one says something.
  return base.seconds + 4 * more > LONG_SECONDS && more > CLEAR_SECONDS / 5;
}

/** Along the line through two sizes; never less than what was seen. */
function wholeSeconds(base: Trial, top: Trial, pixels: number): (seconds: number) => number {
  const more = top.pixels - base.pixels;
  const times = more > 0 ? Math.max(1, (pixels - base.pixels) / more) : 1;
  return (seconds) => Math.max(seconds, base.seconds + (seconds - base.seconds) * times);
}

/** One near each end: a camera that comes closer makes the one slow and the other quick. */
function others(frames: readonly number[], middle: number): readonly number[] {
  const near = [frames[Math.floor(frames.length / 6)], frames[Math.floor((frames.length * 5) / 6)]];
  const found = near.flatMap((frame) => (frame === undefined || frame === middle ? [] : frame));
  return [...new Set(found)];
}

function average(costs: readonly number[]): Omit<FrameCost, 'doubt'> {
  const each = costs.reduce((sum, one) => sum + one, 0) / costs.length;
  const squares = costs.reduce((sum, one) => sum + (one - each) ** 2, 0);
  const spread = Math.sqrt((2 * (SUPPOSED_SPREAD * each) ** 2 + squares) / (costs.length + 1));
  return { each, spread, tried: costs.length };
}
