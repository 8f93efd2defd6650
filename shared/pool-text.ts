import type { PoolChange } from './night.ts';

/** What a change of the pool means, after its cause. */
export function poolText({ workers, of, message }: Omit<PoolChange, 'at'>): string {
  if (workers === of) return `${message} All ${of} workers are at work again.`;
  return `${message} The batch goes on with ${workers} of ${of} workers.`;
}
