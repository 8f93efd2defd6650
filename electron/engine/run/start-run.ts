import { join } from 'node:path';
import type { Batch } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob, PickedFrames } from '../../../shared/job.ts';
import { isRested, stopped } from '../../../shared/job-state.ts';
import { passed } from '../../blender/steps.ts';
import { startWorker } from '../../blender/worker.ts';
import { isThisComputer } from '../../hosts/index.ts';
import type { BlenderChoice } from '../capacity/blender-for.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { OutputClaims } from '../capacity/output-claims.ts';
import { SameFiles, type ShotBefore } from '../capacity/same-files.ts';
import { Seats, temporaryOf } from '../capacity/seats.ts';
import type { ArtistChoices } from '../journal/artist-choices.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import { cacheDirectory } from '../journal/data-directory.ts';
import type { JobLogs } from '../journal/job-log.ts';
import type { Replayed } from '../journal/replay.ts';
import type { Cancelling } from '../journal/requests.ts';
import type { StallBounds } from '../lane/limits.ts';
import type { BlenderSetup } from '../lane/worker-ports.ts';
import { SerialQueue } from '../lib/serial-queue.ts';
import { allEnded, sideBySide } from '../lib/side-by-side.ts';
import { hasStaging } from '../proof/staging.ts';
import { keepNight } from '../report/kept-nights.ts';
import { outcomeOf } from '../result.ts';
import { recordedResult } from '../resume/recorded-batches.ts';
import { type ResumedBatch, type ResumeOrder, resumeBatch } from '../resume/resume.ts';
import { joinShots } from './late-shots.ts';
import type { PauseState } from './pause.ts';
import { Run } from './run-loop.ts';

const JOURNAL_ROOM = 64 * 1024;
/** Shots whose files are looked at side by side. */
const SHOTS_AT_ONCE = 4;

/** Everything that one run of a batch needs. */
export interface RunOrder
  extends Omit<
    ResumeOrder,
    'checkpoint' | 'claims' | 'blenders' | 'chosen' | 'isCancelled' | 'onRead' | 'onBroken'
  > {
  /** Ids of the jobs that are cancelled before its lanes are there. */
  readonly leftOut: Set<string>;
  readonly choices: ArtistChoices;
  readonly logs: JobLogs;
  readonly stall: StallBounds;
  readonly here: BlendersHere;
  /** The folder of the checkpoint. */
  readonly directory: string;
  /** What has to be at an end before it begins. */
  readonly ready: Promise<unknown>;
  /** Keeps what came of it, when nothing can change that any more. */
  readonly keep: () => Promise<void>;
}

/** Starts a run of a batch: what can be asked of it, from this moment on. */
export function startRun(order: RunOrder): LiveRun {
  return new LiveRun(order);
}

/**
 * One run from its start to its end: takes the lock, joins the folder with the checkpoint, renders
 * in the pool, and closes the journal with what came of it.
 */
export class LiveRun {
  /** Resolves when it has ended; rejects with what kept it from that. */
  readonly done: Promise<void>;
  /** Resolves when its lanes are there, or it has ended without any. */
  readonly standing: Promise<void>;
  #stands = () => {};
  readonly #order: RunOrder;
  #run: Run | null = null;
  /** Takes shots of the folder into the run; `null`: none may join it now. */
  #join: ((batch: Batch) => Promise<readonly string[]>) | null = null;
  /** One reading of the folder after another. */
  readonly #joining = new SerialQueue();
  /** Resolves when none of its Blenders is left. */
  #emptied: () => Promise<void> = async () => {};
  /** A pause that was asked for before there were lanes. */
  #asked: PauseState | null = null;
  #isCancelled = false;
  /** The journal says that it is on. */
  hasBegun = false;

  constructor(order: RunOrder) {
    this.#order = order;
    this.standing = new Promise((resolve) => {
      this.#stands = resolve;
    });
    this.done = this.#work();
  }

  /** Whether its lanes are there: not while the disk is looked at, and not at its very end. */
  get takesOrders(): boolean {
    return this.#run !== null;
  }

  get paused(): PauseState | null {
    return this.#run ? this.#run.pause.state : this.#asked;
  }

