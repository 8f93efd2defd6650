import { type BatchEvent, isJobEvent, type JobEvent } from '../../../shared/events.ts';
import { FrameDraft } from '../../../shared/frame-draft.ts';
import { type FrameEvent, frameAfter, isFrameEvent } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { frameIndex, restarted, stopped, withFrames } from '../../../shared/job-state.ts';
import { jobAfterOrAdded } from './batch-state.ts';

interface Draft {
  job: BatchJob;
  /** Changed since `job` was made; `null`: nothing was. */
  frames: FrameDraft | null;
}

/**
 * The jobs of a journal while it is being played. What happens to frames alone is gathered and becomes
 * part of the job when something else happens to it: a journal tells of nothing as often as of frames.
 */
export class JobDrafts {
  readonly #drafts = new Map<string, Draft>();

  /** Throws on an illegal move and on a job that was never added, and changes nothing then. */
  apply(event: BatchEvent): void {
    if (isJobEvent(event)) this.#applyToJob(event);
    // A new run means that the one before is over, however it ended.
    else if (event.type === 'batch-started') this.#changeAll(restarted);
  }

  /** The jobs as the journal left them, and how many frames were being rendered then. */
  end(): { readonly jobs: ReadonlyMap<string, BatchJob>; readonly unfinished: number } {
    const jobs = new Map<string, BatchJob>();
    let unfinished = 0;
    for (const [id, draft] of this.#drafts) {
      const job = settled(draft);
      unfinished += job.counts.running;
      jobs.set(id, stopped(job));
    }
    return { jobs, unfinished };
  }

  #applyToJob(event: JobEvent): void {
    const draft = this.#drafts.get(event.job);
    if (draft && isFrameEvent(event) && event.type !== 'frame-failed') changeFrame(draft, event);
    else if (draft) draft.job = jobAfterOrAdded(settled(draft), event);
    else this.#drafts.set(event.job, { job: jobAfterOrAdded(undefined, event), frames: null });
  }

  #changeAll(change: (job: BatchJob) => BatchJob): void {
    for (const draft of this.#drafts.values()) draft.job = change(settled(draft));
  }
}

function changeFrame(draft: Draft, event: FrameEvent): void {
  const index = frameIndex(draft.job, event.frame);
  if (index === -1) return;
  draft.frames ??= new FrameDraft(draft.job.frames);
  draft.frames.change(index, (frame) => frameAfter(frame, event));
}

function settled(draft: Draft): BatchJob {
  if (draft.frames) draft.job = withFrames(draft.job, draft.frames.list());
  draft.frames = null;
  return draft.job;
}
