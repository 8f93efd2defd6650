import type { BatchConfig } from '../../../shared/batch.ts';

/**
 * May one more Blender load a shot now? The first one always may: waiting for memory alone would
 * wait for ever.
 * @param needMb what the shot, or the largest shot so far, was seen to use; 0: not known yet
 * @param usedMb what the other Blenders of the pool use now
 */
export function memoryAllows(
  others: number,
  needMb: number,
  usedMb: number,
  availableMb: number,
  limitMb: number | null,
): boolean {
  if (others === 0 || needMb === 0) return true;
  if (limitMb !== null && usedMb + needMb > limitMb) return false;
  return needMb * 1.1 < availableMb;
}

/** A worker is replaced between two shots when it is old or has grown too far. */
export function shouldRecycle(
  jobsOpened: number,
  memoryMb: number,
  machineMb: number,
  lanes: number,
  config: Pick<BatchConfig, 'jobsPerWorker'>,
): boolean {
  return jobsOpened >= config.jobsPerWorker || memoryMb > machineMb / (2 * lanes);
}
