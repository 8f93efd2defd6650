import type { BatchProgress } from '../../../shared/batch.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';

/**
 * What preflight saw in the scenes of shots that no run has opened yet: frames, size, engine and settings. For the
 * window only: a run opens its scenes itself.
 */
export class PreflightPlans {
  readonly #plans = new Map<string, FramePlan>();
  /** Jobs whose frames stand in no shot file. */
  readonly #unlisted = new Set<string>();

  add(job: BatchJob, { inputs: _, ...plan }: FramePlan): void {
    this.#plans.set(job.id, plan);
    if (!job.shotConfig?.frames) this.#unlisted.add(job.id);
  }

  /** The job as the window shows it: all of the frames that were seen wait. */
  shown(job: BatchJob): BatchJob {
    const plan = job.plan ? null : this.#plans.get(job.id);
    if (!plan || !job.shotConfig) return job;
    const { frames, engine, width, height } = plan;
    const render = { ...job.shotConfig.render, engine, width, height, percentage: 100 };
    return { ...job, shotConfig: { ...job.shotConfig, frames, render } };
  }

  /** What its scene says, be it opened by a run or only looked at. */
  planOf(job: BatchJob): FramePlan | null {
    return job.plan ?? this.#plans.get(job.id) ?? null;
  }

  /** What its scene said when it was looked at last: since the last run, or in it. */
  newestOf(job: BatchJob): FramePlan | null {
    return this.#plans.get(job.id) ?? job.plan;
  }

  /** A run has opened it since. */
  forget(jobId: string): void {
    this.#plans.delete(jobId);
  }

  /** Progress with the frames that only preflight knows of. */
  counted(progress: BatchProgress, find: (id: string) => BatchJob | undefined): BatchProgress {
    // Frames that the batch has to render, now or when it is resumed.
    const unopened = [...this.#unlisted].flatMap((id) => {
      const job = find(id);
      return job?.plan === null && job.status !== 'failed' ? [job] : [];
    });
    if (unopened.length === 0) return progress;
    const more = unopened.reduce(
      (sum, { id }) => sum + (this.#plans.get(id)?.frames.length ?? 0),
      0,
    );
    const counted = unopened.filter(({ status }) => status === 'waiting' || status === 'running');
    const { total, waiting } = progress.frames;
    return {
      ...progress,
      frames: { ...progress.frames, total: total + more, waiting: waiting + more },
      unplannedJobs: Math.max(0, progress.unplannedJobs - counted.length),
    };
  }
}
