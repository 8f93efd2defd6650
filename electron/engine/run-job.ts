import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BatchConfig, DEFAULT_CONFIG } from '../../shared/batch.ts';
import { isJobEvent, type JobEvent, type LogLine } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { BlenderWorker, StartWorker } from '../blender/types.ts';
import { startWorker } from '../blender/worker.ts';
import { BatchStore } from './batch-store.ts';
import { Blenders, type BlendersHere } from './capacity/choose-blender.ts';
import { thisMachine } from './capacity/machine.ts';
import { Nodes } from './capacity/nodes.ts';
import { OutputClaims } from './capacity/output-claims.ts';
import { SameFiles } from './capacity/same-files.ts';
import { loneSeat } from './capacity/seats.ts';
import { STALL_BOUNDS } from './lane/limits.ts';
import { removeTemporary } from './lib/temporary-folder.ts';
import { Run } from './run/run-loop.ts';

export interface RunJobOptions {
  readonly config?: Partial<BatchConfig>;
  readonly signal?: AbortSignal;
  /** @internal */
  readonly here?: BlendersHere;
  /** Told of each event, with the job as it is after it. */
  readonly onEvent?: (event: JobEvent, job: BatchJob) => void;
  readonly onLog?: (line: Omit<LogLine, 'at' | 'worker'>) => void;
}

/**
 * Renders one job in one Blender process of its own: a run with one worker, without checkpoint and
 * retries. Resolves with the job as it ended; a crash fails this job and touches nothing else.
 */
export async function runJobSubprocess(
  job: BatchJob,
  options: RunJobOptions = {},
): Promise<BatchJob> {
  // A retry can't help a shot file that can't be read.
  if (job.shotConfig === null) return job;
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const temporary = await mkdtemp(join(tmpdir(), 'nightshift-'));
  const claims = new OutputClaims();
  const seat = loneSeat(config);
  const store = new BatchStore([{ ...job, picked: null }]);
  let blender: BlenderWorker | null = null;
  store.subscribe((signal) => {
    if (signal.type === 'log') {
      const { at, worker, ...line } = signal.line;
      options.onLog?.(line);
    }
    if (signal.type !== 'event' || !isJobEvent(signal.event)) return;
    // One process: a crash ends the run.
    if (signal.event.type === 'frame-failed' && !blender?.alive) void seat.end();
    options.onEvent?.(signal.event, store.job(job.id));
  });
  if (job.status !== 'waiting') store.record({ type: 'job-reset', job: job.id, at: Date.now() });
  const start: StartWorker = async (...about) => {
    const started = await startWorker(...about);
    if (started.ok) blender = started.value;
    return started;
  };
  const needed = job.shotConfig.dependsOn.map(({ job: id }) => id);
  const run = new Run({
    ...{ store, config, claims, temporary, startWorker: start, stall: STALL_BOUNDS },
    machine: thisMachine(),
    blenders: new Blenders(config, options.here),
    blender: { path: config.blenderPath ?? 'blender' },
    files: new SameFiles(() => []),
    // As on a cluster, it shares cores and memory with no other worker, and takes any GPU.
    seats: { of: () => seat, areAwaited: true, nodes: new Nodes() },
    runners: undefined,
    again: new Set(),
    workers: 1,
    shots: 1,
    // The caller has asked for this job, not for those that it depends on.
    elsewhere: new Map(needed.map((id) => [id, { ...job, id, status: 'completed' }])),
    retries: false,
  });
  const cancel = () => run.cancel();
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    run.add([job.id]);
    if (options.signal?.aborted) run.cancel();
    await run.work({ append: () => {} });
    await run.emptied();
    return ended(store, job.id, run.cancelled);
  } finally {
    options.signal?.removeEventListener('abort', cancel);
    run.pause.close();
    await seat.end();
    await claims.releaseAll();
    await removeTemporary(temporary);
  }
}

/** Ends a job that a cancel, or a crash, kept from its end. */
function ended(store: BatchStore, id: string, isCancelled: boolean): BatchJob {
  const { status, frames } = store.job(id);
  if (status !== 'running' && status !== 'waiting') return store.job(id);
  const failed = frames.get(frames.nextIndex('failed'));
  const why = failed?.status === 'failed' ? failed.failure : null;
  const about = isCancelled
    ? { status: 'cancelled' as const, error: null }
    : { status: 'failed' as const, error: why };
  store.record({ type: 'job-finished', job: id, at: Date.now(), ...about });
  return store.job(id);
}
