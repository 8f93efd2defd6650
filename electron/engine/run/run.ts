import type {
  BatchConfig,
  BlenderInfo,
  ExistingPolicy,
  MachineInfo,
} from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { GpuDevice, GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan, JobStatus } from '../../../shared/job.ts';
import type { StartWorker } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import { busyLanes } from '../capacity/cores.ts';
import { lostGpu, outgrewGpu, Placement, type Side } from '../capacity/gpus.ts';
import { PoolSize } from '../capacity/memory.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import type { SameFiles } from '../capacity/same-files.ts';
import { jobTimedOut, keepsChanging } from '../failures.ts';
import { Settling } from '../lane/finish-frame.ts';
import type { BlenderPorts } from '../lane/lane-ports.ts';
import type { StallBounds } from '../lane/limits.ts';
import { Bell } from '../lib/wake-signal.ts';
import { tellFound } from '../resume/record-resume.ts';
import { MOST_STARTS_OVER } from '../resume/sources.ts';
import { Intake } from './dependencies.ts';
import { Pause } from './pause.ts';
import { RunQueue } from './queue.ts';
import { retriesFor, verdictOn } from './verdicts.ts';

/** A lane that could not open a scene to help with it leaves it alone for so long. */
const HELP_AGAIN_MS = 60_000;

/** One run of a batch: what its lanes share, and every decision about jobs and frames that failed. */
export class Run implements BlenderPorts {
  readonly options: RunOptions;
  readonly bell = new Bell();
  readonly queue: RunQueue;
  readonly placement = new Placement();
  readonly #intake: Intake;
  readonly #settling: Settling;
  readonly pause: Pause;
  readonly #aborts = new JobAborts();
  readonly #clocks: JobClocks;
  readonly #startedOver = new Map<string, number>();
  /** Jobs whose scene was looked through. */
  readonly #looked = new Set<string>();
  readonly pool: PoolSize;
  /** Set when `continueOnError: false` met its first failed job. */
  stopped = false;

