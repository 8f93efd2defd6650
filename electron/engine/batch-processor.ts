import {
  type Batch,
  type BatchConfig,
  type BatchProgress,
  type BatchResult,
  type BlenderInfo,
  DEFAULT_CONFIG,
  type RunInfo,
} from '../../shared/batch.ts';
import type { BatchSignal, LogLine } from '../../shared/events.ts';
import type { Review } from '../../shared/frame-state.ts';
import type { BatchJob, PickedFrames } from '../../shared/job.ts';
import { rejectedFrames } from '../../shared/job-state.ts';
import type { Night } from '../../shared/night.ts';
import { olderPicks } from '../../shared/older-files.ts';
import type { BlenderChange } from '../../shared/shot-blender.ts';
import type { TestPass } from '../../shared/test-pass.ts';
import { BatchStore } from './batch-store.ts';
import type { BlendersHere, InstallsOf } from './capacity/choose-blender.ts';
import { thisMachine, workersFor } from './capacity/machine.ts';
import { Outlook } from './estimate/outlook.ts';
import { createBatchFromDirectory } from './folder/create-batch.ts';
import { folderChoices } from './folder/folder-choices.ts';
import { FollowedBatch } from './followed-batch.ts';
import { ArtistChoices, ChosenOrder } from './journal/artist-choices.ts';
import { BatchCheckpoint } from './journal/batch-checkpoint.ts';
import { NO_RUN } from './journal/batch-state.ts';
import { checkpointDirectory, dataDirectory } from './journal/data-directory.ts';
import { JobLogs } from './journal/job-log.ts';
import type { PlayedJournal } from './journal/replay.ts';
import { STALL_BOUNDS, type StallBounds } from './lane/limits.ts';
import { sideBySide } from './lib/side-by-side.ts';
import { progressNow } from './progress.ts';
import { keepNight, NIGHTS } from './report/kept-nights.ts';
import { resultOf } from './result.ts';
import { ownFrames } from './resume/join-job.ts';
import { type LoadReport, loadBatch } from './resume/resume.ts';
import { planWithMore, savedSinceMade } from './resume/sources.ts';
import { withShots } from './run/late-shots.ts';
import type { PauseState } from './run/pause.ts';
import { type LiveRun, type RunOrder, startRun } from './run/start-run.ts';
import { NIGHTSHIFT_VERSION } from './version.ts';

const BUSY =
  'The batch is rendering already: wait until it has ended, or retry these shots, which then join it.';

/** What of a batch is rendered; without any of these all that is left. */
export interface ProcessOptions {
  /** Ids of the jobs. */
  readonly only?: readonly string[];
  /** Only these frames, in place of `only`; the others of their shots wait for another run. */
  readonly picked?: readonly PickedFrames[];
  /** Renders what is picked also where it is done; the pictures from before are set aside when the new ones are proved. */
  readonly again?: boolean;
}

export interface ProcessorOptions {
  readonly config?: Partial<BatchConfig>;
  /** App data directory; default `dataDirectory()`. */
  readonly dataDirectory?: string;
  /** For tests of a Blender that hangs. @internal */
  readonly stall?: Partial<StallBounds>;
  /** Blenders of this machine, newest first; not there: they are looked for. @internal */
  readonly installs?: InstallsOf;
}

/**
 * Runs a batch in a pool of warm Blenders and keeps its checkpoint. One run at a time; the jobs are
 * the truth before, during and after it; the batch grows by shots that join a run.
 */
