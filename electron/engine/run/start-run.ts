import { join } from 'node:path';
import type { Batch, BatchConfig, BlenderInfo, RunInfo } from '../../../shared/batch.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { stopped } from '../../../shared/job-state.ts';
import { compareVersions } from '../../blender/find-blender.ts';
import { startWorker } from '../../blender/worker.ts';
import type { BatchStore } from '../batch-store.ts';
import type { BlenderChoice } from '../capacity/blender-for.ts';
import { Blenders, type BlendersHere } from '../capacity/choose-blender.ts';
import { OutputClaims } from '../capacity/output-claims.ts';
import { SameFiles, type ShotBefore } from '../capacity/same-files.ts';
import { endLeftBehind, Seats, temporaryOf } from '../capacity/seats.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import type { JobLogs } from '../journal/job-log.ts';
import { type Replayed, replay } from '../journal/replay.ts';
import { type EarlyBlenders, earlyBlenders, expectedWork } from '../lane/early-blender.ts';
import type { StallBounds } from '../lane/limits.ts';
import { allEnded, sideBySide } from '../lib/side-by-side.ts';
import { hasStaging } from '../proof/staging.ts';
import { outcomeOf } from '../result.ts';
import { nameFrames } from '../resume/finish-renames.ts';
import { joinForRun, type LoadedBatch } from '../resume/load-batch.ts';
import {
  recordGone,
  recordOthers,
  recordRecovery,
  recordResumed,
} from '../resume/record-resume.ts';
import { forgotten, type ResumedJob } from '../resume/resume.ts';
import { LateShots } from './late-shots.ts';
import { Run } from './run.ts';

const JOURNAL_ROOM = 64 * 1024;
/** Shots whose files are looked at side by side. */
const SHOTS_AT_ONCE = 4;
/** Scenes of which the first bytes are read side by side. */
const HEADERS_AT_ONCE = 16;
/** The first frame waits no longer than this for the Blenders of all shots to be chosen, ms. */
const LONGEST_CHOICE_MS = 1000;

/** Everything that one run of a batch needs, and whom to tell what it has become. */
interface RunOrder {
  readonly batch: Batch;
  /** Ids of the jobs to render; `null`: all. */
  readonly only: readonly string[] | null;
  /** Ids of the jobs that were cancelled before it began. */
  readonly leftOut: ReadonlySet<string>;
  /** A job with what the artist chose since the journal was written last. */
  readonly chosen: (job: BatchJob) => BatchJob;
  readonly config: BatchConfig;
  readonly store: BatchStore;
  readonly logs: JobLogs;
  readonly stall: StallBounds;
  readonly here: BlendersHere;
  /** Blenders of a dead run that were stopped when the batch was opened. */
  readonly orphansStopped: number;
  /** The folder of the checkpoint. */
  readonly directory: string;
  readonly info: RunInfo;
  readonly onInfo: (info: RunInfo) => void;
  /** Told of the run and of how shots join it while it takes orders, and of `null` when it doesn't any more. */
  readonly onRun: (run: Run | null, late: LateShots | null) => void;
  readonly isCancelled: () => boolean;
}

/**
 * One run from its start to its end: takes the lock, joins the folder with the checkpoint, renders
 * in the pool, and closes the journal with what came of it.
 */
