import type {
  BatchConfig,
  BlenderInfo,
  ExistingPolicy,
  MachineInfo,
} from '../../../shared/batch.ts';
import { CAUSE_FACTS, type Failure, LOST_PLACES } from '../../../shared/failure.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { GpuDevice, GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan, JobStatus, ShotWarning } from '../../../shared/job.ts';
import { framesToRender, isRested } from '../../../shared/job-state.ts';
import type { BuiltAnew } from '../../../shared/kept-scene.ts';
import { numbersOf, undecidedFrames } from '../../../shared/older-files.ts';
import { goesInOrder } from '../../../shared/order.ts';
import type { StartWorker } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import { type CoresNow, cpuLanesAllowed, threadsOnSide } from '../capacity/cores.ts';
import {
  Gpus,
  isLeftToCpu,
  lostGpuWarning,
  mayRunOn,
  needsGpu,
  outgrown,
  type Side,
  sideOf,
  sideWarnings,
  staysOn,
  withWarning,
} from '../capacity/gpus.ts';
import { blendersThatFit, missingRoom, PoolSize } from '../capacity/memory.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import type { SameFiles } from '../capacity/same-files.ts';
import type { Seat, Seats } from '../capacity/seats.ts';
import { averageFrame } from '../estimate/shot-work.ts';
import { jobTimedOut, keepsChanging } from '../failures.ts';
import type { JobLogs } from '../journal/job-log.ts';
import { checkOf } from '../lane/keep-scene.ts';
import type {
  CheckResult,
  FreeLane,
  LanePlace,
  LaneRun,
  Opening,
  SceneCheck,
  Task,
  Work,
} from '../lane/lane-ports.ts';
import type { StallBounds } from '../lane/limits.ts';
import { allEnded } from '../lib/side-by-side.ts';
import { WakeSignal } from '../lib/wake-signal.ts';
import { tellFound } from '../resume/record-resume.ts';
import { jobSaved, MOST_STARTS_OVER } from '../resume/sources.ts';
import { FinishCheck } from './finish-check.ts';
import { JobsInRun } from './jobs-in-run.ts';
import { Lanes } from './lanes.ts';
import { Pause } from './pause.ts';
import { PoolChoice } from './pool-choice.ts';
import { Dependencies, RunQueue } from './queue.ts';
import { goingOn, type LaneChoices, nextTask, type RunningJob } from './scheduler.ts';
import { retriesFor, verdictOn } from './verdicts.ts';

/** A lane that could not open a scene to help with it leaves it alone for so long. */
const HELP_AGAIN_MS = 60_000;
/** A lane that memory keeps from opening a scene looks again so often. */
const MEMORY_CHECK_MS = 2000;
/** A frame may take so much longer than those before it. */
const FRAME_MARGIN = 1.5;

/** One run of a batch: gives its lanes work, and decides about jobs and frames that failed. */
export class Run implements LaneRun {
  readonly store: BatchStore;
  readonly config: BatchConfig;
  readonly stall: StallBounds;
  readonly blenders: Blenders;
  readonly files: SameFiles;
  readonly startWorker: StartWorker;
  readonly temporary: string;
  readonly runners: string | undefined;
  readonly blenderPath: string;
  readonly changed = new WakeSignal();
  readonly pause: Pause;
  /** Set when `continueOnError: false` met its first failed job. */
  stopped = false;
  readonly #options: RunOptions;
  readonly #stop = new AbortController();
  readonly #jobs: JobsInRun;
  readonly #queue: RunQueue;
  readonly #lanes: Lanes;
  readonly #gpus = new Gpus();
  readonly #pool: PoolSize;
  /** `null`: somebody said how many workers, or a cluster gives them. */
  readonly #choice: PoolChoice | null;
  readonly #dependencies: Dependencies;
  readonly #finish: FinishCheck;
  /** Frames that wait for their names without a lane. */
  readonly #namings = new Set<Promise<void>>();

