import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { BatchStore } from '../batch-store.ts';
import { framesTakenAway } from '../frame/failures.ts';
import { clearPlaces, lostFrames, movieIsGone } from '../frame/lost-frames.ts';
import type { OutputClaims } from '../frame/output-claims.ts';
import { tellFound } from '../record-start.ts';
import { jobVerdict } from './job-verdict.ts';

/** So often frames are rendered again that somebody else takes away. */
const MOST_LOST_TIMES = 3;

export interface SettlingPorts {
  readonly store: BatchStore;
  readonly claims: OutputClaims;
  readonly isAborted: (jobId: string) => boolean;
  /** Takes a job in again. */
  readonly add: (jobId: string) => void;
  /** Frames of a job wait again. */
  readonly lost: (jobId: string) => void;
  readonly end: (job: BatchJob, status: 'completed' | 'failed', error: Failure | null) => void;
}

/** Ends jobs by what is on the disk: no job is complete whose files have been taken away. */
export class Settling {
  readonly #ports: SettlingPorts;
  /** How often finished frames of a job were found gone. */
  readonly #lostTimes = new Map<string, number>();

  constructor(ports: SettlingPorts) {
    this.#ports = ports;
  }

  /**
   * Ends a job if its frames say that it has ended, and their files are still there. Resolves with
   * the frames that are not: they are rendered again.
   */
  async settle(jobId: string): Promise<readonly number[]> {
    const before = this.#ports.store.job(jobId);
    if (before.status !== 'running' || jobVerdict(before).kind === 'going') return [];
    const lost = await lostFrames(before, () => this.#ports.isAborted(jobId));
    await clearPlaces(before, lost);
    const job = this.#ports.store.job(jobId);
    // Something else became of it meanwhile, such as another priority.
    if (job !== before) return this.settle(jobId);
    if (lost.length > 0) return this.#renderAgain(job, lost);
    const verdict = jobVerdict(job);
    if (verdict.kind === 'failed') this.#ports.end(job, 'failed', verdict.error);
    if (verdict.kind === 'completed' && job.plan?.movie === null)
      this.#ports.end(job, 'completed', null);
    return [];
  }

  /** Takes jobs in again that were complete, if their files have been taken away since. */
  async lookAgain(jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) {
      const job = this.#ports.store.job(id);
      if (this.#ports.isAborted(id) || job.status !== 'completed') continue;
      const lost = await lostFrames(job, () => this.#ports.isAborted(id));
      if (lost.length === 0 && !(await movieIsGone(job))) continue;
      const taken = job.plan && (await this.#ports.claims.claim(id, job.plan));
      this.#ports.store.record({ type: 'job-reset', job: id, at: Date.now() });
      if (taken === null) await clearPlaces(job, lost);
      this.#renderAgain(this.#ports.store.job(id), lost);
      const again = this.#ports.store.job(id);
      if (taken && again.status === 'waiting') this.#ports.end(again, 'failed', taken);
      if (this.#ports.store.job(id).status === 'waiting') this.#ports.add(id);
    }
  }

  /** Frames whose files are gone wait again, but not for ever: somebody may delete all night. */
  #renderAgain(job: BatchJob, lost: readonly number[]): readonly number[] {
    const at = Date.now();
    for (const frame of lost)
      this.#ports.store.record({ type: 'frame-lost', job: job.id, at, frame });
    this.#ports.lost(job.id);
    if (lost.length > 0)
      tellFound({ lost: [{ name: job.name, frames: lost.length }] }, this.#ports.store);
    const times = (this.#lostTimes.get(job.id) ?? 0) + 1;
    this.#lostTimes.set(job.id, times);
    if (times > MOST_LOST_TIMES) {
      const failure = framesTakenAway(lost, job.plan?.directory ?? job.outputPath);
      this.#ports.end(this.#ports.store.job(job.id), 'failed', failure);
    }
    return lost;
  }
}
