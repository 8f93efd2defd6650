import type { BatchConfig } from '../../../shared/batch.ts';
import { CAUSE_FACTS, type Failure, LOST_PLACES } from '../../../shared/failure.ts';
import { formatFrames, namedFrames } from '../../../shared/frames.ts';
import type { BatchJob, FramePlan, JobStatus } from '../../../shared/job.ts';
import { numbersOf, undecidedFrames } from '../../../shared/older-files.ts';
import type { BatchStore } from '../batch-store.ts';
import type { Nodes } from '../capacity/nodes.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import { jobTimedOut, keepsChanging } from '../failures.ts';
import type { JobLimits } from '../lane/limits.ts';
import type { WorkerPlace } from '../lane/worker-ports.ts';
import { tellFound } from '../resume/record-resume.ts';
import { jobSaved, MOST_STARTS_OVER } from '../resume/sources.ts';
import type { Allocation } from './allocation.ts';
import { FinishCheck } from './finish-check.ts';
import type { JobsInRun } from './jobs-in-run.ts';
import type { Pause } from './pause.ts';
import type { RunQueue } from './queue.ts';
import { retriesFor, verdictOn } from './verdicts.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A worker that could not open a scene to help with it waits this long. */
const HELP_AGAIN_MS = 60_000;

interface PolicyPorts {
  readonly store: BatchStore;
  readonly config: BatchConfig;
  /** `false`: whatever fails is given up at once. */
  readonly retries: boolean;
  readonly jobs: JobsInRun;
  readonly queue: RunQueue;
  readonly pool: WorkerPool;
  readonly pause: Pause;
  readonly allocation: Allocation;
  readonly claims: OutputClaims;
  readonly nodes: Nodes;
  readonly warn: (jobId: string, text: string) => void;
  /** Takes a job into the run again. */
  readonly add: (jobId: string) => void;
  /** A job has left the run. */
  readonly ended: (jobId: string) => void;
}

/** Decides what an outcome means for its job: done, tried again, waiting, or failed. */
export class JobPolicy implements JobLimits {
  readonly config: BatchConfig;
  /** Set when `continueOnError: false` met its first failed job. */
  stopped = false;
  readonly #ports: PolicyPorts;
  readonly #finish: FinishCheck;

