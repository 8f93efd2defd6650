import type { BatchProgress } from '../../../shared/batch.ts';
import type { BatchJob, FramePlan } from '../../../shared/job.ts';
import type { ResumeCard } from '../../../shared/view.ts';

type FindJob = (id: string) => BatchJob | undefined;

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
  counted(progress: BatchProgress, find: FindJob): BatchProgress {
    const { jobs, frames: more } = this.#toRender(find);
    if (jobs.length === 0) return progress;
    const counted = jobs.filter(({ status }) => status === 'waiting' || status === 'running');
    const { total, waiting } = progress.frames;
    return {
      ...progress,
      frames: { ...progress.frames, total: total + more, waiting: waiting + more },
      unplannedJobs: Math.max(0, progress.unplannedJobs - counted.length),
    };
  }

  /** The same for what is to be resumed. */
  countedCard(card: ResumeCard, find: FindJob): ResumeCard {
    const { jobs, frames } = this.#toRender(find);
    return {
      ...card,
      framesLeft: card.framesLeft + frames,
      shotsUnopened: Math.max(0, card.shotsUnopened - jobs.length),
    };
  }

  /** Shots that only preflight has opened, with the frames that the batch has to render of them, now or when it is resumed. */
  #toRender(find: FindJob): { readonly jobs: readonly BatchJob[]; readonly frames: number } {
    const jobs = [...this.#unlisted].flatMap((id) => {
      const job = find(id);
      return job?.plan === null && job.status !== 'failed' ? [job] : [];
    });
    const framesOf = ({ id }: BatchJob) => this.#plans.get(id)?.frames.length ?? 0;
    return { jobs, frames: jobs.reduce((sum, job) => sum + framesOf(job), 0) };
  }
}
