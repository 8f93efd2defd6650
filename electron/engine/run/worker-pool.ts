import type { GpuDevice } from '../../../shared/gpu.ts';
import type { Gpus, Side } from '../capacity/gpus.ts';
import type { Worker } from '../lane/worker.ts';
import { allEnded } from '../lib/side-by-side.ts';

/** The workers of a run: starts them, and knows which job each is at work on and with how many threads. */
export class WorkerPool {
  /** Workers of the CPU. */
  readonly #size: number;
  readonly #uses = new Map<number, Use>();
  #workers: Worker[] = [];
  /** Workers that wait for an allocation, in the order in which they came; true: for one with a GPU. */
  readonly #asking = new Map<number, boolean>();

  constructor(size: number) {
    this.#size = size;
  }

  /**
   * Works a run off. Resolves when nothing is left to do, and every Blender was asked to end: see `emptied`. Rejects
   * then with the first error that was no failure of a shot, after `onBroken`.
   */
  async work(
    gpus: Gpus,
    make: (number: number, gpu: GpuDevice | null) => Worker,
    ports: { readonly onBroken: () => void; readonly onGone: (worker: number) => void },
  ): Promise<void> {
    // New workers take the allocations of those before.
    await this.emptied();
    this.#workers = [];
    const ends: Promise<Broken | null>[] = [];
    const begin = (number: number, gpu: GpuDevice | null) => {
      const worker = make(number, gpu);
      this.#workers.push(worker);
      const end = worker.work().finally(() => ports.onGone(number));
      const broken = (error: unknown) => {
        // A batch is not rendered half blind.
        ports.onBroken();
        return { error };
      };
      ends.push(end.then(() => null, broken));
    };
    const beginOnGpus = () => {
      for (const [index, gpu] of gpus.known.entries()) begin(this.#size + 1 + index, gpu);
    };
    for (let number = 1; number <= this.#size; number += 1) begin(number, null);
    // The worker that lists the GPUs is still at work then, so the loop below has not ended.
    if (gpus.known.length > 0) beginOnGpus();
    else gpus.onLearned = beginOnGpus;
    let broken: Broken | null = null;
    // Grows while it is walked.
    for (const end of ends) broken = (await end) ?? broken;
    gpus.onLearned = () => {};
    if (broken) throw broken.error;
  }

  /** Resolves when no Blender is left, after the run was worked off. Rejects if one could not be ended. */
  async emptied(): Promise<void> {
    await allEnded(this.#workers.map(({ gone }) => gone));
  }

  /** Says what a lane is at work on; `null`: nothing. */
  occupy(lane: number, jobId: string | null): void {
    if (jobId === null) this.#uses.delete(lane);
    else this.#uses.set(lane, { jobId, threads: 0, until: null, claimedMb: 0 });
  }

  /**
   * Says with how many threads a lane renders, until it is occupied anew.
   * @param seconds that its frame will take; `null`: not known
   */
  setThreads(lane: number, threads: number, seconds: number | null = null): void {
    const use = this.#uses.get(lane);
    if (!use) return;
    use.threads = threads;
    use.until = seconds === null ? null : performance.now() + seconds * 1000;
  }

  /** Core seconds that the frames of the other lanes of the CPU will still take; `null`: that is not known of one. */
  heldBeside(lane: number): number | null {
    let held = 0;
    for (const [other, { threads, until }] of this.#uses) {
      if (other === lane || threads === 0 || this.#sideOf(other) === 'gpu') continue;
      if (until === null) return null;
      held += (threads * Math.max(0, until - performance.now())) / 1000;
    }
    return held;
  }

  /** Lanes of the CPU that have a Blender up, or are about to; one left out. */
  up(apart: number | null = null): LanesUp {
    const open = this.#workers.filter(
      ({ number, memory }) =>
        number !== apart && this.#sideOf(number) === 'cpu' && memory.usedMb > 0,
    );
    const idle = open.filter(({ number }) => !this.#uses.has(number)).length;
    return { all: this.busy('cpu') + idle, open: open.length, idle };
  }

  /** Says that a lane may not work beside the others now, until it is occupied anew. */
  standBack(lane: number): void {
    this.#uses.set(lane, { jobId: null, threads: 0, until: null, claimedMb: 0 });
  }

  /** Lanes that may not: no core waits for them. */
  get standingBack(): number {
    return [...this.#uses.values()].filter(({ jobId }) => jobId === null).length;
  }

  /** A lane begins to ask for a place; `null`: it asks no more. */
  asks(lane: number, what: { readonly gpu: boolean } | null): void {
    if (what) this.#asking.set(lane, what.gpu);
    else this.#asking.delete(lane);
  }

  /** How many lanes ask for such a place, and have done so for longer than this one. */
  askingBefore(lane: number, withGpu: boolean): number {
    let before = 0;
    for (const [other, gpu] of this.#asking) {
      if (other === lane) break;
      if (gpu === withGpu) before += 1;
    }
    return before;
  }

  jobOf(lane: number): string | null {
    return this.#uses.get(lane)?.jobId ?? null;
  }

  /** The first worker on a job; `null`: none. */
  workerOn(job: string): number | null {
    return [...this.#uses].find(([, { jobId }]) => jobId === job)?.[0] ?? null;
  }

  /** How many are at work on a job. */
  on(job: string): number {
    return [...this.#uses.values()].filter(({ jobId }) => jobId === job).length;
  }

  /** How many of a side, or of both, are at work. */
  busy(side?: Side): number {
    return [...this.#uses].filter(
      ([lane, { jobId }]) => jobId !== null && (!side || this.#sideOf(lane) === side),
    ).length;
  }

  /** Threads of the frames that the lanes of one side are rendering, one lane left out. */
  threads(side: Side, apart: number | null): readonly number[] {
    return [...this.#uses].flatMap(([lane, { threads }]) =>
      lane !== apart && threads > 0 && this.#sideOf(lane) === side ? [threads] : [],
    );
  }

  /** Reserves memory for a scene that a worker is about to open, until it is occupied anew. */
  reserve(lane: number, claimedMb: number): void {
    const use = this.#uses.get(lane);
    if (use) use.claimedMb = claimedMb;
  }

  /**
   * What the Blenders of the other workers use, the most that any worker's did, and what scenes that are being opened will
   * still take, MiB.
   */
  memoryBeside(number: number | null): {
    readonly usedMb: number;
    readonly largestMb: number;
    readonly reservedMb: number;
  } {
    const others = this.#workers.filter((worker) => worker.number !== number);
    const usedMb = others.reduce((sum, worker) => sum + worker.memory.usedMb, 0);
    const reservedMb = others.reduce((sum, { number, memory }) => {
      const claimed = this.#uses.get(number)?.claimedMb ?? 0;
      return sum + Math.max(0, claimed - memory.usedMb);
    }, 0);
    const largestMb = Math.max(0, ...this.#workers.map(({ memory }) => memory.largestMb));
    return { usedMb, largestMb, reservedMb };
  }

  #sideOf(lane: number): Side {
    return lane <= this.#size ? 'cpu' : 'gpu';
  }
}

/** Lanes of the CPU with a Blender: all, those in which a scene was opened, and those that have nothing to do now. */
interface LanesUp {
  readonly all: number;
  readonly open: number;
  readonly idle: number;
}

interface Use {
  /** `null`: it stands back. */
  readonly jobId: string | null;
  /** Of the frame that it is rendering; 0: none. */
  threads: number;
  /** When it will be done, by `performance.now()`; `null`: not known. */
  until: number | null;
  /** What the scene that it is opening will use, MiB; 0: it opens none. */
  claimedMb: number;
}

/** What a worker died of that was no failure of a shot. */
interface Broken {
  readonly error: unknown;
}
