import type {
  BatchConfig,
  BlenderInfo,
  ExistingPolicy,
  MachineInfo,
} from '../../../shared/batch.ts';
import type { BatchSignal } from '../../../shared/events.ts';
import { gpuName } from '../../../shared/gpu.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState, isRested, planOf } from '../../../shared/job-state.ts';
import type { BatchStore } from '../batch-store.ts';
import type { Blenders } from '../capacity/choose-blender.ts';
import { needsGpu } from '../capacity/gpus.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import type { SameFiles } from '../capacity/same-files.ts';
import type { JobLogs } from '../journal/job-log.ts';
import { checkOf } from '../lane/keep-scene.ts';
import { laneLimits, type StallBounds, stallLimit } from '../lane/limits.ts';
import { Worker } from '../lane/worker.ts';
import type {
  AllocateTask,
  FreeWorker,
  Outcome,
  Task,
  WorkerPlace,
  WorkerRun,
  WorkerSetup,
} from '../lane/worker-ports.ts';
import { allEnded } from '../lib/side-by-side.ts';
import { WakeSignal } from '../lib/wake-signal.ts';
import { Allocation, type RunSeats } from './allocation.ts';
import { commitFrame } from './commit-frame.ts';
import { JobPolicy } from './job-policy.ts';
import { JobsInRun } from './jobs-in-run.ts';
import { Pause } from './pause.ts';
import { Dependencies, RunQueue } from './queue.ts';
import { SceneChecks } from './scene-checks.ts';
import {
  type Choice,
  type LaneChoices,
  nextTask,
  type RunningJob,
  type Work,
} from './scheduler.ts';
import { WorkerPool } from './worker-pool.ts';

/** An allocation of a cluster without work is given back after this time. */
const GIVE_BACK_MS = 15_000;

/** The loop of one run: gives each free worker a task, and passes what came of it to the policies. */
export class Run implements WorkerRun {
  readonly store: BatchStore;
  readonly config: BatchConfig;
  readonly blenders: Blenders;
  readonly pause: Pause;
  readonly #options: RunOptions;
  readonly #changed = new WakeSignal();
  readonly #stop = new AbortController();
  readonly #jobs: JobsInRun;
  readonly #queue: RunQueue;
  readonly #pool: WorkerPool;
  readonly #allocation: Allocation;
  readonly #policy: JobPolicy;
  readonly #checks: SceneChecks;
  readonly #dependencies: Dependencies;
  /** Aborts the request of a worker that asks for an allocation, by its number. */
  readonly #asking = new Map<
    number,
    { readonly gpu: boolean; readonly unwanted: AbortController }
  >();
  /** Frames that wait for their names without a worker. */
  readonly #namings = new Set<Promise<void>>();
  #logs: Pick<JobLogs, 'append'> | null = null;

  constructor(options: RunOptions) {
    const { store, config, claims, elsewhere, seats, blenders } = options;
    this.#options = options;
    this.store = store;
    this.config = config;
    this.blenders = blenders;
    this.pause = new Pause(store, this.#changed);
    const jobs = new JobsInRun({ stop: this.#stop.signal, clock: () => this.pause.clock() });
    const queue = new RunQueue((jobId) => {
      const choice = blenders.given(jobId);
      return choice?.ok ? choice.value.path : null;
    });
    const pool = new WorkerPool(options.workers);
    this.#allocation = new Allocation({ ...options, jobs, queue, pool });
    this.#checks = new SceneChecks(store, jobs, pool);
    this.#policy = new JobPolicy({
      ...{ store, config, jobs, queue, pool, pause: this.pause, claims, nodes: seats.nodes },
      allocation: this.#allocation,
      retries: options.retries ?? true,
      warn: (job, text) => this.#warn(job, text),
      add: (id) => this.add([id]),
      ended: (id) => {
        if (!this.stopped && !this.cancelled) this.#dependencies.ended(id);
        this.#changed.wakeAll();
      },
    });
    this.#dependencies = new Dependencies({
      ...{ store, jobs, queue, elsewhere },
      leaveOut: (job, why) => this.#policy.end(job, 'skipped', why),
    });
    [this.#jobs, this.#queue, this.#pool] = [jobs, queue, pool];
  }

