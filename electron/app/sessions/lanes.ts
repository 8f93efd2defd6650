import type { BatchEvent, BatchSignal, WorkerState } from '../../../shared/events.ts';
import type { WorkerLane } from '../../../shared/view.ts';

type Lane = Omit<WorkerLane, 'jobName' | 'times'>;

/** What each Blender of the pool is doing now. */
export class LanesShown {
  readonly #lanes = new Map<number, Lane>();
  readonly #times = new LaneFrameTimes();

  /** Takes a signal; false if it says nothing about a lane. */
  apply(signal: BatchSignal): boolean {
    if (signal.type === 'worker') {
      if (signal.state.status === 'gone') return this.#lanes.delete(signal.worker);
      this.#lanes.set(signal.worker, moved(this.#lanes.get(signal.worker), signal));
      return true;
    }
    if (signal.type === 'event') return this.#measured(signal.event);
    if (signal.type !== 'samples') return false;
    const lane = this.#lanes.get(signal.worker);
    if (!lane || !isAt(lane.state, signal.job, signal.frame)) return false;
    const { done, total, memoryMb } = signal;
    this.#lanes.set(signal.worker, {
      ...lane,
      samplesDone: done,
      samplesTotal: total,
      // Blender's own count leaves out most of the process, so it never lowers what was measured.
      memoryMb: largest(lane.memoryMb, memoryMb),
    });
    return true;
  }

  /** A finished frame brings the peak memory of its process, also when its worker is at the next one by then. */
  #measured(event: BatchEvent): boolean {
    const worker = this.#times.heard(event);
    if (worker === undefined || event.type !== 'frame-done') return false;
    const lane = this.#lanes.get(worker);
    if (lane && keepsMemory(lane.state)) {
      const memoryMb = largest(lane.memoryMb, event.record.memoryMb);
      this.#lanes.set(worker, { ...lane, memoryMb });
    }
    return true;
  }

  clear(): void {
    this.#lanes.clear();
    this.#times.clear();
  }

  /** By worker number. @param nameOf the name of a job id */
  list(nameOf: (jobId: string) => string | null): readonly WorkerLane[] {
    return [...this.#lanes.values()]
      .sort((a, b) => a.worker - b.worker)
      .map((lane) => ({
        ...lane,
        jobName: 'job' in lane.state ? nameOf(lane.state.job) : null,
        times: this.#times.of(lane.worker),
      }));
  }
}

function moved(old: Lane | undefined, { worker, state, gpu = null, node = null }: Moved) {
  return {
    worker,
    state,
    gpu,
    node,
    samplesDone: null,
    samplesTotal: null,
    // A warm worker keeps its memory from frame to frame.
    memoryMb: keepsMemory(state) ? (old?.memoryMb ?? null) : null,
  };
}

interface Moved {
  readonly worker: number;
  readonly state: WorkerState;
  readonly gpu?: string | null;
  readonly node?: string | null;
}

/** A worker that rests has closed its Blender. */
function keepsMemory(state: WorkerState): boolean {
  if (state.status === 'idle') return state.why?.kind !== 'resting';
  return state.status !== 'starting' && state.status !== 'asking';
}

/** Words of a frame may come after the worker has gone on to the next. */
function isAt(state: WorkerState, job: string, frame: number): boolean {
  return state.status === 'rendering' && state.job === job && state.frame === frame;
}

function largest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** So many frames of a worker are traced. */
const TRACED = 40;

/** How long the newest frames of each worker took. */
class LaneFrameTimes {
  /** Who renders which frame: it is told as done when its worker may be at the next one. */
  readonly #workers = new Map<string, number>();
  readonly #times = new Map<number, readonly number[]>();

  /** Takes an event; the worker whose trace has changed by it, if any. */
  heard(event: BatchEvent): number | undefined {
    switch (event.type) {
      case 'frame-started':
        this.#workers.set(keyOf(event), event.worker);
        return undefined;
      case 'frame-done':
        return this.#done(this.#taken(event), event.record.seconds);
      case 'frame-failed':
      case 'frame-released':
        this.#taken(event);
        return undefined;
      default:
        return undefined;
    }
  }

  /** Seconds of the newest frames of a worker, the oldest first. */
  of(worker: number): readonly number[] {
    return this.#times.get(worker) ?? [];
  }

  clear(): void {
    this.#workers.clear();
    this.#times.clear();
  }

  #taken(frame: FrameOf): number | undefined {
    const key = keyOf(frame);
    const worker = this.#workers.get(key);
    this.#workers.delete(key);
    return worker;
  }

  #done(worker: number | undefined, seconds: number): number | undefined {
    if (worker === undefined) return undefined;
    this.#times.set(worker, [...this.of(worker), seconds].slice(-TRACED));
    return worker;
  }
}

interface FrameOf {
  readonly job: string;
  readonly frame: number;
}

function keyOf({ job, frame }: FrameOf): string {
  return `${job} ${frame}`;
}
