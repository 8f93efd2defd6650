import type { Incident } from './night.ts';

/** What a change of the pool means, after its cause. */
export function poolText({
  workers,
  of,
  message,
}: Pick<Extract<Incident, { kind: 'pool-changed' }>, 'workers' | 'of' | 'message'>): string {
  if (workers === of) return `${message} All ${of} workers are at work again.`;
  return `${message} The batch goes on with ${workers} of ${of} workers.`;
}
