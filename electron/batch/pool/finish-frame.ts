import type { LogLine } from '../../../shared/events.ts';
import { namedFrames } from '../../../shared/frames.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { RenderedFrame } from '../../blender/types.ts';
import { nothingRendered } from '../frame/failures.ts';
import { proveFrame, publishFrame } from '../frame/render-frame.ts';
import type { Run } from './run.ts';

/** A frame that lies in staging, and that Blender has let go of. */
export interface StagedFrame {
  readonly job: BatchJob;
  readonly plan: FramePlan;
  readonly frame: number;
  readonly tries: number;
  readonly rendered: RenderedFrame;
  /** The version of Blender that rendered it. */
  readonly blender: string | null;
}

/** A frame that is rendered, while it is proved and gets its name. */
export interface Finishing {
  readonly jobId: string;
  /** What it took to render. */
  readonly seconds: number;
  readonly finished: Promise<void>;
}

/** Proves a frame, syncs that it is done, and gives it its name. Rejects only with what no shot is to blame for. */
export async function finishFrame(
  run: Run,
  { job, plan, frame, tries, rendered, blender }: StagedFrame,
): Promise<void> {
  const { store } = run;
  const proved = await proveFrame({ jobId: job.id, plan, frame }, rendered);
  if (!proved.ok) return run.frameFailed(job.id, frame, tries, proved.failure);
  // The shot has started over from other files meanwhile.
  if (store.job(job.id).plan === null) return;
  const at = Date.now();
  const record = { ...proved.value, ...(blender !== null && { blender }) };
  const done = { type: 'frame-done', job: job.id, at, frame, record } as const;
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
    store.record({ type: 'frame-lost', job: job.id, at: Date.now(), frame, tries });
    return run.frameFailed(job.id, frame, tries, published.failure);
  }
  store.fulfil(done);
  run.queue.measured(job, rendered.seconds);
}

/** Ends a job if this was the last of it; what somebody took away in the meantime is told. */
export async function settleAndTell(
  run: Run,
  jobId: string,
  log: (line: Omit<LogLine, 'at' | 'worker'>) => void,
): Promise<void> {
  const lost = await run.settle(jobId);
  if (lost.length === 0) return;
  const were = lost.length === 1 ? 'was' : 'were';
  const text = `${namedFrames(lost)} ${were} finished, but the files are gone or were changed by somebody else: rendering again.`;
  log({ level: 'warning', text });
}