  // ---- For the batch

  /** Works off what was added. Jobs may have been added meanwhile: see `hasMore`. */
  async work(logs: Pick<JobLogs, 'append'>): Promise<void> {
    this.#logs = logs;
    const { seats } = this.#options;
    const make = (number: number, gpu: WorkerPlace['gpu']) =>
      new Worker({ number, gpu, seat: seats.of(number) }, this, this.#options);
    try {
      await this.#pool.work(this.#allocation.gpus, make, {
        onBroken: () => this.cancel(),
        onGone: (worker) => this.#occupy(worker, null),
      });
    } finally {
      await allEnded([...this.#namings]);
    }
  }

  /** Resolves when no Blender is left, after it was worked off. Rejects if one could not be ended. */
  emptied(): Promise<void> {
    return this.#pool.emptied();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get cancelled(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Set when `continueOnError: false` met its first failed job. */
  get stopped(): boolean {
    return this.#policy.stopped;
  }

  cancel(): void {
    this.#stop.abort();
    this.#changed.wakeAll();
  }

  /** Takes a job out of the run: its Blenders are killed, its finished frames stay. */
  cancelJob(jobId: string): void {
    const job = this.store.job(jobId);
    if (job.status !== 'waiting' && job.status !== 'running') return;
    this.#jobs.get(jobId).abort();
    this.#policy.end(job, 'cancelled', null);
  }

  /** Takes jobs in (again), and those that were skipped because of one. @param late the batch did not have them */
  add(jobIds: readonly string[], late: readonly BatchJob[] = []): void {
    const all = this.#dependencies.takeIn(jobIds, late);
    for (const id of all) this.#allocation.gpus.joined(this.store.job(id));
    for (const id of all) this.#dependencies.place(id);
    this.#changed.wakeAll();
  }

  /** Whether a job is waiting or running in this run. */
  isComing(jobId: string): boolean {
    const job = this.store.job(jobId);
    const isOpen = job.status === 'running' || (job.status === 'waiting' && !isRested(job));
    return isOpen && this.#jobs.find(jobId)?.isTaken === true;
  }

  /** Frames of these jobs wait again: they are looked for in their order. */
  rewind(jobIds: readonly string[]): void {
    for (const id of jobIds) this.#jobs.get(id).frames.rewind();
    this.#changed.wakeAll();
  }

  /** Jobs have another priority now. */
  reorder(jobIds: readonly string[]): void {
    for (const id of jobIds) this.#queue.reorder(this.store.job(id));
    this.#changed.wakeAll();
  }

  /** The artist ordered the jobs by hand. */
  arrange(order: readonly string[] | null): void {
    this.#queue.arrange(order);
    this.#changed.wakeAll();
  }

  /** Whether jobs are left that no worker has started. */
  get hasMore(): boolean {
    return this.#queue.hasWaiting || this.#jobs.someHeld;
  }

  /** Resolves when the batch is not paused any more, or cancelled. */
  async unpaused(): Promise<void> {
    while (this.pause.state && !this.cancelled) await this.#changed.wait(null);
  }

  /** Takes a complete job in again if its files were taken away since. */
  lookAgain(jobId: string): Promise<void> {
    return this.#policy.lookAgain(jobId);
  }

  /** Workers that have the scenes of these jobs open open them anew. */
  openAnew(jobIds: readonly string[]): void {
    this.#policy.openAnew(jobIds);
  }

  // ---- For its workers: see `WorkerRun`

  async next(worker: WorkerPlace, facts: () => FreeWorker): Promise<Task> {
    let idleSince: number | null = null;
    for (;;) {
      const free = facts();
      const task = this.#assign(worker, free);
      if (task.kind !== 'wait') return task;
      let { until } = task;
      if (worker.seat.place) {
        idleSince ??= performance.now();
        const givesBack = idleSince + GIVE_BACK_MS;
        if (performance.now() >= givesBack) return { kind: 'close' };
        until = Math.min(until ?? givesBack, givesBack);
      }
      if (this.#allocation.isShortOfMemory && free.blender !== null) return { kind: 'close' };
      // Nothing is awaited between the choice and this, so that no change is missed.
      const change = this.#changed.wait(until);
      this.#state(worker, { status: 'idle', ...(task.why && { why: task.why }) });
      await change;
    }
  }

  async report(worker: WorkerPlace, outcome: Outcome): Promise<void> {
    try {
      await this.#act(worker, outcome);
    } catch (error) {
      // No shot is to blame: the run ends.
      this.cancel();
      throw error;
    } finally {
      this.#changed.wakeAll();
    }
  }

  tell(signal: BatchSignal): void {
    if (signal.type === 'log') this.#logs?.append(signal.job, signal.line);
    this.store.tell(signal);
  }

  // ---- Which task a worker gets

  /** Chooses a worker's next task and records that it is at work on it, in one step. */
  #assign(worker: WorkerPlace, free: FreeWorker): Task | Extract<Choice, { kind: 'wait' }> {
    const { number, gpu } = worker;
    const isOver = this.cancelled || !worker.seat.alive || this.#allocation.gpus.isLost(gpu);
    if (!isOver && this.#allocation.gpus.takesAsking(gpu ? 'gpu' : 'cpu')) {
      return { kind: 'list-gpus', blenderPath: this.#options.blender.path };
    }
    const before = this.#pool.jobOf(number);
    this.#pool.occupy(number, null);
    const choice: Choice = isOver ? { kind: 'end' } : this.#choose(worker, free);
    const { finishing } = free;
    const isNext = choice.kind === 'render' && choice.job.id === finishing?.jobId;
    if (finishing && (!isNext || this.#checks.isBeingTried(worker))) {
      this.#pool.occupy(number, finishing.jobId);
      return { kind: 'settle' };
    }
    const task = this.#taskFor(worker, free, choice);
    const now = this.#pool.jobOf(number);
    if (before !== null && before !== now) this.#left(before);
    // Others may help with what this worker has begun.
    if (before !== null) this.#changed.wakeAll();
    return task;
  }

  #choose(worker: WorkerPlace, free: FreeWorker): Choice {
    for (;;) {
      const schedule = this.#schedule(worker, free);
      const choice = nextTask(schedule);
      if (choice.kind === 'end' || choice.kind === 'wait' || choice.kind === 'move') return choice;
      if (this.pause.state) return { kind: 'wait', until: null, why: { kind: 'paused' } };
      const granted = this.#allocation.grant(worker, free, { work: choice, schedule });
      if (!('job' in granted)) return granted;
      // The claims of a job stay while a frame of it is committed.
      this.#pool.occupy(worker.number, free.finishing?.jobId ?? null);
      const isLate = this.#policy.endIfLate(granted.job);
      this.#pool.occupy(worker.number, null);
      if (!isLate) return granted;
    }
  }

  /** What there is to do for a worker, as plain facts. */
  #schedule(worker: WorkerPlace, free: FreeWorker): LaneChoices {
    const { store, stopped } = this;
    const now = performance.now();
    const { openJob: open, blender, needsPlace } = free;
    // A scene of older files is another scene now.
    const openJob = open !== null && this.#jobs.get(open).scene === free.scene ? open : null;
    const mayRun = (id: string) => this.#allocation.mayRun(worker, id, needsPlace);
    const running = stopped ? [] : [...this.#jobs.running];
    const waiting = stopped ? null : this.#queue.next(mayRun, blender);
    const session = openJob === null ? null : this.#checks.sessionOf(worker);
    return {
      openJob: openJob !== null && mayRun(openJob) ? openJob : null,
      running: running.map(({ id, delays, frames, checking, openSeconds }): RunningJob => {
        const job = store.job(id);
        // A running Blender may help at once; starting one has to be worth it.
        const helpFrom = blender === null ? this.#allocation.helpFrom(job) : 0;
        return {
          ...{ job, openSeconds, mayRun: mayRun(id), lanes: this.#pool.on(id) },
          nextFrame: frames.next(job, (frame) => delays.until(frame) <= now),
          check: openJob === id ? checkOf(job, session, (each) => checking.has(each)) : null,
          openFrom: delays.until('opening'),
          helpFrom: Math.max(delays.until('helping'), helpFrom),
          nextTry: delays.next(now),
        };
      }),
      unstarted:
        waiting === null ? null : { job: store.job(waiting), lanes: this.#pool.on(waiting) },
      more: !stopped && this.hasMore,
      now,
      wallNow: Date.now(),
    };
  }

  /** Adds everything that it takes to do a task. */
  #taskFor(
    worker: WorkerPlace,
    free: FreeWorker,
    choice: Choice,
  ): Task | Extract<Choice, { kind: 'wait' }> {
    if (choice.kind === 'wait' || choice.kind === 'end') return choice;
    if (choice.kind === 'move') return { kind: 'close' };
    const { id } = choice.job;
    if (free.needsPlace) return this.#askForPlace(worker, choice.job);
    if (choice.kind === 'open' && worker.seat.place) {
      const given = this.blenders.given(id);
      const path = given?.ok ? given.value.path : (free.blender ?? '');
      // On a cluster a new Blender needs a new allocation, and no job is held meanwhile.
      if (free.isSpent(path)) return { kind: 'close' };
    }
    this.#occupy(worker.number, id);
    const { stall } = this.#options;
    if (choice.kind === 'open') return this.#openTask(worker, choice.job);
    const job = this.store.job(id);
    const limits = (options: Parameters<typeof laneLimits>[2]) =>
      laneLimits(this.#policy, job, options);
    const about = { job, plan: planOf(job), limits };
    if (choice.kind === 'encode') return { kind: 'encode', ...about, stallMs: stall.openMs };
    return choice.kind === 'check'
      ? this.#checkTask(worker, choice, about)
      : this.#renderTask(worker, free, choice, about);
  }

  #askForPlace({ number }: WorkerPlace, job: BatchJob): AllocateTask {
    const unwanted = new AbortController();
    const gpu = needsGpu(job);
    const signal = AbortSignal.any([this.signal, unwanted.signal]);
    this.#pool.asks(number, { gpu });
    void this.#watch(number, gpu, unwanted);
    return { kind: 'allocate', job, gpu, signal, stallMs: this.#options.stall.openMs };
  }

  /** Withdraws the request for an allocation that no work needs any more. */
  async #watch(number: number, gpu: boolean, unwanted: AbortController): Promise<void> {
    const asking = { gpu, unwanted };
    this.#asking.set(number, asking);
    while (this.#asking.get(number) === asking && !this.cancelled) {
      await this.#changed.wait(null);
      const isWanted = !this.pause.state && this.#allocation.isPlaceWanted(number, gpu);
      if (this.#asking.get(number) === asking && !isWanted) return unwanted.abort();
    }
  }

  #openTask(worker: WorkerPlace, { id }: BatchJob): Task {
    const { files, claims, stall } = this.#options;
    const allocation = this.#allocation;
    this.#policy.started(this.store.job(id));
    const job = this.store.job(id);
    const known = this.#jobs.get(id);
    allocation.opens(worker);
    this.#state(worker, { status: 'opening', job: id });
    return {
      ...{ kind: 'open', job, scene: known.scene, stallMs: stall.openMs },
      limits: (options) => laneLimits(this.#policy, job, options),
      helps: this.#pool.on(id) > 1,
      inspects: known.looksNext,
      knowsGpus: allocation.gpus.inUse !== null,
      existing: this.#existingFor(id),
      ...(allocation.isLeftToCpu(job) && { device: 'cpu' as const }),
      claim: async (plan) => (await files.take(job, plan)) ?? claims.claim(id, plan),
      fits: (wants) => allocation.fits(worker, job, wants),
    };
  }

  #renderTask(
    worker: WorkerPlace,
    { finishing }: FreeWorker,
    { job: { id }, frame }: Extract<Work, { kind: 'render' }>,
    about: Pick<Extract<Task, { kind: 'render' }>, 'job' | 'plan' | 'limits'>,
  ): Task {
    const { stall: bounds } = this.#options;
    const { isShortOfMemory } = this.#allocation;
    const way = this.#checks.begin(worker, about.job, isShortOfMemory);
    const since = Date.now();
    const node = worker.seat.place?.node;
    const on = { worker: worker.number, ...(node !== undefined && { node }) };
    this.store.record({ type: 'frame-started', job: id, at: since, frame, ...on });
    const threads = this.#allocation.takeThreads(worker, about.job);
    this.#state(worker, { status: 'rendering', job: id, frame, since, threads });
    const job = this.store.job(id);
    const tries = frameState(job, frame)?.tries ?? 1;
    const stall = stallLimit(job, bounds, finishing?.seconds ?? 0);
    const how = { frame, tries, threads, way, stall, runUpStallMs: bounds.firstFrameMs };
    return { kind: 'render', ...about, job, ...how };
  }

  #checkTask(
    worker: WorkerPlace,
    { frame, session }: Extract<Work, { kind: 'check' }>,
    about: Pick<Extract<Task, { kind: 'check' }>, 'job' | 'plan' | 'limits'>,
  ): Task {
    const { job } = about;
    const state = frameState(job, frame);
    if (state?.status !== 'done') throw new Error(`Frame ${frame} of ${job.name} is not done.`);
    this.#jobs.get(job.id).checking.add(session);
    const threads = this.#allocation.takeThreads(worker, job);
    this.#state(worker, { status: 'rendering', job: job.id, frame, since: Date.now(), threads });
    const stall = stallLimit(job, this.#options.stall);
    return { kind: 'check', ...about, frame, session, record: state.record, threads, stall };
  }

  /** Frames of changed files, or of another Blender, are not kept, whatever is asked for. */
  #existingFor(jobId: string): ExistingPolicy {
    const isAnew = this.#jobs.get(jobId).scene > 0 || this.#options.again.has(jobId);
    return isAnew ? 'resume' : this.config.existing;
  }

  // ---- What came of it

  async #act(worker: WorkerPlace, outcome: Outcome): Promise<void> {
    const policy = this.#policy;
    switch (outcome.kind) {
      case 'gpus':
        return this.#allocation.learnGpus(outcome.list);
      case 'elsewhere':
        if (outcome.gpus !== undefined) this.#allocation.learnGpus(outcome.gpus);
        return;
      case 'allocated':
        return this.#allocated(worker, outcome);
      case 'refused':
        this.#asksNoMore(worker);
        return policy.refuse(outcome.task.job.id, outcome.failure);
      case 'other-blender':
        return policy.otherBlender(outcome.task.job, outcome.version);
      case 'changed':
        return policy.changed(outcome.task.job.id, outcome.source);
      case 'opened':
        return this.#opened(worker, outcome);
      case 'ready':
        return this.#ready(outcome);
      case 'rendered':
        return this.#rendered(worker, outcome);
      case 'checked':
        return this.#checked(worker, outcome);
      case 'encoded':
        return policy.complete(outcome.task.job.id);
      case 'failed':
        return this.#failed(worker, outcome);
    }
  }

  #allocated(worker: WorkerPlace, { task, result }: Extract<Outcome, { kind: 'allocated' }>): void {
    const { number } = worker;
    this.#asksNoMore(worker);
    if (result.kind === 'other-version') {
      this.#options.seats.nodes.leaveOut(result.node, result.message);
    }
    if (result.kind !== 'failed') return;
    const { failure, starts } = result;
    const { id } = task.job;
    this.#policy.nodeFailed(failure.node, id, `start ${number}.${starts}`, failure);
    const { status } = this.store.job(id);
    if (status !== 'waiting' && status !== 'running') return;
    // It counts as at work on the job for this moment: as a helper, where others are on it.
    this.#occupy(number, id);
    this.#policy.started(task.job);
    this.#policy.jobFailed(id, failure);
    this.#occupy(number, null);
  }

  #opened(
    worker: WorkerPlace,
    { task, opened, seconds }: Extract<Outcome, { kind: 'opened' }>,
  ): void {
    const { id } = task.job;
    this.#checks.opened(worker, opened.builtAnew);
    this.#jobs.get(id).openSeconds = seconds;
    if (this.store.job(id).status === 'running' && opened.replan)
      this.#policy.replan(id, opened.plan);
  }

