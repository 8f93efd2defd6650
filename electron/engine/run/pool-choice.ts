import { durationText } from '../../../shared/duration-text.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesToRender } from '../../../shared/job-state.ts';
import { goesInOrder } from '../../../shared/order.ts';
import type { BatchStore } from '../batch-store.ts';
import { HELP_AFTER_SECONDS, REST_TIMES, STEADY } from '../estimate/constants.ts';
import {
  bestWorkers,
  type FrameCost,
  FrameTimesByThreads,
  firstWorkers,
  isUnlike,
  type ShotLeft,
  threadsToTheEnd,
} from '../estimate/pool-model.ts';
import type { JobsInRun } from './jobs-in-run.ts';

interface PoolPorts {
  readonly store: Pick<BatchStore, 'job' | 'record'>;
  readonly jobs: JobsInRun;
  readonly cores: number;
  /** Shots that this run begins with. */
  readonly shots: number;
  /** How many workers there are. */
  readonly of: number;
  /** Whether a job is rendered by the workers, and not by the lanes of GPUs. */
  readonly isOurs: (jobId: string) => boolean;
  /** Shots that nobody has begun. */
  readonly unbegun: () => number;
  /** Blenders that are up, and how many may be: for memory, and by what the GPUs need. */
  readonly blenders: () => { readonly up: number; readonly most: number };
}

/**
 * With how many Blenders a run goes on, where that is left to us: begins with a few, learns from each frame what is done by
 * one core of it and what by all, and chooses anew.
 */
export class PoolChoice {
  readonly #ports: PoolPorts;
  /** By job, in the order in which they were begun. */
  readonly #times = new Map<string, FrameTimesByThreads>();
  /** Since when the first frame of a job that nothing is known of is rendered, by `performance.now()`. */
  readonly #firstSince = new Map<string, number>();
  #workers: number;
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(ports: PoolPorts) {
    this.#ports = ports;
    this.#workers = Math.min(ports.of, firstWorkers(ports.cores, ports.shots));
    if (this.#workers === ports.of) return;
    this.#tell('the first frames show how many are best.');
  }

  /** How many may be at work at once. */
  get workers(): number {
    return this.#workers;
  }

  /** What the frames of a job cost; `null`: not known yet. */
  costOf(job: BatchJob): FrameCost | null {
    return this.#timesOf(job).cost;
  }

  /** A frame of a job begins. */
  frameBegins(job: BatchJob): void {
    if (this.#firstSince.has(job.id)) return;
    this.#firstSince.set(job.id, performance.now());
  }

  /** Before this time no Blender is started to help with a job: its first frame may tell that it is not worth it. By `performance.now()`. */
  helpFrom(job: BatchJob): number {
    if (this.costOf(job) !== null) return 0;
    const since = this.#firstSince.get(job.id);
    return since === undefined ? 0 : since + HELP_AFTER_SECONDS * 1000;
  }

  /** @param before frames of its scene that its Blender had rendered */
  frameDone(job: BatchJob, { seconds, cpu }: FrameRecord, before: number): void {
    if (!cpu || !this.#ports.isOurs(job.id)) return;
    if (!isUnlike(before, job.counts.total, seconds)) {
      const times = this.#timesOf(job);
      times.note({ seconds, cpuSeconds: cpu.seconds, threads: cpu.threads });
    }
    this.#choose(job);
  }

  /**
   * Threads for a frame near the end, when others will have let go of theirs before it is done; 0: nothing is known.
   * @param held core seconds that the frames which are being rendered will still take; `null`: not known
   */
  threadsToTheEnd(job: BatchJob, held: number | null): number {
    const cost = this.costOf(job);
    if (cost === null || held === null || this.#ports.unbegun() > 0) return 0;
    let others = held;
    for (const { id } of this.#ports.jobs.running) {
      const other = this.#ports.store.job(id);
      const { serial, parallel } = this.costOf(other) ?? cost;
      others += framesToRender(other).waiting * (serial + parallel);
    }
    return Math.round(threadsToTheEnd(cost, this.#ports.cores, others));
  }

  /** Seconds that a frame will take; `null`: not known. */
  seconds(job: BatchJob, threads: number): number | null {
    return this.#timesOf(job).seconds(threads);
  }

  #choose(job: BatchJob): void {
    const began = performance.now();
    if (began < this.#nextAt) return;
    this.#look(job);
    // Frames may be done a hundred times a second.
    const now = performance.now();
    this.#nextAt = now + (now - began) * REST_TIMES;
  }

  #look(job: BatchJob): void {
    const { cores, of, unbegun, blenders } = this.#ports;
    const begun = this.#begun();
    const shots = unbegun();
    const { up, most } = blenders();
    const workers = bestWorkers({
      ...{ cores, up, begun, now: this.#workers, most: Math.max(1, Math.min(of, most)) },
      unbegun: { shots, frames: shots * this.#averageFrames() },
    });
    if (workers === this.#workers) return;
    this.#workers = workers;
    const cost = this.costOf(job);
    this.#tell(cost === null ? '' : costText(job.name, cost));
  }

  /** What is left of the jobs that run, and what the newest have shown of those that nobody has begun. */
  #begun(): readonly ShotLeft[] {
    const { store, jobs, isOurs, unbegun } = this.#ports;
    const running = [...jobs.running].map(({ id }) => id);
    const newest = unbegun() > 0 ? [...this.#times.keys()].filter(isOurs).slice(-STEADY) : [];
    return [...new Set([...running.filter(isOurs), ...newest])].map((id): ShotLeft => {
      const job = store.job(id);
      const isOpen = job.status === 'running';
      const frames = isOpen ? framesToRender(job).waiting + job.counts.running : 0;
      const { openSeconds } = jobs.get(id);
      return { frames, inOrder: goesInOrder(job), openSeconds, times: this.#timesOf(job) };
    });
  }

  #averageFrames(): number {
    const { store } = this.#ports;
    const known = [...this.#times.keys()].slice(-STEADY).map((id) => store.job(id).counts.total);
    return known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length;
  }

  /** Frames of earlier runs say the same. */
  #timesOf(job: BatchJob): FrameTimesByThreads {
    const times = this.#times.get(job.id) ?? FrameTimesByThreads.of(job.frames);
    this.#times.set(job.id, times);
    return times;
  }

  #tell(why: string): void {
    const { store, cores, of } = this.#ports;
    const workers = this.#workers;
    const threads = Math.max(1, Math.floor(cores / workers));
    const message = `${blendersText(workers, threads)}${why === '' ? '.' : `: ${why}`}`;
    const at = Date.now();
    store.record({ type: 'workers-chosen', at, workers, threads, of, message });
  }
}

/** `3 Blenders with 5 threads each`. */
function blendersText(workers: number, threads: number): string {
  const each = threads === 1 ? '1 thread' : `${threads} threads`;
  return workers === 1 ? `1 Blender with ${each}` : `${workers} Blenders with ${each} each`;
}

/** `A frame of hero is 2.1 s of one core and 8 s that all cores share.` */
function costText(name: string, { serial, parallel }: FrameCost): string {
  return `a frame of ${name} is ${durationText(serial)} of one core and ${durationText(parallel)} that all cores share.`;
}
