import type { Batch } from '../../../shared/batch.ts';
import type { BatchJob } from '../../../shared/job.ts';
import type { BatchStore } from '../batch-store.ts';
import type { OutputClaims } from '../capacity/output-claims.ts';
import type { Replayed } from '../journal/replay.ts';
import { bareIdOf } from '../resume/heirs.ts';
import { nameFrames } from '../resume/join-job.ts';
import { recordGone, recordJobs } from '../resume/record-resume.ts';
import { joinBatch, overwrites } from '../resume/resume.ts';
import type { Run } from './run-loop.ts';

interface LatePorts {
  readonly run: Run;
  readonly store: BatchStore;
  readonly claims: OutputClaims;
  /** What was done before the run. */
  readonly recorded: Replayed;
}

/**
 * Takes shots into a run that goes on: those of the folder, read anew, that the run does not have. Resolves with the ids
 * of those that have joined.
 */
export async function joinShots(
  batch: Batch,
  { run, store, claims, recorded }: LatePorts,
): Promise<readonly string[]> {
  // What renders as a bare .blend does not begin a second time for having a shot file by now.
  const isHeir = (job: BatchJob) => store.has(bareIdOf(job, batch.folder) ?? '');
  const late = batch.jobs.filter((job) => !store.has(job.id) && !isHeir(job));
  if (late.length === 0 || run.cancelled || run.stopped) return [];
  const some = { ...batch, jobs: late, partial: true };
  const joined = await joinBatch(some, recorded, { forget: overwrites(run.config, recorded) });
  const resumed = [];
  for (const one of joined.resumed) resumed.push(await nameFrames(one, claims));
  // Cancelled meanwhile: what joins now would never be ended.
  if (run.cancelled || run.stopped) return [];
  for (const { job } of resumed) store.add(job);
  const jobs = resumed.map(({ job }) => job);
  if (late.some(({ id }) => recorded.gone.has(id))) recordGone(batch, recorded, store);
  recordJobs({ batch: some, resumed, recorded }, null, store);
  const ids = jobs.map(({ id }) => id);
  run.add(
    ids.filter((id) => store.job(id).status === 'waiting'),
    jobs,
  );
  return ids;
}

/** A batch with some shots of the folder as it was read anew. */
export function withShots(batch: Batch, now: Batch, ids: readonly string[]): Batch {
  if (ids.length === 0) return batch;
  const joined = new Set(ids);
  const isOf = ({ jobId }: { readonly jobId: string | null }) =>
    jobId !== null && joined.has(jobId);
  return {
    ...batch,
    jobs: [...batch.jobs, ...now.jobs.filter(({ id }) => joined.has(id))],
    problems: [...batch.problems, ...now.problems.filter(isOf)],
    wantsTrust: batch.wantsTrust || now.wantsTrust,
  };
}
