import type { BatchConfig, MachineInfo } from '../../../shared/batch.ts';
import type { IdleReason } from '../../../shared/events.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { GpuDevice, GpuList } from '../../../shared/gpu.ts';
import type { BatchJob, ShotWarning } from '../../../shared/job.ts';
import { framesToRender } from '../../../shared/job-state.ts';
import { goesInOrder } from '../../../shared/order.ts';
import type { BatchStore } from '../batch-store.ts';
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
import type { Seats } from '../capacity/seats.ts';
import { averageFrame } from '../estimate/shot-work.ts';
import type { FreeWorker, WorkerPlace } from '../lane/worker-ports.ts';
import type { JobsInRun } from './jobs-in-run.ts';
import { PoolChoice } from './pool-choice.ts';
import type { RunQueue } from './queue.ts';
import { type Choice, goingOn, type LaneChoices, type Work } from './scheduler.ts';
import type { WorkerPool } from './worker-pool.ts';

/** A worker that memory keeps from opening a scene checks again after this time. */
const MEMORY_CHECK_MS = 2000;
/** A frame may take this many times as long as those before it. */
const FRAME_MARGIN = 1.5;

/** Where the workers of a run have their Blenders. */
export type RunSeats = Pick<Seats, 'of' | 'areAwaited' | 'nodes'>;

interface AllocationOptions {
  readonly store: BatchStore;
  readonly config: BatchConfig;
  readonly machine: MachineInfo;
  /** Workers that were asked for, or that fit. */
  readonly workers: number;
  /** How many shots the run begins with. */
  readonly shots: number;
  readonly seats: RunSeats;
  readonly jobs: JobsInRun;
  readonly queue: RunQueue;
  readonly pool: WorkerPool;
}

/** What the workers of a run share: cores, threads, memory, GPUs, and the hosts that they run on. */
export class Allocation {
  readonly gpus = new Gpus();
  readonly #options: AllocationOptions;
  readonly #size: PoolSize;
  /** `null`: the artist chose the number of workers, or a cluster gives them. */
  readonly #choice: PoolChoice | null;

  constructor(options: AllocationOptions) {
    const { store, config, workers, seats } = options;
    this.#options = options;
    this.#size = new PoolSize(store, workers);
    this.#choice = config.workers === 0 && !seats.areAwaited ? this.#chooses() : null;
    // The cluster grants a GPU with an allocation, and Blender uses that one.
    if (seats.areAwaited) this.gpus.learn(null);
    seats.nodes.onLeftOut = (node, why) => {
      const message = `The node ${node} was left out: ${why}.`;
      store.record({ type: 'node-left-out', at: Date.now(), node, message });
    };
  }

  // ---- Which work a worker may take

  /** Returns the chosen work, or what the worker does while cores, memory or its allocation do not allow it. */
  grant(
    worker: WorkerPlace,
    free: FreeWorker,
    chosen: { readonly work: Work; readonly schedule: LaneChoices },
  ): Choice {
    const { pool, seats } = this.#options;
    const { work, schedule } = chosen;
    if (seats.areAwaited) return this.#onCluster(worker, free, work);
    const cores = this.#cores();
    const allowed = cpuLanesAllowed(cores);
    if (!worker.gpu && cores.cpu.busy >= allowed) return wait(null, { kind: whyNot(cores) });
    // Workers whose Blender runs already go first.
    if (this.#choice && !worker.gpu && free.blender === null) {
      const warm = cores.cpu.busy + pool.up(worker.number).idle;
      if (warm >= allowed) return wait(null, { kind: 'enough' });
    }
    const short = work.kind === 'open' ? this.#missingRoom(worker, free) : null;
    if (!short) return work;
    // The work with the highest priority does not fit: the open scene goes on meanwhile.
    const own = goingOn(schedule);
    if (own?.kind === 'render') return own;
    pool.standBack(worker.number);
    return wait(performance.now() + MEMORY_CHECK_MS, { kind: 'memory', ...short });
  }

  /** Reserves memory for the scene that a worker opens now, so that others count it before it is loaded. */
  opens({ number }: WorkerPlace): void {
    const { pool, seats } = this.#options;
    if (!seats.areAwaited) pool.reserve(number, pool.memoryBeside(number).largestMb);
  }

