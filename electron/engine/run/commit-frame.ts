import { setTimeout as delay } from 'node:timers/promises';
import type { Failure } from '../../../shared/failure.ts';
import { type FrameRecord, isAgain } from '../../../shared/frame-state.ts';
import { frameState } from '../../../shared/job-state.ts';
import { passed } from '../../blender/steps.ts';
import type { BatchStore } from '../batch-store.ts';
import { nothingRendered } from '../failures.ts';
import { isSameTwin, LATE_MS, proveFrame } from '../lane/render-frame.ts';
import type { Outcome } from '../lane/worker-ports.ts';
import { heldDelayMs } from '../lib/held-file.ts';
import { publishFrame, stagedPath } from '../proof/staging.ts';
import type { JobsInRun } from './jobs-in-run.ts';

/** A frame in staging that Blender has closed. */
interface StagedFrame
  extends Pick<Extract<Outcome, { kind: 'rendered' }>, 'task' | 'rendered' | 'blender'> {
  /** Another computer wrote it. */
  readonly elsewhere: boolean;
  /** Persistent data made it; `null`: no check of it is wanted; absent: its scene was built for it. */
  readonly session?: string | null;
  /** Takes the result where it was rendered with persistent data and without. */
  readonly onCompared: (same: boolean) => void;
}

interface CommitPorts {
  readonly store: BatchStore;
  readonly jobs: JobsInRun;
  readonly isCancelled: () => boolean;
  readonly failed: (tries: number, failure: Failure) => void;
  readonly done: (record: FrameRecord) => void;
  /** Another program has the file in its place open: the frame gets its name later. */
  readonly held: (failure: Failure, naming: Promise<void>) => void;
  /** It has its name, or failed, after it was held. */
  readonly settled: () => Promise<void>;
}

/** Verifies a frame, journals it, and renames it to its final name. Rejects only with what no shot is to blame for. */
export async function commitFrame(
  { store, jobs, isCancelled, failed, done, held, settled }: CommitPorts,
  { task, rendered, blender, elsewhere, session, onCompared }: StagedFrame,
): Promise<void> {
  const { job, plan, frame, tries, threads } = task;
  const { twin } = rendered;
  const order = { jobId: job.id, plan, frame, threads };
  const proved = await proveFrame(order, rendered, elsewhere ? LATE_MS : 0);
  if (!proved.ok) return failed(tries, proved.failure);
  passed('frame-proved');
  // The shot has started over from other files meanwhile.
  if (store.job(job.id).plan === null) return;
  if (twin) onCompared(await isSameTwin(plan, twin.file, stagedPath(plan, job.id, frame)));
  const record = { ...proved.value, ...(blender !== null && { blender }) };
  const kept = session !== undefined && {
    keptScene: true as const,
    ...(session !== null && { session }),
  };
  const event = {
    type: 'frame-done',
    job: job.id,
    at: Date.now(),
    frame,
    record,
    ...kept,
  } as const;
  const written = await store.promise(event).then(
    () => true,
    (error: unknown) => {
      if (isCancelled()) return false;
      throw error;
    },
  );
  if (!written) return failed(tries, nothingRendered());
  passed('frame-recorded');
  const again = () => isAgain(frameState(store.job(job.id), frame));
  const notNamed = (failure: Failure, namings = 0) => {
    const about = { job: job.id, at: Date.now(), frame, tries };
    store.record({ type: 'frame-lost', ...about, ...(again() && { again: true }) });
    failed(tries + namings, failure);
  };
  const name = async (): Promise<Failure | null> => {
    const published = await publishFrame(plan, job.id, frame, again() ? record.at : null);
    if (published.ok) {
      passed('frame-named');
      store.fulfil(event);
      done(record);
      return null;
    }
    const { failure } = published;
    if (failure.cause === 'file-in-use' && !jobs.isAborted(job.id)) return failure;
    notNamed(failure);
    return null;
  };
  const inUse = await name();
  if (inUse === null) return;
  held(inUse, nameLater(jobs, job.id, inUse, { name, notNamed }).then(settled));
}

/** Names a frame as soon as the file in its place is closed. After ten minutes it counts as failed. */
async function nameLater(
  jobs: JobsInRun,
  jobId: string,
  inUse: Failure,
  act: {
    /** Resolves with the failure while the file is in use. */
    readonly name: () => Promise<Failure | null>;
    readonly notNamed: (failure: Failure, namings: number) => void;
  },
): Promise<void> {
  const { signal, startsOver } = jobs.get(jobId);
  let failure: Failure | null = inUse;
  for (let tries = 1; failure !== null; tries += 1) {
    const wait = heldDelayMs(tries);
    const awaited = wait !== null && (await slept(wait, signal));
    // The shot has started over from other files: the frame is none of it.
    if (jobs.get(jobId).startsOver !== startsOver) return;
    if (!awaited) return act.notNamed(failure, tries);
    failure = await act.name();
  }
}

/** False: it was aborted. */
function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  return delay(ms, true, { signal }).catch(() => false);
}
