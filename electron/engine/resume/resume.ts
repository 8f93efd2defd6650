import type {
  Batch,
  BatchConfig,
  BatchOutcome,
  BlenderInfo,
  RunInfo,
} from '../../../shared/batch.ts';
import { compareVersions } from '../../../shared/blender-install.ts';
import type { BatchJob, PickedFrames } from '../../../shared/job.ts';
import { askedAgainOf, restarted } from '../../../shared/job-state.ts';
import { olderNote, undecidedFrames } from '../../../shared/older-files.ts';
import type { ResumeCard } from '../../../shared/view.ts';
import type { Answer } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import type { BlenderChoice } from '../capacity/blender-for.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import { endLeftBehind, isLeftBehind } from '../capacity/seats.ts';
import { FileLooks } from '../folder/file-cache.ts';
import { BatchCheckpoint } from '../journal/batch-checkpoint.ts';
import { holderText, isHeld, whileUnused } from '../journal/lock.ts';
import { type PlayedJournal, type Replayed, replay } from '../journal/replay.ts';
import { sideBySide } from '../lib/side-by-side.ts';
import { standingOf } from '../result.ts';
import { withHeirs } from './heirs.ts';
import {
  decidedOn,
  joinJob,
  nameFrames,
  pickedOf,
  type ResumedJob,
  renderedAgain,
  shownJob,
} from './join-job.ts';
import { recordResume } from './record-resume.ts';
import { sourceNow } from './sources.ts';

// How a batch is resumed: its journal is read, joined with the folder and the frames on disk, and brought to what was
// found. The resume card (`loadBatch`) goes the first two steps of it, Render (`resumeBatch`) all three.

/** Shots whose frames are looked at side by side. */
const SHOTS_AT_ONCE = 4;
/** Scenes of which the first bytes are read side by side. */
const HEADERS_AT_ONCE = 16;
/** The first frame waits no longer than this for the frames of complete shots to be looked at, ms. */
const LONGEST_LOOK_MS = 2000;
/** The first frame waits no longer than this for the Blenders of all shots to be chosen, ms. */
const LONGEST_CHOICE_MS = 1000;

/** What a checkpoint and the frames on disk say before anything is rendered. */
export interface LoadReport extends ResumeCard {
  /** Of the newest run; `null`: this batch was never rendered. */
  readonly outcome: BatchOutcome | null;
  /** By its id, how many frames are recorded as done of a shot that is not in the batch now; only of those with some. */
  readonly doneElsewhere: ReadonlyMap<string, number>;
}

/** A batch as the resume card shows it. */
export interface LoadedBatch {
  readonly jobs: readonly BatchJob[];
  /** What the journal says; the next who asks reads it again only where it has changed. */
  readonly journal: PlayedJournal;
  readonly report: LoadReport;
}

/**
 * Reads the journal and looks at every recorded frame on disk; changes nothing. Blenders that a Nightshift
 * left which died are stopped.
 * @param isOurs whether a run of our own is on, or begins meanwhile, which takes care of its Blenders itself
 */
export async function loadBatch(
  batch: Batch,
  config: BatchConfig,
  {
    directory,
    before,
    isOurs,
  }: {
    readonly directory: string;
    readonly before: PlayedJournal | null;
    readonly isOurs: () => boolean;
  },
): Promise<LoadedBatch> {
  const journal = await new BatchCheckpoint(directory).read(before);
  const lock = await isHeld(directory);
  // A run of another process may start at this moment: its Blenders and files are no leftovers.
  const clears = !lock.held && !isOurs() && (await isLeftBehind(directory));
  const clear = () => endLeftBehind(directory, batch);
  const orphansStopped = clears ? ((await whileUnused(directory, clear)) ?? 0) : 0;
  const forget = overwrites(config, journal.replayed);
  const recorded = withHeirs(journal.replayed, batch);
  const { resumed } = await joinBatch(batch, recorded, { forget });
  const drivenBy = lock.held && !isOurs() ? holderText(lock.holder) : null;
  const doneElsewhere = framesBeside(batch, journal.replayed);
  const report = { ...cardOf(journal.replayed, resumed), orphansStopped, drivenBy, doneElsewhere };
  return { jobs: resumed.map(shownJob), journal, report };
}

