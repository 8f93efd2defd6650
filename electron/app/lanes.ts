import type { BatchSignal, WorkerState } from '../../shared/events.ts';
import type { WorkerLane } from '../../shared/view.ts';

type Lane = Omit<WorkerLane, 'jobName'>;

/** What each Blender of the pool is doing now. */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();

  /** Takes a signal; false if it says nothing about a lane. */
  apply(signal: BatchSignal): boolean {
    if (signal.type === 'worker') {
      if (signal.state.status === 'gone') return this.#lanes.delete(signal.worker);
      this.#lanes.set(signal.worker, moved(this.#lanes.get(signal.worker), signal));
      return true;
    }
    if (signal.type !== 'samples') return false;
    const lane = this.#lanes.get(signal.worker);
    if (!lane || !isAt(lane.state, signal.job, signal.frame)) return false;
    const { done, total, memoryMb } = signal;
    this.#lanes.set(signal.worker, {
      ...lane,
      samplesDone: done,
      samplesTotal: total,
      memoryMb: memoryMb ?? lane.memoryMb,
    });
    return true;
  }

  clear(): void {
    this.#lanes.clear();
  }

  /** By worker number. @param nameOf the name of a job id */
  list(nameOf: (jobId: string) => string | null): readonly WorkerLane[] {
    return [...this.#lanes.values()]
      .sort((a, b) => a.worker - b.worker)
      .map((lane) => ({ ...lane, jobName: 'job' in lane.state ? nameOf(lane.state.job) : null }));
  }
}

function moved(old: Lane | undefined, { worker, state }: { worker: number; state: WorkerState }) {
  return {
    worker,
    state,
    samplesDone: null,
    samplesTotal: null,
    // A warm worker keeps its memory from frame to frame.
    memoryMb: state.status === 'starting' ? null : (old?.memoryMb ?? null),
  };
}

/** Words of a frame may come after the worker has gone on to the next. */
function isAt(state: WorkerState, job: string, frame: number): boolean {
  return state.status === 'rendering' && state.job === job && state.frame === frame;
}