  async #ready({ task, opened, inspected }: Extract<Outcome, { kind: 'ready' }>): Promise<void> {
    const { id } = task.job;
    // It may have ended while it was opened: cancelled, or its time was up.
    if (this.store.job(id).status !== 'running') return;
    if (inspected) await this.#warnings(task.job, opened, inspected);
    for (const { frame, record } of opened.kept) {
      // Another worker may have rendered it meanwhile.
      if (frameState(this.store.job(id), frame)?.status !== 'waiting') continue;
      this.store.record({ type: 'frame-kept', job: id, at: Date.now(), frame, record });
    }
    await this.#policy.endIfDone(id);
  }

  /** Records what spoils the pictures of an opened scene. */
  async #warnings(
    job: BatchJob,
    { plan, otherFiles }: Extract<Outcome, { kind: 'ready' }>['opened'],
    inspected: NonNullable<Extract<Outcome, { kind: 'ready' }>['inspected']>,
  ): Promise<void> {
    this.#jobs.get(job.id).looksNext = false;
    const twice = await this.#options.files.takeBeside(job, plan, otherFiles);
    if (this.#jobs.isAborted(job.id)) return;
    if (!inspected.ok) {
      const { message } = inspected.failure;
      return this.#warn(
        job.id,
        `The scene could not be looked through for what is missing. ${message}`,
      );
    }
    const seen = [...twice, ...inspected.value];
    const choice = this.blenders.given(job.id);
    const ofBlender = choice?.ok ? choice.warnings : [];
    for (const { message } of [...ofBlender, ...seen]) this.#warn(job.id, message);
    const warnings = [...ofBlender, ...this.#allocation.warnings(job), ...seen];
    if (warnings.length === 0 && job.warnings.length === 0) return;
    this.store.record({ type: 'job-warned', job: job.id, at: Date.now(), warnings });
  }

  async #rendered(
    worker: WorkerPlace,
    outcome: Extract<Outcome, { kind: 'rendered' }>,
  ): Promise<void> {
    const { task, rendered, blender } = outcome;
    const { job, frame } = task;
    const node = worker.seat.place?.node;
    if (node !== undefined) this.#options.seats.nodes.worked(node, job.id);
    const { before, ...kept } = this.#checks.rendered(worker, outcome);
    const policy = this.#policy;
    const [store, jobs] = [this.store, this.#jobs];
    await commitFrame(
      {
        ...{ store, jobs, isCancelled: () => this.cancelled },
        failed: (tries, failure) => policy.frameFailed(job, frame, tries, failure),
        done: (record) => this.#allocation.frameDone(job, record, before),
        held: ({ message }, naming) => {
          this.#warn(job.id, `Frame ${frame} is rendered and waits for its name. ${message}`);
          this.#waitsForName(naming);
        },
        settled: async () => {
          await policy.endIfDone(job.id);
          this.#changed.wakeAll();
        },
      },
      { task, rendered, blender, elsewhere: node !== undefined, ...kept },
    );
    await policy.endIfDone(job.id);
  }

  #waitsForName(naming: Promise<void>): void {
    this.#namings.add(naming);
    naming.then(
      () => this.#namings.delete(naming),
      // `work` rejects with it.
      () => this.cancel(),
    );
  }

  async #checked(
    worker: WorkerPlace,
    { task, rendered, is }: Extract<Outcome, { kind: 'checked' }>,
  ): Promise<void> {
    const { job, frame, session, record } = task;
    this.#checks.rebuilt(worker, rendered);
    const now = frameState(this.store.job(job.id), frame);
    // Not if it was rendered again meanwhile: the compared picture is none of it any more.
    if (now?.status === 'done' && now.record.at === record.at) {
      if (is === 'gone') await this.#policy.takenAway(job.id, frame);
      else this.#checks.checked(worker, task, is === 'same', rendered.seconds);
    }
    this.#jobs.get(job.id).checking.delete(session);
    await this.#policy.endIfDone(job.id);
  }

  async #failed(
    worker: WorkerPlace,
    { task, failure: found, node }: Extract<Outcome, { kind: 'failed' }>,
  ): Promise<void> {
    const policy = this.#policy;
    const { job } = task;
    const { gpu } = worker;
    if (task.kind === 'open' || task.kind === 'encode') {
      const isLost = gpu && found.cause === 'device-not-available' && task.kind === 'open';
      if (isLost) this.#allocation.loseGpu(gpu, job.id);
      else policy.jobFailed(job.id, found);
      return;
    }
    const failure = node === undefined ? found : { ...found, node };
    policy.nodeFailed(node, job.id, String(task.frame), failure);
    this.#checks.failed(worker, task, failure);
    if (task.kind === 'render') policy.frameFailed(job, task.frame, task.tries, failure, gpu);
    else {
      const isHopeless = policy.checkFailed(job.id, task, failure, gpu);
      if (isHopeless) this.#checks.checked(worker, task, false, null);
      this.#jobs.get(job.id).checking.delete(task.session);
    }
    await policy.endIfDone(job.id);
  }

  // ---- Inside

  #asksNoMore({ number }: WorkerPlace): void {
    this.#asking.delete(number);
    this.#pool.asks(number, null);
  }

  /** Notes what a worker is at work on; `null`: nothing. */
  #occupy(number: number, jobId: string | null): void {
    const before = this.#pool.jobOf(number);
    this.#pool.occupy(number, jobId);
    if (jobId !== null) this.#jobs.get(jobId).clock.goOn();
    if (before !== null && before !== jobId) this.#left(before);
  }

  /** A worker has left a job. The last one to leave an ended job gives back what the job had claimed. */
  #left(jobId: string): void {
    if (this.#pool.on(jobId) === 0) {
      this.#jobs.get(jobId).clock.rest();
      if (this.store.job(jobId).status !== 'running') void this.#options.claims.release(jobId);
    }
    this.#changed.wakeAll();
  }

  #warn(job: string, text: string): void {
    const worker = this.#pool.workerOn(job) ?? 1;
    const line = { level: 'warning', text, at: Date.now(), worker } as const;
    this.tell({ type: 'log', job, line });
  }

  #state(
    { number, gpu, seat }: WorkerPlace,
    state: Extract<BatchSignal, { type: 'worker' }>['state'],
  ): void {
    const on = { ...(gpu && { gpu: gpuName(gpu) }), ...(seat.place && { node: seat.place.node }) };
    this.tell({ type: 'worker', worker: number, state, ...on });
  }
}

/** What a run is made with. */
interface RunOptions extends WorkerSetup {
  readonly store: BatchStore;
  readonly stall: StallBounds;
  readonly files: SameFiles;
  readonly machine: MachineInfo;
  /** The Blender of shots that name none. */
  readonly blender: Pick<BlenderInfo, 'path'>;
  /** Ids of jobs whose finished frames are to be rendered again. */
  readonly again: ReadonlySet<string>;
  readonly workers: number;
  /** How many shots it begins with. */
  readonly shots: number;
  /** Shots that are not in the batch, as the checkpoint knows them: others may depend on them. */
  readonly elsewhere: ReadonlyMap<string, BatchJob>;
  readonly seats: RunSeats;
  readonly claims: OutputClaims;
  /** `false`: whatever fails is given up at once. */
  readonly retries?: false;
}