/** What a run needs to go on where the one before ended. */
export interface ResumeOrder {
  readonly batch: Batch;
  /** Ids of the jobs to render; `null`: all. */
  readonly only: readonly string[] | null;
  /** Which frames of them; `null`: all that are left. */
  readonly picked: readonly PickedFrames[] | null;
  /** The picked frames are rendered also where they are done. */
  readonly again: boolean;
  readonly config: BatchConfig;
  readonly store: BatchStore;
  readonly checkpoint: BatchCheckpoint;
  readonly claims: OutputClaims;
  readonly blenders: Blenders;
  /** Gives what `loadBatch` read, once: nobody keeps it over the night. */
  readonly takeJournal: () => PlayedJournal | null;
  /** The run as it begins, which does not know its Blenders yet. */
  readonly info: RunInfo;
  /** Blenders of a dead run that were stopped when the batch was opened. */
  readonly orphansStopped: number;
  /** A job with what the artist chose since the journal was written last. */
  readonly chosen: (job: BatchJob) => BatchJob;
  readonly isCancelled: () => boolean;
  /** Told what was done before, as soon as that is read. */
  readonly onRead: () => void;
  /** Told of a run that broke off, as it was then; kept by nobody. */
  readonly onBroken: (before: Replayed) => Promise<void>;
}

/** A batch whose journal and store are where a run begins. */
export interface ResumedBatch {
  /** What was done before. */
  readonly recorded: Replayed;
  readonly info: RunInfo;
  /** The Blender of each shot that is left to render, as far as there was time to choose it. */
  readonly choices: ReadonlyMap<string, BlenderChoice>;
  /** The Blender for all that choose none; `null`: nothing is left to render. */
  readonly standard: Answer<BlenderInfo> | null;
  /** Ids of jobs whose finished frames are rendered again. */
  readonly again: ReadonlySet<string>;
  /** Ids of complete shots whose files are to be looked at beside the rendering. */
  readonly unlooked: readonly string[];
}

/** Takes the lock, and brings journal and store to what folder and disk hold. The checkpoint stays open. */
export async function resumeBatch(order: ResumeOrder): Promise<ResumedBatch> {
  const { batch, config, store, checkpoint, claims, blenders } = order;
  const { resumeOnFailure } = config;
  const before = await checkpoint.open({ afresh: !resumeOnFailure, before: order.takeJournal() });
  if (before.outcome === 'interrupted') await order.onBroken(before);
  const replayed = withHeirs(asBefore(before), batch);
  const orphansStopped = order.orphansStopped + (await endLeftBehind(checkpoint.directory, batch));
  const recorded = resumeOnFailure ? replayed : withHeirs(replay([]), batch);
  order.onRead();

  const { isCancelled } = order;
  const goesOn = async (resumed: readonly ResumedJob[]) =>
    canRender(order, resumed) && (await blenders.standard()).ok;
  const beside = { mostMs: LONGEST_LOOK_MS, goesOn };
  const afresh = overwrites(config, recorded);
  // Who picks frames wants those anew, and the others as they are.
  const forget = afresh && order.picked === null;
  const joined = await joinBatch(batch, recorded, { forget, isCancelled, beside });
  const picks = new Map((order.picked ?? []).map((pick) => [pick.job, pick]));
  const named: ResumedJob[] = [];
  for (const one of joined.resumed) {
    const { job, ...found } = await nameFrames(one, claims);
    // Also afresh: what the artist wants is no fact of the frames.
    const before = replayed.jobs.get(job.id);
    const { chosenPriority = null, chosenBlender = null } = before ?? {};
    const asked = found.fresh && before ? { askedAgain: askedAgainOf(before) } : {};
    const chosen = order.chosen({ ...job, chosenPriority, chosenBlender, ...asked });
    const pick = picks.get(job.id);
    const asItIs = { ...found, job: chosen };
    const now = !pick && takesPart(order, chosen) ? decidedOn(asItIs, config.saved) : asItIs;
    named.push(pick ? pickedOf(now, pick, order.again || afresh) : now);
  }
  const choices = await chooseBlenders(order, named);
  const isAgain = (id: string) => {
    const choice = choices.get(id);
    return choice?.ok === true && choice.again;
  };
  const resumed = named.map((one) => (isAgain(one.job.id) ? renderedAgain(one) : one));
  const isLeft = ({ job }: ResumedJob) =>
    takesPart(order, job) && job.status !== 'completed' && job.shotConfig !== null;
  const standard = resumed.some(isLeft) ? await blenders.standard() : null;
  const info = { ...order.info, ...blendersOf(choices, standard, replayed) };

  store.replace(
    resumed.map(({ job }) => job),
    replayed,
  );
  checkpoint.leaveJobsTo(store);
  store.persist = (event, options) => checkpoint.append(event, options);
  store.record({ type: 'batch-started', at: info.startedAt, run: info });
  await recordResume({ ...order, resumed, recorded, replayed, orphansStopped });
  await store.flush();
  const again = new Set(named.map(({ job }) => job.id).filter(isAgain));
  return { recorded, info, choices, standard, again, unlooked: joined.unlooked };
}