  constructor(options: RunOptions) {
    const { store, claims, elsewhere } = options;
    this.#options = options;
    this.store = store;
    this.config = options.config;
    this.stall = options.stall;
    this.blenders = options.blenders;
    this.files = options.files;
    this.startWorker = options.startWorker;
    this.temporary = options.temporary;
    this.runners = options.runners;
    this.blenderPath = options.blender.path;
    this.pause = new Pause(store, this.changed);
    this.#jobs = new JobsInRun({ stop: this.#stop.signal, clock: () => this.pause.clock() });
    this.#queue = new RunQueue((jobId) => {
      const choice = options.blenders.given(jobId);
      return choice?.ok ? choice.value.path : null;
    });
    this.#lanes = new Lanes(options.workers);
    this.#pool = new PoolSize(store, options.workers);
    this.#choice =
      options.config.workers === 0 && !options.seats.areAwaited ? this.#chooses() : null;
    const [jobs, queue] = [this.#jobs, this.#queue];
    this.#dependencies = new Dependencies({
      ...{ store, jobs, queue, elsewhere },
      leaveOut: (job, why) => this.#end(job, 'skipped', why),
    });
    // Which GPUs there are is the cluster's to know: it gives one with a place, and Blender there takes it.
    if (options.seats.areAwaited) this.#gpus.learn(null);
    options.seats.nodes.onLeftOut = (node, why) => {
      const message = `The node ${node} was left out: ${why}.`;
      store.record({ type: 'node-left-out', at: Date.now(), node, message });
    };
    this.#finish = new FinishCheck({
      ...{ store, jobs, claims, saved: this.config.saved },
      openAnew: (ids) => this.openAnew(ids),
      add: (id) => this.add([id]),
      end: (job, status, error) => this.#end(job, status, error),
      rest: (job) => this.#rest(job),
    });
  }

  // ---- What the batch asks of it

  /** Works off what was added; `hasMore` says whether something was added meanwhile that nobody saw. */
  async work(logs: JobLogs): Promise<void> {
    try {
      await this.#lanes.work(this, this.#gpus, logs);
    } finally {
      await allEnded([...this.#namings]);
    }
  }

  /** Resolves when no Blender is left, after it was worked off. Rejects with what kept one from that. */
  emptied(): Promise<void> {
    return this.#lanes.emptied();
  }

  get cancelled(): boolean {
    return this.#stop.signal.aborted;
  }

  cancel(): void {
    this.#stop.abort();
    this.changed.wakeAll();
  }

  /** Takes a job out of the run: its Blenders are killed, its finished frames stay. */
  cancelJob(jobId: string): void {
    const job = this.store.job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    this.#jobs.get(jobId).abort();
    this.#end(job, 'cancelled', null);
  }

  /** Takes jobs in (again), and those that were left out because of one. @param late the batch did not have them */
  add(jobIds: readonly string[], late: readonly BatchJob[] = []): void {
    const all = this.#dependencies.takeIn(jobIds, late);
    for (const id of all) this.#gpus.joined(this.store.job(id));
    for (const id of all) this.#dependencies.place(id);
    this.changed.wakeAll();
  }

  /** Whether a job is on its way in this run. */
  isComing(jobId: string): boolean {
    const job = this.store.job(jobId);
    const { status } = job;
    const isOpen = status === 'running' || (status === 'waiting' && !isRested(job));
    return isOpen && this.took(jobId);
  }

  /** Frames of jobs that are on their way were asked for again: they are looked for in their place. */
  rewind(jobIds: readonly string[]): void {
    for (const id of jobIds) this.#jobs.get(id).frames.rewind();
    this.changed.wakeAll();
  }

  /** Jobs have another priority now: what waits takes its new turn, what runs is preferred or left. */
  reorder(jobIds: readonly string[]): void {
    for (const id of jobIds) this.#queue.reorder(this.store.job(id));
    this.changed.wakeAll();
  }

  /** The artist ordered the jobs by hand. */
  arrange(order: readonly string[] | null): void {
    this.#queue.arrange(order);
    this.changed.wakeAll();
  }

  /** Whether jobs are to come that nobody has started. */
  get hasMore(): boolean {
    return this.#queue.hasWaiting || this.#jobs.someHeld;
  }

  /** Whether a job has ever been part of this run. */
  took(jobId: string): boolean {
    return this.#jobs.find(jobId)?.isTaken === true;
  }

  /** Resolves when the batch is not paused any more, or cancelled. */
  async unpaused(): Promise<void> {
    while (this.pause.state && !this.cancelled) await this.changed.wait(null);
  }

  /** Takes a job in again that was complete, if its files have been taken away since. */
  lookAgain(jobId: string): Promise<void> {
    return this.#finish.lookAgain(jobId);
  }

  // ---- What its lanes see of it: see `LaneRun`

  seatOf(lane: number): Seat {
    return this.#options.seats.of(lane);
  }

  get isShortOfMemory(): boolean {
    return this.#pool.isSmaller;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  signalFor(jobId: string): AbortSignal {
    return this.#jobs.get(jobId).signal;
  }

  isAborted(jobId: string): boolean {
    return this.#jobs.isAborted(jobId);
  }

  /** What is left of a job's time limit, ms; `null`: it has none. */
  timeLeft(job: BatchJob): number | null {
    const seconds = this.#limitOf(job);
    if (seconds === null) return null;
    return Math.max(0, seconds * 1000 - this.#jobs.get(job.id).clock.workedMs);
  }

  endIfLate(job: BatchJob): boolean {
    if (this.timeLeft(job) !== 0) return false;
    this.#end(job, 'failed', jobTimedOut(this.#limitOf(job) ?? 0));
    return true;
  }

  isOver({ gpu }: LanePlace): boolean {
    return this.cancelled || this.#gpus.isLost(gpu);
  }

  takesAsking({ gpu }: LanePlace): boolean {
    return this.#gpus.takesAsking(gpu ? 'gpu' : 'cpu');
  }

  get knowsGpus(): boolean {
    return this.#gpus.inUse !== null;
  }

  learnGpus(list: GpuList | null): void {
    this.#gpus.learn(list);
    this.changed.wakeAll();
  }

  lostGpu(gpu: GpuDevice, jobId: string): void {
    this.#gpus.lose(gpu);
    const known = this.#jobs.get(jobId);
    known.placed = withWarning(known.placed, lostGpuWarning(gpu, this.#gpus.count));
    this.#tellNewestWarning(jobId);
    this.changed.wakeAll();
  }

  sideWarnings(job: BatchJob): readonly ShotWarning[] {
    return sideWarnings(job, this.#jobs.get(job.id).placed, this.#gpus);
  }

  jobOf(lane: number): string | null {
    return this.#lanes.jobOf(lane);
  }

  lanesOn(jobId: string): number {
    return this.#lanes.on(jobId);
  }

  next(lane: FreeLane): Task {
    this.#lanes.occupy(lane.number, null);
    const schedule = this.#schedule(lane);
    const task = nextTask(schedule);
    if (task.kind === 'end' || task.kind === 'wait' || task.kind === 'move') return task;
    if (this.pause.state) return { kind: 'wait', until: null, why: { kind: 'paused' } };
    if (this.#options.seats.areAwaited) return this.#elsewhere(lane, task);
    const cores = this.#cores();
    if (!lane.gpu && cores.cpu.busy >= cpuLanesAllowed(cores)) {
      return { kind: 'wait', until: null, why: { kind: this.#whyNot(cores) } };
    }
    // One whose Blender is up goes first.
    if (this.#choice && !lane.gpu && lane.blender === null) {
      const warm = cores.cpu.busy + this.#lanes.up(lane.number).idle;
      if (warm >= cpuLanesAllowed(cores))
        return { kind: 'wait', until: null, why: { kind: 'enough' } };
    }
    const short = task.kind === 'open' ? this.#missingRoom(lane) : null;
    if (!short) return task;
    // What would have gone first does not fit: rather than to wait, it goes on with what it has open.
    const own = goingOn(schedule);
    if (own?.kind === 'render') return own;
    this.#lanes.standBack(lane.number);
    const until = performance.now() + MEMORY_CHECK_MS;
    return { kind: 'wait', until, why: { kind: 'memory', ...short } };
  }

  asksForPlace(lane: number, what: { readonly gpu: boolean } | null): void {
    this.#lanes.asks(lane, what);
    // Others may ask in its stead.
    if (what === null) this.changed.wakeAll();
  }

  isPlaceWanted(lane: number, withGpu: boolean): boolean {
    return !this.pause.state && this.#hasPlaceFor(lane, withGpu);
  }

  needsGpu(job: BatchJob): boolean {
    return needsGpu(job);
  }

  nodeWorked(node: string, jobId: string): void {
    this.#options.seats.nodes.worked(node, jobId);
  }

  nodeFailed(node: string, jobId: string, what: string, { cause }: Failure): void {
    const { remedy } = CAUSE_FACTS[cause];
    // What asks for another place, for room or for more memory says nothing of the node.
    if (remedy === 'again' || remedy === 'never')
      this.#options.seats.nodes.failed(node, jobId, what);
  }

  leaveOut(node: string, why: string): void {
    this.#options.seats.nodes.leaveOut(node, why);
  }

  async checkAlone(jobId: string, session: string, check: () => Promise<void>): Promise<void> {
    const { checking } = this.#jobs.get(jobId);
    if (checking.has(session)) return;
    checking.add(session);
    try {
      await check();
    } finally {
      checking.delete(session);
    }
  }

  checkedScene(
    jobId: string,
    { session, frame: checked, lane }: SceneCheck,
    result: CheckResult,
  ): void {
    const job = this.store.job(jobId);
    if (job.status !== 'running' || this.isAborted(jobId)) return;
    const about = { job: jobId, at: Date.now() };
    const known = this.#jobs.get(jobId);
    const compared = (same: boolean, seconds: number | null) => {
      const took = seconds !== null && { seconds };
      this.store.record({ type: 'scene-checked', ...about, checked, session, same, ...took });
      if (same) known.provedScenes.add(this.#sceneOn(jobId, lane));
      else known.frames.rewind();
    };
    if (result.kind === 'compared') {
      compared(result.same, result.seconds);
      return;
    }
    const { failure, gpu } = result;
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    if (gpu && failure.cause === 'device-not-available') {
      this.lostGpu(gpu, jobId);
      return;
    }
    const tries = (known.checkFailures.get(session) ?? 0) + 1;
    const verdict = this.#verdict(job, failure, { tries, doing: `the check of frame ${checked}` });
    if (verdict.kind === 'pause') return;
    if (verdict.kind === 'elsewhere') {
      this.#placeLost(failure);
      return;
    }
    known.checkFailures.set(session, tries);
    if (verdict.kind === 'retry') this.#delay(jobId, 'opening', verdict.delayMs);
    // Nothing shows that its pictures are right.
    else compared(false, null);
  }

  isSceneProved(jobId: string, lane: LanePlace): boolean {
    return this.#jobs.get(jobId).provedScenes.has(this.#sceneOn(jobId, lane));
  }

  /** What a proof of a kept scene holds for: its files, a computer, and what Cycles renders on. A shot has one Blender. */
  #sceneOn(jobId: string, { number, gpu }: LanePlace): string {
    const { place } = this.seatOf(number);
    return JSON.stringify([this.sceneOf(jobId), place?.node, gpu?.kind, gpu?.name]);
  }

  buildsAnew(jobId: string, anew: BuiltAnew): void {
    const { keptScene, status } = this.store.job(jobId);
    if (status !== 'running' || keptScene?.anew != null) return;
    this.store.record({ type: 'scene-anew', job: jobId, at: Date.now(), anew });
  }

  takeThreads({ number, gpu }: LanePlace, job: BatchJob): number {
    const { place } = this.seatOf(number);
    if (place) {
      this.#lanes.setThreads(number, place.cores);
      return place.cores;
    }
    const cores = this.#cores(number);
    const fair = threadsOnSide(cores, gpu ? 'gpu' : 'cpu');
    if (gpu || !this.#choice) {
      this.#lanes.setThreads(number, fair);
      return fair;
    }
    this.#choice.frameBegins(job);
    const held = cores.gpu.lanes > 0 ? null : this.#lanes.heldBeside(number);
    const threads = Math.max(fair, this.#choice.threadsToTheEnd(job, held));
    this.#lanes.setThreads(number, threads, this.#choice.seconds(job, threads));
    return threads;
  }

  takenBy(lane: number, jobId: string): void {
    this.#lanes.occupy(lane, jobId);
    this.#jobs.get(jobId).clock.goOn();
  }

  /** The last lane that lets go of an ended job gives back what it had claimed. */
  left(lane: number, jobId: string): void {
    this.#lanes.occupy(lane, null);
    if (this.lanesOn(jobId) === 0) {
      this.#jobs.get(jobId).clock.rest();
      if (this.store.job(jobId).status !== 'running') void this.#options.claims.release(jobId);
    }
    this.changed.wakeAll();
  }

  gone(lane: number): void {
    this.#lanes.occupy(lane, null);
    this.changed.wakeAll();
  }

  /** Starts a job's clock and tells that it runs. */
  started(job: BatchJob): void {
    const known = this.#jobs.get(job.id);
    if (!known.clock.start()) return;
    this.#queue.remove(job.id);
    this.#jobs.move(known, 'running');
    this.store.record({ type: 'job-started', job: job.id, at: Date.now() });
  }

  opening(job: BatchJob, gpu: GpuDevice | null): Opening {
    const { files, claims } = this.#options;
    const known = this.#jobs.get(job.id);
    return {
      existing: this.#existingFor(job.id),
      ...(isLeftToCpu(job, known.placed, this.#gpus) && { device: 'cpu' as const }),
      claim: async (plan: FramePlan) => (await files.take(job, plan)) ?? claims.claim(job.id, plan),
      fits: (wants: Side) => {
        const placed = { ...known.placed, wants };
        known.placed = placed;
        return staysOn(gpu ? 'gpu' : 'cpu', job, placed, this.#gpus);
      },
    };
  }

  opened(jobId: string, seconds: number): void {
    this.#jobs.get(jobId).openSeconds = seconds;
  }

  takesALook(jobId: string): boolean {
    return this.#jobs.get(jobId).takesALook();
  }

  startsOver(jobId: string): number {
    return this.#jobs.get(jobId).startsOver;
  }

  sceneOf(jobId: string): number {
    return this.#jobs.get(jobId).scene;
  }

  /** Whoever has the scenes of jobs open opens them anew before the next frame. */
  openAnew(jobIds: readonly string[]): void {
    for (const id of jobIds) this.#jobs.get(id).scene += 1;
  }

  /** A job's own files have changed before its first frame, or its frames are to be of another Blender: nothing of it counts as done, and it is opened anew. */
  startOver(jobId: string, source: string, why: 'stale' | 'again' = 'stale'): void {
    const job = this.store.job(jobId);
    if (job.status !== 'running') return;
    const known = this.#jobs.get(jobId);
    known.startsOver += 1;
    known.scene += 1;
    // Lanes that have the old scene open let go of it first.
    known.abort();
    if (known.startsOver > MOST_STARTS_OVER) {
      this.#end(job, 'failed', keepsChanging());
      return;
    }
    const { name, shotFile, outputPath, counts } = job;
    const at = Date.now();
    if (counts.done > 0) tellFound({ [why]: [{ name, frames: counts.done }] }, this.store);
    this.store.record({ type: 'job-added', job: jobId, at, name, shotFile, outputPath, source });
    this.add([jobId]);
  }

  /**
   * A job was opened, and its files are others now than those that its finished frames were made from: these stay, and what
   * is missing is rendered from the files as they are, unless others go on with the scene that they have open.
   */
  async filesSaved(jobId: string, source: string): Promise<readonly number[] | 'left'> {
    const before = this.store.job(jobId);
    if (before.status !== 'running') return 'left';
    if (this.lanesOn(jobId) > 1) {
      this.#delay(jobId, 'helping', HELP_AGAIN_MS);
      return 'left';
    }
    const saved = await jobSaved(before, source);
    const job = this.store.job(jobId);
    if (job.status !== 'running' || this.isAborted(jobId)) return 'left';
    const known = this.#jobs.get(jobId);
    if (known.savedInVain(job.counts.done) > MOST_STARTS_OVER) {
      this.#end(job, 'failed', keepsChanging());
      return 'left';
    }
    const { saved: policy } = this.config;
    this.openAnew([jobId]);
    this.store.record({ ...saved, ...(policy === 'keep' && { kept: true }) });
    const frames = numbersOf(undecidedFrames(this.store.job(jobId)));
    if (policy !== 'again' || frames.length === 0) return [];
    this.store.record({
      type: 'frames-again',
      job: jobId,
      at: Date.now(),
      frames: formatFrames(frames),
    });
    known.frames.rewind();
    return frames;
  }

  endIfDone(jobId: string): Promise<readonly number[]> {
    return this.#finish.endIfDone(jobId);
  }

  takenAway(jobId: string, frame: number): Promise<readonly number[]> {
    return this.#finish.takenAway(jobId, frame);
  }

  waitsForName(naming: Promise<void>): void {
    this.#namings.add(naming);
    naming.then(
      () => this.#namings.delete(naming),
      // Told by `work`: what no shot is to blame for ends the night.
      () => this.cancel(),
    );
  }

  frameDone(job: BatchJob, record: FrameRecord, before: number): void {
    this.#queue.measured(job, record.seconds);
    this.#choice?.frameDone(this.store.job(job.id), record, before);
  }

  /** Ends a job whose movie is there, unless it was cancelled in the meantime. */
  complete(jobId: string): void {
    const job = this.store.job(jobId);
    // Some of its frames may have been asked for again meanwhile.
    const { done, total } = job.counts;
    if (job.status === 'running' && done === total) this.#end(job, 'completed', null);
  }

  /** A frame could not be rendered: again, later, never, or not before there is room. */
  frameFailed(
    jobId: string,
    frame: number,
    tries: number,
    failure: Failure,
    gpu: GpuDevice | null = null,
  ): void {
    const job = this.store.job(jobId);
    const at = Date.now();
    if (job.status !== 'running' || this.isAborted(jobId)) {
      if (job.status === 'running') this.#release(jobId, frame);
      return;
    }
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    if (gpu && failure.cause === 'device-not-available') {
      this.lostGpu(gpu, jobId);
      this.#release(jobId, frame);
      return;
    }
    const { anew } = job.keptScene ?? {};
    // That its scene was kept was our doing: such a try costs none of those that it has.
    const own = anew?.why === 'failed' && anew.frame === frame ? tries - 1 : tries;
    const verdict = this.#verdict(job, failure, { tries: own, doing: `frame ${frame}` });
    const mayGoOn = verdict.kind === 'give-up' && gpu && failure.ofGpu;
    if (verdict.kind === 'elsewhere') this.#placeLost(failure);
    if (
      verdict.kind === 'pause' ||
      verdict.kind === 'elsewhere' ||
      (mayGoOn && this.#goesOnWithout(gpu, job))
    ) {
      this.#release(jobId, frame);
      return;
    }
    const willRetry = verdict.kind === 'retry';
    this.store.record({ type: 'frame-failed', job: jobId, at, frame, failure, willRetry });
    if (verdict.kind === 'retry') this.#delay(jobId, frame, verdict.delayMs);
    if (verdict.kind === 'fail-job') this.#end(this.store.job(jobId), 'failed', failure);
  }

  /** There is no Blender for a job: trying again would find none either. */
  refuse(jobId: string, failure: Failure): void {
    const job = this.store.job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    // It came to help; the others go on with the Blenders that they have.
    if (this.lanesOn(jobId) > 1) this.#delay(jobId, 'helping', HELP_AGAIN_MS);
    else this.#end(job, 'failed', failure);
  }

  /** A scene could not be opened, or a movie not be encoded. */
  jobFailed(jobId: string, failure: Failure): void {
    const job = this.store.job(jobId);
    if (job.status !== 'running' || this.isAborted(jobId)) return;
    if (failure.cause === 'timed-out' && this.endIfLate(job)) return;
    const at = Date.now();
    const known = this.#jobs.get(jobId);
    const tries = known.openFailures + 1;
    const verdict = this.#verdict(job, failure, { tries, doing: 'the opening' });
    if (verdict.kind === 'pause') return;
    if (verdict.kind === 'elsewhere') {
      this.#placeLost(failure);
      return;
    }
    if (this.lanesOn(jobId) > 1) {
      // It came to help; the others go on with the scene that they have open.
      this.#delay(jobId, 'helping', HELP_AGAIN_MS);
    } else if (verdict.kind === 'retry') {
      known.openFailures = tries;
      this.store.record({ type: 'job-retried', job: jobId, at, failure });
      this.#delay(jobId, 'opening', verdict.delayMs);
    } else {
      this.#end(job, 'failed', failure);
    }
  }

  // ---- How it decides

  /** What there is to do for a lane, as plain facts. */
  #schedule(lane: FreeLane): LaneChoices {
    const { number, gpu, openJob, session, blender, needsPlace, lacksGpu } = lane;
    const { store } = this;
    const now = performance.now();
    // A Blender that is up may help at once: one that is started for it has to be worth that.
    const isUp = blender !== null;
    // Where enough lanes ask for places of one kind it looks for work of the other.
    const places = needsPlace
      ? { plain: this.#hasPlaceFor(number, false), gpu: this.#hasPlaceFor(number, true) }
      : { plain: true, gpu: !lacksGpu };
    const mayRun = (id: string) =>
      mayRunOn(gpu, store.job(id), this.#jobs.get(id).placed, this.#gpus) &&
      (needsGpu(store.job(id)) ? places.gpu : places.plain);
    const running = this.stopped ? [] : [...this.#jobs.running];
    const waiting = this.stopped ? null : this.#queue.next(mayRun, blender);
    return {
      openJob: openJob !== null && mayRun(openJob) ? openJob : null,
      running: running.map(({ id, delays, frames, checking, openSeconds }): RunningJob => {
        const job = store.job(id);
        const own = openJob === id ? session : null;
        return {
          job,
          lanes: this.lanesOn(id),
          mayRun: mayRun(id),
          nextFrame: frames.next(job, (frame) => delays.until(frame) <= now),
          check: openJob === id ? checkOf(job, own, (each) => checking.has(each)) : null,
          openFrom: delays.until('opening'),
          helpFrom: Math.max(
            delays.until('helping'),
            isUp ? 0 : (this.#choice?.helpFrom(job) ?? 0),
          ),
          nextTry: delays.next(now),
          openSeconds,
        };
      }),
      unstarted:
        waiting === null ? null : { job: store.job(waiting), lanes: this.lanesOn(waiting) },
      more: !this.stopped && this.hasMore,
      now,
      wallNow: Date.now(),
    };
  }

  /** What a lane of a cluster does, whose cores and memory are nobody else's. */
  #elsewhere(lane: FreeLane, task: Work): Task {
    const { place } = this.seatOf(lane.number);
    if (place && this.#options.seats.nodes.isLeftOut(place.node)) return { kind: 'move' };
    return task.kind === 'render' && this.#endsBefore(lane, task) ? { kind: 'move' } : task;
  }

  /** Whether a lane's place is taken back before a frame would be done. In a fresh one it is tried all the same. */
  #endsBefore({ number, framesHere }: FreeLane, { job }: Work): boolean {
    const endsAt = this.seatOf(number).place?.endsAt ?? null;
    const seconds = averageFrame(job.frames);
    if (endsAt === null || seconds === null || framesHere === 0) return false;
    return Date.now() + seconds * 1000 * FRAME_MARGIN > endsAt;
  }

  /** Whether there is work for one more such place than are asked for by those who asked before this lane. */
  #hasPlaceFor(lane: number, withGpu: boolean): boolean {
    return this.#lanes.askingBefore(lane, withGpu) < this.#unserved(withGpu);
  }

  /** For how many more such places there is work: frames that wait, and scenes that nobody has open. */
  #unserved(withGpu: boolean): number {
    let count = this.#queue.size(withGpu);
    for (const { id } of this.#jobs.running) {
      const job = this.store.job(id);
      if (needsGpu(job) !== withGpu) continue;
      const lanes = this.lanesOn(id);
      const waiting = goesInOrder(job) || job.plan === null ? 0 : framesToRender(job).waiting;
      count += Math.max(lanes > 0 ? 0 : 1, waiting);
    }
    return count;
  }

  #placeLost({ cause, message, node = '' }: Failure): void {
    const lost = LOST_PLACES.find((each) => each === cause);
    if (!lost) return;
    this.store.record({ type: 'place-lost', at: Date.now(), node, cause: lost, message });
  }

  /** @param apart the lane that asks for threads */
  #cores(apart: number | null = null): CoresNow {
    const { workers, of } = this.#pool;
    const side = (side: Side, lanes: number): CoresNow[Side] => ({
      lanes,
      busy: this.#lanes.busy(side),
      coming: this.#coming(side, lanes),
      threads: this.#lanes.threads(side, apart),
    });
    return {
      cores: this.#options.machine.cores,
      asked: of,
      workers,
      chosen: this.#choice?.workers ?? null,
      cpu: side(
        'cpu',
        Math.min(workers, this.#choice?.workers ?? workers) - this.#lanes.standingBack,
      ),
      gpu: side('gpu', this.#gpus.count),
    };
  }

  #whyNot({ cpu, workers, chosen }: CoresNow): 'resting' | 'enough' | 'cores' {
    if (cpu.busy >= workers) return workers < this.#pool.of ? 'resting' : 'enough';
    return chosen !== null && cpu.busy >= chosen ? 'enough' : 'cores';
  }

  #chooses(): PoolChoice {
    const { store, machine, workers, shots } = this.#options;
    return new PoolChoice({
      ...{ store, shots, jobs: this.#jobs, cores: machine.cores, of: workers },
      isOurs: (id) => sideOf(store.job(id), this.#jobs.get(id).placed, this.#gpus) === 'cpu',
      unbegun: () => this.#queue.size(false),
      blenders: () => {
        const { all: up, open } = this.#lanes.up();
        const { usedMb, largestMb } = this.#lanes.memoryBeside(null);
        const fit = blendersThatFit(open, largestMb, usedMb, this.config.memoryLimitMb);
        return {
          up,
          most: Math.min(
            fit,
            this.#pool.workers,
            cpuLanesAllowed({ ...this.#cores(), chosen: null }),
          ),
        };
      },
    });
  }

  /** For how many lanes the jobs that a side may run have work; a job that nobody has started has some for all. */
  #coming(side: Side, lanes: number): number {
    const isOf = (id: string) =>
      sideOf(this.store.job(id), this.#jobs.get(id).placed, this.#gpus) === side;
    let coming = 0;
    for (const { id } of this.#jobs.running) {
      if (!isOf(id)) continue;
      const job = this.store.job(id);
      const [{ waiting }, { running }] = [framesToRender(job), job.counts];
      // A frame that is being proved counts as running, and no lane computes it any more.
      coming += Math.max(1, waiting + Math.min(running, this.lanesOn(id)));
    }
    return this.#queue.next(isOf) === null ? coming : coming + lanes;
  }

  /** What one more scene needs and what there is, where it does not fit; `null`: it does. */
  #missingRoom({ number, memory }: FreeLane): ReturnType<typeof missingRoom> {
    const { usedMb, largestMb } = this.#lanes.memoryBeside(number);
    const needMb = Math.max(0, largestMb - memory.usedMb);
    return missingRoom(this.#lanes.busy(), needMb, usedMb, this.config.memoryLimitMb);
  }

  /** Seconds; `null`: none. */
  #limitOf({ shotConfig }: BatchJob): number | null {
    return shotConfig?.timeoutSeconds ?? this.config.timeoutSeconds;
  }

  /** What was rendered from files that have changed since, or is to be of another Blender, is not kept, whatever is asked for. */
  #existingFor(jobId: string): ExistingPolicy {
    const isAnew = this.sceneOf(jobId) > 0 || this.#options.again.has(jobId);
    return isAnew ? 'resume' : this.config.existing;
  }

  #verdict(
    job: BatchJob,
    failure: Failure,
    { tries, doing }: { readonly tries: number; readonly doing: string },
  ): ReturnType<typeof verdictOn> {
    const allowed = job.shotConfig?.retries ?? this.config.maxRetries;
    const retries = retriesFor(job, failure, allowed);
    const verdict = verdictOn(failure, tries, retries, this.config.backoffMs);
    // On a cluster each has memory of its own: more of it is asked for.
    if (verdict.kind === 'retry' && verdict.fewerWorkers && !this.#options.seats.areAwaited) {
      this.#pool.ranOut(job.id, doing, this.#lanes.busy('cpu'));
    }
    if (verdict.kind === 'pause') this.pause.forJob(job, failure);
    return verdict;
  }

  /** A GPU's memory was too small once more: whether the job goes on elsewhere, which is told of it then. */
  #goesOnWithout(gpu: GpuDevice, { id }: BatchJob): boolean {
    const known = this.#jobs.get(id);
    const before = known.placed;
    const placed = outgrown(gpu, this.store.job(id), before, this.#gpus);
    if (placed === null) return false;
    known.placed = placed;
    if (placed !== before) this.#tellNewestWarning(id);
    return true;
  }

  #tellNewestWarning(job: string): void {
    const newest = this.#jobs.get(job).placed.warnings.slice(-1);
    const warnings = [...newest, ...this.store.job(job).warnings];
    this.store.record({ type: 'job-warned', job, at: Date.now(), warnings });
  }

  #delay(jobId: string, what: number | 'opening' | 'helping', ms: number): void {
    this.#jobs.get(jobId).delays.set(what, performance.now() + ms);
  }

  /** A frame is given back without blame. */
  #release(job: string, frame: number): void {
    this.store.record({ type: 'frame-released', job, at: Date.now(), frame });
    this.#jobs.get(job).frames.rewind();
  }

  /** A job leaves the run with frames that nobody asked it for. */
  #rest({ id }: BatchJob): void {
    this.#jobs.move(this.#jobs.get(id), 'ended');
    this.store.record({ type: 'job-rested', job: id, at: Date.now() });
    this.#left(id);
  }

  #end(job: BatchJob, status: Exclude<JobStatus, 'waiting' | 'running'>, error: Failure | null) {
    this.#queue.remove(job.id);
    const known = this.#jobs.find(job.id);
    if (known?.isTaken) this.#jobs.move(known, 'ended');
    this.store.record({ type: 'job-finished', job: job.id, at: Date.now(), status, error });
    if (status === 'failed' && !this.config.continueOnError) this.stopped = true;
    this.#left(job.id);
  }

  #left(id: string): void {
    this.#pool.ended(id);
    if (this.lanesOn(id) === 0) void this.#options.claims.release(id);
    if (!this.stopped && !this.cancelled) this.#dependencies.ended(id);
    this.changed.wakeAll();
  }
}

/** What a run is made with. */
interface RunOptions
  extends Pick<
    LaneRun,
    'store' | 'config' | 'stall' | 'blenders' | 'files' | 'startWorker' | 'temporary' | 'runners'
  > {
  readonly machine: MachineInfo;
  /** The one of shots that say nothing. */
  readonly blender: BlenderInfo;
  /** Ids of jobs whose finished frames are to be rendered again. */
  readonly again: ReadonlySet<string>;
  readonly workers: number;
  /** How many shots it begins with. */
  readonly shots: number;
  /** Shots that are not in the batch, as the checkpoint knows them: others may depend on them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  /** Where its lanes have their Blenders. */
  readonly seats: Seats;
  /** What its jobs may write to now. */
  readonly claims: OutputClaims;
}