export async function startRun(order: RunOrder): Promise<void> {
  const { store, directory, config } = order;
  const checkpoint = new BatchCheckpoint(directory);
  const claims = new OutputClaims();
  const seats = new Seats(config, directory);
  const replayed = await checkpoint.open({ afresh: !config.resumeOnFailure });
  let early: Promise<EarlyBlenders | null> | null = null;
  try {
    const orphans = order.orphansStopped + (await endLeftBehind(directory));
    const known = config.resumeOnFailure ? replayed : replay([]);
    // Who comes up says which one it is: another process only to be asked would take half a second from it.
    const first = async () => (await (await early)?.info()) ?? null;
    const blenders = new Blenders(config, { ...order.here, first });
    const expected = Math.min(order.info.workers, expectedWork(order.batch, order.only, known));
    if (expected > 0) {
      const first = Array.from({ length: expected }, (_, at) => seats.of(at + 1));
      early = earlyBlenders(blenders.likely(), config, temporaryOf(directory), first);
    }
    const joined = await joinForRun(order.batch, known, {
      config,
      isCancelled: order.isCancelled,
      goesOn: async ({ resumed }) => canRender(order, resumed) && (await blenders.standard()).ok,
    });
    const resumed: ResumedJob[] = [];
    for (const one of joined.resumed) resumed.push(await nameFrames(one, claims));
    for (const [at, one] of resumed.entries()) {
      // Also afresh: what the artist wants is no fact of the frames.
      const { chosenPriority = null, chosenBlender = null } = replayed.jobs.get(one.job.id) ?? {};
      resumed[at] = { ...one, job: order.chosen({ ...one.job, chosenPriority, chosenBlender }) };
    }
    const choices = await chooseFor(order, resumed, blenders);
    const again = new Set<string>();
    for (const [at, one] of resumed.entries()) {
      const choice = choices.get(one.job.id);
      if (!choice?.ok || !choice.again) continue;
      resumed[at] = renderedAgain(one);
      again.add(one.job.id);
    }
    store.replace(
      resumed.map(({ job }) => job),
      replayed,
    );
    const left = participants(order).filter((job) => job.status !== 'completed');
    const found = left.some((job) => job.shotConfig !== null) ? await blenders.standard() : null;
    const info = {
      ...order.info,
      ...blendersOf(choices, found?.ok ? found.value : null, replayed),
    };
    const { blender } = info;
    order.onInfo(info);
    const others = othersOf(order.batch, known);
    checkpoint.leaveFramesTo((id) => (store.has(id) ? store.job(id) : undefined));
    store.persist = (event, options) => checkpoint.append(event, options);
    store.record({ type: 'batch-started', at: info.startedAt, run: info });
    recordRecovery(resumed, replayed, orphans, store);
    recordGone(order.batch, replayed, store);
    recordResumed(order.batch, resumed, known, participants(order), store);
    await recordOthers(order.batch, known, checkpoint);
    await store.flush();
    const refused = refuse(order, choices);
    if (found && !found.ok && blender === null) failAll(order, found.failure);
    const tools = {
      checkpoint,
      blenders,
      refused,
      again,
      claims,
      known,
      others,
      joined,
      early,
      seats,
    };
    const cancelled = blender ? await render(order, tools, { ...info, blender }) : false;
    await claims.releaseAll();
    await sweep(order, known.jobs, claims);
    await finish(order, info, cancelled);
  } finally {
    store.persist = null;
    await (await early)?.close();
    await seats.close();
    await claims.releaseAll();
    // A run that broke off leaves nothing running.
    store.replace(store.jobs.map(stopped));
    await checkpoint.close();
  }
}

interface Tools {
  readonly checkpoint: BatchCheckpoint;
  readonly blenders: Blenders;
  /** Some shot has no Blender. */
  readonly refused: boolean;
  /** Ids of jobs whose finished frames are rendered again. */
  readonly again: ReadonlySet<string>;
  readonly claims: OutputClaims;
  /** What the checkpoint knew before. */
  readonly known: Replayed;
  readonly joined: LoadedBatch;
  /** Shots that take no part. */
  readonly others: readonly ShotBefore[];
  /** Blenders that are coming up already. */
  readonly early: Promise<EarlyBlenders | null> | null;
  readonly seats: Seats;
}

/** Renders what waits; true if it was cancelled. */
async function render(
  order: RunOrder,
  { checkpoint, blenders, refused, again, claims, known, others, joined, early, seats }: Tools,
  info: RunInfo & { readonly blender: NonNullable<RunInfo['blender']> },
): Promise<boolean> {
  const { store, config, directory } = order;
  const waiting = participants(order).filter((job) => job.status === 'waiting');
  if (waiting.length === 0) return order.isCancelled();
  if (!config.continueOnError && (refused || participants(order).some(isUnreadable))) {
    skip(order, waiting);
    return order.isCancelled();
  }
  const temporary = temporaryOf(directory);
  const { machine, blender, workers } = info;
  const { stall } = order;
  const head = await early;
  const run = new Run({
    store,
    config,
    machine,
    blender,
    blenders,
    again,
    workers,
    temporary,
    stall,
    claims,
    files: new SameFiles(() => [...store.jobs, ...others]),
    elsewhere: known.jobs,
    startWorker: head?.startWorker ?? startWorker,
    seats,
  });
  run.arrange(store.order);
  run.add(waiting.map(({ id }) => id));
  for (const { id } of waiting) if (order.leftOut.has(id)) run.cancelJob(id);
  checkpoint.onFull = (error) => roomFor(checkpoint, run, error);
  store.onTrouble = () => run.cancel();
  // Who asked for some shots gets no others.
  const late = order.only === null ? new LateShots({ run, store, claims, known }) : null;
  order.onRun(run, late);
  let unlooked = joined.unlooked;
  try {
    do {
      await allEnded([run.work(order.logs), lookAgain(run, unlooked)]);
      unlooked = [];
      // What waits for room on the journal's disk needs the pause to end, or a cancel.
      await store.written();
      // The night was long: what was complete early may have been cleared up since.
      const everyone = participants(order).map(({ id }) => id);
      await lookAgain(run, everyone);
      await late?.settled();
    } while (run.hasMore && !run.cancelled && !run.stopped);
  } finally {
    order.onRun(null, null);
    run.pause.close();
    store.onTrouble = () => {};
    checkpoint.onFull = null;
  }
  endLeftovers(order, run);
  return run.cancelled;
}

