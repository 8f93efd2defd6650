import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { goesInOrder } from '../../../shared/order.ts';
import type { FrameOrder } from '../../../shared/shot.ts';

/** How far the frames of a shot have been gone through in its order. */
interface Way {
  readonly plan: FramePlan;
  readonly indices: Uint32Array;
  /** Before this rank no frame is left that nobody has tried. */
  rank: number;
}

/**
 * Which frame of a shot comes next. Over all frames the search costs their number once, however many they are: there
 * is a place up to which nothing is left.
 */
export class NextFrames {
  #way: Way | null = null;

  /**
   * The number of the frame to render next; `null`: none now. Fresh frames first, in the order of the shot;
   * those that failed before come last, so that one bad frame holds up nothing. An unbaked simulation never goes back: it
   * tries a frame again, or waits for it, before it goes on, since going back means to simulate from the start.
   * @param mayTry false for a frame that is held back
   */
  next(job: BatchJob, mayTry: (frame: number) => boolean): number | null {
    const { plan } = job;
    if (plan === null || job.counts.waiting === 0) return null;
    if (goesInOrder(job)) {
      const frame = firstWaiting(job, plan);
      return frame !== null && mayTry(frame) ? frame : null;
    }
    return this.#inOrder(job, plan, mayTry) ?? firstReady(job, plan, mayTry);
  }

  /** A frame waits again that nobody is to blame for: it is looked for in its place. */
  rewind(): void {
    this.#way = null;
  }

  #inOrder(job: BatchJob, plan: FramePlan, mayTry: (frame: number) => boolean): number | null {
    if (this.#way?.plan !== plan) {
      const indices = orderedIndices(orderOf(job), plan.frames.length);
      this.#way = { plan, indices, rank: 0 };
    }
    const way = this.#way;
    for (; way.rank < way.indices.length; way.rank += 1) {
      const index = way.indices[way.rank] as number;
      if (job.frames.statusOf(index) !== 'waiting') continue;
      const frame = plan.frames[index] as number;
      if (job.frames.get(index)?.tries === 0 && mayTry(frame)) return frame;
    }
    return null;
  }
}

/** The order in which the frames of a job are rendered: an unbaked simulation knows one only. */
export function orderOf(job: BatchJob): FrameOrder {
  return goesInOrder(job) ? 'sequential' : (job.shotConfig?.order ?? 'sequential');
}

function firstWaiting(job: BatchJob, plan: FramePlan): number | null {
  for (const [index] of job.frames.inState('waiting')) return plan.frames[index] as number;
  return null;
}

function firstReady(
  job: BatchJob,
  plan: FramePlan,
  mayTry: (frame: number) => boolean,
): number | null {
  let again: number | null = null;
  for (const [index, { tries }] of job.frames.inState('waiting')) {
    const frame = plan.frames[index] as number;
    if (tries === 0 && mayTry(frame)) return frame;
    if (again === null && mayTry(frame)) again = frame;
  }
  return again;
}

/**
 * In which order the frames of a shot are rendered, as indices into its ascending frames: each index
 * once. Pure; costs the length.
 */
export function orderedIndices(order: FrameOrder, length: number): Uint32Array {
  switch (order) {
    case 'sequential':
      return Uint32Array.from({ length }, (_, index) => index);
    case 'ends-first':
      return endsFirst(length);
    case 'middle-out':
      return middleOut(length);
    case 'every-nth':
      return everyNth(length);
  }
}

/** The first and the last, then the middle, then the middle of each gap that is left, and so on. */
function endsFirst(length: number): Uint32Array {
  const found = new Uint32Array(length);
  if (length > 1) found[1] = length - 1;
  let count = Math.min(length, 2);
  // Gaps in the order in which they came up, so that all of one size are halved before smaller ones.
  const gaps: (readonly [number, number])[] = [[0, length - 1]];
  for (const [low, high] of gaps) {
    if (high - low < 2) continue;
    const middle = (low + high) >> 1;
    found[count++] = middle;
    gaps.push([low, middle], [middle, high]);
  }
  return found;
}

/** The middle, then its neighbours, and so on to both ends. */
function middleOut(length: number): Uint32Array {
  const middle = (length - 1) >> 1;
  return Uint32Array.from({ length }, (_, rank) =>
    rank % 2 === 1 ? middle + (rank + 1) / 2 : middle - rank / 2,
  );
}

/** Every Nth frame from the first, then those half way between them, N halving down to each frame. */
function everyNth(length: number): Uint32Array {
  const found = new Uint32Array(length);
  let step = 1;
  while (step * 2 < length) step *= 2;
  let count = 0;
  for (let index = 0; index < length; index += step) found[count++] = index;
  for (; step > 1; step /= 2) {
    for (let index = step / 2; index < length; index += step) found[count++] = index;
  }
  return found;
}
