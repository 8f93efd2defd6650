import type { LogLine, WorkerState } from '../../../shared/events.ts';
import type { Failure } from '../../../shared/failure.ts';
import { gpuName } from '../../../shared/gpu.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { passed } from '../../blender/steps.ts';
import type { Answer } from '../../blender/types.ts';
import { LOOK_STALL_MS, withStallReason } from './limits.ts';
import { lookThrough, type OpenedJob } from './open-job.ts';
import { checkFrame, encodeMovie, LATE_MS, renderStaged } from './render-frame.ts';
import { WarmBlender } from './warm-blender.ts';
import type {
  AllocateTask,
  CheckTask,
  EncodeTask,
  FreeWorker,
  OpenTask,
  Outcome,
  RenderTask,
  WorkerPlace,
  WorkerRun,
  WorkerSetup,
} from './worker-ports.ts';

/** A rendered frame while the run verifies and commits it. */
interface Finishing {
  readonly jobId: string;
  readonly seconds: number;
  readonly finished: Promise<void>;
}

/** One worker of the pool: takes a task, does it in its Blender process, and reports the outcome. */
export class Worker {
  readonly #place: WorkerPlace;
  readonly #run: WorkerRun;
  readonly #setup: WorkerSetup;
  readonly #blender: WarmBlender;
  /** The job that Blender's log lines belong to. */
  #jobId: string | null = null;
  /** The frame that is verified and committed while Blender renders the next one. */
  #last: Finishing | null = null;
  /** Frames rendered in the current allocation. */
  #framesHere = 0;
  #isAsking = false;
  /** Blenders that did not start in an allocation. */
  #starts = 0;
  #gone: Promise<void> = Promise.resolve();

