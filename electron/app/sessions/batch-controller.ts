import type {
  BatchConfig,
  BatchOutcome,
  BatchProgress,
  BatchResult,
  BlenderInfo,
} from '../../../shared/batch.ts';
import type { BatchEvent, BatchSignal, LogLine } from '../../../shared/events.ts';
import { clusterOf } from '../../../shared/hosts.ts';
import type { BatchJob, FramePlan, PickedFrames } from '../../../shared/job.ts';
import { knownCounts } from '../../../shared/job-state.ts';
import type { FileParts } from '../../../shared/more-shots.ts';
import { printable } from '../../../shared/safe-text.ts';
import type { ShotProblem } from '../../../shared/shot.ts';
import { titleOf } from '../../../shared/test-pass.ts';
import type { StandIn } from '../../../shared/thumbnail.ts';
import type { AskedFrames, QueuedBatch } from '../../../shared/tonight.ts';
import type {
  BatchPhase,
  BatchSnapshot,
  BatchSummary,
  BatchUpdate,
  BatchView,
  JobDetail,
  JobRow,
  LeftOutCounts,
  LeftOutView,
  ResumeCard,
  Trust,
} from '../../../shared/view.ts';
import {
  type BatchProcessor,
  type FollowedBatch,
  isChoice,
  type LoadReport,
  type ProcessOptions,
  repeatCommand,
  type ShotMeasure,
  stillAsked,
} from '../../engine/index.ts';
import { Refusal } from '../refusal.ts';
import { Throttle } from '../throttle.ts';
import {
  isLive,
  isLiveElsewhere,
  type Lifecycle,
  moved,
  restAfter,
  restOf,
} from './batch-lifecycle.ts';
import { FollowedLog } from './followed-log.ts';
import { LanesShown } from './lanes.ts';
import { leftOutCounts, leftOutView } from './left-out.ts';
import { MoreShots } from './more-shots.ts';
import { PreflightPlans } from './preflight-plans.ts';
import { detailOf, NewestFrames, rowOf, Waiting } from './rows.ts';
import { problemsOf, ShotProblems } from './shot-problems.ts';
import { nameOf, phaseOf } from './view.ts';

/** What is known of a batch when it is opened. */
interface Found {
  readonly loaded: LoadReport;
  readonly trust: Trust;
  /** The Blender that the next run will use. */
  readonly blender: BlenderInfo | null;
}

const UPDATE_MS = 100;
/** Rows of one update: ten thousand at once, as when a batch is cancelled, would hold up the window. */
const ROWS_AT_ONCE = 1000;
/** Clocks of a batch go on while Blender is silent in a long frame. */
const TICK_MS = 1000;

/** The journal of a batch that another process renders is read so often. */
const ELSEWHERE_MS = 2000;

/** What a run renders, as the window and the queue ask for it. */
export type RenderWish =
  /** What is left. `only`: ids of the shots; `null`: all. */
  | { readonly do: 'left'; readonly only: readonly string[] | null }
  /** Failed, cancelled and skipped shots. */
  | { readonly do: 'retry'; readonly jobs: readonly string[] }
  /** These frames, also those that are done. */
  | { readonly do: 'again'; readonly picked: readonly PickedFrames[] };

/** Owns one open batch: its lifecycle, the engine's processor, and what the window shows of it. */
export class BatchController {
  readonly #lanes = new LanesShown();
  readonly #newest = new NewestFrames();
  readonly #preflightPlans = new PreflightPlans();
  readonly #more: MoreShots;
  readonly #changed = new Set<string>();
  readonly #log = new FollowedLog();
  readonly #updates = new Throttle(UPDATE_MS, () => this.#tell());
  readonly #problems: ShotProblems;
  #trying: BatchView['trying'] = null;
  readonly #waiting: Waiting;
  readonly #leftOut: LeftOutCounts;
  readonly #openedAt = Date.now();
  /** The frame of each job that an estimate has a picture of, and since when. */
  readonly #tried = new Map<string, StandIn>();
  /** Of shots that are not in the batch now, by their ids. */
  readonly #doneElsewhere: ReadonlyMap<string, number>;
  /** `null`: not known now. */
  #blockedCounts: BlockedCounts | null = null;
  readonly #unsubscribe: () => void;
  #stage: Lifecycle;
  #elsewhereTimer: NodeJS.Timeout | undefined;
  #lastAt: number | null;
  #seq = 0;
  /** Another process rendered it when it was opened. */
  readonly isElsewhere: boolean;
  #trust: Trust;
  #goesTo: string | null = null;
  #blender: BlenderInfo | null;

