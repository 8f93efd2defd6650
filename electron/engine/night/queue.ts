import type { BatchJob, PickedFrames } from '../../../shared/job.ts';
import { frameState } from '../../../shared/job-state.ts';
import { nextMoment } from '../../../shared/schedule.ts';
import type {
  AgainCount,
  AskedFrames,
  NightQueue,
  QueuedBatch,
  Tonight,
} from '../../../shared/tonight.ts';

// What becomes of the queue of tonight: plain facts in, plain facts out.

export const EMPTY_QUEUE: NightQueue = { on: false, startAt: null, until: null, batches: [] };

/** When an artist is back. */
const MORNING = '08:00';

/**
 * A batch is to be rendered tonight. One that is there already keeps its place, unless it is to be the first; what it
 * is to render grows, and that it was passed over is forgotten.
 */
export function batchAdded(
  queue: NightQueue,
  batch: Omit<QueuedBatch, 'problem'>,
  place: 'first' | 'last',
): NightQueue {
  const known = queue.batches.find(({ batchId }) => batchId === batch.batchId);
  const only = known ? together(known.only, batch.only) : batch.only;
  const again = [...(known?.again ?? []), ...(batch.again ?? [])];
  const trusted = batch.trusted ?? known?.trusted ?? null;
  const next = withAgain({ ...batch, only, trusted, problem: null }, again);
  if (known && known.problem === null && place === 'last') {
    return { ...queue, batches: queue.batches.map((each) => (each === known ? next : each)) };
  }
  const others = queue.batches.filter((each) => each !== known);
  return { ...queue, batches: place === 'first' ? [next, ...others] : [...others, next] };
}

function withAgain(
  { again: _, ...batch }: QueuedBatch,
  again: readonly AskedFrames[],
): QueuedBatch {
  return again.length > 0 ? { ...batch, again } : batch;
}

function together(
  some: readonly string[] | null,
  others: readonly string[] | null,
): readonly string[] | null {
  return some && others && [...new Set([...some, ...others])];
}

/** Puts a batch before another one; `null`: at the end. */
export function batchMovedBefore(
  queue: NightQueue,
  batchId: string,
  before: string | null,
): NightQueue {
  const moved = queue.batches.find((each) => each.batchId === batchId);
  if (!moved || batchId === before) return queue;
  const others = queue.batches.filter((each) => each !== moved);
  const at = before === null ? -1 : others.findIndex((each) => each.batchId === before);
  const batches = at < 0 ? [...others, moved] : others.toSpliced(at, 0, moved);
  return { ...queue, batches };
}

/** Gives a batch a place, the first is 1; one beyond the end is the last. */
export function batchMovedTo(queue: NightQueue, batchId: string, position: number): NightQueue {
  const others = queue.batches.filter((each) => each.batchId !== batchId);
  return batchMovedBefore(queue, batchId, others[position - 1]?.batchId ?? null);
}

/** What was begun of a batch. */
export type Begun = Pick<QueuedBatch, 'batchId' | 'only' | 'again'>;

/** What was begun of a batch has come to its end; the night goes on. Where more of it is to be rendered, that still waits. */
export function batchEnded(queue: NightQueue, begun: Begun): NightQueue {
  return { ...queue, batches: queue.batches.flatMap((each) => leftOf(each, begun) ?? []) };
}

/** The artist takes a batch out. Of a night that nothing is left of nothing is planned any more. */
export function batchTakenOut(queue: NightQueue, batchId: string): NightQueue {
  if (!queue.batches.some((each) => each.batchId === batchId)) return queue;
  const next = { ...queue, batches: queue.batches.filter((each) => each.batchId !== batchId) };
  return nextBatch(next) ? next : nightOver(next);
}

/** The night has come to its end; what was passed over waits for the artist. */
export function nightOver({ batches }: Pick<NightQueue, 'batches'>): NightQueue {
  return { ...EMPTY_QUEUE, batches };
}

/**
 * What was to begin of a batch could not, or could not go on; the night goes on without it. Where more of it is to be
 * rendered, that still has its turn.
 * @param problem a sentence
 */
export function batchPassedOver(queue: NightQueue, begun: Begun, problem: string): NightQueue {
  const batches = queue.batches.map((each) => {
    const left = leftOf(each, begun);
    // Frames that could not be rendered again would be tried without an end.
    const isTried = left?.again === undefined && each.again !== undefined;
    return left === null || isTried ? { ...each, problem } : each;
  });
  return { ...queue, batches };
}

/** What still waits of a queued batch where this much of it was begun; `null`: nothing. */
function leftOf(queued: QueuedBatch, begun: Begun): QueuedBatch | null {
  if (queued.batchId !== begun.batchId) return queued;
  const isBegun = (asked: AskedFrames) => begun.again?.some((each) => isSame(each, asked)) ?? false;
  const again = (queued.again ?? []).filter((asked) => !isBegun(asked));
  const { only } = queued;
  const isOver = begun.only === null || (only?.every((id) => begun.only?.includes(id)) ?? false);
  if (again.length === 0 && isOver) return null;
  return withAgain({ ...queued, only: isOver ? [] : only }, again);
}

function isSame(a: AskedFrames, b: AskedFrames): boolean {
  return a.job === b.job && a.at === b.at && String(a.frames) === String(b.frames);
}