  constructor(place: WorkerPlace, run: WorkerRun, setup: WorkerSetup) {
    this.#place = place;
    this.#run = run;
    this.#setup = setup;
    const { number } = place;
    this.#blender = new WarmBlender(place, setup, {
      onStarting: () => {
        if (!this.#isAsking) this.#state({ status: 'starting' });
      },
      onLog: (line) => this.#log(this.#jobId, line),
      onSamples: (samples) => {
        const job = this.#jobId;
        if (job) run.tell({ type: 'samples', worker: number, job, ...samples });
      },
    });
  }

  /** Resolves when its Blender process has ended, after `work`. Rejects if that failed. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  get number(): number {
    return this.#place.number;
  }

  /** What its Blender uses, 0 without one, and the most that any of its Blenders used, MiB. */
  get memory(): FreeWorker['memory'] {
    return this.#blender.memory;
  }

  /** Works until the run has no more tasks, then asks its Blender to end: see `gone`. */
  async work(): Promise<void> {
    try {
      while (await this.#step());
    } finally {
      this.#gone = this.#blender.leave();
      this.#gone.catch(() => {});
      await this.#settle().finally(() => this.#state({ status: 'gone' }));
    }
  }

  /** Does one task; false: there are no more. */
  async #step(): Promise<boolean> {
    const task = await this.#run.next(this.#place, () => this.#free());
    if ('job' in task) this.#jobId = task.job.id;
    switch (task.kind) {
      case 'end':
        return false;
      case 'settle':
        await this.#settle();
        break;
      case 'close':
        this.#state({ status: 'idle' });
        await this.#blender.close();
        break;
      case 'list-gpus': {
        const list = await this.#blender.listGpus(this.#run.signal, task.blenderPath);
        await this.#report({ kind: 'gpus', list });
        break;
      }
      case 'allocate':
        await this.#allocate(task);
        break;
      case 'open':
        await this.#open(task);
        break;
      case 'render':
        await this.#render(task);
        break;
      case 'check':
        await this.#check(task);
        break;
      case 'encode':
        await this.#encode(task);
        break;
    }
    if (!this.#last) this.#jobId = null;
    return true;
  }

  #free(): FreeWorker {
    const { openJob, scene, path: blender, memory, needsPlace } = this.#blender;
    const finishing = this.#last;
    const isSpent = (path: string) => this.#blender.isSpent(path);
    const framesHere = this.#framesHere;
    return { openJob, scene, blender, memory, needsPlace, framesHere, finishing, isSpent };
  }

  async #settle(): Promise<void> {
    try {
      await this.#last?.finished;
    } finally {
      this.#last = null;
    }
  }

  /** Waits for an allocation of the cluster and for Blender to start there. */
  async #allocate(task: AllocateTask): Promise<void> {
    const { job, gpu, signal } = task;
    const choice = await this.#choose(job, true);
    if (!choice.ok) return this.#report({ kind: 'refused', task, failure: choice.failure });
    this.#framesHere = 0;
    this.#isAsking = true;
    this.#state({ status: 'asking', why: null });
    const asking = {
      ...{ signal, gpu },
      onWaiting: (why: string) => this.#state({ status: 'asking', why }),
      onGiven: () => this.#state({ status: 'starting' }),
    };
    const limits = { signal, timeoutMs: null, stallMs: task.stallMs };
    const { path, version } = choice.value;
    const up = await this.#blender.takePlace(path, asking, limits).finally(() => {
      this.#isAsking = false;
    });
    const report = (result: Extract<Outcome, { kind: 'allocated' }>['result']) =>
      this.#report({ kind: 'allocated', task, result });
    if (signal.aborted) {
      await this.#blender.close();
      return report({ kind: 'unwanted' });
    }
    if (!up.ok) {
      this.#starts += 1;
      return report({ kind: 'failed', failure: up.failure, starts: this.#starts });
    }
    if (up.value === null || up.value === version) return report({ kind: 'up' });
    const node = this.#blender.place?.node ?? '';
    const message = `Blender is ${up.value} there, and ${version} here`;
    const reported = report({ kind: 'other-version', node, message });
    await this.#blender.close();
    return reported;
  }

  async #choose(job: BatchJob, helps: boolean) {
    const { blenders } = this.#setup;
    return (helps ? blenders.given(job.id) : undefined) ?? blenders.choose(job);
  }

  async #open(task: OpenTask): Promise<void> {
    const began = performance.now();
    const opened = await this.#openInItsOwn(task);
    if (opened === null) return;
    if (!opened.ok) return this.#failed(task, opened.failure);
    if (opened.value.kind === 'elsewhere') {
      // Its own Blender has the scene open and knows the drivers already.
      const { signal } = this.#run;
      const gpus = !task.knowsGpus && { gpus: await this.#blender.listGpus(signal, '') };
      return this.#report({ kind: 'elsewhere', task, ...gpus });
    }
    if (opened.value.kind === 'changed') {
      return this.#report({ kind: 'changed', task, source: opened.value.source });
    }
    const seconds = (performance.now() - began) / 1000;
    await this.#report({ kind: 'opened', task, opened: opened.value, seconds });
    const limits = task.limits({ stallMs: LOOK_STALL_MS });
    const { plan } = opened.value;
    const inspected = task.inspects
      ? await lookThrough(this.#blender.worker, plan.frames, limits)
      : null;
    passed('looked-through');
    await this.#report({ kind: 'ready', task, opened: opened.value, inspected });
  }

  /** Opens a job's scene in the Blender that it needs; `null`: the run got another outcome. */
  async #openInItsOwn(task: OpenTask): Promise<Answer<OpenedJob> | null> {
    const { job } = task;
    const { blenders } = this.#setup;
    // Again where Blender was updated after Nightshift had asked for its version.
    for (;;) {
      const choice = await this.#choose(job, task.helps);
      if (!choice.ok) {
        await this.#report({ kind: 'refused', task, failure: choice.failure });
        return null;
      }
      if (choice.again) {
        await this.#report({ kind: 'other-blender', task, version: choice.value.version });
        return null;
      }
      const opened = await this.#blender.open(task, choice.value);
      if (!opened.ok || opened.value.kind !== 'other-version') return opened as Answer<OpenedJob>;
      blenders.isNow(choice.value.path, opened.value.version);
      await blenders.choose(job);
    }
  }

  async #render(task: RenderTask): Promise<void> {
    const { plan, frame, threads, way, stall } = task;
    const order = { jobId: task.job.id, plan, frame, threads, way };
    const { worker, framesOfScene: before } = this.#blender;
    const node = this.#node;
    // A frame's own time limit begins after the run-up of its simulation.
    const rendered = await renderStaged(
      worker,
      order,
      () => task.limits({ stallMs: stall.ms, frame: true }),
      () => task.limits({ stallMs: task.runUpStallMs }),
    );
    // One frame at a time is verified, so that unfinished frames never pile up.
    await this.#settle();
    if (!rendered.ok) {
      return this.#failed(task, withStallReason(rendered.failure, stall), node);
    }
    passed('frame-rendered');
    this.#blender.note(rendered.value.memoryMb);
    this.#framesHere += 1;
    this.#blender.hasRendered();
    const { seconds } = rendered.value;
    const blender = worker.blenderVersion;
    const outcome = { kind: 'rendered', task, rendered: rendered.value, blender, before } as const;
    const finished = this.#report(outcome);
    // `#settle` gets the rejection.
    finished.catch(() => {});
    this.#last = { jobId: task.job.id, seconds, finished };
  }

  async #check(task: CheckTask): Promise<void> {
    const { job, plan, frame, threads, stall, record } = task;
    const limits = () => task.limits({ stallMs: stall.ms, frame: true });
    const lateMs = this.#blender.place === null ? 0 : LATE_MS;
    const node = this.#node;
    const order = { jobId: job.id, plan, frame, threads };
    const checked = await checkFrame(this.#blender.worker, order, record, { limits, lateMs });
    if (!checked.ok) {
      return this.#failed(task, withStallReason(checked.failure, stall), node);
    }
    this.#blender.note(checked.value.rendered.memoryMb);
    await this.#report({ kind: 'checked', task, ...checked.value });
  }

  async #encode(task: EncodeTask): Promise<void> {
    const { job, plan, stallMs } = task;
    this.#log(job.id, { level: 'info', text: 'All frames are there; encoding the movie.' });
    const limits = task.limits({ stallMs });
    const encoded = await encodeMovie(this.#blender.worker, job.id, plan, limits);
    if (!encoded.ok) return this.#failed(task, encoded.failure);
    await this.#report({ kind: 'encoded', task });
  }

  /** The node of its Blender; a Blender that has crashed is on none any more, so read it before the work. */
  get #node(): string | undefined {
    return this.#blender.place?.node;
  }

  async #failed(
    task: OpenTask | RenderTask | CheckTask | EncodeTask,
    failure: Failure,
    node?: string,
  ): Promise<void> {
    const reported = this.#report({ kind: 'failed', task, failure, node });
    // An error may leave the GPU's driver in any state: the next frame gets a new Blender process.
    const isFrame = task.kind === 'render' || task.kind === 'check';
    if (isFrame && this.#place.gpu) await this.#blender.close();
    await reported;
  }

  #report(outcome: Outcome): Promise<void> {
    return this.#run.report(this.#place, outcome);
  }

  #log(job: string | null, line: Omit<LogLine, 'at' | 'worker'>): void {
    if (job === null) return;
    this.#run.tell({ type: 'log', job, line: { ...line, at: Date.now(), worker: this.number } });
  }

  #state(state: WorkerState): void {
    const gpu = this.#place.gpu && { gpu: gpuName(this.#place.gpu) };
    const place = this.#blender.place && { node: this.#blender.place.node };
    this.#run.tell({ type: 'worker', worker: this.number, state, ...gpu, ...place });
  }
}