/**
 * The Blender of each shot that is left to render, by its id. Told before the first frame, so that nobody finds out in
 * the morning; of many shots as many as there is time for, the others when their turn comes.
 */
async function chooseFor(
  { only, isCancelled }: RunOrder,
  resumed: readonly ResumedJob[],
  blenders: Blenders,
): Promise<ReadonlyMap<string, BlenderChoice>> {
  const choices = new Map<string, BlenderChoice>();
  const until = performance.now() + LONGEST_CHOICE_MS;
  const choose = async ({ job }: ResumedJob) => {
    const takesPart = only === null || only.includes(job.id);
    if (!takesPart || job.status === 'completed' || isUnreadable(job)) return;
    if (performance.now() > until || isCancelled()) return;
    choices.set(job.id, await blenders.choose(job));
  };
  await sideBySide(resumed, choose, HEADERS_AT_ONCE);
  return choices;
}

/** The Blenders of a run: the one that stands for all, and all of them where there are several. */
function blendersOf(
  choices: ReadonlyMap<string, BlenderChoice>,
  standard: BlenderInfo | null,
  replayed: Replayed,
): Pick<RunInfo, 'blender' | 'blenders'> {
  const byPath = new Map<string, BlenderInfo>();
  for (const choice of choices.values()) {
    if (choice.ok) byPath.set(choice.value.path, choice.value);
  }
  const used = [...byPath.values()].sort((a, b) => compareVersions(b.version, a.version));
  const main = standard && (byPath.get(standard.path) ?? used[0] ?? standard);
  const blender = main ?? used[0] ?? lastBlender(replayed);
  return used.length > 1 ? { blender, blenders: used } : { blender };
}

/** Its frames are of another Blender, and the artist wants them of this one. */
function renderedAgain(one: ResumedJob): ResumedJob {
  const { job } = one;
  const again = job.counts.done;
  return { job: forgotten(job), fresh: true, stale: 0, again, lost: [], unnamed: [] };
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
function othersOf({ jobs, folder, partial }: Batch, known: Replayed): readonly ShotBefore[] {
  if (!partial) return [];
  const here = new Set(jobs.map(({ id }) => id));
  return [...known.jobs.values()]
    .filter(({ id }) => !here.has(id))
    .map(({ frames, ...before }) => ({ ...before, shotFile: join(folder, before.shotFile) }));
}

/** Looks at the files of shots that are complete; those that are not any more are rendered again. */
async function lookAgain(run: Run, jobIds: readonly string[]): Promise<void> {
  await sideBySide(jobIds, (id) => run.lookAgain(id), SHOTS_AT_ONCE);
}

/** Whether something is left to render: then the files of complete shots are looked at beside that. */
function canRender({ config, only }: RunOrder, resumed: readonly ResumedJob[]): boolean {
  // What takes no part in a run is not looked at in it either.
  if (only !== null) return false;
  const left = resumed.filter(({ job }) => job.status !== 'completed').map(({ job }) => job);
  if (!config.continueOnError && left.some(isUnreadable)) return false;
  return !left.every(isUnreadable);
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
    if (!run.took(id) || (status !== 'waiting' && status !== 'running')) continue;
    const skipped = status === 'waiting' && !run.cancelled;
    const ended = skipped ? ('skipped' as const) : ('cancelled' as const);
    order.store.record({ type: 'job-finished', job: id, at, status: ended, error: null });
  }
}

/** Clears up what a run that died left in staging, where nobody else is at work; also of an older plan. */
async function sweep(
  order: RunOrder,
  known: ReadonlyMap<string, BatchJob>,
  claims: OutputClaims,
): Promise<void> {
  await sideBySide(participants(order), async ({ id, plan }) => {
    for (const each of [plan, known.get(id)?.plan]) {
      if (!each || !(await hasStaging(each))) continue;
      await claims.claim(id, each).catch(() => null);
      await claims.release(id);
    }
  });
}

async function finish(order: RunOrder, info: RunInfo, cancelled: boolean): Promise<void> {
  const { store } = order;
  const at = Date.now();
  order.onInfo({ ...info, finishedAt: at });
  store.record({ type: 'batch-finished', at, outcome: outcomeOf(participants(order), cancelled) });
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

function lastBlender(replayed: Replayed): RunInfo['blender'] {
  return replayed.run?.blender ?? null;
}