  /** Finishes the running frames and starts no new ones. */
  pause(message: string): void {
    if (this.#run) this.#run.pause.begin('asked', message);
    else this.#asked = { reason: 'asked', message };
  }

  unpause(): void {
    this.#asked = null;
    this.#run?.pause.end();
  }

  /** Stops everything now; `done` tells when that has happened. */
  cancel(): void {
    this.#isCancelled = true;
    this.#run?.cancel();
  }

  /** Takes one job out of it. */
  cancelJob(jobId: string): void {
    if (this.#run) this.#run.cancelJob(jobId);
    else this.#order.leftOut.add(jobId);
  }

  /** Tries jobs again that have ended without being complete; only while it takes orders. */
  retry(jobIds: readonly string[]): void {
    const { store } = this.#order;
    for (const job of jobIds) store.record({ type: 'job-reset', job, at: Date.now() });
    this.#run?.blenders.mayHaveChanged();
    this.#run?.add(jobIds);
  }

  /** Frames are to be rendered again, of jobs that are in it or not; only while it takes orders. */
  renderAgain(picked: readonly PickedFrames[]): void {
    const run = this.#run;
    if (!run) return;
    const { store } = this.#order;
    const joining: string[] = [];
    for (const { job: id, frames } of picked) {
      const about = { job: id, at: Date.now() };
      const before = store.job(id);
      const isComing = run.isComing(id);
      const asked = frames && formatFrames(frames);
      store.record({ type: 'frames-again', ...about, frames: asked });
      if (!isComing) joining.push(id);
      // One that renders all that is left of it goes on with that.
      const all = isComing ? picksWith(before.picked ?? null, frames) : frames;
      if (isComing && before.picked == null) continue;
      store.record({ type: 'job-picked', ...about, frames: all && formatFrames(all) });
    }
    run.blenders.mayHaveChanged();
    // The artist may have saved the file for this.
    run.openAnew(joining);
    run.rewind(picked.map(({ job }) => job));
    run.add(joining);
  }

  /** Jobs have another priority now. */
  reorder(jobIds: readonly string[]): void {
    this.#run?.reorder(jobIds);
  }

  /** Its jobs start in this order from now on where nothing else decides. */
  arrange(order: readonly string[]): void {
    this.#run?.arrange(order);
  }

  /** Takes in the shots of the folder, read anew, that it lacks. Resolves with their ids. */
  takeIn(batch: Batch): Promise<readonly string[]> {
    return this.#joining.take(() => this.#join?.(batch) ?? []);
  }

  async #work(): Promise<void> {
    const order = this.#order;
    const { batch, config, directory } = order;
    await order.ready;
    const checkpoint = new BatchCheckpoint(directory);
    const claims = new OutputClaims();
    const seats = new Seats(config, directory, batch);
    let unwatch = async () => {};
    try {
      const blenders = new Blenders(config, order.here);
      const resumed = await resumeBatch({
        ...order,
        ...{ checkpoint, claims, blenders },
        chosen: (job) => order.choices.appliedTo(job),
        isCancelled: () => this.#isCancelled,
        onBroken: (before) => keepBrokenNight(directory, before),
        onRead: () => {
          passed('checkpoint-read');
          unwatch = checkpoint.watchRequests((cancelling) => this.#obey(cancelling));
        },
      });
      this.hasBegun = true;
      const { recorded, info, choices, standard } = resumed;
      const refused = refuse(order, choices);
      if (standard && !standard.ok && info.blender === null) failAll(order, standard.failure);
      const tools = { checkpoint, blenders, claims, seats };
      const cancelled = await this.#render(resumed, refused, tools);
      // A Blender that has rendered all it had to writes nothing more: it may end meanwhile.
      const isAtRest = !cancelled && !seats.areAwaited;
      if (!isAtRest) await this.#emptied();
      await claims.releaseAll();
      await sweep(order, recorded.jobs, claims);
      await finish(order, cancelled);
      this.#rest();
      await order.keep();
      await this.#emptied();
      passed('run-ended');
    } finally {
      this.#stands();
      this.#asked = null;
      this.#rest();
      await seats.close();
      await claims.releaseAll();
      await unwatch();
      await checkpoint.close();
    }
  }

  /** Nothing is recorded any more. */
  #rest(): void {
    const { store } = this.#order;
    store.persist = null;
    // A run that broke off leaves nothing running, and what it picked says nothing of the next one.
    store.replace(store.jobs.map((job) => ({ ...stopped(job), picked: null })));
  }

  /** Another process wants something of it. */
  #obey(cancelling: Cancelling): void {
    if (cancelling === 'all') this.cancel();
    else for (const id of cancelling) if (this.#order.store.has(id)) this.cancelJob(id);
  }

  /** Renders what waits; true if it was cancelled. @param refused some shot has no Blender */
  async #render(
    { recorded, info, again, unlooked }: ResumedBatch,
    refused: boolean,
    { checkpoint, blenders, claims, seats }: Tools,
  ): Promise<boolean> {
    const order = this.#order;
    const { batch, store, config, stall, only } = order;
    const { blender, machine, workers } = info;
    if (!blender) return false;
    const isLeft = (job: BatchJob) => job.status === 'waiting' && !isRested(job);
    const waiting = participants(order).filter(isLeft);
    if (waiting.length === 0) return this.#isCancelled;
    if (!config.continueOnError && (refused || participants(order).some(isUnreadable))) {
      skip(order, waiting);
      return this.#isCancelled;
    }
    const others = othersOf(batch, recorded);
    const run = new Run({
      ...{ store, config, machine, blender, blenders, again, workers, stall, claims, seats },
      ...foldersOf(order),
      files: new SameFiles(() => [...store.jobs, ...others]),
      elsewhere: recorded.jobs,
      shots: waiting.length,
      startWorker,
    });
    run.arrange(store.order);
    run.add(waiting.map(({ id }) => id));
    for (const { id } of waiting) if (order.leftOut.has(id)) run.cancelJob(id);
    checkpoint.onFull = (error) => roomFor(checkpoint, run, error);
    store.onWriteError = () => run.cancel();
    this.#run = run;
    this.#emptied = () => run.emptied();
    // Who asked for some shots gets no others.
    if (only === null) this.#join = (now) => joinShots(now, { run, store, claims, recorded });
    order.leftOut.clear();
    run.reorder(order.choices.handOver());
    if (this.#asked) run.pause.begin(this.#asked.reason, this.#asked.message);
    if (this.#isCancelled) run.cancel();
    this.#stands();
    let later = unlooked;
    try {
      do {
        await allEnded([run.work(order.logs), lookAgain(run, later)]);
        later = [];
        // What waits for room on the journal's disk needs the pause to end, or a cancel.
        await store.written();
        // The night was long: what was complete early may have been cleared up since.
        const everyone = participants(order).map(({ id }) => id);
        await lookAgain(run, everyone);
        await this.#joining.settled();
      } while (run.hasMore && !run.cancelled && !run.stopped);
    } finally {
      [this.#run, this.#join] = [null, null];
      order.leftOut.clear();
      run.pause.close();
      store.onWriteError = () => {};
      checkpoint.onFull = null;
    }
    endLeftovers(order, run);
    return run.cancelled;
  }
}

/** Where its Blenders keep what they need. */
function foldersOf({ directory, config }: RunOrder): Pick<BlenderSetup, 'temporary' | 'runners'> {
  const temporary = temporaryOf(directory);
  // On another computer it is seen where the checkpoint is.
  const isHere = isThisComputer(config);
  return { temporary, runners: isHere ? join(cacheDirectory(), 'runner') : undefined };
}

/** `null`: all. */
function picksWith(
  some: readonly number[] | null,
  more: readonly number[] | null,
): readonly number[] | null {
  return some && more && [...some, ...more];
}

/** What a run has opened, and closes at its end. */
interface Tools {
  readonly checkpoint: BatchCheckpoint;
  readonly blenders: Blenders;
  readonly claims: OutputClaims;
  readonly seats: Seats;
}

/** The numbers of a run that broke off would be lost with the next one. */
async function keepBrokenNight(directory: string, before: Replayed): Promise<void> {
  const result = recordedResult(before);
  // The journal has it all: the night begins without.
  if (result) await keepNight(directory, result).catch(() => null);
}

/** Ends the shots that no Blender is here for; true if there are some. */
function refuse({ store }: RunOrder, choices: ReadonlyMap<string, BlenderChoice>): boolean {
  const at = Date.now();
  let some = false;
  for (const [job, choice] of choices) {
    if (choice.ok || store.job(job).status !== 'waiting') continue;
    store.record({ type: 'job-finished', job, at, status: 'failed', error: choice.failure });
    some = true;
  }
  return some;
}

/** Shots of the folder that take no part in the run, without their frames, which may be many. */
function othersOf({ jobs, folder, partial }: Batch, recorded: Replayed): readonly ShotBefore[] {
  if (!partial) return [];
  const here = new Set(jobs.map(({ id }) => id));
  return [...recorded.jobs.values()]
    .filter(({ id }) => !here.has(id))
    .map(({ frames, ...before }) => ({ ...before, shotFile: join(folder, before.shotFile) }));
}

/** Looks at the files of shots that are complete; those that are not any more are rendered again. */
async function lookAgain(run: Run, jobIds: readonly string[]): Promise<void> {
  await sideBySide(jobIds, (id) => run.lookAgain(id), SHOTS_AT_ONCE);
}

/** Who wants to stop at the first failed shot wants to know of one that can't even be read before the night. */
function skip({ store }: RunOrder, jobs: readonly BatchJob[]): void {
  const at = Date.now();
  for (const { id } of jobs) {
    store.record({ type: 'job-finished', job: id, at, status: 'skipped', error: null });
  }
}

function isUnreadable(job: BatchJob): boolean {
  return job.shotConfig === null;
}

/** Jobs that a cancel, or the first failed job, kept from their end. */
function endLeftovers(order: RunOrder, run: Run): void {
  const at = Date.now();
  for (const { id, status } of order.store.jobs) {
    if (!run.isComing(id)) continue;
    const skipped = status === 'waiting' && !run.cancelled;
    const ended = skipped ? ('skipped' as const) : ('cancelled' as const);
    order.store.record({ type: 'job-finished', job: id, at, status: ended, error: null });
  }
}

/** Clears up what a run that died left in staging, where nobody else is at work; also of an older plan. */
async function sweep(
  order: RunOrder,
  before: ReadonlyMap<string, BatchJob>,
  claims: OutputClaims,
): Promise<void> {
  await sideBySide(participants(order), async ({ id, plan }) => {
    for (const each of [plan, before.get(id)?.plan]) {
      if (!each || !(await hasStaging(each))) continue;
      await claims.claim(id, each).catch(() => null);
      await claims.release(id);
    }
  });
}

async function finish(order: RunOrder, cancelled: boolean): Promise<void> {
  const { store } = order;
  const at = Date.now();
  // What nobody asked of a shot says nothing about the run.
  const asked = participants(order).filter((job) => !isRested(job));
  store.record({ type: 'batch-finished', at, outcome: outcomeOf(asked, cancelled) });
  await store.flush();
}

/** Without a Blender nothing can be tried; each shot says so. */
function failAll(order: RunOrder, error: Failure): void {
  const at = Date.now();
  for (const { id, status } of participants(order)) {
    if (status !== 'waiting') continue;
    order.store.record({ type: 'job-finished', job: id, at, status: 'failed', error });
  }
}

/** A full disk under the journal pauses the batch. Resolves with whether there is room again. */
async function roomFor(checkpoint: BatchCheckpoint, run: Run, error: Error): Promise<boolean> {
  const message = `${error.message} Make room on it; the batch then goes on by itself.`;
  if (!run.cancelled) run.pause.forRoom(message, checkpoint.directory, JOURNAL_ROOM);
  await run.unpaused();
  return !run.cancelled;
}

function participants({ store, only }: RunOrder): readonly BatchJob[] {
  if (only === null) return store.jobs;
  const chosen = new Set(only);
  return store.jobs.filter((job) => chosen.has(job.id));
}
