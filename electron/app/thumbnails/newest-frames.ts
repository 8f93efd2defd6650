import type { BatchEvent } from '../../../shared/events.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { frameState } from '../../../shared/job-state.ts';
import type { NewestFrame } from '../../../shared/view.ts';

/** Which frame of each job was done last. Costs the same in a shot of any length. */
export class NewestFrames {
  readonly #frames = new Map<string, number>();

  heard(event: BatchEvent): void {
    if (event.type === 'frame-done') this.#frames.set(event.job, event.frame);
  }

  /** Of a job that has rendered nothing meanwhile, or has lost it, the last frame of its range that is done. */
  of(job: BatchJob): NewestFrame | null {
    const frame = this.#frames.get(job.id);
    const state = frame === undefined ? undefined : frameState(job, frame);
    if (frame !== undefined && state?.status === 'done') return { frame, at: state.record.at };
    const index = job.frames.lastIndex('done');
    const last = job.frames.get(index);
    const number = job.plan?.frames[index];
    if (number === undefined || last?.status !== 'done') return null;
    return { frame: number, at: last.record.at };
  }
}
