import type { LogLine } from '../../../shared/events.ts';
import type { Failure } from '../../../shared/failure.ts';
import { namedFrames } from '../../../shared/frames.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { RenderedFrame } from '../../blender/types.ts';
import type { BatchStore } from '../batch-store.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import { framesTakenAway, nothingRendered } from '../failures.ts';
import { publishFrame } from '../proof/staging.ts';
import { tellFound } from '../resume/record-resume.ts';
import { clearPlaces, lostFrames, movieIsGone } from '../resume/verify-frames.ts';
import type { Run } from '../run/run.ts';
import { jobVerdict } from '../run/verdicts.ts';
import { proveFrame } from './render-frame.ts';

/** A frame that lies in staging, and that Blender has let go of. */
interface StagedFrame {
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

/** So often frames are rendered again that somebody else takes away. */
const MOST_LOST_TIMES = 3;

interface SettlingPorts {
  readonly store: BatchStore;
  readonly claims: OutputClaims;
  readonly isAborted: (jobId: string) => boolean;
  /** Takes a job in again. */
  readonly add: (jobId: string) => void;
  /** Frames of a job wait again. */
  readonly lost: (jobId: string) => void;
  readonly end: (job: BatchJob, status: 'completed' | 'failed', error: Failure | null) => void;
}

/** Ends jobs by what is on the disk: no job is complete whose files have been taken away. */
export class Settling {
  readonly #ports: SettlingPorts;
  /** How often finished frames of a job were found gone. */
  readonly #lostTimes = new Map<string, number>();

  constructor(ports: SettlingPorts) {
    this.#ports = ports;
  }

  /**
   * Ends a job if its frames say that it has ended, and their files are still there. Resolves with
   * the frames that are not: they are rendered again.
   */
  async settle(jobId: string): Promise<readonly number[]> {
    const before = this.#ports.store.job(jobId);
    if (before.status !== 'running' || jobVerdict(before).kind === 'going') return [];
    const lost = await lostFrames(before, () => this.#ports.isAborted(jobId));
    await clearPlaces(before, lost);
    const job = this.#ports.store.job(jobId);
    // Something else became of it meanwhile, such as another priority.
    if (job !== before) return this.settle(jobId);
    if (lost.length > 0) return this.#renderAgain(job, lost);
    const verdict = jobVerdict(job);
    if (verdict.kind === 'failed') this.#ports.end(job, 'failed', verdict.error);
    if (verdict.kind === 'completed' && job.plan?.movie === null)
      this.#ports.end(job, 'completed', null);
    return [];
  }

  /** Takes jobs in again that were complete, if their files have been taken away since. */
  async lookAgain(jobIds: readonly string[]): Promise<void> {
    for (const id of jobIds) {
      const job = this.#ports.store.job(id);
      if (this.#ports.isAborted(id) || job.status !== 'completed') continue;
      const lost = await lostFrames(job, () => this.#ports.isAborted(id));
      if (lost.length === 0 && !(await movieIsGone(job))) continue;
      const taken = job.plan && (await this.#ports.claims.claim(id, job.plan));
      this.#ports.store.record({ type: 'job-reset', job: id, at: Date.now() });
      if (taken === null) await clearPlaces(job, lost);
      this.#renderAgain(this.#ports.store.job(id), lost);
      const again = this.#ports.store.job(id);
      if (taken && again.status === 'waiting') this.#ports.end(again, 'failed', taken);
      if (this.#ports.store.job(id).status === 'waiting') this.#ports.add(id);
    }
  }

  /** Frames whose files are gone wait again, but not for ever: somebody may delete all night. */
  #renderAgain(job: BatchJob, lost: readonly number[]): readonly number[] {
    const at = Date.now();
    for (const frame of lost)
      this.#ports.store.record({ type: 'frame-lost', job: job.id, at, frame });
    this.#ports.lost(job.id);
    if (lost.length > 0)
      tellFound({ lost: [{ name: job.name, frames: lost.length }] }, this.#ports.store);
    const times = (this.#lostTimes.get(job.id) ?? 0) + 1;
    this.#lostTimes.set(job.id, times);
    if (times > MOST_LOST_TIMES) {
      const failure = framesTakenAway(lost, job.plan?.directory ?? job.outputPath);
      this.#ports.end(this.#ports.store.job(job.id), 'failed', failure);
    }
    return lost;
  }
}
