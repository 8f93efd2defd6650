import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine, WorkerState } from '../../../shared/events.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { Answer, BlenderWorker, Limits, StartWorker } from '../../blender/types.ts';
import { encodeMovie } from '../frame/encode-movie.ts';
import { nothingRendered } from '../frame/failures.ts';
import { type OpenedJob, openJob } from '../frame/open-job.ts';
import { publishFrame, renderFrame } from '../frame/render-frame.ts';
import { availableMemoryMb } from '../machine.ts';
import { memoryAllows, shouldRecycle } from './memory.ts';
import type { Run } from './run.ts';
import { nextTask, type Task } from './scheduler.ts';
import { OPEN_STALL_MS, stallLimitMs } from './stall-limit.ts';
import { threadsFor } from './threads.ts';

const MEMORY_CHECK_MS = 2000;

/** What a lane needs from the pool. */
export interface LanePorts {
  readonly startWorker: StartWorker;
  /** The Blenders of the pool changed: their pids and tokens are recorded for the next start. */
  readonly onWorkers: () => Promise<void>;
  readonly onLog: (jobId: string, line: LogLine) => void;
  /** Memory of the other lanes' Blenders and the largest shot seen, MiB. */
  readonly memory: () => { readonly usedMb: number; readonly largestMb: number };
}

/** One lane of the pool: keeps one Blender warm, and takes one task after the other. */
export class Lane {
  readonly number: number;
  readonly #run: Run;
  readonly #ports: LanePorts;
  #worker: BlenderWorker | null = null;
  #token = '';
  #openJob: string | null = null;
  #jobsOpened = 0;
  #memoryMb = 0;
  readonly #openSeconds: Map<string, number>;

  constructor(number: number, run: Run, ports: LanePorts, openSeconds: Map<string, number>) {
    this.number = number;
    this.#run = run;
    this.#ports = ports;
    this.#openSeconds = openSeconds;
  }

  get memoryMb(): number {
    return this.#worker ? this.#memoryMb : 0;
  }

  /** For the record of running Blenders; `null` without one. */
  get process(): { readonly pid: number; readonly token: string } | null {
    return this.#worker ? { pid: this.#worker.pid, token: this.#token } : null;
  }

  /** Works until nothing is left or the run is cancelled, then closes its Blender. */
  async work(): Promise<void> {
    try {
      while (!this.#run.cancelled) {
        const task = this.#choose();
        if (task.kind === 'end') break;
        if (task.kind === 'wait') {
          this.#run.queue.occupy(this.number, null);
          this.#state({ status: 'idle' });
          await this.#run.bell.wait(task.until);
          continue;
        }
        this.#run.queue.occupy(this.number, task.job.id);
        await this.#perform(task);
        this.#run.bell.ring();
      }
    } finally {
      this.#run.queue.occupy(this.number, null);
      await this.#closeWorker();
      this.#state({ status: 'gone' });
      this.#run.bell.ring();
    }
  }

