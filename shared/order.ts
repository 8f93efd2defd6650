import { grouped } from './grouped.ts';
import type { BatchJob } from './job.ts';

/** The order of the jobs of a batch, as the artist may change it. */

/**
 * Jobs in an order that was chosen earlier, whatever has come or gone since: one that it does not name stays behind
 * the one that it follows in the folder.
 */
export function arranged<T extends { readonly id: string }>(
  jobs: readonly T[],
  order: readonly string[],
): readonly T[] {
  const named = new Set(order);
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const followers = new Map<string | null, T[]>();
  let last: string | null = null;
  for (const job of jobs) {
    if (named.has(job.id)) last = job.id;
    else {
      const behind = followers.get(last);
      if (behind) behind.push(job);
      else followers.set(last, [job]);
    }
  }
  const all = [...(followers.get(null) ?? [])];
  for (const id of named) {
    const job = byId.get(id);
    if (job) all.push(job, ...(followers.get(id) ?? []));
  }
  return all;
}

/**
 * The order after some jobs were put before another one; they stay as they are among each other.
 * @param before `null`: at the end. One of the moved ones stands for the next that stays.
 */
export function movedBefore(
  order: readonly string[],
  moved: Iterable<string>,
  before: string | null,
): readonly string[] {
  const moving = new Set(moved);
  const from = before === null ? order.length : order.indexOf(before);
  const anchor = from < 0 ? undefined : order.slice(from).find((id) => !moving.has(id));
  const rest = order.filter((id) => !moving.has(id));
  const at = anchor === undefined ? rest.length : rest.indexOf(anchor);
  const block = order.filter((id) => moving.has(id));
  return [...rest.slice(0, at), ...block, ...rest.slice(at)];
}

/**
 * The priority that counts: what the artist chose, as long as the shot file says the same as then;
 * else what the shot file says. Higher goes first; 0 is normal.
 */
export function priorityOf({ chosenPriority, shotConfig }: BatchJob): number {
  const own = shotConfig?.priority;
  if (chosenPriority && (own === undefined || own === chosenPriority.over)) {
    return chosenPriority.priority;
  }
  return own ?? 0;
}

/** What an artist asks for. `first`: before everything else that is left. */
export const PRIORITY_CHANGES = ['first', 'raise', 'lower'] as const;
export type PriorityChange = (typeof PRIORITY_CHANGES)[number];

/** The priorities of some jobs of a batch after a change, only where they differ: priority to ids. */
export function changedPriorities(
  jobs: readonly BatchJob[],
  chosen: readonly string[],
  change: PriorityChange,
): ReadonlyMap<number, readonly string[]> {
  const ids = new Set(chosen);
  let highest = 0;
  for (const job of jobs) {
    const isLeft = job.status === 'waiting' || job.status === 'running';
    if (isLeft && !ids.has(job.id)) highest = Math.max(highest, priorityOf(job));
  }
  return changedTo(
    jobs.filter(({ id }) => ids.has(id)),
    (old) => (change === 'first' ? highest + 1 : old + (change === 'raise' ? 1 : -1)),
  );
}

/** Ids of jobs by the priority that they get, only where it is another one. */
function changedTo(
  jobs: readonly BatchJob[],
  nextOf: (old: number) => number,
): ReadonlyMap<number, readonly string[]> {
  const changed = jobs.filter((job) => nextOf(priorityOf(job)) !== priorityOf(job));
  const groups = grouped(changed, (job) => nextOf(priorityOf(job)));
  return new Map([...groups].map(([next, group]) => [next, group.map(({ id }) => id)]));
}

/**
 * The priorities of waiting jobs that were put somewhere else in the batch: priority to ids, only where they change.
 * Each keeps its own where that lets its turn come between those of its new neighbours; else it takes the one of
 * the neighbour that would keep it from that, first of all of the one that it was put before.
 * @param jobs in their new order
 */
export function prioritiesInPlace(
  jobs: readonly BatchJob[],
  moved: readonly string[],
): ReadonlyMap<number, readonly string[]> {
  const ids = new Set(moved);
  const staying = (job: BatchJob) => job.status === 'waiting' && !ids.has(job.id);
  const first = jobs.findIndex(({ id }) => ids.has(id));
  const last = jobs.findLastIndex(({ id }) => ids.has(id));
  const above = jobs.slice(0, Math.max(0, first)).findLast(staying);
  const below = jobs.slice(last + 1).find(staying);
  const most = above ? priorityOf(above) : Number.POSITIVE_INFINITY;
  const least = below ? priorityOf(below) : Number.NEGATIVE_INFINITY;
  return changedTo(
    jobs.filter(({ id, status }) => ids.has(id) && status === 'waiting'),
    (old) => Math.max(least, Math.min(most, old)),
  );
}

/** A simulation that is not baked is right in one Blender only, which goes through all frames. */
export function goesInOrder({ plan }: Pick<BatchJob, 'plan'>): boolean {
  return plan?.simulation?.rendered === 'in-order';
}
