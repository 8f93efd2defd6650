import type { BatchConfig } from '../../../shared/batch.ts';
import type { BatchStore } from '../batch-store.ts';
import { availableMemoryMb } from './machine.ts';

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

/**
 * How many Blenders fit into memory, those among them that have a scene open.
 * @param needMb the most that any of them was seen to use; 0: not known yet
 * @param usedMb what they use together
 */
export function blendersThatFit(
  open: number,
  needMb: number,
  usedMb: number,
  limitMb: number | null,
): number {
  if (needMb === 0) return Number.POSITIVE_INFINITY;
  const free = Math.floor(availableMemoryMb() / (1.1 * needMb));
  const allowed = limitMb === null ? free : Math.floor((limitMb - usedMb) / needMb);
  return Math.max(1, open + Math.max(0, Math.min(free, allowed)));
}

/**
 * Returns what one more shot needs and what is free, if it does not fit; `null`: it fits. MiB.
 * @param reservedMb for scenes that are being opened, of which the computer shows nothing yet
 */
export function missingRoom(
  busyLanes: number,
  needMb: number,
  usedMb: number,
  limitMb: number | null,
  reservedMb = 0,
  availableMb = availableMemoryMb() - reservedMb,
): { readonly needMb: number; readonly freeMb: number } | null {
  const taken = usedMb + reservedMb;
  if (memoryAllows(busyLanes, needMb, taken, availableMb, limitMb)) return null;
  const allowedMb = limitMb === null ? availableMb : Math.min(availableMb, limitMb - taken);
  return { needMb, freeMb: Math.max(0, allowedMb) };
}

/**
 * A worker is replaced between two shots when it is old or has grown too far.
 * @param shareMb what its seat has of the machine's memory
 */
export function shouldRecycle(
  jobsOpened: number,
  memoryMb: number,
  shareMb: number,
  config: Pick<BatchConfig, 'jobsPerWorker'>,
): boolean {
  return jobsOpened >= config.jobsPerWorker || memoryMb > shareMb / 2;
}

/**
 * How many lanes may be at work at once: fewer when memory runs out, all again when the shots that
 * it ran out on have ended.
 */
export class PoolSize {
  readonly #store: BatchStore;
  readonly of: number;
  readonly #culprits = new Set<string>();
  #workers: number;

  constructor(store: BatchStore, workers: number) {
    this.#store = store;
    this.of = workers;
    this.#workers = workers;
  }

  get workers(): number {
    return this.#workers;
  }

  get isSmaller(): boolean {
    return this.#workers < this.of;
  }

  /** Memory ran out on a job. @param busy lanes at work then @param doing such as `frame 12` */
  ranOut(jobId: string, doing: string, busy: number): void {
    this.#culprits.add(jobId);
    const workers = Math.max(1, Math.min(this.#workers, busy) - 1);
    const { name } = this.#store.job(jobId);
    this.#set(workers, `Memory ran out on ${doing} of ${name}.`);
  }

  /** A job is over, however it ended. */
  ended(jobId: string): void {
    if (!this.#culprits.delete(jobId) || this.#culprits.size > 0) return;
    this.#set(this.of, `${this.#store.job(jobId).name} has ended.`);
  }

  #set(workers: number, message: string): void {
    if (workers === this.#workers) return;
    this.#workers = workers;
    const { of } = this;
    this.#store.record({ type: 'pool-changed', at: Date.now(), workers, of, message });
  }
}
