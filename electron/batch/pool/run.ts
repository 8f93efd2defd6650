import type { ExistingPolicy } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { BatchStore } from '../batch-store.ts';
import { framesTakenAway, jobTimedOut, keepsChanging } from '../frame/failures.ts';
import { clearPlaces, lostFrames, movieIsGone } from '../frame/lost-frames.ts';
import { MOST_STARTS_OVER } from '../frame/sources.ts';
import { tellFound } from '../record-start.ts';
import { Bell } from './bell.ts';
import { JobClocks } from './job-clocks.ts';
import { jobVerdict } from './job-verdict.ts';
import { Pause } from './pause.ts';
import { PoolSize } from './pool-size.ts';
import { retriesFor, verdictOn } from './retry-policy.ts';
import type { RunOptions } from './run-options.ts';
import { RunQueue } from './run-queue.ts';

/** A lane that could not open a scene to help with it leaves it alone for so long. */
const HELP_AGAIN_MS = 60_000;

/** So often frames are rendered again that somebody else takes away. */
const MOST_LOST_TIMES = 3;

/** One run of a batch: what its lanes share, and every decision about jobs and frames that failed. */
export class Run {
  readonly options: RunOptions;
  readonly bell = new Bell();
  readonly queue = new RunQueue();
  readonly pause: Pause;
  readonly #abort = new AbortController();
  readonly #jobAborts = new Map<string, AbortController>();
  readonly #clocks: JobClocks;
  readonly #taken = new Set<string>();
  readonly #startedOver = new Map<string, number>();
  /** How often finished frames of a job were found gone. */
  readonly #lostTimes = new Map<string, number>();
  /** Jobs whose scene was looked through. */
  readonly #looked = new Set<string>();
  readonly pool: PoolSize;
  /** Set when `continueOnError: false` met its first failed job. */
  stopped = false;

  constructor(options: RunOptions) {
    this.options = options;
    this.pause = new Pause(options.store, this.bell);
    this.#clocks = new JobClocks(this.pause, options.config.timeoutSeconds);
    this.pool = new PoolSize(options.store, options.workers);
  }

  get store(): BatchStore {
    return this.options.store;
  }

  /** What was rendered from files that have changed since is not kept, whatever is asked for. */
  existingFor(jobId: string): ExistingPolicy {
    return this.turnOf(jobId) > 0 ? 'resume' : this.options.config.existing;
  }

  /** How often a job has started over because its files had changed. */
  turnOf(jobId: string): number {
    return this.#startedOver.get(jobId) ?? 0;
  }

  get cancelled(): boolean {
    return this.#abort.signal.aborted;
  }

