import { basename } from 'node:path';
import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import { CAUSE_FACTS } from '../../../shared/failure.ts';
import { VERDICTS } from '../../../shared/frame-state.ts';
import { type BatchJob, waitsFor, waitsForText } from '../../../shared/job.ts';
import { pausedWithin } from '../../../shared/night.ts';
import { priorityOf } from '../../../shared/order.ts';
import { type Column, inline, localTime, table } from './escape.ts';
import { averageSeconds, counted, doneFrames } from './summary.ts';

/** Every shot on a line, in the order of the batch. */
export function jobTable(result: BatchResult): string {
  const jobs = new Map(result.jobs.map((job) => [job.id, job]));
  const jobOf = (id: string) => jobs.get(id);
  return table(
    JOB_COLUMNS,
    result.jobs.map((job) => jobRow(job, result, jobOf)),
  );
}

/** The frames that took longest, of all shots; empty where no time is known. */
export function slowestFrames(result: BatchResult, most: number): string | null {
  const timed = result.jobs.flatMap(doneFrames).filter(({ record }) => record.seconds > 0);
  // Array.sort is stable: frames of the same time stay in the order of the batch.
  const slowest = timed.sort((a, b) => b.record.seconds - a.record.seconds).slice(0, most);
  if (slowest.length === 0) return null;
  return table(
    FRAME_COLUMNS,
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

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

const JOB_COLUMNS = [
  left('Shot'),
  left('Status'),
  right('Frames'),
  right('Time'),
  right('Per frame'),
  right('Retries'),
  left('Note'),
];
const FRAME_COLUMNS = [
  left('Shot'),
  right('Frame'),
  right('Time'),
  right('Memory'),
  left('Done'),
  left('File'),
  left('Note'),
];

type JobOf = (jobId: string) => BatchJob | undefined;

function jobRow(job: BatchJob, result: BatchResult, jobOf: JobOf): readonly string[] {
  const average = averageSeconds(job);
  const { startTime, endTime } = job;
  const seconds =
    startTime === null || endTime === null ? null : atWork(startTime, endTime, result);
  return [
    inline(job.name),
    job.status,
    job.plan === null ? '–' : `${job.counts.done} of ${job.counts.total}`,
    seconds === null ? '–' : durationText(seconds),
    average === null ? '–' : durationText(average),
    String(job.retryCount),
    inline(notes(job, result, jobOf).join('; ')),
  ];
}

/** Seconds of a shot without the pauses of the batch in it. */
function atWork(from: number, to: number, { night }: BatchResult): number {
  return Math.max(0, to - from - pausedWithin(night, from, to)) / 1000;
}

function notes(job: BatchJob, result: BatchResult, jobOf: JobOf): readonly string[] {
  const { counts, plan } = job;
  const found: string[] = [];
  if (job.error && job.status !== 'skipped') found.push(CAUSE_FACTS[job.error.cause].label);
  if (counts.failed > 0) found.push(`${counts.failed} failed`);
  if (job.status === 'skipped') {
    found.push(
      job.error
        ? `not started: ${job.error.message} ${job.error.nextStep}`
        : 'not started: the batch stopped at a failure',
    );
  }
  if (job.status === 'running') {
    found.push(result.live ? 'being rendered' : 'was being rendered when the batch stopped');
  }
  if (job.status === 'waiting' && (result.live || result.outcome !== 'partial')) {
    const waits = waitsForText(waitsFor(job, jobOf));
    found.push(waits ?? (result.live ? 'not reached yet' : 'not reached'));
  }
  if (priorityOf(job) !== 0 && job.status === 'waiting') found.push(`priority ${priorityOf(job)}`);
  if (job.warnings.length > 0) found.push(counted(job.warnings.length, 'warning'));
  for (const review of VERDICTS) {
    const judged = job.frames.reviewed(review);
    if (judged > 0) found.push(`${judged} ${review}`);
  }
  if (counts.kept > 0) found.push(`${counts.kept} from before`);
  if (job.status === 'completed' && plan?.movie) found.push(`movie: ${basename(plan.movie.file)}`);
  return found;
}
