import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, BatchConfig, BatchOutcome } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import type { ResumeCard } from '../../shared/view.ts';
import { killOrphan } from '../blender/orphans.ts';
import type { Replayed } from './checkpoint/replay.ts';
import { readWorkers } from './checkpoint/worker-record.ts';
import { sourceNow } from './frame/sources.ts';
import { type ResumedJob, resumeJob } from './resume.ts';

/** What a checkpoint and the frames on disk say before anything is rendered. */
export interface LoadReport extends ResumeCard {
  /** Of the newest run; `null`: this batch was never rendered. */
  readonly outcome: BatchOutcome | null;
}

/** A batch joined with its checkpoint. */
export interface LoadedBatch {
  readonly resumed: readonly ResumedJob[];
  readonly report: LoadReport;
}

/**
 * Joins every job of a batch with the checkpoint and looks at each recorded frame on disk; no longer
 * than `isCancelled` allows.
 */
export async function joinCheckpoint(
  batch: Batch,
  replayed: Replayed,
  config: BatchConfig,
  orphansStopped: number,
  isCancelled: () => boolean = () => false,
): Promise<LoadedBatch> {
  const { outcome, lastAt } = replayed;
  const unfinishedRun = outcome === 'interrupted' || outcome === 'cancelled';
  const forget = config.existing === 'overwrite' && !unfinishedRun;
  const resumed: ResumedJob[] = [];
  for (const read of batch.jobs) {
    // Its files may have been saved since the folder was read.
    const job = { ...read, source: (await sourceNow(read)) ?? read.source };
    resumed.push(await resumeJob(job, replayed.jobs.get(job.id), forget, isCancelled));
  }
  const stale = resumed.filter((one) => one.stale > 0);
  return {
    resumed,
    report: {
      outcome,
      drivenBy: null,
      stoppedAt: lastAt,
      framesWhole: sum(resumed, ({ job }) => job.counts.done),
      framesUnfinished: replayed.unfinished,
      framesLeft: sum(resumed, ({ job }) => framesLeft(job)),
      stale: stale.map(({ job, stale }) => ({ name: job.name, frames: stale })),
      framesLost: sum(resumed, ({ lost }) => lost.length),
      orphansStopped,
      linesSetAside: replayed.setAside.length,
    },
  };
}

/** Kills the Blenders that a dead Nightshift left; only for a batch that nobody drives. */
export async function stopOrphans(checkpoint: string): Promise<number> {
  let stopped = 0;
  for (const { pid, token } of await readWorkers(checkpoint)) {
    if (await killOrphan(pid, token)) stopped += 1;
  }
  await rm(temporaryOf(checkpoint), { recursive: true, force: true });
  return stopped;
}

/** Where the workers of a batch keep their temporary files. */
export function temporaryOf(checkpoint: string): string {
  return join(checkpoint, 'tmp');
}

function framesLeft(job: BatchJob): number {
  if (job.shotConfig === null) return 0;
  if (job.plan) return job.counts.total - job.counts.done;
  return job.shotConfig.frames?.length ?? 0;
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