  /** Aborted when this job, or everything, is to stop now. */
  signalFor(jobId: string): AbortSignal {
    let own = this.#jobAborts.get(jobId);
    if (!own) {
      own = new AbortController();
      this.#jobAborts.set(jobId, own);
    }
    return AbortSignal.any([this.#abort.signal, own.signal]);
  }

  isAborted(jobId: string): boolean {
    return this.cancelled || this.#jobAborts.get(jobId)?.signal.aborted === true;
  }

  cancel(): void {
    this.#abort.abort();
    this.bell.ring();
  }

  /** Takes a job out of the run: its Blenders are killed, its finished frames stay. */
  cancelJob(jobId: string): void {
    const job = this.store.job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    this.#jobAborts.get(jobId)?.abort();
    this.#end(job, 'cancelled', null);
  }

  /** Takes a job in (again). */
  add(jobId: string): void {
    this.#jobAborts.delete(jobId);
    this.#clocks.reset(jobId);
    this.#looked.delete(jobId);
    this.#taken.add(jobId);
    this.queue.add(this.store.job(jobId));
    this.bell.ring();
  }

  /** A job's own files have changed: nothing of it counts as done, and it is opened anew. */
  startOver(jobId: string, source: string): void {
    const job = this.store.job(jobId);
    if (job.status !== 'running') return;
    const times = this.turnOf(jobId) + 1;
    this.#startedOver.set(jobId, times);
    // Lanes that have the old scene open let go of it first.
    this.#jobAborts.get(jobId)?.abort();
    if (times > MOST_STARTS_OVER) {
      this.#end(job, 'failed', keepsChanging());
      return;
    }
    const { name, shotFile, outputPath, counts } = job;
    const at = Date.now();
    if (counts.done > 0) tellFound({ stale: [{ name, frames: counts.done }] }, this.store);
    this.queue.ended(jobId);
    this.store.record({ type: 'job-added', job: jobId, at, name, shotFile, outputPath, source });
    this.add(jobId);
  }

  /** Whether a job has ever been part of this run. */
  took(jobId: string): boolean {
    return this.#taken.has(jobId);
  }

  /** Whether a job's scene is to be looked through now: once, by the lane that asks first. */
  takesALook(jobId: string): boolean {
    if (this.#looked.has(jobId)) return false;
    this.#looked.add(jobId);
    return true;
  }

  /** Resolves when the batch is not paused any more, or cancelled. */
  async unpaused(): Promise<void> {
    while (this.pause.state && !this.cancelled) await this.bell.wait(null);
  }

  /** Starts a job's clock and tells that it runs. */
  started(job: BatchJob): void {
    if (!this.#clocks.start(job.id)) return;
    this.queue.started(job.id);
    this.store.record({ type: 'job-started', job: job.id, at: Date.now() });
  }

  /** What is left of a job's time limit, ms; `null`: it has none. */
  timeLeft(job: BatchJob): number | null {
    return this.#clocks.left(job);
  }

  /** Ends a job whose time is up. True if it was. */
  endIfLate(job: BatchJob): boolean {
    if (this.timeLeft(job) !== 0) return false;
    this.#end(job, 'failed', jobTimedOut(this.#clocks.limitOf(job) ?? 0));
    return true;
  }

  /**
   * Ends a job if its frames say that it has ended, and their files are still there. Resolves with
   * the frames that are not: they are rendered again.
   */
  async settle(jobId: string): Promise<readonly number[]> {
    const before = this.store.job(jobId);
    if (before.status !== 'running' || jobVerdict(before).kind === 'going') return [];
    const lost = await lostFrames(before, () => this.isAborted(jobId));
    await clearPlaces(before, lost);
    const job = this.store.job(jobId);
    if (job !== before) return [];
    if (lost.length > 0) return this.#renderAgain(job, lost);
    const verdict = jobVerdict(job);
    if (verdict.kind === 'failed') this.#end(job, 'failed', verdict.error);
    if (verdict.kind === 'completed' && job.plan?.movie === null) this.#end(job, 'completed', null);
    return [];
  }

  /** A lane has let go of a job: the last one gives back what an ended one had claimed. */
  left(lane: number, jobId: string): void {
    this.queue.occupy(lane, null);
    const isOver = this.store.job(jobId).status !== 'running';
    if (isOver && this.queue.lanesOn(jobId) === 0) void this.options.claims.release(jobId);
    this.bell.ring();
  }

  /** Takes jobs in again that were complete, if their files have been taken away since. */
  async lookAgain(jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) {
      const job = this.store.job(id);
      if (this.isAborted(id) || job.status !== 'completed') continue;
      const lost = await lostFrames(job, () => this.isAborted(id));
      if (lost.length === 0 && !(await movieIsGone(job))) continue;
      const taken = job.plan && (await this.options.claims.claim(id, job.plan));
      this.store.record({ type: 'job-reset', job: id, at: Date.now() });
      if (taken === null) await clearPlaces(job, lost);
      this.#renderAgain(this.store.job(id), lost);
      const again = this.store.job(id);
      if (taken && again.status === 'waiting') this.#end(again, 'failed', taken);
      if (this.store.job(id).status === 'waiting') this.add(id);
    }
  }

  /** Ends a job whose movie is there, unless it was cancelled in the meantime. */
  complete(jobId: string): void {
    const job = this.store.job(jobId);
    if (job.status === 'running') this.#end(job, 'completed', null);
  }

  /** A frame could not be rendered: again, later, never, or not before there is room. */
  frameFailed(jobId: string, frame: number, tries: number, failure: Failure): void {
    const job = this.store.job(jobId);
    const at = Date.now();
    if (job.status !== 'running' || this.isAborted(jobId)) {
      if (job.status === 'running')
        this.store.record({ type: 'frame-released', job: jobId, at, frame });
      return;
    }
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    const verdict = this.#verdict(job, failure, { tries, doing: `frame ${frame}` });
    if (verdict.kind === 'pause') {
      this.store.record({ type: 'frame-released', job: jobId, at, frame });
      return;
    }
    const willRetry = verdict.kind === 'retry';
    this.store.record({ type: 'frame-failed', job: jobId, at, frame, failure, willRetry });
    if (verdict.kind === 'retry')
      this.queue.delay(jobId, frame, performance.now() + verdict.delayMs);
    if (verdict.kind === 'fail-job') this.#end(this.store.job(jobId), 'failed', failure);
  }

  /** A scene could not be opened, or a movie not be encoded. */
  jobFailed(jobId: string, failure: Failure): void {
    const job = this.store.job(jobId);
    if (job.status !== 'running' || this.isAborted(jobId)) return;
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    const at = Date.now();
    const tries = this.queue.openFailures(jobId) + 1;
    const verdict = this.#verdict(job, failure, { tries, doing: 'the opening' });
    if (verdict.kind === 'pause') return;
    if (this.queue.lanesOn(jobId) > 1) {
      // It came to help; the others go on with the scene that they have open.
      this.queue.delay(jobId, null, performance.now() + HELP_AGAIN_MS);
    } else if (verdict.kind === 'retry') {
      this.queue.openFailed(jobId);
      this.store.record({ type: 'job-retried', job: jobId, at, failure });
      this.queue.delay(jobId, null, performance.now() + verdict.delayMs);
    } else {
      this.#end(job, 'failed', failure);
    }
  }

  /** Frames whose files are gone wait again, but not for ever: somebody may delete all night. */
  #renderAgain(job: BatchJob, lost: readonly number[]): readonly number[] {
    const at = Date.now();
    for (const frame of lost) this.store.record({ type: 'frame-lost', job: job.id, at, frame });
    if (lost.length > 0) tellFound({ lost: [{ name: job.name, frames: lost.length }] }, this.store);
    const times = (this.#lostTimes.get(job.id) ?? 0) + 1;
    this.#lostTimes.set(job.id, times);
    if (times > MOST_LOST_TIMES) {
      const failure = framesTakenAway(lost, job.plan?.directory ?? job.outputPath);
      this.#end(this.store.job(job.id), 'failed', failure);
    }
    return lost;
  }

  #verdict(
    job: BatchJob,
    failure: Failure,
    { tries, doing }: { readonly tries: number; readonly doing: string },
  ): ReturnType<typeof verdictOn> {
    const { config } = this.options;
    const allowed = job.shotConfig?.retries ?? config.maxRetries;
    const verdict = verdictOn(failure, tries, retriesFor(job, failure, allowed), config.backoffMs);
    if (verdict.kind === 'retry' && verdict.fewerWorkers) {
      this.pool.ranOut(job.id, doing, this.queue.busyLanes);
    }
    if (verdict.kind === 'pause') this.pause.forJob(job, failure);
    return verdict;
  }

  #end(job: BatchJob, status: 'completed' | 'failed' | 'cancelled', error: Failure | null): void {
    this.queue.ended(job.id);
    this.store.record({ type: 'job-finished', job: job.id, at: Date.now(), status, error });
    this.pool.ended(job.id);
    if (this.queue.lanesOn(job.id) === 0) void this.options.claims.release(job.id);
    if (status === 'failed' && !this.options.config.continueOnError) this.stopped = true;
    this.bell.ring();
  }
}
