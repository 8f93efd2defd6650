/**
 * Threads for the next frame of a lane, so that the lanes at work share all the cores and never
 * more: the first lanes take what doesn't divide.
 * @param lane from 1
 * @param working lanes that are at work or about to be, this one included
 */
export function threadsFor(lane: number, working: number, cores: number): number {
  const sharing = Math.max(1, Math.min(working, cores));
  const extra = (lane - 1) % sharing < cores % sharing ? 1 : 0;
  return Math.max(1, Math.floor(cores / sharing) + extra);
}