  constructor(options: RunOptions) {
    this.options = options;
    this.queue = new RunQueue((jobId) => {
      const choice = options.blenders.given(jobId);
      return choice?.ok ? choice.value.path : null;
    });
    this.pause = new Pause(options.store, this.bell);
    this.#clocks = new JobClocks(this.pause, options.config.timeoutSeconds);
    this.pool = new PoolSize(options.store, options.workers);
    this.#intake = new Intake({
      store: options.store,
      queue: this.queue,
      elsewhere: options.elsewhere,
      leaveOut: (job, why) => this.#end(job, 'skipped', why),
    });
    this.#settling = new Settling({
      store: options.store,
      claims: options.claims,
      isAborted: (id) => this.isAborted(id),
      add: (id) => this.add([id]),
      lost: (id) => this.queue.frames.rewind(id),
      end: (job, status, error) => this.#end(job, status, error),
    });
  }

  get store(): BatchStore {
    return this.options.store;
  }

  get config(): BatchConfig {
    return this.options.config;
  }

  get temporary(): string {
    return this.options.temporary;
  }

  get blenderPath(): string {
    return this.options.blender.path;
  }

  get shareOfMemory(): BlenderPorts['shareOfMemory'] {
    const { machine, workers } = this.options;
    return { lanes: workers + this.placement.known.length, machineMb: machine.memoryMb };
  }

  startsOver(jobId: string): number {
    return this.turnOf(jobId);
  }

  opening(job: BatchJob, gpu: GpuDevice | null): ReturnType<BlenderPorts['opening']> {
    const { files, claims } = this.options;
    return {
      existing: this.existingFor(job.id),
      ...(this.placement.isLeftToCpu(job) && { device: 'cpu' as const }),
      claim: async (plan: FramePlan) => (await files.take(job, plan)) ?? claims.claim(job.id, plan),
      fits: (wants: Side) => this.placement.fits(job, gpu ? 'gpu' : 'cpu', wants),
    };
  }

  learnGpus(list: GpuList | null): void {
    this.placement.learn(list);
    this.bell.ring();
  }

  /** What was rendered from files that have changed since, or is to be of another Blender, is not kept, whatever is asked for. */
  existingFor(jobId: string): ExistingPolicy {
    const { again, config } = this.options;
    return this.turnOf(jobId) > 0 || again.has(jobId) ? 'resume' : config.existing;
  }

  /** How often a job has started over because its files had changed. */
  turnOf(jobId: string): number {
    return this.#startedOver.get(jobId) ?? 0;
  }

  get cancelled(): boolean {
    return this.#aborts.all;
  }

  /** Aborted when everything is to stop now. */
  get signal(): AbortSignal {
    return this.#aborts.signal;
  }

  /** Aborted when this job, or everything, is to stop now. */
  signalFor(jobId: string): AbortSignal {
    return this.#aborts.signalFor(jobId);
  }

  isAborted(jobId: string): boolean {
    return this.#aborts.has(jobId);
  }

  cancel(): void {
    this.#aborts.abortAll();
    this.bell.ring();
  }

  /** Takes a job out of the run: its Blenders are killed, its finished frames stay. */
  cancelJob(jobId: string): void {
    const job = this.store.job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    this.#aborts.abort(jobId);
    this.#end(job, 'cancelled', null);
  }

  /** Takes jobs in (again), and those that were left out because of one. @param late the batch did not have them */
  add(jobIds: readonly string[], late: readonly BatchJob[] = []): void {
    const all = this.#intake.with(jobIds, late);
    for (const id of all) {
      this.#aborts.clear(id);
      this.#clocks.reset(id);
      this.#looked.delete(id);
      this.placement.joined(this.store.job(id));
    }
    for (const id of all) this.#intake.place(id);
    this.bell.ring();
  }

  /** Jobs have another priority now: what waits takes its new turn, what runs is preferred or left. */
  reorder(jobIds: readonly string[]): void {
    for (const id of jobIds) this.queue.reorder(this.store.job(id));
    this.bell.ring();
  }

  /** Whether jobs are to come that nobody has started. */
  get hasMore(): boolean {
    return this.queue.hasWaiting || this.#intake.someHeld;
  }

  /** A job's own files have changed, or its frames are to be of another Blender: nothing of it counts as done, and it is opened anew. */
  startOver(jobId: string, source: string, why: 'stale' | 'again' = 'stale'): void {
    const job = this.store.job(jobId);
    if (job.status !== 'running') return;
    const times = this.turnOf(jobId) + 1;
    this.#startedOver.set(jobId, times);
    // Lanes that have the old scene open let go of it first.
    this.#aborts.abort(jobId);
    if (times > MOST_STARTS_OVER) {
      this.#end(job, 'failed', keepsChanging());
      return;
    }
    const { name, shotFile, outputPath, counts } = job;
    const at = Date.now();
    if (counts.done > 0) tellFound({ [why]: [{ name, frames: counts.done }] }, this.store);
    this.queue.ended(job);
    this.store.record({ type: 'job-added', job: jobId, at, name, shotFile, outputPath, source });
    this.add([jobId]);
  }

  /** Whether a job has ever been part of this run. */
  took(jobId: string): boolean {
    return this.#intake.took(jobId);
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
    this.queue.started(job);
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

  /** Ends a job if its frames say so. Resolves with frames that are gone: they are rendered again. */
  settle(jobId: string): Promise<readonly number[]> {
    return this.#settling.settle(jobId);
  }

  /** Takes jobs in again that were complete, if their files have been taken away since. */
  lookAgain(jobIds: readonly string[]): Promise<void> {
    return this.#settling.lookAgain(jobIds);
  }

  /** A lane begins to work on a job. */
  takenBy(lane: number, jobId: string): void {
    this.queue.occupy(lane, jobId);
    this.#clocks.goOn(jobId);
  }

  /** A lane has let go of a job: the last one gives back what an ended one had claimed. */
  left(lane: number, jobId: string): void {
    this.queue.occupy(lane, null);
    if (this.queue.lanesOn(jobId) === 0) {
      this.#clocks.rest(jobId);
      if (this.store.job(jobId).status !== 'running') void this.options.claims.release(jobId);
    }
    this.bell.ring();
  }

  /** Ends a job whose movie is there, unless it was cancelled in the meantime. */
  complete(jobId: string): void {
    const job = this.store.job(jobId);
    if (job.status === 'running') this.#end(job, 'completed', null);
  }

  /** A frame could not be rendered: again, later, never, or not before there is room. @param gpu what it was on */
  frameFailed(jobId: string, frame: number, tries: number, failure: Failure, gpu?: GpuDevice) {
    const job = this.store.job(jobId);
    const at = Date.now();
    if (job.status !== 'running' || this.isAborted(jobId)) {
      if (job.status === 'running') this.#release(jobId, frame);
      return;
    }
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    if (gpu && failure.cause === 'device-not-available') {
      lostGpu(this, gpu, job);
      this.#release(jobId, frame);
      return;
    }
    const verdict = this.#verdict(job, failure, { tries, doing: `frame ${frame}` });
    const goesOn = verdict.kind === 'give-up' && gpu && failure.ofGpu;
    if (verdict.kind === 'pause' || (goesOn && outgrewGpu(this, job, gpu))) {
      this.#release(jobId, frame);
      return;
    }
    const willRetry = verdict.kind === 'retry';
    this.store.record({ type: 'frame-failed', job: jobId, at, frame, failure, willRetry });
    if (verdict.kind === 'retry')
      this.queue.delays.set(jobId, frame, performance.now() + verdict.delayMs);
    if (verdict.kind === 'fail-job') this.#end(this.store.job(jobId), 'failed', failure);
  }

  /** There is no Blender for a job: trying again would find none either. */
  refuse(jobId: string, failure: Failure): void {
    const job = this.store.job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    // It came to help; the others go on with the Blenders that they have.
    if (this.queue.lanesOn(jobId) > 1) {
      this.queue.delays.set(jobId, 'helping', performance.now() + HELP_AGAIN_MS);
    } else this.#end(job, 'failed', failure);
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
      this.queue.delays.set(jobId, 'helping', performance.now() + HELP_AGAIN_MS);
    } else if (verdict.kind === 'retry') {
      this.queue.openFailed(jobId);
      this.store.record({ type: 'job-retried', job: jobId, at, failure });
      this.queue.delays.set(jobId, 'opening', performance.now() + verdict.delayMs);
    } else {
      this.#end(job, 'failed', failure);
    }
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
      this.pool.ranOut(job.id, doing, busyLanes(this, 'cpu'));
    }
    if (verdict.kind === 'pause') this.pause.forJob(job, failure);
    return verdict;
  }

  /** A frame is given back without blame. */
  #release(job: string, frame: number): void {
    this.store.record({ type: 'frame-released', job, at: Date.now(), frame });
    this.queue.frames.rewind(job);
  }

  #end(job: BatchJob, status: Exclude<JobStatus, 'waiting' | 'running'>, error: Failure | null) {
    this.queue.ended(job);
    this.store.record({ type: 'job-finished', job: job.id, at: Date.now(), status, error });
    this.pool.ended(job.id);
    if (this.queue.lanesOn(job.id) === 0) void this.options.claims.release(job.id);
    if (status === 'failed' && !this.options.config.continueOnError) this.stopped = true;
    if (!this.stopped && !this.cancelled) this.#intake.ended(job.id);
    this.bell.ring();
  }
}

