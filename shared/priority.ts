import type { BatchJob } from './job.ts';

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