  constructor(ports: PolicyPorts) {
    this.#ports = ports;
    this.config = ports.config;
    const { store, jobs, claims, add } = ports;
    this.#finish = new FinishCheck({
      ...{ store, jobs, claims, add, saved: this.config.saved },
      openAnew: (ids) => this.openAnew(ids),
      end: (job, status, error) => this.end(job, status, error),
      rest: (job) => this.#rest(job),
    });
  }

  // ---- Limits

  signalFor(jobId: string): AbortSignal {
    return this.#ports.jobs.get(jobId).signal;
  }

  /** What is left of a job's time limit, ms; `null`: it has none. */
  timeLeft(job: BatchJob): number | null {
    const seconds = this.#limitOf(job);
    if (seconds === null) return null;
    return Math.max(0, seconds * 1000 - this.#ports.jobs.get(job.id).clock.workedMs);
  }

  /** Ends a job whose time is up. True if it was. */
  endIfLate(job: BatchJob): boolean {
    if (this.timeLeft(job) !== 0) return false;
    this.end(job, 'failed', jobTimedOut(this.#limitOf(job) ?? 0));
    return true;
  }

  // ---- A job starts, and ends

  /** Starts a job's clock. */
  started(job: BatchJob): void {
    const { jobs, queue, store } = this.#ports;
    const known = jobs.get(job.id);
    if (!known.clock.start()) return;
    queue.remove(job.id);
    jobs.move(known, 'running');
    store.record({ type: 'job-started', job: job.id, at: Date.now() });
  }

  /** Ends a job whose movie is encoded, unless it was cancelled or frames of it were asked for again. */
  complete(jobId: string): void {
    const job = this.#job(jobId);
    const { done, total } = job.counts;
    if (job.status === 'running' && done === total) this.end(job, 'completed', null);
  }

  end(job: BatchJob, status: Exclude<JobStatus, 'waiting' | 'running'>, error: Failure | null) {
    const { jobs, queue, store } = this.#ports;
    queue.remove(job.id);
    const known = jobs.find(job.id);
    if (known?.isTaken) jobs.move(known, 'ended');
    store.record({ type: 'job-finished', job: job.id, at: Date.now(), status, error });
    if (status === 'failed' && !this.config.continueOnError) this.stopped = true;
    this.#left(job.id);
  }

  /** Ends a job if its frames say so. Frames whose files are gone are rendered again. */
  async endIfDone(jobId: string): Promise<void> {
    this.#warnTakenAway(jobId, await this.#finish.endIfDone(jobId));
  }

  /** The file of a finished frame is gone, or is another one now. */
  async takenAway(jobId: string, frame: number): Promise<void> {
    this.#warnTakenAway(jobId, await this.#finish.takenAway(jobId, frame));
  }

  /** Takes a complete job in again if its files were taken away since. */
  lookAgain(jobId: string): Promise<void> {
    return this.#finish.lookAgain(jobId);
  }

  // ---- Its files changed

  /** Workers that have the scenes of these jobs open open them anew before the next frame. */
  openAnew(jobIds: readonly string[]): void {
    for (const id of jobIds) this.#ports.jobs.get(id).scene += 1;
  }

  /** The artist wants frames of another Blender rendered again. */
  otherBlender({ id, source }: BatchJob, version: string): void {
    this.#ports.warn(
      id,
      `Its finished frames were rendered by another Blender than ${version}: they are rendered again, as was chosen.`,
    );
    this.#startOver(id, source, 'again');
  }

  /** The scene that was opened is not the one that its finished frames were rendered from. */
  async changed(jobId: string, source: string): Promise<void> {
    const { warn } = this.#ports;
    const { done } = this.#job(jobId).counts;
    if (done === 0) {
      warn(jobId, 'The files of this shot were changed since the batch was started.');
      this.#startOver(jobId, source, 'stale');
      return;
    }
    const again = await this.#filesSaved(jobId, source);
    if (again === 'left') return;
    const stay = done - again.length;
    const what = again.length === 0 ? '' : ` ${namedFrames(again)} rendered again, as was chosen.`;
    const kept =
      stay === 0
        ? ''
        : ` ${stay} finished ${stay === 1 ? 'frame stays' : 'frames stay'}, and what is missing is rendered from the files as they are now.`;
    warn(jobId, `The files of this shot were saved while it was rendered.${what}${kept}`);
  }

  /** Records the plan of an opened scene. Finished frames that are none of it any more stay on the disk. */
  replan(jobId: string, plan: FramePlan): void {
    const { store, warn } = this.#ports;
    const { done } = store.job(jobId).counts;
    store.record({ type: 'job-planned', job: jobId, at: Date.now(), plan });
    const gone = done - store.job(jobId).counts.done;
    if (gone === 0) return;
    const were = gone === 1 ? '1 finished frame is' : `${gone} finished frames are`;
    warn(
      jobId,
      `${were} none of this shot any more, or would have another name now: what was rendered lies where it was.`,
    );
  }

  // ---- Failures

  /** There is no Blender for a job: a retry would find none either. */
  refuse(jobId: string, failure: Failure): void {
    const job = this.#job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    if (this.#isHelped(jobId)) this.#delay(jobId, 'helping', HELP_AGAIN_MS);
    else this.end(job, 'failed', failure);
  }

  /** A scene could not be opened, or a movie not be encoded. */
  jobFailed(jobId: string, failure: Failure): void {
    const job = this.#job(jobId);
    if (job.status !== 'running' || this.#isAborted(jobId)) return;
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    const known = this.#ports.jobs.get(jobId);
    const tries = known.openFailures + 1;
    const decision = this.#decide(job, failure, { tries, doing: 'the opening' });
    if (decision.kind === 'pause' || decision.kind === 'elsewhere') return;
    if (this.#isHelped(jobId)) {
      this.#delay(jobId, 'helping', HELP_AGAIN_MS);
    } else if (decision.kind === 'retry') {
      known.openFailures = tries;
      this.#ports.store.record({ type: 'job-retried', job: jobId, at: Date.now(), failure });
      this.#delay(jobId, 'opening', decision.delayMs);
    } else {
      this.end(job, 'failed', failure);
    }
  }

  /** A frame failed: it is tried again now or later, waits for room, or is given up. */
  frameFailed(
    { id: jobId }: BatchJob,
    frame: number,
    tries: number,
    failure: Failure,
    gpu: WorkerPlace['gpu'] = null,
  ): void {
    const { store, allocation } = this.#ports;
    const job = this.#job(jobId);
    if (job.status !== 'running') return;
    if (this.#isAborted(jobId)) {
      this.#release(jobId, frame);
      return;
    }
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    if (gpu && failure.cause === 'device-not-available') {
      allocation.loseGpu(gpu, jobId);
      this.#release(jobId, frame);
      return;
    }
    const { anew } = job.keptScene ?? {};
    // Persistent data was our choice: that try does not count.
    const own = anew?.why === 'failed' && anew.frame === frame ? tries - 1 : tries;
    const decision = this.#decide(job, failure, { tries: own, doing: `frame ${frame}` });
    const { kind } = decision;
    const mayGoOn = kind === 'give-up' && gpu !== null && failure.ofGpu;
    const isBlameless =
      kind === 'pause' || kind === 'elsewhere' || (mayGoOn && allocation.goesOnWithout(gpu, job));
    if (isBlameless) {
      this.#release(jobId, frame);
      return;
    }
    const willRetry = kind === 'retry';
    store.record({ type: 'frame-failed', job: jobId, at: Date.now(), frame, failure, willRetry });
    if (kind === 'retry') this.#delay(jobId, frame, decision.delayMs);
    if (kind === 'fail-job') this.end(this.#job(jobId), 'failed', failure);
  }

  /** A reference render failed. True if it is hopeless: nothing shows that the frames of its session are right. */
  checkFailed(
    jobId: string,
    { session, frame }: { readonly session: string; readonly frame: number },
    failure: Failure,
    gpu: WorkerPlace['gpu'],
  ): boolean {
    const job = this.#job(jobId);
    if (job.status !== 'running' || this.#isAborted(jobId)) return false;
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return false;
    if (gpu && failure.cause === 'device-not-available') {
      this.#ports.allocation.loseGpu(gpu, jobId);
      return false;
    }
    const { checkFailures } = this.#ports.jobs.get(jobId);
    const tries = (checkFailures.get(session) ?? 0) + 1;
    const doing = `the check of frame ${frame}`;
    const decision = this.#decide(job, failure, { tries, doing });
    if (decision.kind === 'pause' || decision.kind === 'elsewhere') return false;
    checkFailures.set(session, tries);
    if (decision.kind === 'retry') this.#delay(jobId, 'opening', decision.delayMs);
    return decision.kind !== 'retry';
  }

  /** Blender failed on a node of a cluster. @param what tells the work from others of the job */
  nodeFailed(node: string | undefined, jobId: string, what: string, { cause }: Failure): void {
    const { remedy } = CAUSE_FACTS[cause];
    // A failure that asks for another allocation, room or memory says nothing about the node.
    if (node !== undefined && (remedy === 'again' || remedy === 'never'))
      this.#ports.nodes.failed(node, jobId, what);
  }

  // ---- Inside

  #job(id: string): BatchJob {
    return this.#ports.store.job(id);
  }

  #isAborted(id: string): boolean {
    return this.#ports.jobs.isAborted(id);
  }

  /** Others go on with the scene that they have open. */
  #isHelped(id: string): boolean {
    return this.#ports.pool.on(id) > 1;
  }

  /** Seconds; `null`: none. */
  #limitOf({ shotConfig }: BatchJob): number | null {
    return shotConfig?.timeoutSeconds ?? this.config.timeoutSeconds;
  }

  #decide(
    job: BatchJob,
    failure: Failure,
    { tries, doing }: { readonly tries: number; readonly doing: string },
  ): ReturnType<typeof verdictOn> {
    const { allocation, pause, store } = this.#ports;
    const allowed = job.shotConfig?.retries ?? this.config.maxRetries;
    const retries = retriesFor(job, failure, allowed);
    const decision = verdictOn(failure, tries, retries, this.config.backoffMs);
    if (!this.#ports.retries) return decision.kind === 'fail-job' ? decision : { kind: 'give-up' };
    if (decision.kind === 'retry' && decision.fewerWorkers) allocation.ranOut(job.id, doing);
    if (decision.kind === 'pause') pause.forJob(job, failure);
    const lost = LOST_PLACES.find((each) => each === failure.cause);
    if (decision.kind === 'elsewhere' && lost) {
      const { message, node = '' } = failure;
      store.record({ type: 'place-lost', at: Date.now(), node, cause: lost, message });
    }
    return decision;
  }

  #delay(jobId: string, what: number | 'opening' | 'helping', ms: number): void {
    this.#ports.jobs.get(jobId).delays.set(what, performance.now() + ms);
  }

  /** A frame waits again, and the try does not count. */
  #release(job: string, frame: number): void {
    this.#ports.store.record({ type: 'frame-released', job, at: Date.now(), frame });
    this.#ports.jobs.get(job).frames.rewind();
  }

  /** Nothing of a job counts as done, and it is opened anew. */
  #startOver(jobId: string, source: string, why: 'stale' | 'again'): void {
    const { jobs, store, add } = this.#ports;
    const job = this.#job(jobId);
    if (job.status !== 'running') return;
    const known = jobs.get(jobId);
    known.startsOver += 1;
    known.scene += 1;
    // Workers that have the old scene open leave it first.
    known.abort();
    if (known.startsOver > MOST_STARTS_OVER) {
      this.end(job, 'failed', keepsChanging());
      return;
    }
    const { name, shotFile, outputPath, counts } = job;
    if (counts.done > 0) tellFound({ [why]: [{ name, frames: counts.done }] }, store);
    const about = { job: jobId, at: Date.now(), name, shotFile, outputPath, source };
    store.record({ type: 'job-added', ...about });
    add(jobId);
  }

  /**
   * Its files were saved after frames of it were rendered: these stay, and missing frames are rendered from the new files.
   * Resolves with frames that are rendered again; `left`: others go on with the scene that they have open.
   */
  async #filesSaved(jobId: string, source: string): Promise<readonly number[] | 'left'> {
    const { jobs, store } = this.#ports;
    const before = this.#job(jobId);
    if (before.status !== 'running') return 'left';
    if (this.#isHelped(jobId)) {
      this.#delay(jobId, 'helping', HELP_AGAIN_MS);
      return 'left';
    }
    const saved = await jobSaved(before, source);
    const job = this.#job(jobId);
    if (job.status !== 'running' || this.#isAborted(jobId)) return 'left';
    const known = jobs.get(jobId);
    if (known.savedInVain(job.counts.done) > MOST_STARTS_OVER) {
      this.end(job, 'failed', keepsChanging());
      return 'left';
    }
    const { saved: policy } = this.config;
    this.openAnew([jobId]);
    store.record({ ...saved, ...(policy === 'keep' && { kept: true }) });
    const frames = numbersOf(undecidedFrames(this.#job(jobId)));
    if (policy !== 'again' || frames.length === 0) return [];
    const about = { job: jobId, at: Date.now(), frames: formatFrames(frames) };
    store.record({ type: 'frames-again', ...about });
    known.frames.rewind();
    return frames;
  }

  #warnTakenAway(jobId: string, lost: readonly number[]): void {
    if (lost.length === 0) return;
    const were = lost.length === 1 ? 'was' : 'were';
    this.#ports.warn(
      jobId,
      `${namedFrames(lost)} ${were} finished, but the files are gone or were changed by somebody else: rendering again.`,
    );
  }

  /** A job leaves the run with frames that it was not asked for. */
  #rest({ id }: BatchJob): void {
    const { jobs, store } = this.#ports;
    jobs.move(jobs.get(id), 'ended');
    store.record({ type: 'job-rested', job: id, at: Date.now() });
    this.#left(id);
  }

  #left(id: string): void {
    const { allocation, pool, claims, ended } = this.#ports;
    allocation.ended(id);
    if (pool.on(id) === 0) void claims.release(id);
    ended(id);
  }
}
