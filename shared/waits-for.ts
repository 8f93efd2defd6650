import { isolated } from './isolated.ts';
import type { BatchJob } from './job.ts';

/** Names of the shots that a waiting job needs and that are not complete; empty for every other job. */
export function waitsFor(
  { status, shotConfig }: BatchJob,
  jobOf: (jobId: string) => BatchJob | undefined,
): readonly string[] {
  if (status !== 'waiting') return [];
  const needed = shotConfig?.dependsOn ?? [];
  return needed.flatMap(({ job, name }) => (jobOf(job)?.status === 'completed' ? [] : [name]));
}

/** `waits for comp_bg`, `waits for a, b and 3 more`; `null`: for none. */
export function waitsForText(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  if (names.length <= 3) return `waits for ${names.map(isolated).join(', ')}`;
  return `waits for ${names.slice(0, 2).map(isolated).join(', ')} and ${names.length - 2} more`;
}
