import { nextMoment } from '../../../shared/schedule.ts';
import type { NightQueue, QueuedBatch, Tonight } from '../../../shared/tonight.ts';

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
  const trusted = batch.trusted ?? known?.trusted ?? null;
  const next: QueuedBatch = { ...batch, only, trusted, problem: null };
  if (known && known.problem === null && place === 'last') {
    return { ...queue, batches: queue.batches.map((each) => (each === known ? next : each)) };
  }
  const others = queue.batches.filter((each) => each !== known);
  return { ...queue, batches: place === 'first' ? [next, ...others] : [...others, next] };
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
export type Begun = Pick<QueuedBatch, 'batchId' | 'only'>;

/** What was begun of a batch has come to its end; the night goes on. Where more of it is to be rendered, that still waits. */
export function batchEnded(queue: NightQueue, begun: Begun): NightQueue {
  return { ...queue, batches: queue.batches.filter((each) => !isWholly(each, begun)) };
}

/** The artist takes a batch out. Of a night that nothing is left of nothing is planned any more. */
export function batchTakenOut(queue: NightQueue, batchId: string): NightQueue {
  if (!queue.batches.some((each) => each.batchId === batchId)) return queue;
  const next = batchEnded(queue, { batchId, only: null });
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
  const batches = queue.batches.map((each) =>
    isWholly(each, begun) ? { ...each, problem } : each,
  );
  return { ...queue, batches };
}

/** Nothing of a queued batch is left where this much of it was begun. */
function isWholly({ batchId, only }: QueuedBatch, begun: Begun): boolean {
  if (batchId !== begun.batchId) return false;
  return begun.only === null || (only?.every((id) => begun.only?.includes(id)) ?? false);
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