export class BatchProcessor {
  batch: Batch;
  /** When it will be done. @internal */
  readonly outlook = new Outlook(() => this.#store.jobs);
  /** In which order its shots start where nothing else decides, as the artist may change it. @internal */
  readonly order: ChosenOrder;
  readonly #store: BatchStore;
  readonly #data: string;
  readonly #stall: StallBounds;
  /** What is known of the Blenders of this machine. @internal */
  readonly here: BlendersHere;
  #config: BatchConfig;
  /** Blenders of a dead run that were stopped when this batch was loaded; the next run tells of them. */
  #orphansStopped = 0;
  /** What was read of the journal last, while nothing has been written since as far as we know. */
  #journal: PlayedJournal | null = null;
  /** The run that is on. */
  #live: LiveRun | null = null;
  #running: Promise<BatchResult> | null = null;
  #cancelled = false;
  /** Jobs that were cancelled before the next run. */
  readonly #leftOut = new Set<string>();
  readonly #choices: ArtistChoices;
  #logs: JobLogs;

  constructor(batch: Batch, options: ProcessorOptions = {}) {
    this.batch = batch;
    this.#config = { ...DEFAULT_CONFIG, ...options.config };
    this.#stall = { ...STALL_BOUNDS, ...options.stall };
    this.#data = options.dataDirectory ?? dataDirectory();
    this.here = { installs: options.installs, data: this.#data };
    this.#store = new BatchStore(batch.jobs);
    this.#choices = new ArtistChoices(this.#store);
    this.order = new ChosenOrder(this.#store, this, () => this.#live);
    this.#logs = new JobLogs(this.checkpointPath);
  }

  get config(): BatchConfig {
    return this.#config;
  }

  /** The folder of this batch's checkpoint. */
  get checkpointPath(): string {
    return this.#config.checkpointPath ?? checkpointDirectory(this.#data, this.batch.id);
  }

  /** In batch order, as they are now. */
  get jobs(): readonly BatchJob[] {
    return this.#store.jobs;
  }

  job(jobId: string): BatchJob | undefined {
    return this.#store.find(jobId);
  }

  get running(): boolean {
    return this.#running !== null;
  }

  /** What the night has met so far. */
  get night(): Night {
    return this.#store.night;
  }

  get paused(): PauseState | null {
    return this.#live?.paused ?? null;
  }

  /** The Blender of the newest run. */
  get blender(): BlenderInfo | null {
    return this.#store.run?.blender ?? null;
  }

  /** Takes effect at the next `processBatch()`. */
  configure(config: Partial<BatchConfig>): void {
    this.#config = { ...this.#config, ...config };
    if (!this.running) this.#logs = new JobLogs(this.checkpointPath);
  }

  /** Told of everything that happens; returns the function that ends it. */
  subscribe(listener: (signal: BatchSignal) => void): () => void {
    return this.#store.subscribe(listener);
  }

  /**
   * Reads the checkpoint and looks at every recorded frame on disk; renders nothing. Left-over
   * Blenders of a Nightshift that died are stopped. While a run is on, it only reports.
   */
  async load(): Promise<LoadReport> {
    // Priorities that are being written hold the lock, and would be taken for somebody else.
    await Promise.all([this.#choices.written(), this.order.read()]);
    const { jobs, journal, report } = await loadBatch(this.batch, this.#config, {
      directory: this.checkpointPath,
      before: this.#journal,
      isOurs: () => this.running,
    });
    this.#orphansStopped += report.orphansStopped;
    if (!this.running) {
      this.#journal = journal;
      this.#store.replace(jobs, journal.replayed);
      this.#choices.again();
    }
    return report;
  }

  /**
   * Renders what is left, of all jobs or only of some. Resolves with what came of it, also when
   * jobs failed or it was cancelled. Rejects with `BatchInUse` if another process drives this
   * batch, and with a sentence if the checkpoint can't be written or if some jobs are asked for while
   * a run is on.
   */
  processBatch(options: ProcessOptions = {}): Promise<BatchResult> {
    const { picked = null, again = false } = options;
    const only = picked?.map(({ job }) => job) ?? options.only ?? null;
    if (this.#running !== null) {
      return only ? Promise.reject(new Error(BUSY)) : this.#running;
    }
    this.#cancelled = false;
    for (const id of only ?? []) this.#leftOut.delete(id);
    this.#live = this.#start({ only, picked, again });
    this.#running = this.#ended(this.#live).finally(() => {
      [this.#running, this.#live] = [null, null];
    });
    return this.#running;
  }

  /** Shows in its jobs what another process does with them; only while no run is on. @internal */
  followElsewhere(): FollowedBatch {
    return new FollowedBatch(this.checkpointPath, this.#store);
  }

  getProgress(): BatchProgress {
    const { running, run, paused } = this;
    const { workers } = run;
    const facts = { info: this.#store.run, running, workers, paused: paused?.reason ?? null };
    return progressNow(this.#store, this.outlook, facts);
  }

  /** The newest run; what the next one would be like where there was none. */
  get run(): RunInfo {
    return this.#store.run ?? newRunInfo(this.batch, this.#config);
  }

  /** What came of it until now. */
  getResult(): BatchResult {
    return resultOf(this.#store.jobs, this.batch.problems, this.run, {
      running: this.running,
      cancelled: this.#cancelled,
      outcome: this.#store.outcome,
      night: this.#store.night,
    });
  }

  /** Finishes the running frames and starts no new ones. @param message why, for the artist */
  pause(message = 'Paused. No new frames are started.'): void {
    this.#live?.pause(message);
  }

  unpause(): void {
    this.#live?.unpause();
  }

  /** Stops everything now. Resolves when no Blender is left. Idempotent. */
  async cancel(): Promise<void> {
    if (!this.running) return;
    this.#cancelled = true;
    this.#live?.cancel();
    await this.#running?.catch(() => undefined);
  }

  /** Stops one job; its finished frames stay. Before a run it is left out of it. */
  async cancelJob(jobId: string): Promise<void> {
    const job = this.#store.job(jobId);
    if (this.#live) return this.#live.cancelJob(jobId);
    this.#leftOut.add(jobId);
    if (job.status === 'waiting') {
      const about = { job: jobId, at: Date.now() };
      this.#store.record({ type: 'job-finished', ...about, status: 'cancelled', error: null });
    }
  }

  /** Gives jobs another priority, higher goes first, at once. Kept until a shot file's own priority changes. */
  async setPriority(jobIds: readonly string[], priority: number): Promise<void> {
    this.#choices.choosePriority(jobIds, priority, this.#live?.takesOrders ?? false);
    this.#live?.reorder(jobIds);
    if (!this.running) await this.#choices.write(this.checkpointPath);
  }

  /**
   * Gives jobs another Blender, or says what becomes of their frames of another one. Counts from the next opening on:
   * a job that has ended for that is then tried again with `retryJobs`. Kept until a shot file's own `blender:` changes.
   */
  async chooseBlender(jobIds: readonly string[], change: BlenderChange): Promise<void> {
    this.#choices.chooseBlender(jobIds, change, this.#live?.takesOrders ?? false);
    if (!this.running) await this.#choices.write(this.checkpointPath);
  }

  /** Tries jobs again that failed, were cancelled or skipped. Outside of a run it starts one with them. */
  async retryJobs(jobIds: readonly string[]): Promise<void> {
    const joins = await this.takesOrders();
    const again = retriable(this.#store, jobIds);
    if (joins) this.#live?.retry(again);
    else if (again.length > 0) await this.processBatch({ only: again });
  }

  /**
   * Renders frames again, also those that are done: see `ProcessOptions`. They join a run that is on; outside of one this
   * starts one with them alone.
   */
  async renderAgain(picked: readonly PickedFrames[]): Promise<void> {
    const joins = await this.takesOrders();
    const some = picked.flatMap(({ job: id, frames }) => {
      const job = this.#store.job(id);
      const own = ownFrames(job, frames);
      return job.shotConfig === null || own?.length === 0 ? [] : [{ job: id, frames: own }];
    });
    if (joins) this.#live?.renderAgain(some);
    else if (some.length > 0) await this.processBatch({ picked: some, again: true });
  }

  /**
   * Says of pictures that are there whether they are good; `null` takes that back. Kept until they are rendered again.
   * @param frames numbers, ascending
   */
  async reviewFrames(
    jobId: string,
    frames: readonly number[],
    review: Review | null,
  ): Promise<void> {
    this.#choices.review(jobId, frames, review, this.#live?.takesOrders ?? false);
    if (!this.running) await this.#choices.write(this.checkpointPath);
  }

  /**
   * The frames that the artist has rejected and that were not rendered again since, of each shot that has some; also of
   * shots whose files have changed since. Throws what the disk says of the journal.
   */
  async rejected(): Promise<readonly PickedFrames[]> {
    await this.#choices.written();
    const { jobs } = await new BatchCheckpoint(this.checkpointPath).load();
    return this.#store.jobs.flatMap((job) => {
      const recorded = jobs.get(job.id);
      const known = job.plan === null && recorded ? recorded : job;
      const frames = rejectedFrames(known);
      return frames.length === 0 || job.shotConfig === null ? [] : [{ job: job.id, frames }];
    });
  }

  /**
   * Looks whether files of jobs were saved since their frames were made, which their jobs and the journal say from then on.
   * A run looks itself; cheap where nothing was saved.
   */
  async lookAtFiles(): Promise<void> {
    if (this.running) return;
    await this.#choices.written();
    await sideBySide(this.#store.jobs, async (job) => {
      const saved = await savedSinceMade(job);
      if (!saved || this.running || this.#store.find(job.id) !== job) return;
      this.#choices.saved(saved);
      const more = await planWithMore(this.#store.job(job.id));
      if (!more || this.running) return;
      // Only shown: who reads the journal finds it the same way.
      const about = { job: job.id, at: Date.now() };
      this.#store.record({ type: 'job-planned', ...about, plan: more });
      this.#store.record({ type: 'job-reset', ...about });
    });
    if (!this.running) await this.#choices.write(this.checkpointPath);
  }

  /** Keeps what was made of jobs before their files were saved, so that nobody asks about it again. */
  async keepOlder(jobIds: readonly string[]): Promise<void> {
    this.#choices.keepOlder(jobIds, this.#live?.takesOrders ?? false);
    if (!this.running) await this.#choices.write(this.checkpointPath);
  }

  /** Renders again what was made of jobs before their files were saved, and was not kept: see `renderAgain`. */
  renderOlder(jobIds: readonly string[]): Promise<void> {
    return this.renderAgain(olderPicks(jobIds.map((id) => this.#store.job(id))));
  }

  /** Takes the shots of the folder, read anew, that the batch lacks into its run. Resolves with their ids. */
  async takeIn(batch: Batch): Promise<readonly string[]> {
    const ids = (await this.#live?.takeIn(batch)) ?? [];
    this.batch = withShots(this.batch, batch, ids);
    return ids;
  }

  /** Forgets the checkpoint, so that everything is rendered from nothing. Frames on disk stay. */
  async clearCheckpoint(): Promise<void> {
    if (this.running) throw new Error('Cancel the batch before its checkpoint is cleared.');
    await this.#choices.written();
    await this.#logs.close();
    await new BatchCheckpoint(this.checkpointPath).clear({ keeps: [NIGHTS] });
    this.#logs = new JobLogs(this.checkpointPath);
    this.order.forget();
    this.#store.replace(this.batch.jobs, NO_RUN);
    this.#journal = null;
  }

  /** The newest lines of what Blender said about a job, oldest first. */
  readLog(jobId: string, lastLines: number): Promise<readonly LogLine[]> {
    return this.#logs.read(jobId, lastLines);
  }

  /** Cancels, and lets go of everything. Idempotent. */
  async close(): Promise<void> {
    await this.cancel();
    await this.#choices.written();
    await this.#logs.close();
  }

  /**
   * Whether something can join a run now; false: none is on. One that comes up is waited for, and the end of one that
   * takes nothing in any more. @internal
   */
  async takesOrders(): Promise<boolean> {
    while (this.#live !== null) {
      await this.#live.standing;
      if (this.#live?.takesOrders) return true;
      await this.#running?.catch(() => undefined);
    }
    return false;
  }

  #start(wish: Pick<RunOrder, 'only' | 'picked' | 'again'>): LiveRun {
    return startRun({
      batch: this.batch,
      ...wish,
      config: this.#config,
      stall: this.#stall,
      here: this.here,
      orphansStopped: this.#orphansStopped,
      store: this.#store,
      logs: this.#logs,
      directory: this.checkpointPath,
      takeJournal: () => {
        const journal = this.#journal;
        this.#journal = null;
        return journal;
      },
      info: newRunInfo(this.batch, this.#config),
      leftOut: this.#leftOut,
      choices: this.#choices,
      ready: Promise.all([this.#choices.written(), this.order.read()]),
      keep: () => this.#keep(),
    });
  }

  async #ended(live: LiveRun): Promise<BatchResult> {
    await live.done.finally(() => {
      // That it stopped some is told by then.
      if (live.hasBegun) this.#orphansStopped = 0;
    });
    return this.getResult();
  }

  /** Keeps the night of a run that is over. Never throws: where the disk refuses, the journal has it still, until the next run. */
  async #keep(): Promise<void> {
    await this.#logs.close();
    await keepNight(this.checkpointPath, this.getResult()).catch(() => null);
  }
}

/** Those of some jobs that can be tried again: they have ended without being complete, and can be read. */
function retriable(store: BatchStore, jobIds: readonly string[]): readonly string[] {
  return [...new Set(jobIds)].filter((id) => {
    const job = store.job(id);
    return job.shotConfig !== null && !['waiting', 'running', 'completed'].includes(job.status);
  });
}

/** A run of a batch that begins now on this machine; which Blender it uses shows later. */
function newRunInfo(batch: Batch, config: BatchConfig): RunInfo {
  const machine = thisMachine();
  return {
    batchId: batch.id,
    folder: batch.folder,
    outputRoot: batch.outputRoot,
    ...(batch.test && { test: batch.test }),
    ...(batch.files && { files: batch.files }),
    config,
    workers: workersFor(config, machine),
    blender: null,
    machine,
    nightshift: NIGHTSHIFT_VERSION,
    startedAt: Date.now(),
    finishedAt: null,
  };
}

export interface RunBatchOptions extends ProcessorOptions {
  /** Where frames go; default `FOLDER/renders`. */
  readonly output?: string | null;
  /** A test pass of the shots, in a folder of its own in there. */
  readonly test?: TestPass;
  /** Aborting cancels: what is done stays done. */
  readonly signal?: AbortSignal;
  readonly onSignal?: (signal: BatchSignal, processor: BatchProcessor) => void;
}

/** Folder in, result out: reads the shots, renders what is left, and lets go of everything. */
export async function runBatch(
  folder: string,
  options: RunBatchOptions = {},
): Promise<BatchResult> {
  const { output = null, test, signal, onSignal, ...rest } = options;
  const isTrusted = () => rest.config?.trusted === true;
  const choices = (root: string) => folderChoices(rest.dataDirectory ?? dataDirectory(), root);
  const batch = await createBatchFromDirectory(folder, { output, test, isTrusted, choices });
  const processor = new BatchProcessor(batch, rest);
  if (onSignal) processor.subscribe((told) => onSignal(told, processor));
  const cancel = () => void processor.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const running = processor.processBatch();
    if (signal?.aborted) cancel();
    return await running;
  } finally {
    signal?.removeEventListener('abort', cancel);
    await processor.close();
  }
}