  #choose(): Task {
    const run = this.#run;
    run.queue.occupy(this.number, null);
    const waiting = run.stopped ? null : run.queue.next;
    const task = nextTask({
      openJob: this.#worker?.alive ? this.#openJob : null,
      running: run.stopped ? [] : run.queue.running.map((id) => run.store.job(id)),
      unstarted: waiting === null ? null : run.store.job(waiting),
      lanesOn: (id) => run.queue.lanesOn(id),
      notBefore: (id, frame) => run.queue.notBefore(id, frame),
      openSeconds: (id) => this.#openSeconds.get(id) ?? 0,
      now: Date.now(),
    });
    if (task.kind === 'end' || task.kind === 'wait') return task;
    if (run.pause.state) return { kind: 'wait', until: null };
    if (run.queue.busyLanes >= run.laneLimit) return { kind: 'wait', until: null };
    if (task.kind === 'open' && !this.#fits()) {
      return { kind: 'wait', until: Date.now() + MEMORY_CHECK_MS };
    }
    return task;
  }

  #fits(): boolean {
    const { usedMb, largestMb } = this.#ports.memory();
    const limit = this.#run.options.config.memoryLimitMb;
    const more = Math.max(0, largestMb - this.memoryMb);
    return memoryAllows(this.#run.queue.busyLanes, more, usedMb, availableMemoryMb(), limit);
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
    const limits = this.#limits(job, { stallMs: OPEN_STALL_MS });
    const opened = await this.#openScene(job, limits);
    if (!opened.ok) {
      this.#openJob = null;
      run.jobFailed(job.id, opened.failure);
      return;
    }
    this.#openSeconds.set(job.id, (performance.now() - began) / 1000);
    this.#openJob = job.id;
    this.#note(opened.value.memoryMb);
    // Ended while it was being opened: cancelled, or its time was up.
    if (run.store.job(job.id).status !== 'running') return;
    if (opened.value.replan) {
      run.store.record({
        type: 'job-planned',
        job: job.id,
        at: Date.now(),
        plan: opened.value.plan,
      });
    }
    for (const { frame, record } of opened.value.kept) {
      run.store.record({ type: 'frame-kept', job: job.id, at: Date.now(), frame, record });
    }
    run.settle(job.id);
  }

  async #openScene(job: BatchJob, limits: Limits): Promise<Answer<OpenedJob>> {
    const started = await this.#ensureWorker(limits);
    if (!started.ok) return started;
    this.#jobsOpened += 1;
    return openJob(started.value, job, this.#run.existing, limits, (text) =>
      this.#log(job.id, { level: 'warning', text }),
    );
  }

  async #render(job: BatchJob, frame: number): Promise<void> {
    const run = this.#run;
    const plan = planOf(job);
    const worker = this.#worker as BlenderWorker;
    const { store } = run;
    const threads = this.#takeThreads();
    const since = Date.now();
    store.record({ type: 'frame-started', job: job.id, at: since, frame, worker: this.number });
    this.#state({ status: 'rendering', job: job.id, frame, since, threads });
    const tries = (store.job(job.id).frames[plan.frames.indexOf(frame)]?.tries ?? 1) as number;
    const limits = this.#limits(job, { stallMs: stallLimitMs(job), frame: true });
    const rendered = await renderFrame(worker, { jobId: job.id, plan, frame, threads }, limits);
    if (!rendered.ok) return run.frameFailed(job.id, frame, tries, rendered.failure);
    this.#note(rendered.value.memoryMb);
    const done = {
      type: 'frame-done',
      job: job.id,
      at: Date.now(),
      frame,
      record: rendered.value,
    } as const;
    const written = await store.promise(done).then(
      () => true,
      (error: unknown) => {
        if (run.cancelled) return false;
        throw error;
      },
    );
    if (!written) return run.frameFailed(job.id, frame, tries, nothingRendered());
    const published = await publishFrame(plan, job.id, frame);
    if (!published.ok) {
      store.record({ type: 'frame-lost', job: job.id, at: Date.now(), frame });
      return run.frameFailed(job.id, frame, tries, published.failure);
    }
    store.fulfil(done);
    run.settle(job.id);
  }

  async #encode(job: BatchJob): Promise<void> {
    const limits = this.#limits(job, { stallMs: OPEN_STALL_MS });
    this.#log(job.id, { level: 'info', text: 'All frames are there; encoding the movie.' });
    const encoded = await encodeMovie(this.#worker as BlenderWorker, job.id, planOf(job), limits);
    if (encoded.ok) this.#run.complete(job.id);
    else this.#run.jobFailed(job.id, encoded.failure);
  }

  #takeThreads(): number {
    const { queue, options } = this.#run;
    const others = queue.threadsBeside(this.number);
    const threads = threadsFor({ cores: options.machine.cores, sharing: this.#sharing(), others });
    queue.setThreads(this.number, threads);
    return threads;
  }

  /** Lanes that share the cores: those at work, and those that have work to come. */
  #sharing(): number {
    const { queue, store, laneLimit } = this.#run;
    const frames = queue.running.reduce((sum, id) => {
      const { waiting, running } = store.job(id).counts;
      return sum + Math.max(1, waiting + running);
    }, 0);
    const coming = frames + (queue.next === null ? 0 : laneLimit);
    return Math.max(queue.busyLanes, Math.min(laneLimit, coming));
  }

  #limits(job: BatchJob, options: { stallMs: number; frame?: boolean }): Limits {
    const run = this.#run;
    const left = run.timeLeft(job);
    const seconds = job.shotConfig?.frameTimeoutSeconds ?? run.options.config.frameTimeoutSeconds;
    const own = options.frame && seconds !== null ? seconds * 1000 : null;
    const timeoutMs = left === null ? own : own === null ? left : Math.min(own, left);
    return { signal: run.signalFor(job.id), timeoutMs, stallMs: options.stallMs };
  }

  async #ensureWorker(limits: Limits): Promise<Answer<BlenderWorker>> {
    const { config, blender, temporary, machine, workers } = this.#run.options;
    const old = this.#worker;
    if (
      old?.alive &&
      !shouldRecycle(this.#jobsOpened, this.#memoryMb, machine.memoryMb, workers, config)
    ) {
      return { ok: true, value: old };
    }
    await this.#closeWorker();
    this.#state({ status: 'starting' });
    this.#token = randomUUID();
    const own = join(temporary, `lane-${this.number}`);
    await rm(own, { recursive: true, force: true });
    await mkdir(own, { recursive: true });
    const started = await this.#ports.startWorker(
      {
        lane: this.number,
        blenderPath: blender.path,
        trusted: config.trusted,
        factoryStartup: config.factoryStartup,
        temporary: own,
        token: this.#token,
        onLog: (line) => this.#log(this.#run.queue.laneJob(this.number), line),
        onSamples: (samples) => {
          const job = this.#run.queue.laneJob(this.number);
          if (job) this.#run.store.tell({ type: 'samples', worker: this.number, job, ...samples });
        },
      },
      limits,
    );
    if (!started.ok) return started;
    this.#worker = started.value;
    this.#jobsOpened = 0;
    this.#memoryMb = 0;
    await this.#ports.onWorkers();
    return started;
  }

  async #closeWorker(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#openJob = null;
    if (!worker) return;
    await worker.close();
    await this.#ports.onWorkers();
  }

  #note(memoryMb: number): void {
    this.#memoryMb = Math.max(this.#memoryMb, memoryMb);
  }

  #log(jobId: string | null, line: Omit<LogLine, 'at' | 'worker'>): void {
    if (jobId) this.#ports.onLog(jobId, { ...line, at: Date.now(), worker: this.number });
  }

  #state(state: WorkerState): void {
    this.#run.store.tell({ type: 'worker', worker: this.number, state });
  }
}

function planOf(job: BatchJob): FramePlan {
  if (!job.plan) throw new Error(`${job.name} has no frames yet.`);
  return job.plan;
}