/** What a run is made with. */
interface RunOptions {
  readonly store: BatchStore;
  readonly config: BatchConfig;
  readonly machine: MachineInfo;
  /** The one of shots that say nothing. */
  readonly blender: BlenderInfo;
  /** Which one each shot gets. */
  readonly blenders: Blenders;
  /** Ids of jobs whose finished frames are to be rendered again. */
  readonly again: ReadonlySet<string>;
  readonly workers: number;
  /** Folder for the workers' temporary files. */
  readonly temporary: string;
  readonly stall: StallBounds;
  /** Shots that are not in the batch, as the checkpoint knows them: others may depend on them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  readonly startWorker: StartWorker;
  /** What its jobs may write to now. */
  readonly claims: OutputClaims;
  /** Which of its jobs writes which files. */
  readonly files: SameFiles;
}

/** A job's own stop, and one signal for it and for the stop of everything. */
interface Abort {
  readonly own: AbortController;
  readonly signal: AbortSignal;
}

/** What is to stop now: single jobs, or everything. */
export class JobAborts {
  readonly #all = new AbortController();
  readonly #jobs = new Map<string, Abort>();

  get all(): boolean {
    return this.#all.signal.aborted;
  }

  get signal(): AbortSignal {
    return this.#all.signal;
  }

  has(jobId: string): boolean {
    return this.all || this.#jobs.get(jobId)?.own.signal.aborted === true;
  }

