import type { IdleReason, LogLine, WorkerState } from '../../../shared/events.ts';
import { CAUSE_FACTS, type Failure } from '../../../shared/failure.ts';
import { namedFrames } from '../../../shared/frames.ts';
import { gpuName } from '../../../shared/gpu.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import { frameState, framesToRender, planOf } from '../../../shared/job-state.ts';
import type { KeepScene } from '../../../shared/kept-scene.ts';
import { passed } from '../../blender/steps.ts';
import type { Answer, Limits, RenderedFrame } from '../../blender/types.ts';
import type { Keeping } from './keep-scene.ts';
import type { LanePlace, LaneRun, Task, Work } from './lane-ports.ts';
import { laneLimits, stallLimit, withStallReason } from './limits.ts';
import { type OpenedJob, tellWarnings } from './open-job.ts';
import {
  checkFrame,
  encodeMovie,
  type Finishing,
  finishFrame,
  LATE_MS,
  renderStaged,
} from './render-frame.ts';
import { WarmBlender } from './warm-blender.ts';

/** Takes what a lane has to say about a job. */
type OnLog = (jobId: string, line: LogLine) => void;

/** A place on a cluster that has nothing to do for so long is given back: others wait for it. */
const GIVE_BACK_MS = 15_000;

/** One lane of the pool: takes one task after the other, and does it in its Blender. */
export class Lane {
  readonly #place: LanePlace;
  readonly #run: LaneRun;
  readonly #onLog: OnLog;
  readonly #blender: WarmBlender;
  /** The frame that is proved and named while Blender renders the next one of the same scene. */
  #last: Finishing | null = null;
  /** Frames that it has done since it has its place. */
  #framesHere = 0;
  /** It waits for a place, and no Blender of its is being started yet. */
  #isAsking = false;
  /** Blenders that did not come up in places of this lane. */
  #starts = 0;
  /** Since when it has a place and nothing to do there, by `performance.now()`; `null`: it has work. */
  #idleSince: number | null = null;
  #gone: Promise<void> = Promise.resolve();

