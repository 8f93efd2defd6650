import type { Failure } from '../../../shared/failure.ts';
import { formatFrames } from '../../../shared/frames.ts';
import type { BatchJob } from '../../../shared/job.ts';

/** After this many hopeless frames and not one good one, the rest of a shot is not tried. */
const HOPELESS = 3;

export type JobVerdict =
  | { readonly kind: 'going' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly error: Failure };

/** Whether a job has ended, judged by its frames alone. */
export function jobVerdict(job: BatchJob): JobVerdict {
  const { counts } = job;
  if (job.plan === null) return { kind: 'going' };
  const hopeless = counts.failed >= HOPELESS && counts.done === 0;
  if (!hopeless && counts.waiting + counts.running > 0) return { kind: 'going' };
  if (counts.failed === 0) return { kind: 'completed' };
  return { kind: 'failed', error: framesFailed(job) };
}

/** One sentence for a shot of which some frames failed; the first failed frame's cause stands. */
function framesFailed(job: BatchJob): Failure {
  const numbers = job.plan?.frames ?? [];
  const failed = numbers.filter((_, index) => job.frames[index]?.status === 'failed');
  const first = job.frames.find((frame) => frame.status === 'failed');
  if (first?.status !== 'failed') throw new Error(`Job ${job.name} has no failed frame.`);
  const { failure } = first;
  const tries = first.tries === 1 ? '1 try' : `${first.tries} tries`;
  const which = failed.length === 1 ? `Frame ${failed[0]}` : `Frames ${formatFrames(failed)}`;
  return { ...failure, message: `${which} (${tries}): ${failure.message} ${othersOf(job)}` };
}

function othersOf({ counts }: BatchJob): string {
  const left = counts.waiting + counts.running;
  if (left === 1) return 'The other frame was not tried.';
  if (left > 1) return `The other ${left} frames were not tried.`;
  if (counts.done === 0) return 'No frame of the shot could be rendered.';
  return counts.done === 1
    ? 'The other frame is done.'
    : `The other ${counts.done} frames are done.`;
}