  /** Whether a worker is of the kind that a job wants. */
  mayRun({ number, gpu, seat }: WorkerPlace, jobId: string, needsPlace: boolean): boolean {
    const job = this.#job(jobId);
    if (!mayRunOn(gpu, job, this.#placed(jobId), this.gpus)) return false;
    // Where enough workers ask for one kind of allocation, this one looks for work of the other kind.
    if (needsPlace) return this.isPlaceWanted(number, needsGpu(job));
    return !needsGpu(job) || seat.place?.gpu !== false;
  }

  /** Before this time no Blender is started to help with a job, by `performance.now()`. */
  helpFrom(job: BatchJob): number {
    return this.#choice?.helpFrom(job) ?? 0;
  }

  /** Whether there is work for one more allocation than are asked for by workers that asked earlier. */
  isPlaceWanted(worker: number, withGpu: boolean): boolean {
    return this.#options.pool.askingBefore(worker, withGpu) < this.#unserved(withGpu);
  }

  // ---- Threads and memory

  /** Assigns threads for the next frame of a worker. */
  takeThreads({ number, gpu, seat }: WorkerPlace, job: BatchJob): number {
    const { pool } = this.#options;
    if (seat.place) {
      pool.setThreads(number, seat.place.cores);
      return seat.place.cores;
    }
    const cores = this.#cores(number);
    const fair = threadsOnSide(cores, gpu ? 'gpu' : 'cpu');
    if (gpu || !this.#choice) {
      pool.setThreads(number, fair);
      return fair;
    }
    this.#choice.frameBegins(job);
    const held = cores.gpu.lanes > 0 ? null : pool.heldBeside(number);
    const threads = Math.max(fair, this.#choice.threadsToTheEnd(job, held));
    pool.setThreads(number, threads, this.#choice.seconds(job, threads));
    return threads;
  }

  /** Learns from a finished frame. @param before frames of its scene that its Blender had rendered */
  frameDone(job: BatchJob, record: FrameRecord, before: number): void {
    this.#options.queue.measured(job, record.seconds);
    this.#choice?.frameDone(this.#job(job.id), record, before);
  }

  /** Memory has run out: idle workers give back what they hold. */
  get isShortOfMemory(): boolean {
    return this.#size.isSmaller;
  }

  /** Memory ran out on a job. Nothing on a cluster: a larger allocation is asked for there. */
  ranOut(jobId: string, doing: string): void {
    const { pool, seats } = this.#options;
    if (!seats.areAwaited) this.#size.ranOut(jobId, doing, pool.busy('cpu'));
  }

  /** A job has ended. */
  ended(jobId: string): void {
    this.#size.ended(jobId);
  }

  // ---- GPUs

  learnGpus(list: GpuList | null): void {
    this.gpus.learn(list);
  }

  /** A job found out that a GPU is lost. */
  loseGpu(gpu: GpuDevice, jobId: string): void {
    this.gpus.lose(gpu);
    const known = this.#options.jobs.get(jobId);
    known.placed = withWarning(known.placed, lostGpuWarning(gpu, this.gpus.count));
    this.#recordNewestWarning(jobId);
  }

  /** A GPU's memory was too small. True if the job goes on with other GPUs or the CPU. */
  goesOnWithout(gpu: GpuDevice, { id }: BatchJob): boolean {
    const known = this.#options.jobs.get(id);
    const before = known.placed;
    const placed = outgrown(gpu, this.#job(id), before, this.gpus);
    if (placed === null) return false;
    known.placed = placed;
    if (placed !== before) this.#recordNewestWarning(id);
    return true;
  }

  /** Whether a job that wants a GPU is rendered on the CPU. */
  isLeftToCpu(job: BatchJob): boolean {
    return isLeftToCpu(job, this.#placed(job.id), this.gpus);
  }

  /** Notes what a job's open scene wants, and returns whether this worker may keep it. */
  fits({ gpu }: WorkerPlace, job: BatchJob, wants: Side): boolean {
    const known = this.#options.jobs.get(job.id);
    const placed = { ...known.placed, wants };
    known.placed = placed;
    return staysOn(gpu ? 'gpu' : 'cpu', job, placed, this.gpus);
  }

  /** Warnings about the GPUs of a job. */
  warnings(job: BatchJob): readonly ShotWarning[] {
    return sideWarnings(job, this.#placed(job.id), this.gpus);
  }

  // ---- Inside

  #job(id: string): BatchJob {
    return this.#options.store.job(id);
  }

  #placed(id: string) {
    return this.#options.jobs.get(id).placed;
  }

  #recordNewestWarning(job: string): void {
    const warnings = [...this.#placed(job).warnings.slice(-1), ...this.#job(job).warnings];
    this.#options.store.record({ type: 'job-warned', job, at: Date.now(), warnings });
  }

  /** On a cluster no worker shares cores or memory with another one. */
  #onCluster({ seat }: WorkerPlace, free: FreeWorker, work: Work): Choice {
    const { place } = seat;
    if (place && this.#options.seats.nodes.isLeftOut(place.node)) return { kind: 'move' };
    const seconds = averageFrame(work.job.frames);
    const endsAt = place?.endsAt ?? null;
    // In a fresh allocation the frame is tried all the same.
    if (work.kind !== 'render' || endsAt === null || seconds === null || free.framesHere === 0)
      return work;
    return Date.now() + seconds * 1000 * FRAME_MARGIN > endsAt ? { kind: 'move' } : work;
  }

  /** Frames that wait, and scenes that no worker has open, of jobs that need a GPU or that need none. */
  #unserved(withGpu: boolean): number {
    const { queue, jobs, pool } = this.#options;
    let count = queue.size(withGpu);
    for (const { id } of jobs.running) {
      const job = this.#job(id);
      if (needsGpu(job) !== withGpu) continue;
      const waiting = goesInOrder(job) || job.plan === null ? 0 : framesToRender(job).waiting;
      count += Math.max(pool.on(id) > 0 ? 0 : 1, waiting);
    }
    return count;
  }

  /** What one more scene needs and what is free, if it does not fit; `null`: it fits. */
  #missingRoom({ number }: WorkerPlace, { memory }: FreeWorker): ReturnType<typeof missingRoom> {
    const { pool, config } = this.#options;
    const { usedMb, largestMb, reservedMb } = pool.memoryBeside(number);
    const needMb = Math.max(0, largestMb - memory.usedMb);
    return missingRoom(pool.busy(), needMb, usedMb, config.memoryLimitMb, reservedMb);
  }

  /** @param apart the worker that asks for threads */
  #cores(apart: number | null = null): CoresNow {
    const { pool, machine } = this.#options;
    const { workers, of } = this.#size;
    const chosen = this.#choice?.workers ?? null;
    const side = (side: Side, lanes: number): CoresNow[Side] => ({
      lanes,
      busy: pool.busy(side),
      coming: this.#coming(side, lanes),
      threads: pool.threads(side, apart),
    });
    const cpu = side('cpu', Math.min(workers, chosen ?? workers) - pool.standingBack);
    const gpu = side('gpu', this.gpus.count);
    return { cores: machine.cores, asked: of, workers, chosen, cpu, gpu };
  }

  /** For how many workers of a side there is work; a job that is not started has some for all. */
  #coming(side: Side, workers: number): number {
    const { jobs, queue, pool } = this.#options;
    const isOf = (id: string) => sideOf(this.#job(id), this.#placed(id), this.gpus) === side;
    let coming = 0;
    for (const { id } of jobs.running) {
      if (!isOf(id)) continue;
      const job = this.#job(id);
      const [{ waiting }, { running }] = [framesToRender(job), job.counts];
      // A frame that is being verified counts as running, and no worker computes it any more.
      coming += Math.max(1, waiting + Math.min(running, pool.on(id)));
    }
    return queue.next(isOf) === null ? coming : coming + workers;
  }

  #chooses(): PoolChoice {
    const { store, machine, workers, shots, jobs, queue, pool, config } = this.#options;
    return new PoolChoice({
      ...{ store, shots, jobs, cores: machine.cores, of: workers },
      isOurs: (id) => sideOf(this.#job(id), this.#placed(id), this.gpus) === 'cpu',
      unbegun: () => queue.size(false),
      blenders: () => {
        const { all: up, open } = pool.up();
        const { usedMb, largestMb } = pool.memoryBeside(null);
        const fit = blendersThatFit(open, largestMb, usedMb, config.memoryLimitMb);
        const allowed = cpuLanesAllowed({ ...this.#cores(), chosen: null });
        return { up, most: Math.min(fit, this.#size.workers, allowed) };
      },
    });
  }
}

function wait(until: number | null, why: IdleReason): Choice {
  return { kind: 'wait', until, why };
}

function whyNot({ cpu, workers, chosen, asked }: CoresNow): 'resting' | 'enough' | 'cores' {
  if (cpu.busy >= workers) return workers < asked ? 'resting' : 'enough';
  return chosen !== null && cpu.busy >= chosen ? 'enough' : 'cores';
}