  constructor(place: LanePlace, run: LaneRun, onLog: OnLog) {
    const { number, gpu } = place;
    this.#place = place;
    this.#run = run;
    this.#onLog = onLog;
    this.#blender = new WarmBlender(number, gpu, run, {
      onStarting: () => {
        if (!this.#isAsking) this.#state({ status: 'starting' });
      },
      onLog: (line) => this.#log(run.jobOf(number), line),
    });
  }

  /** Resolves when no Blender of its is left, after it has worked. Rejects with what kept it from that. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  get number(): number {
    return this.#place.number;
  }

  /** What its Blender uses, 0 without one, and the most that any of its Blenders did, MiB. */
  get memory(): { readonly usedMb: number; readonly largestMb: number } {
    return this.#blender.memory;
  }

  /** Works until nothing is left or the run is cancelled, then asks its Blender to end: see `gone`. */
  async work(): Promise<void> {
    const [run, { number }] = [this.#run, this.#place];
    try {
      while (!run.isOver(this.#place) && this.#blender.isSeated) {
        if (run.takesAsking(this.#place)) await this.#blender.learnGpus();
        const { openJob, session, path, memory, needsPlace } = this.#blender;
        const lacksGpu = this.#blender.place?.gpu === false;
        const framesHere = this.#framesHere;
        const free = { openJob, session, blender: path, memory, needsPlace, lacksGpu, framesHere };
        const task = run.next({ ...this.#place, ...free });
        if (this.#last && !isNextOf(this.#last.jobId, task)) {
          await this.#finishLast();
          continue;
        }
        if (task.kind === 'end') break;
        if (task.kind === 'wait') {
          await this.#idle(task.until, task.why);
          continue;
        }
        if (task.kind === 'move') {
          this.#state({ status: 'idle' });
          await this.#blender.close();
          continue;
        }
        this.#idleSince = null;
        if (needsPlace) {
          await this.#takePlace(task.job);
          continue;
        }
        if (task.kind === 'open' && this.#needsAnother(task.job)) {
          await this.#blender.close();
          continue;
        }
        run.takenBy(number, task.job.id);
        await this.#perform(task);
        if (!this.#last) run.left(number, task.job.id);
      }
    } finally {
      this.#gone = this.#blender.leave();
      // Who waits for it is told.
      this.#gone.catch(() => {});
      await this.#finishLast().finally(() => {
        this.#state({ status: 'gone' });
        run.gone(number);
      });
    }
  }

  /** Waits until the last frame is proved and has its name, and lets go of its job. */
  async #finishLast(): Promise<void> {
    const last = this.#last;
    if (!last) return;
    // Until then nobody gives back what the job has claimed.
    this.#run.takenBy(this.number, last.jobId);
    try {
      await last.finished;
    } finally {
      this.#last = null;
      this.#run.left(this.number, last.jobId);
    }
  }

  /**
   * Waits until a cluster gives a place and Blender is up there, as long as there is work for one more. Nobody's job
   * and no frame is held meanwhile.
   */
  async #takePlace(job: BatchJob): Promise<void> {
    const run = this.#run;
    const { number } = this.#place;
    const choice = run.blenders.given(job.id) ?? (await run.blenders.choose(job));
    if (!choice.ok) return run.refuse(job.id, choice.failure);
    const unwanted = new AbortController();
    const signal = AbortSignal.any([run.signal, unwanted.signal]);
    const onWaiting = (why: string) => this.#state({ status: 'asking', why });
    const onGiven = () => this.#state({ status: 'starting' });
    this.#framesHere = 0;
    this.#isAsking = true;
    const gpu = run.needsGpu(job);
    run.asksForPlace(number, { gpu });
    this.#state({ status: 'asking', why: null });
    try {
      const limits = { signal, timeoutMs: null, stallMs: run.stall.openMs };
      const asking = { signal, onWaiting, onGiven, gpu };
      let isOver = false;
      const taken = this.#blender.takePlace(choice.value.path, asking, limits).finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await Promise.race([taken.catch(() => {}), run.changed.wait(null)]);
        if (!isOver && !run.isPlaceWanted(number, gpu)) unwanted.abort();
      }
      const up = await taken;
      if (signal.aborted) return this.#blender.close();
      if (!up.ok) return this.#failedToStart(job, up.failure);
      const { version } = choice.value;
      if (up.value === null || up.value === version) return;
      const node = this.#blender.place?.node ?? '';
      run.leaveOut(node, `Blender is ${up.value} there, and ${version} here`);
      await this.#blender.close();
    } finally {
      this.#isAsking = false;
      run.asksForPlace(number, null);
    }
  }

  /** On a cluster a new Blender needs a new place, which nobody's job waits for. */
  #needsAnother(job: BatchJob): boolean {
    const { place, path } = this.#blender;
    const choice = this.#run.blenders.given(job.id);
    return place !== null && this.#blender.isSpent(choice?.ok ? choice.value.path : (path ?? ''));
  }

  /** Tells a shot that waits for it that no Blender has come up. */
  #failedToStart(job: BatchJob, failure: Failure): void {
    const run = this.#run;
    const { number } = this.#place;
    this.#starts += 1;
    const { node } = failure;
    if (node !== undefined)
      run.nodeFailed(node, job.id, `start ${number}.${this.#starts}`, failure);
    const { status } = run.store.job(job.id);
    if (status !== 'waiting' && status !== 'running') return;
    // On the job for this moment: as one that helps, where others are on it.
    run.takenBy(number, job.id);
    run.started(job);
    run.jobFailed(job.id, failure);
    run.left(number, job.id);
  }

  /** Waits for a change. Where memory has run out, its Blender gives back what it holds. */
  async #idle(until: number | null, why: IdleReason | undefined): Promise<void> {
    if (this.#blender.place) {
      this.#idleSince ??= performance.now();
      const givesBack = this.#idleSince + GIVE_BACK_MS;
      if (performance.now() >= givesBack) await this.#blender.close();
      else until = Math.min(until ?? givesBack, givesBack);
    }
    // Before anything else happens: whatever changes from now on is heard of.
    const change = this.#run.changed.wait(until);
    this.#state(why ? { status: 'idle', why } : { status: 'idle' });
    if (this.#run.isShortOfMemory) await this.#blender.close();
    await change;
  }

  async #perform(task: Work): Promise<void> {
    if (this.#run.endIfLate(task.job)) return;
    if (task.kind === 'open') await this.#open(task.job);
    if (task.kind === 'render') await this.#render(task.job, task.frame);
    if (task.kind === 'check') await this.#check(task.job, task);
    if (task.kind === 'encode') await this.#encode(task.job);
  }

  async #open(job: BatchJob): Promise<void> {
    const run = this.#run;
    run.started(job);
    this.#state({ status: 'opening', job: job.id });
    const began = performance.now();
    const limits = laneLimits(run, job, { stallMs: run.stall.openMs });
    const opened = await this.#openInItsOwn(job, limits);
    if (opened === null) return;
    if (!opened.ok) {
      const { gpu } = this.#place;
      const isLost = gpu && opened.failure.cause === 'device-not-available';
      if (isLost) run.lostGpu(gpu, job.id);
      else run.jobFailed(job.id, opened.failure);
      return;
    }
    if (opened.value.kind === 'elsewhere') {
      // Found in its own Blender, which has the scene open and knows the drivers already.
      if (!run.knowsGpus) await this.#blender.learnGpus();
      return;
    }
    if (opened.value.kind === 'changed') return this.#filesSaved(job, opened.value.source);
    run.opened(job.id, (performance.now() - began) / 1000);
    // Ended while it was being opened: cancelled, or its time was up.
    if (run.store.job(job.id).status !== 'running') return;
    const { plan, replan, kept, otherFiles } = opened.value;
    const log = (line: Omit<LogLine, 'at' | 'worker'>) => this.#log(job.id, line);
    if (replan) this.#replan(job.id, plan, log);
    const look = { worker: this.#blender.worker, otherFiles, log };
    if (run.takesALook(job.id)) await tellWarnings(run, job, look);
    passed('looked-through');
    for (const { frame, record } of kept) {
      // Another lane may have rendered it while this one was looking.
      if (frameState(run.store.job(job.id), frame)?.status !== 'waiting') continue;
      run.store.record({ type: 'frame-kept', job: job.id, at: Date.now(), frame, record });
    }
    await this.#endIfDone(job.id);
  }

  /** What its scene says of its files is new. Frames that lie elsewhere by now, or are none of its any more, are told. */
  #replan(job: string, plan: FramePlan, log: (line: Omit<LogLine, 'at' | 'worker'>) => void): void {
    const { store } = this.#run;
    const { done } = store.job(job).counts;
    store.record({ type: 'job-planned', job, at: Date.now(), plan });
    const gone = done - store.job(job).counts.done;
    if (gone === 0) return;
    const were = gone === 1 ? '1 finished frame is' : `${gone} finished frames are`;
    const text = `${were} none of this shot any more, or would have another name now: what was rendered lies where it was.`;
    log({ level: 'warning', text });
  }

  /** Opens a job's scene in the Blender that it needs; `null`: there is none, or it starts over. */
  async #openInItsOwn(job: BatchJob, limits: Limits): Promise<Answer<OpenedJob> | null> {
    const run = this.#run;
    const { blenders } = run;
    // Updated while it was being asked: asked once more.
    for (;;) {
      const helps = run.lanesOn(job.id) > 1;
      const given = helps ? blenders.given(job.id) : undefined;
      const choice = given ?? (await blenders.choose(run.store.job(job.id)));
      if (!choice.ok) {
        run.refuse(job.id, choice.failure);
        return null;
      }
      if (choice.again) {
        const text = `Its finished frames were rendered by another Blender than ${choice.value.version}: they are rendered again, as was chosen.`;
        this.#log(job.id, { level: 'warning', text });
        run.startOver(job.id, job.source, 'again');
        return null;
      }
      const opened = await this.#blender.open(job, choice.value, limits);
      if (!opened.ok || opened.value.kind !== 'other-version') return opened as Answer<OpenedJob>;
      blenders.isNow(choice.value.path, opened.value.version);
      await blenders.choose(run.store.job(job.id));
    }
  }

  /** The scene that was opened is not the one that its finished frames are of. */
  async #filesSaved(job: BatchJob, source: string): Promise<void> {
    const run = this.#run;
    const say = (text: string) => this.#log(job.id, { level: 'warning', text });
    const { done } = run.store.job(job.id).counts;
    if (done === 0) {
      say('The files of this shot were changed since the batch was started.');
      run.startOver(job.id, source);
      return;
    }
    const again = await run.filesSaved(job.id, source);
    if (again === 'left') return;
    const stay = done - again.length;
    const what = again.length === 0 ? '' : ` ${namedFrames(again)} rendered again, as was chosen.`;
    const kept =
      stay === 0
        ? ''
        : ` ${stay} finished ${stay === 1 ? 'frame stays' : 'frames stay'}, and what is missing is rendered from the files as they are now.`;
    say(`The files of this shot were saved while it was rendered.${what}${kept}`);
  }

  async #render(job: BatchJob, frame: number): Promise<void> {
    const run = this.#run;
    const plan = planOf(job);
    const { store } = run;
    const { worker, keeping } = this.#blender;
    // What comes of the first frame that is compared decides about the second.
    if (keeping.isBeingTried) {
      await this.#last?.finished;
      // Meanwhile another lane may have taken it, or the job may be over.
      const now = store.job(job.id);
      const isFree = now.status === 'running' && frameState(now, frame)?.status === 'waiting';
      if (!isFree || run.isAborted(job.id)) return;
    }
    if (run.isSceneProved(job.id, this.#place)) keeping.provedElsewhere(this.#framesLeft(job.id));
    const { way, anew } = keeping.next(this.#keepFacts(job.id));
    if (anew) run.buildsAnew(job.id, anew);
    const since = Date.now();
    const node = this.#blender.place?.node;
    const on = { worker: this.number, ...(node !== undefined && { node }) };
    store.record({ type: 'frame-started', job: job.id, at: since, frame, ...on });
    const threads = run.takeThreads(this.#place, job);
    this.#state({ status: 'rendering', job: job.id, frame, since, threads });
    const tries = frameState(store.job(job.id), frame)?.tries ?? 1;
    const before = this.#last?.jobId === job.id ? this.#last.seconds : 0;
    const stall = stallLimit(job, run.stall, before);
    const limits = () => laneLimits(run, job, { stallMs: stall.ms, frame: true });
    const order = { jobId: job.id, plan, frame, threads, way };
    // A frame's own time limit begins when its simulation stands there.
    const rendered = await renderStaged(worker, order, limits, () =>
      laneLimits(run, job, { stallMs: run.stall.firstFrameMs }),
    );
    // One at a time, so that what is not done yet never grows.
    await this.#last?.finished;
    this.#last = null;
    if (!rendered.ok) {
      keeping.failed();
      const found = withStallReason(rendered.failure, stall);
      const failure = this.#failedHere(job.id, frame, found, node);
      const isKept = way === 'go-on' || way === 'both';
      if (isKept && isOfScene(failure) && !run.isAborted(job.id)) {
        run.buildsAnew(job.id, { why: 'failed', frame });
      }
      run.frameFailed(job.id, frame, tries, failure, this.#place.gpu);
      await this.#leaveGpu();
      return this.#endIfDone(job.id);
    }
    passed('frame-rendered');
    this.#blender.note(rendered.value.memoryMb);
    this.#framesHere += 1;
    if (node !== undefined) run.nodeWorked(node, job.id);
    const { twin, ...value } = rendered.value;
    // What is compared with a frame that was built anew is of the keeping before.
    const { session } = keeping;
    keeping.rendered(way, costOf(value), twin?.seconds ?? null);
    const blender = worker.blenderVersion;
    const elsewhere = node !== undefined;
    const kept = way === 'go-on' && { session: keepSceneOf(job) === 'on' ? null : session };
    const lane = this.#place;
    const onCompared = (same: boolean) => {
      const { seconds } = value;
      run.checkedScene(job.id, { frame, session, lane }, { kind: 'compared', same, seconds });
      if (same) keeping.compared(this.#framesLeft(job.id));
    };
    const isBuiltToKeep = way === 'begin' || way === 'both';
    const staged = {
      ...{ job, plan, frame, tries, rendered: value, threads, blender, elsewhere, ...kept },
      // Those to come go on with what it has built.
      before: isBuiltToKeep ? 0 : this.#blender.framesOfScene,
      twin: twin && { ...twin, onCompared },
    };
    this.#blender.hasRendered();
    const onHeld = ({ message }: Failure) => {
      const text = `Frame ${frame} is rendered and waits for its name. ${message}`;
      this.#log(job.id, { level: 'warning', text });
    };
    const finished = finishFrame(run, staged, onHeld).then(async () => {
      await this.#endIfDone(job.id);
      // Who waits for work to help with looks again.
      run.changed.wakeAll();
    });
    // The lane hears of what went wrong after its frame; the night is over now.
    finished.catch(() => run.cancel());
    this.#last = { jobId: job.id, seconds: rendered.value.seconds, finished };
  }

  /** What a frame has failed of, with the node where that was, which is told of it. */
  #failedHere(job: string, frame: number, failure: Failure, node: string | undefined): Failure {
    if (node === undefined) return failure;
    const there = { ...failure, node };
    this.#run.nodeFailed(node, job, String(frame), there);
    return there;
  }

  /** Nobody knows in what state an error leaves a GPU's driver: the next frame gets a fresh Blender. */
  async #leaveGpu(): Promise<void> {
    if (this.#place.gpu) await this.#blender.close();
  }

  /** Renders a frame of a kept scene once more, with the scene built anew, and compares both. */
  async #check(
    { id }: BatchJob,
    { frame, session }: { readonly frame: number; readonly session: string },
  ): Promise<void> {
    const run = this.#run;
    await run.checkAlone(id, session, async () => {
      const job = run.store.job(id);
      const state = frameState(job, frame);
      if (state?.status !== 'done') return;
      const { worker, keeping } = this.#blender;
      const since = Date.now();
      const threads = run.takeThreads(this.#place, job);
      this.#state({ status: 'rendering', job: id, frame, since, threads });
      const stall = stallLimit(job, run.stall);
      const limits = () => laneLimits(run, job, { stallMs: stall.ms, frame: true });
      const order = { jobId: id, plan: planOf(job), frame, threads };
      const node = this.#blender.place?.node;
      const lateMs = node === undefined ? 0 : LATE_MS;
      const checked = await checkFrame(worker, order, state.record, { limits, lateMs });
      const about = { session, frame, lane: this.#place };
      if (!checked.ok) {
        keeping.failed();
        const failure = this.#failedHere(id, frame, withStallReason(checked.failure, stall), node);
        run.checkedScene(id, about, { kind: 'failed', failure, gpu: this.#place.gpu });
        return this.#leaveGpu();
      }
      const { rendered, is } = checked.value;
      this.#blender.note(rendered.memoryMb);
      keeping.rendered('begin', costOf(rendered), null);
      const now = frameState(run.store.job(id), frame);
      // It was rendered again meanwhile, as was asked for: what was compared is none of it any more.
      if (now?.status !== 'done' || now.record.at !== state.record.at) return;
      if (is === 'gone') return this.#tellTakenAway(id, await run.takenAway(id, frame));
      const { seconds } = rendered;
      run.checkedScene(id, about, { kind: 'compared', same: is === 'same', seconds });
    });
    await this.#endIfDone(id);
    run.changed.wakeAll();
  }

  #keepFacts(jobId: string): Parameters<Keeping['next']>[0] {
    const job = this.#run.store.job(jobId);
    return {
      setting: keepSceneOf(job),
      isAnew: job.keptScene?.anew != null,
      isShortOfMemory: this.#run.isShortOfMemory,
      framesLeft: this.#framesLeft(jobId),
      memoryMb: this.#blender.shareMb,
    };
  }

  /** How many frames of a job are probably left for this lane. */
  #framesLeft(jobId: string): number {
    const { waiting } = framesToRender(this.#run.store.job(jobId));
    return Math.ceil(waiting / Math.max(1, this.#run.lanesOn(jobId)));
  }

  /** Ends a job if this was the last of it; what somebody took away in the meantime is told. */
  async #endIfDone(jobId: string): Promise<void> {
    this.#tellTakenAway(jobId, await this.#run.endIfDone(jobId));
  }

  #tellTakenAway(jobId: string, lost: readonly number[]): void {
    if (lost.length === 0) return;
    const were = lost.length === 1 ? 'was' : 'were';
    const text = `${namedFrames(lost)} ${were} finished, but the files are gone or were changed by somebody else: rendering again.`;
    this.#log(jobId, { level: 'warning', text });
  }

  async #encode(job: BatchJob): Promise<void> {
    const limits = laneLimits(this.#run, job, { stallMs: this.#run.stall.openMs });
    this.#log(job.id, { level: 'info', text: 'All frames are there; encoding the movie.' });
    const encoded = await encodeMovie(this.#blender.worker, job.id, planOf(job), limits);
    if (encoded.ok) this.#run.complete(job.id);
    else this.#run.jobFailed(job.id, encoded.failure);
  }

  #log(jobId: string | null, line: Omit<LogLine, 'at' | 'worker'>): void {
    if (jobId) this.#onLog(jobId, { ...line, at: Date.now(), worker: this.number });
  }

  #state(state: WorkerState): void {
    const gpu = this.#place.gpu && { gpu: gpuName(this.#place.gpu) };
    const place = this.#blender.place && { node: this.#blender.place.node };
    this.#run.store.tell({ type: 'worker', worker: this.number, state, ...gpu, ...place });
  }
}

function keepSceneOf({ shotConfig }: BatchJob): KeepScene {
  return shotConfig?.keepScene ?? 'auto';
}

function costOf({ seconds, memoryMb, preparedSeconds }: RenderedFrame) {
  return { seconds, memoryMb, preparedSeconds: preparedSeconds ?? null };
}

/** Whether the scene may have to do with a failure: it is not the disk, nor somebody who stops it. */
function isOfScene({ cause }: Failure): boolean {
  const { remedy } = CAUSE_FACTS[cause];
  return remedy === 'again' || remedy === 'fewer-workers';
}

function isNextOf(jobId: string, task: Task): boolean {
  return task.kind === 'render' && task.job.id === jobId;
}