/** A batch joined with its journal. */
export interface JoinedBatch {
  readonly resumed: readonly ResumedJob[];
  /** Ids of complete shots whose files were not looked at. */
  readonly unlooked: readonly string[];
}

interface JoinOptions {
  /** Nothing that is recorded counts: all is rendered again. */
  readonly forget: boolean;
  /** Ends the look at the frames. */
  readonly isCancelled?: () => boolean;
  /**
   * The frames of complete shots, which may be millions, are looked at so long, ms; where `goesOn` then says that
   * something renders beside which that can be done, the rest of them is left unlooked.
   */
  readonly beside?: {
    readonly mostMs: number;
    readonly goesOn: (resumed: readonly ResumedJob[]) => Promise<boolean>;
  };
}

/**
 * Joins every job of a batch with what the journal says of it and looks at each recorded frame on disk, once: those of
 * shots that go on before those of complete ones.
 */
export async function joinBatch(
  batch: Batch,
  recorded: Replayed,
  { forget, isCancelled = () => false, beside }: JoinOptions,
): Promise<JoinedBatch> {
  const until = performance.now() + (beside?.mostMs ?? Number.POSITIVE_INFINITY);
  const isLate = () => performance.now() > until;
  const files = new FileLooks();
  const found = new Map<string, ResumedJob>();
  /** Those of which not all frames were looked at. */
  const cut = new Set<string>();
  const join = (jobs: readonly BatchJob[], isEnough: () => boolean = () => false) => {
    const isOver = () => isCancelled() || isEnough();
    const joined = async (read: BatchJob) => {
      const known = recorded.jobs.get(read.id);
      // Its files may have been saved since the folder was read.
      const source = (await sourceNow(read, files)) ?? read.source;
      const { chosenPriority = null, chosenBlender = null } = known ?? {};
      const job = { ...read, source, chosenPriority, chosenBlender };
      const { folder } = batch;
      const one = await joinJob(job, known, { forget, isCancelled: isOver, files, folder });
      found.set(job.id, one);
      if (isEnough()) cut.add(job.id);
    };
    return sideBySide(jobs, joined, SHOTS_AT_ONCE);
  };
  const resumed = () => batch.jobs.map(({ id }) => found.get(id) as ResumedJob);

  const goOn = batch.jobs.filter(({ id }) => recorded.jobs.get(id)?.status !== 'completed');
  // They render from the pictures of these: those have to be there.
  const needed = goOn.flatMap(
    ({ shotConfig }) => shotConfig?.dependsOn.map(({ job }) => job) ?? [],
  );
  const first = new Set([...goOn.map(({ id }) => id), ...needed]);
  const later = batch.jobs.filter(({ id }) => !first.has(id));
  await join(batch.jobs.filter(({ id }) => first.has(id)));
  await join(later, isLate);
  if (cut.size > 0 && !(await beside?.goesOn(resumed()))) {
    await join(later.filter(({ id }) => cut.delete(id)));
  }
  // One that was found incomplete is rendered, and looked at to its end before it counts as complete again.
  const unlooked = [...cut].filter((id) => found.get(id)?.job.status === 'completed');
  return { resumed: resumed(), unlooked };
}

/** What was done is done before the next run: said here, so that jobs which are joined share the frames with it. */
function asBefore(replayed: Replayed): Replayed {
  const jobs = [...replayed.jobs].map(([id, job]) => [id, restarted(job)] as const);
  return { ...replayed, jobs: new Map(jobs) };
}

/** Whether all frames that are there are rendered again; not where a run goes on with what it began. */
export function overwrites({ existing }: BatchConfig, recorded: Replayed): boolean {
  return existing === 'overwrite' && !isContinued(recorded);
}