  /** Aborted when this job, or everything, is to stop now. */
  signalFor(jobId: string): AbortSignal {
    const known = this.#jobs.get(jobId);
    if (known) return known.signal;
    const own = new AbortController();
    // One a job: Nodes that we support keep each composed signal as long as the whole night's lives.
    const signal = AbortSignal.any([this.#all.signal, own.signal]);
    this.#jobs.set(jobId, { own, signal });
    return signal;
  }

  abortAll(): void {
    this.#all.abort();
  }

  /** Whoever is at work on the job stops. */
  abort(jobId: string): void {
    this.#jobs.get(jobId)?.own.abort();
  }

  /** The job may be worked on (again). */
  clear(jobId: string): void {
    this.#jobs.delete(jobId);
  }
}

/**
 * How long each job has been at work, and what is left of its time limit. Pauses are left out, and so is the time
 * in which no lane is on it: it waits for its next try, or is set aside for a shot of higher priority.
 */
class JobClocks {
  readonly #pause: Pause;
  readonly #limit: number | null;
  /** Work before its newest start, and that start by the clock of the pause; `null`: it rests. */
  readonly #jobs = new Map<string, { workedMs: number; since: number | null }>();

  /** @param limit of jobs whose shot file says none, seconds; `null`: none */
  constructor(pause: Pause, limit: number | null) {
    this.#pause = pause;
    this.#limit = limit;
  }

  /** Starts the clock of a job. False if it was started before. */
  start(jobId: string): boolean {
    if (this.#jobs.has(jobId)) return false;
    this.#jobs.set(jobId, { workedMs: 0, since: this.#pause.clock() });
    return true;
  }

  /** The clock of a job that rested goes on. */
  goOn(jobId: string): void {
    const known = this.#jobs.get(jobId);
    if (known) known.since ??= this.#pause.clock();
  }

  /** No lane is on the job any more: its clock stands still until `goOn`. */
  rest(jobId: string): void {
    const known = this.#jobs.get(jobId);
    if (known) this.#jobs.set(jobId, { workedMs: this.#workedMs(jobId), since: null });
  }

  reset(jobId: string): void {
    this.#jobs.delete(jobId);
  }

  /** Seconds; `null`: none. */
  limitOf(job: BatchJob): number | null {
    return job.shotConfig?.timeoutSeconds ?? this.#limit;
  }

  /** What is left of a job's time limit, ms; `null`: it has none. */
  left(job: BatchJob): number | null {
    const seconds = this.limitOf(job);
    if (seconds === null) return null;
    return Math.max(0, seconds * 1000 - this.#workedMs(job.id));
  }

  #workedMs(jobId: string): number {
    const { workedMs, since } = this.#jobs.get(jobId) ?? { workedMs: 0, since: null };
    return workedMs + (since === null ? 0 : this.#pause.clock() - since);
  }
}