/**
 * What of the frames that were asked for again is still to be rendered: not what was rendered since then, as before a crash,
 * and nothing of a shot that is not there any more.
 * @param jobOf as their journal tells them
 */
export function stillAsked(
  again: readonly AskedFrames[],
  jobOf: (id: string) => BatchJob | undefined,
): readonly PickedFrames[] {
  const picked = new Map<string, Set<number> | null>();
  for (const { job: id, frames, at } of again) {
    const job = jobOf(id);
    if (!job || job.shotConfig === null) continue;
    const numbers = frames ?? job.plan?.frames ?? null;
    const before = picked.get(id);
    if (numbers === null || before === null) {
      picked.set(id, null);
      continue;
    }
    const isToCome = (frame: number) => {
      const state = frameState(job, frame);
      // Where its scene was never opened nobody knows whether it has such a frame.
      if (!state) return job.plan === null;
      return state.status !== 'done' || state.record.at <= at;
    };
    picked.set(id, new Set([...(before ?? []), ...numbers.filter(isToCome)]));
  }
  return [...picked].flatMap(([job, frames]) =>
    frames === null
      ? { job, frames }
      : frames.size > 0
        ? { job, frames: [...frames].sort((a, b) => a - b) }
        : [],
  );
}

/** What a batch begins with when its turn has come. */
interface Turn {
  readonly begun: Begun;
  /** Frames that are rendered again; `null`: what is left of the shots in `begun`. */
  readonly picked: readonly PickedFrames[] | null;
}

/**
 * What a queued batch begins with: the frames that were asked for again, alone, and what is left has its turn after that; where
 * none of them is to be rendered any more, what is left. `null`: nothing of it is to be rendered.
 * @param picked as `stillAsked` says
 */
export function turnOf(queued: QueuedBatch, picked: readonly PickedFrames[]): Turn | null {
  const { batchId, only, again } = queued;
  if (picked.length > 0) return { begun: { batchId, only: [], again }, picked };
  return only?.length === 0 ? null : { begun: queued, picked: null };
}

/** How much of a queued batch is rendered again; `null`: nothing. */
export function againCount({
  again = [],
  only,
}: Pick<QueuedBatch, 'again' | 'only'>): AgainCount | null {
  if (again.length === 0) return null;
  const whole = new Set(again.filter(({ frames }) => frames === null).map(({ job }) => job));
  const some = again.filter(({ job }) => !whole.has(job));
  const frames = new Set(
    some.flatMap((asked) => asked.frames?.map((one) => `${asked.job} ${one}`) ?? []),
  );
  return { shots: whole.size, frames: frames.size, isLeftToo: only === null || only.length > 0 };
}

/** The batch whose turn is next; `null`: nothing is left of the night. */
export function nextBatch({ batches }: Pick<NightQueue, 'batches'>): QueuedBatch | null {
  return batches.find(({ problem }) => problem === null) ?? null;
}

/** What the night does now, where nothing renders. */
export type NightStep =
  | { readonly do: 'begin'; readonly batch: QueuedBatch }
  /** Nobody wants it to go on, or its time has not come. */
  | { readonly do: 'wait' }
  /** It is past its end. */
  | { readonly do: 'stop'; readonly until: number }
  /** Nothing is left. */
  | { readonly do: 'end' };

/** @param now ms since 1970 */
export function nightStep(queue: NightQueue, now: number): NightStep {
  const { on, startAt, until } = queue;
  if (!on || (startAt !== null && startAt > now)) return { do: 'wait' };
  const batch = nextBatch(queue);
  if (batch === null) return { do: 'end' };
  return until !== null && until <= now ? { do: 'stop', until } : { do: 'begin', batch };
}

/** What is known of a batch of tonight. */
export interface NightFact {
  readonly id: string;
  /** Until it is done, once it renders; `null`: nobody knows. */
  readonly seconds: number | null;
  readonly isPassedOver?: boolean;
}

export type NightTimes = Pick<Tonight, 'endsAt' | 'unknown' | 'morning'> & {
  /** By id. */
  readonly batches: ReadonlyMap<
    string,
    { readonly startsAt: number | null; readonly endsAt: number | null }
  >;
};

/**
 * When each batch begins and is done, where one follows the other: after one of which nobody knows how long it takes,
 * nobody knows either. To the minute.
 * @param from when the first one goes on, ms since 1970; `null`: nobody knows, such as while it is paused
 * @param now ms since 1970
 */
export function nightTimes(
  facts: readonly NightFact[],
  from: number | null,
  now: number,
): NightTimes {
  const morning = nextMoment(MORNING, now);
  const batches = new Map<string, { startsAt: number | null; endsAt: number | null }>();
  const turns = facts.filter(({ isPassedOver }) => !isPassedOver);
  let at = from;
  let before: string | null = null;
  for (const { id, seconds } of turns) {
    const startsAt = at;
    at = at === null || seconds === null ? null : at + seconds * 1000;
    if (before === null && at !== null && at > morning) before = id;
    batches.set(id, { startsAt: minute(startsAt), endsAt: minute(at) });
  }
  return {
    batches,
    endsAt: turns.length === 0 ? null : minute(at),
    unknown: turns.filter(({ seconds }) => seconds === null).length,
    morning: before === null ? null : { at: morning, before },
  };
}

const MINUTE = 60_000;

function minute(at: number | null): number | null {
  return at === null ? null : Math.round(at / MINUTE) * MINUTE;
}
