import type { LogLine } from '../../../shared/events.ts';
import type { GpuDevice } from '../../../shared/gpu.ts';
import type { Gpus, Side } from '../capacity/gpus.ts';
import type { JobLogs } from '../journal/job-log.ts';
import { Lane } from '../lane/lane.ts';
import type { LaneRun } from '../lane/lane-ports.ts';
import { allEnded } from '../lib/side-by-side.ts';

/** The lanes of a run: who is at work on what, and with how many threads. */
export class Lanes {
  /** Lanes of the CPU. */
  readonly #workers: number;
  readonly #uses = new Map<number, LaneUse>();
  #lanes: Lane[] = [];
  /** Those that wait for a place on a cluster, in the order in which they came; true: for one with a GPU. */
  readonly #asking = new Map<number, boolean>();

  constructor(workers: number) {
    this.#workers = workers;
  }

  /**
   * Works a run off. Resolves when nothing is left to do, and every Blender was asked to end: see `emptied`. Rejects
   * then with the first error that was no failure of a shot.
   */
  async work(run: LaneRun, gpus: Gpus, logs: JobLogs): Promise<void> {
    // Others take their places.
    await this.emptied();
    this.#lanes = [];
    const ends: Promise<Broken | null>[] = [];
    const onLog = (job: string, line: LogLine) => {
      logs.append(job, line);
      run.store.tell({ type: 'log', job, line });
    };
    const begin = (number: number, gpu: GpuDevice | null) => {
      const lane = new Lane({ number, gpu }, run, onLog);
      this.#lanes.push(lane);
      // Nobody may be listening yet when it breaks.
      ends.push(
        worked(lane, run).then(
          () => null,
          (error: unknown) => ({ error }),
        ),
      );
    };
    const beginOnGpus = () => {
      for (const [index, gpu] of gpus.known.entries()) begin(this.#workers + 1 + index, gpu);
    };
    for (let number = 1; number <= this.#workers; number += 1) begin(number, null);
    // A lane that finds out which GPUs there are is at work then, so the list has not come to its end.
    if (gpus.known.length > 0) beginOnGpus();
    else gpus.onLearned = beginOnGpus;
    let broken: Broken | null = null;
    // Grows while it is walked.
    for (const end of ends) broken = (await end) ?? broken;
    gpus.onLearned = () => {};
    if (broken) throw broken.error;
  }

  /** Resolves when no Blender is left, after the run was worked off. Rejects with what kept one from that. */
  async emptied(): Promise<void> {
    await allEnded(this.#lanes.map(({ gone }) => gone));
  }

  /** Says what a lane is at work on; `null`: nothing. */
  occupy(lane: number, jobId: string | null): void {
    if (jobId === null) this.#uses.delete(lane);
    else this.#uses.set(lane, { jobId, threads: 0, until: null });
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
    const open = this.#lanes.filter(
      ({ number, memory }) =>
        number !== apart && this.#sideOf(number) === 'cpu' && memory.usedMb > 0,
    );
    const idle = open.filter(({ number }) => !this.#uses.has(number)).length;
    return { all: this.busy('cpu') + idle, open: open.length, idle };
  }

  /** Says that a lane may not work beside the others now, until it is occupied anew. */
  standBack(lane: number): void {
    this.#uses.set(lane, { jobId: null, threads: 0, until: null });
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

  /** What the Blenders of the other lanes use, and the most that any lane's did, MiB. */
  memoryBeside(number: number | null): { readonly usedMb: number; readonly largestMb: number } {
    const others = this.#lanes.filter((lane) => lane.number !== number);
    const usedMb = others.reduce((sum, lane) => sum + lane.memory.usedMb, 0);
    return { usedMb, largestMb: Math.max(0, ...this.#lanes.map((lane) => lane.memory.largestMb)) };
  }

  #sideOf(lane: number): Side {
    return lane <= this.#workers ? 'cpu' : 'gpu';
  }
}

/** Lanes of the CPU with a Blender: all, those in which a scene was opened, and those that have nothing to do now. */
interface LanesUp {
  readonly all: number;
  readonly open: number;
  readonly idle: number;
}

interface LaneUse {
  /** `null`: it stands back. */
  readonly jobId: string | null;
  /** Of the frame that it is rendering; 0: none. */
  threads: number;
  /** When it will be done, by `performance.now()`; `null`: not known. */
  until: number | null;
}

/** What a lane died of that was no failure of a shot. */
interface Broken {
  readonly error: unknown;
}

/** What stops one lane for good stops all: a batch is not rendered half blind. */
async function worked(lane: Lane, run: LaneRun): Promise<void> {
  try {
    await lane.work();
  } catch (error) {
    run.cancel();
    throw error;
  }
}
