import type { IdleReason, LogLine, WorkerState } from '../../../shared/events.ts';
import { type GpuDevice, gpuName } from '../../../shared/gpu.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState, planOf } from '../../../shared/job-state.ts';
import type { Answer, Limits, StartWorker } from '../../blender/types.ts';
import { busyLanes, cpuLanesAllowed, takeThreads } from '../capacity/cores.ts';
import { lostGpu, type Side } from '../capacity/gpus.ts';
import { missingRoom } from '../capacity/memory.ts';
import { allEnded } from '../lib/side-by-side.ts';
import type { Run } from '../run/run.ts';
import { nextTask, type Schedule, type Task } from '../run/scheduler.ts';
import { encodeMovie } from './encode-movie.ts';
import { type Finishing, finishFrame, settleAndTell } from './finish-frame.ts';
import { laneLimits, stallLimit, withStallReason } from './limits.ts';
import { tellWarnings } from './look-through.ts';
import type { OpenedJob } from './open-job.ts';
import { renderStaged } from './render-frame.ts';
import { WarmBlender } from './warm-blender.ts';

const MEMORY_CHECK_MS = 2000;

/** Which lane it is. */
export interface LanePlace {
  /** From 1; those of GPUs come after those of the CPU. */
  readonly number: number;
  /** The one that it renders on; `null`: the CPU. */
  readonly gpu: GpuDevice | null;
}

/** What a lane needs from the pool. */
export interface LanePorts {
  readonly startWorker: StartWorker;
  /** The Blenders of the pool changed: their pids and tokens are recorded for the next start. */
  readonly onWorkers: () => Promise<void>;
  readonly onLog: (jobId: string, line: LogLine) => void;
  /** Memory of the other lanes' Blenders and the largest shot seen, MiB. */
  readonly memory: () => { readonly usedMb: number; readonly largestMb: number };
}

/** One lane of the pool: takes one task after the other, and does it in its Blender. */
export class Lane {
  readonly number: number;
  readonly #gpu: GpuDevice | null;
  readonly #side: Side;
  readonly #run: Run;
  readonly #ports: LanePorts;
  readonly #blender: WarmBlender;
  readonly #openSeconds: Map<string, number>;
  /** The frame that is proved and named while Blender renders the next one of the same scene. */
  #last: Finishing | null = null;

