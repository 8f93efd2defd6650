import { basename } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import { CAUSE_FACTS } from '../../../shared/failure.ts';
import { VERDICTS } from '../../../shared/frame-state.ts';
import { type BatchJob, waitsFor, waitsForText } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { pausedWithin } from '../../../shared/night.ts';
import { priorityOf } from '../../../shared/order.ts';
import { counted, inline, localTime, table } from './escape.ts';

/** Shows every shot on a line, in the order of the batch; `null`: there is none. */
export function jobTable(result: BatchResult): string | null {
  if (result.jobs.length === 0) return null;
  const jobs = new Map(result.jobs.map((job) => [job.id, job]));
  return table(
    ['Shot', 'Status', '>Frames', '>Time', '>Per frame', '>Retries', 'Note'],
    result.jobs.map((job) => {
      const { counts, startTime, endTime } = job;
      const { known, sum } = job.frames.times;
      return [
        inline(job.name),
        job.status,
        job.plan === null ? '–' : `${counts.done} of ${counts.total}`,
        startTime === null || endTime === null ? '–' : timeText(startTime, endTime, result),
        known === 0 ? '–' : durationText(sum / known),
        String(job.retryCount),
        inline(notes(job, result, (id) => jobs.get(id)).join('; ')),
      ];
    }),
  );
}

/** The time of a shot without the pauses of the batch in it. */
function timeText(from: number, to: number, { night }: BatchResult): string {
  return durationText((to - from - pausedWithin(night, from, to)) / 1000);
}

function notes(
  job: BatchJob,
  result: BatchResult,
  jobOf: (id: string) => BatchJob | undefined,
): readonly string[] {
  const { counts, plan, status, error, warnings } = job;
  const isAtWork = status === 'waiting' && (result.live || result.outcome !== 'partial');
  const isMovie = status === 'completed' && plan?.movie;
  const skipped = error ? `${error.message} ${error.nextStep}` : 'the batch stopped at a failure';
  return [
    error && status !== 'skipped' && CAUSE_FACTS[error.cause].label,
    counts.failed > 0 && `${counts.failed} failed`,
    status === 'skipped' && `not started: ${skipped}`,
    status === 'running' &&
      (result.live ? 'being rendered' : 'was being rendered when the batch stopped'),
    isAtWork &&
      (waitsForText(waitsFor(job, jobOf)) ?? (result.live ? 'not reached yet' : 'not reached')),
    status === 'waiting' && priorityOf(job) !== 0 && `priority ${priorityOf(job)}`,
    warnings.length > 0 && counted(warnings.length, 'warning'),
    ...VERDICTS.map((review) => {
      const judged = job.frames.reviewed(review);
      return judged > 0 && `${judged} ${review}`;
    }),
    counts.kept > 0 && `${counts.kept} from before`,
    isMovie && `movie: ${basename(isMovie.file)}`,
  ].filter((note) => typeof note === 'string');
}

/** Shows the frames that took longest, of all shots; `null`: no time is known. */
export function slowestFrames(result: BatchResult, most: number): string | null {
  const timed = result.jobs
    .flatMap((job) => framesIn(job, 'done').map(({ frame, state }) => ({ job, frame, ...state })))
    .filter(({ record }) => record.seconds > 0);
  const slowest = timed.sort((a, b) => b.record.seconds - a.record.seconds).slice(0, most);
  if (slowest.length === 0) return null;
  return table(
    ['Shot', '>Frame', '>Time', '>Memory', 'Done', 'File', 'Note'],
    slowest.map(({ job, frame, record, kept }) => [
      inline(job.name),
      String(frame),
      durationText(record.seconds),
      record.memoryMb > 0 ? `${Math.round(record.memoryMb)} MiB` : '–',
      localTime(record.at),
      inline(record.file),
      kept ? 'from before' : '',
    ]),
  );
}