/** Whether the next run goes on with what the newest one began, or left for later. */
function isContinued({ outcome, jobs, gone }: Replayed): boolean {
  if (outcome === null) return false;
  const here = [...jobs.values()].filter(({ id }) => !gone.has(id));
  return ['interrupted', 'cancelled', 'partial'].includes(standingOf(outcome, here));
}

/** Frames of shots that were rendered once and are not in the batch now: left out, or gone from the folder. */
function framesBeside({ jobs }: Batch, recorded: Replayed): ReadonlyMap<string, number> {
  const here = new Set(jobs.map(({ id }) => id));
  const beside = [...recorded.jobs.values()].filter(
    ({ id, counts }) => !here.has(id) && counts.done,
  );
  return new Map(beside.map(({ id, counts }) => [id, counts.done]));
}

function cardOf(
  { outcome, lastAt, unfinished, setAside }: Replayed,
  resumed: readonly ResumedJob[],
): Omit<LoadReport, 'drivenBy' | 'orphansStopped' | 'doneElsewhere'> {
  const jobs = resumed.map(({ job }) => job);
  const stale = resumed.filter((one) => one.stale > 0);
  return {
    outcome: outcome && standingOf(outcome, jobs),
    stoppedAt: lastAt,
    framesWhole: sum(jobs, ({ counts }) => counts.done),
    framesUnfinished: unfinished,
    framesLeft: sum(jobs, framesLeft),
    shotsUnopened: jobs.filter(isUnopened).length,
    stale: stale.map(({ job, stale }) => ({ name: job.name, frames: stale })),
    older: jobs.flatMap((job) => olderFacts(job) ?? []),
    framesLost: sum(resumed, ({ lost }) => lost.length),
    linesSetAside: setAside.length,
  };
}

function olderFacts(job: BatchJob): ResumeCard['older'][number] | null {
  const note = olderNote(job, undecidedFrames(job));
  return note && { name: job.name, ...note };
}

function framesLeft({ shotConfig, plan, counts }: BatchJob): number {
  if (shotConfig === null) return 0;
  return plan ? counts.total - counts.done : (shotConfig.frames?.length ?? 0);
}

function isUnopened({ shotConfig, plan, status }: BatchJob): boolean {
  return shotConfig !== null && shotConfig.frames === null && plan === null && status !== 'failed';
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}

function takesPart({ only }: ResumeOrder, { id }: BatchJob): boolean {
  return only === null || only.includes(id);
}

/** Whether something is left to render: then the files of complete shots are looked at beside that. */
function canRender({ config, only }: ResumeOrder, resumed: readonly ResumedJob[]): boolean {
  // What takes no part in a run is not looked at in it either.
  if (only !== null) return false;
  const left = resumed.filter(({ job }) => job.status !== 'completed');
  const readable = left.filter(({ job }) => job.shotConfig !== null).length;
  return readable > 0 && (config.continueOnError || readable === left.length);
}

/**
 * The Blender of each shot that is left to render, by its id. Told before the first frame, so that nobody finds out in
 * the morning; of many shots as many as there is time for, the others when their turn comes.
 */
async function chooseBlenders(
  order: ResumeOrder,
  resumed: readonly ResumedJob[],
): Promise<ReadonlyMap<string, BlenderChoice>> {
  const choices = new Map<string, BlenderChoice>();
  const until = performance.now() + LONGEST_CHOICE_MS;
  const choose = async ({ job }: ResumedJob) => {
    if (!takesPart(order, job) || job.status === 'completed' || job.shotConfig === null) return;
    if (performance.now() > until || order.isCancelled()) return;
    choices.set(job.id, await order.blenders.choose(job));
  };
  await sideBySide(resumed, choose, HEADERS_AT_ONCE);
  return choices;
}

/** The Blenders of a run: the one that stands for all, and all of them where there are several. */
function blendersOf(
  choices: ReadonlyMap<string, BlenderChoice>,
  standard: Answer<BlenderInfo> | null,
  replayed: Replayed,
): Pick<RunInfo, 'blender' | 'blenders'> {
  const byPath = new Map<string, BlenderInfo>();
  for (const choice of choices.values()) {
    if (choice.ok) byPath.set(choice.value.path, choice.value);
  }
  const used = [...byPath.values()].sort((a, b) => compareVersions(b.version, a.version));
  const main = standard?.ok ? (byPath.get(standard.value.path) ?? used[0] ?? standard.value) : null;
  const blender = main ?? used[0] ?? replayed.run?.blender ?? null;
  return used.length > 1 ? { blender, blenders: used } : { blender };
}