  constructor(
    { number, gpu }: LanePlace,
    run: Run,
    ports: LanePorts,
    openSeconds: Map<string, number>,
  ) {
    this.number = number;
    this.#gpu = gpu;
    this.#side = gpu ? 'gpu' : 'cpu';
    this.#run = run;
    this.#ports = ports;
    this.#openSeconds = openSeconds;
    this.#blender = new WarmBlender(number, gpu, run, {
      startWorker: ports.startWorker,
      onStarting: () => this.#state({ status: 'starting' }),
      onChange: ports.onWorkers,
      onLog: (line) => this.#log(run.queue.laneJob(number), line),
    });
  }

  /** What its Blender uses, 0 without one, and the most that any of its Blenders did, MiB. */
  get memory(): { readonly usedMb: number; readonly largestMb: number } {
    return this.#blender.memory;
  }

  /** For the record of running Blenders; `null` without one. */
  get process(): { readonly pid: number; readonly token: string } | null {
    return this.#blender.process;
  }

  /** Works until nothing is left or the run is cancelled, then closes its Blender. */
  async work(): Promise<void> {
    try {
      while (!this.#run.cancelled && !this.#run.placement.isLost(this.#gpu)) {
        if (this.#run.placement.takesAsking(this.#side)) await this.#blender.learnGpus();
        const task = this.#choose();
        if (this.#last && !isNextOf(this.#last.jobId, task)) {
          await this.#finishLast();
          continue;
        }
        if (task.kind === 'end') break;
        if (task.kind === 'wait') {
          await this.#idle(task.until, task.why);
          continue;
        }
        this.#run.takenBy(this.number, task.job.id);
        await this.#perform(task);
        if (!this.#last) this.#run.left(this.number, task.job.id);
      }
    } finally {
      await allEnded([this.#finishLast(), this.#blender.close()]).finally(() => {
        this.#run.queue.occupy(this.number, null);
        this.#state({ status: 'gone' });
        this.#run.bell.ring();
      });
    }
  }

  /** Waits until the last frame is proved and has its name, and lets go of its job. */
  async #finishLast(): Promise<void> {
    const last = this.#last;
    if (!last) return;
    // Until then nobody gives back what the job has claimed.
    this.#run.queue.occupy(this.number, last.jobId);
    try {
      await last.finished;
    } finally {
      this.#last = null;
      this.#run.left(this.number, last.jobId);
    }
  }

  /** Waits for a change. Where memory has run out, its Blender gives back what it holds. */
  async #idle(until: number | null, why: IdleReason | undefined): Promise<void> {
    // Before anything else happens: whoever rings from now on is heard.
    const change = this.#run.bell.wait(until);
    this.#state(why ? { status: 'idle', why } : { status: 'idle' });
    if (this.#run.pool.isSmaller) await this.#blender.close();
    await change;
  }

  #choose(): Task {
    const run = this.#run;
    run.queue.occupy(this.number, null);
    const schedule = this.#schedule();
    const task = nextTask(schedule);
    if (task.kind === 'end' || task.kind === 'wait') return task;
    if (run.pause.state) return { kind: 'wait', until: null, why: { kind: 'paused' } };
    if (!this.#gpu && busyLanes(run, 'cpu') >= cpuLanesAllowed(run)) {
      const kind = busyLanes(run, 'cpu') >= run.pool.workers ? 'resting' : 'cores';
      return { kind: 'wait', until: null, why: { kind } };
    }
    const tight = task.kind === 'open' ? this.#tooTight() : null;
    if (!tight) return task;
    // What would have gone first does not fit: rather than to wait, it goes on with what it has open.
    const own = nextTask({ ...schedule, mayRun: ({ id }) => id === schedule.openJob });
    if (own.kind === 'render') return own;
    run.queue.standBack(this.number);
    return { kind: 'wait', until: performance.now() + MEMORY_CHECK_MS, why: tight };
  }

  #schedule(): Schedule {
    const { queue, store, placement, stopped, hasMore } = this.#run;
    const now = performance.now();
    const mayRun = (job: BatchJob) => placement.mayRun(job, this.#gpu);
    const { openJob, path } = this.#blender;
    const waiting = stopped ? null : queue.next((id) => mayRun(store.job(id)), path);
    return {
      openJob: openJob !== null && mayRun(store.job(openJob)) ? openJob : null,
      running: stopped ? [] : queue.running.map((id) => store.job(id)),
      unstarted: waiting === null ? null : store.job(waiting),
      more: !stopped && hasMore,
      mayRun,
      lanesOn: (id) => queue.lanesOn(id),
      nextFrame: (job) =>
        queue.frames.next(job, (frame) => queue.delays.until(job.id, frame) <= now),
      notBefore: (id, what) => queue.delays.until(id, what),
      nextTry: (id) => queue.delays.next(id, now),
      openSeconds: (id) => this.#openSeconds.get(id) ?? 0,
      now,
      wallNow: Date.now(),
    };
  }

  /** Why another scene must not be opened now; `null`: it may. */
  #tooTight(): IdleReason | null {
    const { usedMb, largestMb } = this.#ports.memory();
    const needMb = Math.max(0, largestMb - this.memory.usedMb);
    const limitMb = this.#run.options.config.memoryLimitMb;
    const short = missingRoom(this.#run.queue.busyLanes, needMb, usedMb, limitMb);
    return short && { kind: 'memory', ...short };
  }

  async #perform(task: Exclude<Task, { kind: 'wait' | 'end' }>): Promise<void> {
    if (this.#run.endIfLate(task.job)) return;
    if (task.kind === 'open') await this.#open(task.job);
    if (task.kind === 'render') await this.#render(task.job, task.frame);
    if (task.kind === 'encode') await this.#encode(task.job);
  }

  async #open(job: BatchJob): Promise<void> {
    const run = this.#run;
    run.started(job);
    this.#state({ status: 'opening', job: job.id });
    const began = performance.now();
    const limits = laneLimits(run, job, { stallMs: run.options.stall.openMs });
    const opened = await this.#openInItsOwn(job, limits);
    if (opened === null) return;
    if (!opened.ok) {
      const isLost = this.#gpu && opened.failure.cause === 'device-not-available';
      if (isLost) lostGpu(run, this.#gpu, job);
      else run.jobFailed(job.id, opened.failure);
      return;
    }
    if (opened.value.kind === 'elsewhere') {
      // Found in its own Blender, which has the scene open and knows the drivers already.
      if (!run.placement.isKnown) await this.#blender.learnGpus();
      return;
    }
    if (opened.value.kind === 'changed') return this.#startOver(job, opened.value.source);
    this.#openSeconds.set(job.id, (performance.now() - began) / 1000);
    // Ended while it was being opened: cancelled, or its time was up.
    if (run.store.job(job.id).status !== 'running') return;
    const { plan, replan, kept, otherFiles } = opened.value;
    if (replan) run.store.record({ type: 'job-planned', job: job.id, at: Date.now(), plan });
    const log = (line: Omit<LogLine, 'at' | 'worker'>) => this.#log(job.id, line);
    const look = { worker: this.#blender.worker, otherFiles, log };
    if (run.takesALook(job.id)) await tellWarnings(run, job, look);
    for (const { frame, record } of kept) {
      // Another lane may have rendered it while this one was looking.
      if (frameState(run.store.job(job.id), frame)?.status !== 'waiting') continue;
      run.store.record({ type: 'frame-kept', job: job.id, at: Date.now(), frame, record });
    }
    await this.#settle(job.id);
  }

  /** Opens a job's scene in the Blender that it needs; `null`: there is none, or it starts over. */
  async #openInItsOwn(job: BatchJob, limits: Limits): Promise<Answer<OpenedJob> | null> {
    const run = this.#run;
    const { blenders } = run.options;
    // Updated while it was being asked: asked once more.
    for (;;) {
      const helps = run.queue.lanesOn(job.id) > 1;
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

  /** A picture of the old files among those of the new ones is worse than none. */
  #startOver(job: BatchJob, source: string): void {
    const { done } = this.#run.store.job(job.id).counts;
    const frames =
      done === 0 ? '' : ` ${done} finished frames are rendered again from the new ones.`;
    const text = `The files of this shot were changed since the batch was started.${frames}`;
    this.#log(job.id, { level: 'warning', text });
    this.#run.startOver(job.id, source);
  }

  async #render(job: BatchJob, frame: number): Promise<void> {
    const run = this.#run;
    const plan = planOf(job);
    const { store } = run;
    const { worker } = this.#blender;
    const since = Date.now();
    store.record({ type: 'frame-started', job: job.id, at: since, frame, worker: this.number });
    const threads = takeThreads(run, this.number, this.#side);
    this.#state({ status: 'rendering', job: job.id, frame, since, threads });
    const tries = frameState(store.job(job.id), frame)?.tries ?? 1;
    const before = this.#last?.jobId === job.id ? this.#last.seconds : 0;
    const stall = stallLimit(job, run.options.stall, before);
    const limits = () => laneLimits(run, job, { stallMs: stall.ms, frame: true });
    const order = { jobId: job.id, plan, frame, threads };
    // A frame's own time limit begins when its simulation stands there.
    const rendered = await renderStaged(worker, order, limits, () =>
      laneLimits(run, job, { stallMs: run.options.stall.firstFrameMs }),
    );
    // One at a time, so that what is not done yet never grows.
    await this.#last?.finished;
    this.#last = null;
    if (!rendered.ok) {
      const failure = withStallReason(rendered.failure, stall);
      run.frameFailed(job.id, frame, tries, failure, this.#gpu ?? undefined);
      // Nobody knows in what state an error leaves a GPU's driver: the next frame gets a fresh Blender.
      if (this.#gpu) await this.#blender.close();
      return this.#settle(job.id);
    }
    this.#blender.note(rendered.value.memoryMb);
    const blender = worker.blenderVersion;
    const staged = { job, plan, frame, tries, rendered: rendered.value, blender };
    const finished = finishFrame(run, staged).then(async () => {
      await this.#settle(job.id);
      // Who waits for work to help with looks again.
      run.bell.ring();
    });
    // The lane hears of what went wrong after its frame; the night is over now.
    finished.catch(() => run.cancel());
    this.#last = { jobId: job.id, seconds: rendered.value.seconds, finished };
  }

  #settle(jobId: string): Promise<void> {
    return settleAndTell(this.#run, jobId, (line) => this.#log(jobId, line));
  }

  async #encode(job: BatchJob): Promise<void> {
    const limits = laneLimits(this.#run, job, { stallMs: this.#run.options.stall.openMs });
    this.#log(job.id, { level: 'info', text: 'All frames are there; encoding the movie.' });
    const encoded = await encodeMovie(this.#blender.worker, job.id, planOf(job), limits);
    if (encoded.ok) this.#run.complete(job.id);
    else this.#run.jobFailed(job.id, encoded.failure);
  }

  #log(jobId: string | null, line: Omit<LogLine, 'at' | 'worker'>): void {
    if (jobId) this.#ports.onLog(jobId, { ...line, at: Date.now(), worker: this.number });
  }

  #state(state: WorkerState): void {
    const gpu = this.#gpu && { gpu: gpuName(this.#gpu) };
    this.#run.store.tell({ type: 'worker', worker: this.number, state, ...gpu });
  }
}

function isNextOf(jobId: string, task: Task): boolean {
  return task.kind === 'render' && task.job.id === jobId;
}
