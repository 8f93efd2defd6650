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