  constructor(
    readonly processor: BatchProcessor,
    { loaded, trust, blender }: Found,
    private readonly listener: BatchListener,
  ) {
    this.#stage = { at: 'ready', rest: restOf(loaded) };
    this.#lastAt = loaded.stoppedAt;
    this.isElsewhere = loaded.drivenBy !== null;
    this.#trust = trust;
    this.#blender = blender;
    this.#problems = new ShotProblems(processor.batch.problems);
    this.#waiting = new Waiting(processor);
    this.#more = new MoreShots({
      batch: () => processor.batch,
      job: (id) => processor.job(id),
      planOf: (job) => this.#preflightPlans.newestOf(job),
    });
    this.#leftOut = leftOutCounts(processor.batch.leftOut);
    this.#doneElsewhere = loaded.doneElsewhere;
    this.#unsubscribe = processor.subscribe((signal) => this.#hear(signal));
  }

  get id(): string {
    return this.processor.batch.id;
  }

  /** As it is called in a sentence: the last part of its folder, and which test pass it is. */
  get name(): string {
    const { folder, test, files } = this.processor.batch;
    return titleOf(nameOf(folder, files), test);
  }

  /** Where its frames would go now, where that is to be asked; `null`: there is nothing to ask. */
  get goesTo(): string | null {
    return this.#goesTo;
  }

  asksFor(goesTo: string | null): void {
    this.#goesTo = goesTo;
  }

  get running(): boolean {
    return this.#stage.at === 'running';
  }

  /** @param most so many rows of the first jobs; not given: of all */
  snapshot(most?: number): BatchSnapshot {
    const jobs = this.processor.jobs;
    const rows = (most === undefined ? jobs : jobs.slice(0, most)).map((job) => this.#row(job));
    return { seq: this.#seq, view: this.view(), rows };
  }

  /** Here, or where another process renders it. */
  get isLive(): boolean {
    return this.running || isLiveElsewhere(this.#stage);
  }

  /** Everything but its rows. */
  view(): BatchView {
    const { processor } = this;
    const running = this.isLive;
    const { batch, night, paused } = processor;
    const progress = this.#progress();
    const { drivenBy, lost } = this.#stage.rest;
    return {
      id: batch.id,
      folder: printable(batch.folder),
      name: nameOf(batch.folder, batch.files),
      outputRoot: printable(batch.outputRoot),
      ...(this.#goesTo !== null && { goesTo: printable(this.#goesTo) }),
      ...(batch.test && { test: batch.test }),
      ...(batch.files && { files: batch.files }),
      phase: this.#phase(progress),
      trust: this.#trust,
      progress,
      paused,
      ...(isLiveElsewhere(this.#stage) && {
        elsewhere: printable(drivenBy ?? 'another Nightshift'),
      }),
      pausedSince: running ? night.pausedSince : null,
      problems: this.#problems.all,
      leftOut: this.#leftOut,
      more: this.#more.offers,
      needYou: progress.jobs.failed + this.#blocked().jobs,
      unopened: Math.max(0, progress.unplannedJobs - this.#blocked().unplanned),
      lanes: this.#lanes.list((id) => processor.job(id)?.name ?? null),
      resume: running ? null : this.#card(),
      ...(!running && lost > 0 && { framesLost: lost }),
      workers: (running ? night.chosen?.workers : null) ?? processor.run.workers,
      onCluster: running ? (clusterOf(processor.run.config)?.host ?? null) : null,
      // A run knows its own only when it has begun; until then it is the one that was found for it.
      blender: (running ? processor.blender : null) ?? this.#blender,
      pool: running ? night.pool : null,
      chosen: (running ? night.chosen : null) ?? null,
      incidents: running ? [] : night.incidents,
      trying: running ? null : this.#trying,
    };
  }

  /** What its folder holds that is not in the batch. */
  leftOut(): LeftOutView {
    return leftOutView(this.processor.batch.leftOut, this.#doneElsewhere);
  }

  /** Its line of the sidebar. */
  summary(): BatchSummary {
    const progress = this.#progress();
    const { folder, test, files } = this.processor.batch;
    return {
      id: this.id,
      folder: printable(folder),
      name: nameOf(folder, files),
      ...(test && { test }),
      phase: this.#phase(progress),
      framesDone: progress.frames.done,
      framesTotal: progress.frames.total,
      jobs: progress.jobs,
      lastAt: this.#lastAt,
      problem: null,
    };
  }

  /**
   * Renders what is wished: it joins the run that is on, or is a run of its own. Resolves when it has started, rejects
   * where it can't.
   */
  async render(wish: RenderWish): Promise<void> {
    if (wish.do === 'left') return this.#start(wish.only ? { only: wish.only } : {});
    // A run that is just ending takes no orders: then the next run is one of this session.
    while (this.#stage.at === 'running') {
      if (await this.processor.takesOrders()) {
        return wish.do === 'retry'
          ? this.processor.retryJobs(wish.jobs)
          : this.processor.renderAgain(wish.picked);
      }
      await this.#stage.run;
    }
    return this.#start(
      wish.do === 'retry' ? { only: wish.jobs } : { picked: wish.picked, again: true },
    );
  }

  #start(options: ProcessOptions): Promise<void> {
    if (this.running) return Promise.resolve();
    const { rest } = this.#stage;
    this.#unfollow();
    return new Promise((resolve, reject) => {
      let started = false;
      const unsubscribe = this.processor.subscribe((signal) => {
        if (signal.type !== 'event' || signal.event.type !== 'batch-started') return;
        started = true;
        resolve();
      });
      const ticking = setInterval(() => this.#updates.ask(), TICK_MS);
      const end = (next: Lifecycle) => {
        unsubscribe();
        clearInterval(ticking);
        this.#lanes.clear();
        if (this.#stage.at === 'running') this.#move(next);
      };
      const run = this.processor.processBatch(options).then(
        (result) => {
          end({ at: 'ended', rest: restAfter(result) });
          this.listener.ended(result);
          resolve();
        },
        async (error: unknown) => {
          if (!started) {
            end({ at: 'ready', rest });
            // Another process may have it.
            this.follow();
            return reject(error);
          }
          end({ at: 'ended', rest: restAfter({ outcome: 'interrupted' }) });
          // No shot is to blame: no row renders any more, and what is left can be resumed.
          await this.#readAgain('interrupted');
          this.listener.broken(error);
        },
      );
      this.#move({ at: 'running', rest, run });
    });
  }

  /** Looks whether files of its shots were saved since their frames were made; a run looks itself. */
  async lookAtFiles(): Promise<void> {
    if (!this.isLive) await this.processor.lookAtFiles();
  }

  async cancel(): Promise<void> {
    const stage = this.#stage;
    if (stage.at === 'elsewhere') await stage.batch.cancel('all', stage.standing);
    await this.processor.cancel();
    if (stage.at === 'running') await stage.run;
  }

  /** Stops some jobs; their finished frames stay. */
  async cancelJobs(jobIds: readonly string[]): Promise<void> {
    const stage = this.#stage;
    if (stage.at === 'elsewhere') await stage.batch.cancel(jobIds, stage.standing);
    else await Promise.all(jobIds.map((id) => this.processor.cancelJob(id)));
  }

  /** Shows what another process does with it, until that has ended; nothing where none has it. */
  follow(): void {
    const { at, rest } = this.#stage;
    if (at === 'closed') return;
    const batch = this.processor.followElsewhere();
    // Until its journal is read: what it was when it was opened.
    const standing = { kind: rest.drivenBy !== null ? ('starting' as const) : ('idle' as const) };
    this.#move({ at: 'elsewhere', rest, batch, standing });
    void this.#look(batch, true);
  }

  async #look(batch: FollowedBatch, isFirst = false): Promise<void> {
    const found = await batch.look().catch(() => null);
    const stage = this.#stage;
    if (stage.at !== 'elsewhere' || stage.batch !== batch) return;
    const wasLive = isLive(stage.standing);
    const standing = found ?? stage.standing;
    if (isLive(standing) || standing.kind === 'queued') {
      this.#move({ ...stage, standing });
      if (isFirst) this.#changeAll();
      this.#elsewhereTimer = setTimeout(() => void this.#look(batch), ELSEWHERE_MS);
      return;
    }
    // The window goes from what was live to what is left, with nothing between.
    if (wasLive) await this.#readAgain();
    else this.#move({ at: 'ready', rest: stage.rest });
    this.#lanes.clear();
    // Another process may have begun again meanwhile.
    const { at, rest } = this.#stage;
    if (wasLive && at === 'ready' && rest.drivenBy !== null) this.follow();
  }

  #unfollow(): void {
    if (this.#stage.at !== 'elsewhere') return;
    clearTimeout(this.#elsewhereTimer);
    this.#stage.batch.close();
  }

  #move(next: Lifecycle): void {
    this.#stage = moved(this.#stage, next);
    this.#updates.ask();
  }

  /** What the queue keeps of it. */
  get entry(): Omit<QueuedBatch, 'only' | 'again' | 'problem'> {
    const { id, folder, outputRoot, test, files } = this.processor.batch;
    const trusted = this.#trust === 'trusted' ? true : this.#trust === 'untrusted' ? false : null;
    const which = { ...(test && { test }), ...(files && { files }) };
    return { batchId: id, folder, outputRoot, ...which, trusted };
  }

  /** Why it can't begin by itself, a sentence; `null`: it can. */
  lack({ only, again = [] }: Pick<QueuedBatch, 'only' | 'again'>): string | null {
    const { jobs } = this.processor;
    if (jobs.length === 0) return 'There is no shot in its folder any more.';
    const chosen = only && [...only, ...again.map(({ job }) => job)];
    if (chosen?.every((id) => !this.processor.job(id)))
      return 'None of the shots that were chosen is in its folder any more.';
    if (this.#trust !== 'ask') return null;
    return 'Nobody has said yet whether its scripts may run. Open it and press Render.';
  }

  /** Seconds until it is done once it renders, `null`: unknown; and whether it is paused. */
  outlook({ only, again = [] }: Pick<QueuedBatch, 'only' | 'again'>): {
    readonly seconds: number | null;
    readonly isPaused: boolean;
  } {
    const progress = this.#progress();
    const phase = this.#phase(progress);
    const isPaused = phase === 'paused' || phase === 'pausing';
    const left = only?.length === 0 && !this.running ? 0 : progress.remainingSeconds;
    const more = this.running ? 0 : againSeconds(this.processor, again);
    return { seconds: left === null || more === null ? null : left + more, isPaused };
  }

  trust(trust: Trust): void {
    this.#trust = trust;
    if (trust === 'trusted')
      this.#problems.keep(({ needsTrust, severity }) => !(needsTrust && severity === 'error'));
    this.#blockedCounts = null;
    this.configure({ trusted: trust === 'trusted' }, this.#blender);
  }

  /** Takes in problems that were found after the folder was read. */
  addProblems(problems: readonly ShotProblem[]): void {
    const fresh = this.#problems.add(problems);
    this.#blockedCounts = null;
    if (fresh.some(({ needsTrust }) => needsTrust)) this.#wantTrust('ask');
    for (const { jobId } of fresh) if (jobId !== null) this.#changed.add(jobId);
    this.#updates.ask();
  }

  /** Takes in what a scene says that no run has opened yet. */
  addPreflightPlan(job: BatchJob, plan: FramePlan): void {
    this.#preflightPlans.add(job, plan);
    this.#seen(job);
    this.#updates.ask();
  }

  /** A scene was opened: it may say something new about the other shots of its file, too. */
  #seen(job: BatchJob): void {
    this.#changed.add(job.id);
    for (const id of this.#more.changed(job)) this.#changed.add(id);
  }

  /** A few of its frames are being tried; `null`: no longer. */
  showTrying(trying: BatchView['trying']): void {
    this.#trying = trying;
    this.#updates.ask();
  }

  /** An estimate has pictures of frames: their numbers by the ids of their jobs. */
  showTried(frames: ReadonlyMap<string, number>): void {
    for (const [jobId, frame] of frames) {
      this.#tried.set(jobId, { of: frame, version: Date.now() });
      this.#changed.add(jobId);
    }
    this.#updates.ask();
  }

  /** Takes in what shots were found to cost by trying. @param tried the one that was tried last; `null`: all were */
  learn(measures: ReadonlyMap<string, ShotMeasure>, tried: string | null): void {
    this.processor.outlook.learn(measures);
    if (tried === null) this.#changeAll();
    else this.#changed.add(tried);
    this.#updates.ask();
  }

  /** For the next run. @param blender the one that it will use */
  configure(config: Partial<BatchConfig>, blender: BlenderInfo | null): void {
    this.processor.configure(config);
    this.#blender = blender;
    this.#updates.ask();
  }

  /** Forgets the checkpoint and reads the folder's state again. */
  async clear(): Promise<void> {
    this.#unfollow();
    await this.processor.clearCheckpoint();
    const { outcome } = await this.processor.load();
    this.#move({ at: 'ready', rest: { outcome, resume: null, lost: 0, drivenBy: null } });
    this.#lastAt = null;
    // Its pictures go with it.
    this.#tried.clear();
  }

  /** Reads what a run has left, here or elsewhere. @param outcome overrides what the journal says */
  async #readAgain(outcome?: BatchOutcome): Promise<void> {
    const before = this.#stage;
    // An unreadable disk leaves what is known: a run that broke off says what happened.
    const loaded = await this.processor.load().catch(() => null);
    if (this.#stage !== before) return;
    this.#move({ at: 'ready', rest: loaded ? restOf(loaded, outcome) : before.rest });
    this.#changeAll();
  }

  /** The newest lines of a job; its new ones are told from now on. `null`: of no job. */
  followLog(jobId: string | null, newest: number): Promise<readonly LogLine[]> {
    return this.#log.follow(jobId, (id) => this.processor.readLog(this.job(id).id, newest));
  }

  detail(jobId: string): JobDetail {
    const job = this.job(jobId);
    const seen = { ...job, plan: this.#preflightPlans.planOf(job) };
    const command = repeatCommand(job, this.processor.run);
    return detailOf(seen, { problems: this.#problems.of(job), more: this.#more.of(job), command });
  }

  /** What the scene of a job says, be it opened by a run or only looked at; `null`: it was neither. */
  planOf(job: BatchJob): FramePlan | null {
    return this.#preflightPlans.planOf(job);
  }

  /** What its .blend holds besides what it renders. */
  partsOf(job: BatchJob): readonly FileParts[] {
    return this.#more.of(job);
  }

  job(jobId: string): BatchJob {
    const job = this.processor.job(jobId);
    if (job) return job;
    throw new Refusal('This shot is not in the batch any more.', 'Open the folder again.');
  }

  /** Stops all and lets go. */
  async close(): Promise<void> {
    const stage = this.#stage;
    this.#unfollow();
    await this.processor.close();
    if (stage.at === 'running') await stage.run;
    if (this.#stage.at !== 'closed') this.#move({ at: 'closed', rest: this.#stage.rest });
    this.#unsubscribe();
    this.#updates.stop();
  }

  /** Some wishes show only when a scene is opened. What the artist has decided stays. */
  #wantTrust(trust: Trust): void {
    if (this.#trust === 'not-needed') this.#trust = trust;
  }

  #hear(signal: BatchSignal): void {
    // What another process does is not for the taskbar and the power saver of this computer.
    if (this.#stage.at !== 'elsewhere') this.listener.signal(signal);
    if (signal.type === 'event' && signal.job?.error?.cause === 'not-trusted') {
      this.#wantTrust('untrusted');
    }
    if (signal.type === 'log') {
      if (!this.#log.add(signal.job, signal.line)) return;
    } else if (signal.type === 'event') {
      // A picture that is judged in the morning makes the night no longer.
      if (!isChoice(signal.event)) this.#lastAt = signal.event.at;
      this.#newest.heard(signal.event);
      if (signal.job) this.#changeRow(signal.job.id, signal.event.type);
      if (signal.job && signal.event.type === 'job-planned') {
        this.#preflightPlans.forget(signal.job.id);
        this.#seen(signal.job);
      }
      this.#lanes.apply(signal);
      // The clocks of shots that render have stood still meanwhile.
      if (signal.event.type === 'batch-unpaused') this.#changeRunning();
    } else if (!this.#lanes.apply(signal)) {
      return;
    }
    this.#updates.ask();
  }

  #changeRow(jobId: string, what: BatchEvent['type']): void {
    this.#changed.add(jobId);
    if (what.startsWith('job-')) this.#blockedCounts = null;
    if (what !== 'job-finished' && what !== 'job-reset') return;
    for (const id of this.#waiting.on(jobId)) this.#changed.add(id);
  }

  #changeAll(): void {
    this.#blockedCounts = null;
    for (const { id } of this.processor.jobs) this.#changed.add(id);
  }

  #changeRunning(): void {
    for (const { id, status } of this.processor.jobs)
      if (status === 'running') this.#changed.add(id);
  }

  #tell(): void {
    // First: what it knows of the whole batch says what the rows of tried shots take.
    const { problems: _, ...view } = this.view();
    const rows: JobRow[] = [];
    for (const id of this.#changed) {
      if (rows.length === ROWS_AT_ONCE) break;
      this.#changed.delete(id);
      const job = this.processor.job(id);
      if (job) rows.push(this.#row(job));
    }
    if (this.#changed.size > 0) this.#updates.ask();
    this.#seq += 1;
    const problems = this.#problems.news();
    this.listener.update({ seq: this.#seq, batchId: this.id, view, problems, rows });
    const log = this.#log.take();
    if (log) this.listener.log(log.jobId, log.lines);
  }

  /** Jobs to be rendered that something is in the way of. Counted anew only where that may have changed. */
  #blocked(): BlockedCounts {
    if (this.#blockedCounts !== null) return this.#blockedCounts;
    const ids = [...this.#problems.blocked];
    const jobs = ids.map((id) => this.processor.job(id)).filter(isToRender);
    const unplanned = jobs.filter((job) => isUnplanned(this.#preflightPlans.shown(job)));
    this.#blockedCounts = { jobs: jobs.length, unplanned: unplanned.length };
    return this.#blockedCounts;
  }

  #row(job: BatchJob): JobRow {
    const { night } = this.processor;
    const found = this.#problems.of(job);
    const error = found.find(({ endsShot }) => endsShot);
    const problems = problemsOf(job, found);
    const newest = this.#newest.of(job);
    return rowOf(this.#preflightPlans.shown(job), {
      problems: problems.length,
      errors: problems.filter(({ severity }) => severity === 'error').length,
      blocked: error && isToRender(job) ? error.message : null,
      night,
      newest,
      standIn: newest === null ? this.#standInOf(job) : null,
      waitsFor: this.#waiting.of(job),
      more: this.processor.batch.files ? [] : this.#more.offered(job),
      remainingSeconds: this.processor.outlook.shotSeconds(job),
      triedSeconds: this.processor.outlook.triedSeconds(job),
    });
  }

  /** A folder whose files were saved is read anew: then it may be another picture. */
  #standInOf({ id, shotConfig }: BatchJob): StandIn | null {
    const saved = shotConfig?.blend ? { of: 'saved' as const, version: this.#openedAt } : null;
    return this.#tried.get(id) ?? saved;
  }

  /** What the window shows of it before it is resumed. */
  #card(): ResumeCard | null {
    const { resume } = this.#stage.rest;
    if (!resume) return null;
    const { outcome: _, doneElsewhere: __, ...card } = resume;
    return this.#preflightPlans.countedCard(card, (id) => this.processor.job(id));
  }

  #progress(): BatchProgress {
    const stage = this.#stage;
    const source =
      stage.at === 'elsewhere' && isLive(stage.standing) ? stage.batch : this.processor;
    return this.#preflightPlans.counted(source.getProgress(), (id) => this.processor.job(id));
  }

  #phase(progress: BatchProgress): BatchPhase {
    const { outcome } = this.#stage.rest;
    return phaseOf({ running: this.isLive, outcome, progress, paused: this.processor.paused });
  }
}

/** What a session tells. `update` and `log` at most ten times a second. */
export interface BatchListener {
  readonly update: (update: BatchUpdate) => void;
  readonly log: (jobId: string, lines: readonly LogLine[]) => void;
  readonly signal: (signal: BatchSignal) => void;
  readonly ended: (result: BatchResult) => void;
  /** It could not go on. A sentence. */
  readonly broken: (error: unknown) => void;
}

/** Whether the next run would render a job. */
function isToRender(job: BatchJob | undefined): job is BatchJob {
  return job !== undefined && ['waiting', 'cancelled', 'skipped'].includes(job.status);
}

/** Shots that can't be rendered as they are, and those of them whose frames nobody knows: they count as unplanned. */
interface BlockedCounts {
  readonly jobs: number;
  readonly unplanned: number;
}

function isUnplanned(job: BatchJob): boolean {
  return job.status === 'waiting' && job.plan === null && knownCounts(job).total === 0;
}

/** Seconds that frames take which are rendered again, each as those of its shot did; `null`: unknown. */
function againSeconds(
  { jobs, run }: Pick<BatchProcessor, 'jobs' | 'run'>,
  again: readonly AskedFrames[],
): number | null {
  if (again.length === 0) return 0;
  const byId = new Map(jobs.map((job) => [job.id, job]));
  let seconds = 0;
  for (const { job: id, frames } of stillAsked(again, (id) => byId.get(id))) {
    const { sum = 0, known = 0 } = byId.get(id)?.frames.times ?? {};
    if (frames === null || known === 0) return null;
    seconds += (frames.length * sum) / known;
  }
  return seconds / Math.max(1, run.workers);
}
