import type { SavedPolicy } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { BatchStore } from '../batch-store.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import { framesTakenAway } from '../failures.ts';
import { tellFound } from '../resume/record-resume.ts';
import { type JobSaved, savedSinceMade } from '../resume/sources.ts';
import { clearPlaces, lostFrames, movieIsGone } from '../resume/verify-frames.ts';
import type { JobsInRun } from './jobs-in-run.ts';
import { jobVerdict } from './verdicts.ts';

/** So often frames are rendered again that somebody else takes away. */
const MOST_LOST_TIMES = 3;

interface FinishPorts {
  readonly store: BatchStore;
  readonly jobs: JobsInRun;
  readonly claims: OutputClaims;
  /** Whoever has the scenes of jobs open opens them anew before the next frame. */
  readonly openAnew: (jobIds: readonly string[]) => void;
  /** What becomes of frames whose files are saved. */
  readonly saved: SavedPolicy;
  /** Takes a job in again. */
  readonly add: (jobId: string) => void;
  readonly end: (job: BatchJob, status: 'completed' | 'failed', error: Failure | null) => void;
  /** The picked frames of a job are done; the others wait for another run. */
  readonly rest: (job: BatchJob) => void;
}

/** Ends jobs by what is on the disk: no job is complete whose files have been taken away. */
export class FinishCheck {
  readonly #ports: FinishPorts;

  constructor(ports: FinishPorts) {
    this.#ports = ports;
  }

  /**
   * Ends a job if its frames say that it has ended, and their files are still there. Resolves with
   * the frames that are not: they are rendered again.
   */
  async endIfDone(jobId: string): Promise<readonly number[]> {
    const { store, end } = this.#ports;
    const before = store.job(jobId);
    if (before.status !== 'running' || jobVerdict(before).kind === 'going') return [];
    const lost = await lostFrames(before, () => this.#isAborted(jobId));
    const saved = await savedSinceMade(before);
    await clearPlaces(before, lost);
    const job = store.job(jobId);
    // Something else became of it meanwhile, such as another priority.
    if (job !== before) return this.endIfDone(jobId);
    if (saved) this.#tellSaved(saved);
    if (lost.length > 0) return this.#renderAgain(store.job(jobId), lost);
    const verdict = jobVerdict(job);
    if (verdict.kind === 'failed') end(job, 'failed', verdict.error);
    if (verdict.kind === 'rested') this.#ports.rest(job);
    if (verdict.kind === 'completed' && job.plan?.movie === null) end(job, 'completed', null);
    return [];
  }

  /** Takes a job in again that was complete, if its files have been taken away since. */
  async lookAgain(jobId: string): Promise<void> {
    const { store, claims, add, end } = this.#ports;
    const job = store.job(jobId);
    if (this.#isAborted(jobId) || job.status !== 'completed') return;
    const saved = await savedSinceMade(job);
    if (saved && store.job(jobId) === job) this.#tellSaved(saved);
    const lost = await lostFrames(job, () => this.#isAborted(jobId));
    if (lost.length === 0 && !(await movieIsGone(job))) return;
    const taken = job.plan && (await claims.claim(jobId, job.plan));
    if (taken === null) await clearPlaces(job, lost);
    // Something else became of it meanwhile, such as frames that were asked for again.
    if (store.job(jobId) !== job) return this.lookAgain(jobId);
    store.record({ type: 'job-reset', job: jobId, at: Date.now() });
    this.#renderAgain(store.job(jobId), lost);
    const again = store.job(jobId);
    if (taken && again.status === 'waiting') end(again, 'failed', taken);
    if (store.job(jobId).status === 'waiting') add(jobId);
  }

  /** A frame of a job that runs was found gone, or its file is another one now. Resolves with it if it is rendered again. */
  async takenAway(jobId: string, frame: number): Promise<readonly number[]> {
    const { store } = this.#ports;
    await clearPlaces(store.job(jobId), [frame]);
    const job = store.job(jobId);
    if (job.status !== 'running' || this.#isAborted(jobId)) return [];
    return this.#renderAgain(job, [frame]);
  }

  /** Frames whose files are gone wait again, but not for ever: somebody may delete all night. */
  #renderAgain(job: BatchJob, lost: readonly number[]): readonly number[] {
    const { store, jobs, end } = this.#ports;
    const at = Date.now();
    for (const frame of lost) store.record({ type: 'frame-lost', job: job.id, at, frame });
    const known = jobs.get(job.id);
    known.frames.rewind();
    known.timesLost += 1;
    if (lost.length > 0) tellFound({ lost: [{ name: job.name, frames: lost.length }] }, store);
    if (known.timesLost > MOST_LOST_TIMES) {
      const failure = framesTakenAway(lost, job.plan?.directory ?? job.outputPath);
      end(store.job(job.id), 'failed', failure);
    }
    return lost;
  }

  /** Its frames stay; with `again` the next run renders them, since a night would have no end beside somebody who saves. */
  #tellSaved(saved: JobSaved): void {
    const kept = this.#ports.saved === 'keep' && { kept: true as const };
    this.#ports.store.record({ ...saved, ...kept });
    this.#ports.openAnew([saved.job]);
  }

  #isAborted(jobId: string): boolean {
    return this.#ports.jobs.isAborted(jobId);
  }
}
