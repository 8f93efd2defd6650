/**
 * Threads for the next frame of a lane: its fair share of the cores that no other lane has taken,
 * so that all of them are used and never more (but for the one thread that every Blender needs).
 */
export function threadsFor({
  cores,
  sharing,
  others,
}: {
  readonly cores: number;
  /** Lanes that are at work or about to be, this one included. */
  readonly sharing: number;
  /** Threads of the frames that other lanes are rendering now. */
  readonly others: readonly number[];
}): number {
  const free = cores - others.reduce((sum, threads) => sum + threads, 0);
  const unserved = Math.max(1, Math.min(sharing, cores) - others.length);
  return Math.max(1, Math.ceil(free / unserved));
}
