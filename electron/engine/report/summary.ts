import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import type { FrameRecord } from '../../../shared/frame-state.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { table } from './escape.ts';

/** How the night went, in a sentence or two. */
export function batchHeadline(result: BatchResult): string {
  if (result.totalJobs === 0) {
    const hint = result.problems.length > 0 ? ' The problems below say why.' : '';
    return `There was nothing to render: no shot was found in the folder.${hint}`;
  }
  const sums = tally(result);
  if (result.live) return stillRendering(result, sums);
  switch (result.outcome) {
    case 'completed':
      return completed(result, sums);
    case 'partial':
      return `The last run was for some of the shots: ${standing(result, sums)}${worthALook(result)}`;
    case 'failed':
      return failed(result, sums);
    case 'cancelled':
      return `The batch was cancelled: ${standing(result, sums)} ${RESUME}`;
    case 'interrupted':
      return `The batch stopped before its end (a crash, a power cut or a kill): ${standing(result, sums)} ${RESUME}`;
  }
}

/** `1 shot`, `2 shots`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

const RESUME = 'Rendering it again goes on with the first frame that is missing.';

function stillRendering(result: BatchResult, sums: Tally): string {
  const failed = result.failed > 0 ? ` ${counted(result.failed, 'shot')} failed.` : '';
  const now = result.night.pausedSince === null ? 'Still rendering' : 'Paused';
  return `${now}: ${standing(result, sums)}${failed} What follows is how it stands now.`;
}

function completed(result: BatchResult, sums: Tally): string {
  const shots = allShots(result.totalJobs);
  if (sums.done > 0 && sums.kept === sums.done) {
    return `${shots} complete. Nothing was left to render: all ${counted(sums.done, 'frame')} were there from before.${worthALook(result)}`;
  }
  const time = durationText(result.durationSeconds);
  const before = sums.kept === 0 ? '' : `, ${sums.done - sums.kept} of them rendered`;
  const rest = sums.kept === 0 ? '' : ` and ${sums.kept} from before`;
  return `${shots} complete: ${counted(sums.done, 'frame')}${before} in ${time}${rest}.${worthALook(result)}`;
}

/** One may be one of many: `--only` leaves the others out. */
function allShots(total: number): string {
  if (total === 1) return 'The shot is';
  return total === 2 ? 'Both shots are' : `All ${total} shots are`;
}

function failed(result: BatchResult, sums: Tally): string {
  if (result.failed === 0 && result.skipped > 0) {
    const one = result.skipped === 1;
    return `${result.skipped} of ${counted(result.totalJobs, 'shot')} ${one ? 'was' : 'were'} not started, since ${one ? 'it needs another one that is' : 'they need others that are'} not complete. ${standing(result, sums)}${worthALook(result)}`;
  }
  const skipped = result.skipped > 0 ? ` ${counted(result.skipped, 'shot')} not started.` : '';
  const cancelled = result.cancelled > 0 ? ` ${counted(result.cancelled, 'shot')} cancelled.` : '';
  return `${result.failed} of ${counted(result.totalJobs, 'shot')} failed. ${standing(result, sums)}${skipped}${cancelled}${worthALook(result)}`;
}

/** A shot can be complete and pink. */
function worthALook({ jobs }: BatchResult): string {
  const shots = jobs.filter(({ warnings }) => warnings.length > 0).length;
  if (shots === 0) return '';
  const one = shots === 1;
  return ` ${counted(shots, 'shot')} ${one ? 'is' : 'are'} worth a look before you use ${one ? 'it' : 'them'}.`;
}

function standing(result: BatchResult, sums: Tally): string {
  const verb = result.completed === 1 || result.totalJobs === 1 ? 'is' : 'are';
  const frames =
    sums.frames > 0 ? `, and ${sums.done} of ${counted(sums.frames, 'frame')} on disk` : '';
  return `${result.completed} of ${counted(result.totalJobs, 'shot')} ${verb} complete${frames}.`;
}

/** The sums as a table. */
export function summaryTable(result: BatchResult): string {
  const sums = tally(result);
  const rows: [string, string][] = [
    ['Shots', String(result.totalJobs)],
    ['Completed', String(result.completed)],
    ['Failed', String(result.failed)],
    ['Skipped', String(result.skipped)],
    ['Cancelled', String(result.cancelled)],
    ...(sums.unfinished > 0 ? [['Not finished', String(sums.unfinished)] as [string, string]] : []),
    ['Success rate', percent(result.completed, result.totalJobs)],
    ['Wall time', durationText(result.durationSeconds + result.pausedSeconds)],
    ...(result.pausedSeconds > 0
      ? [['Of this paused', durationText(result.pausedSeconds)] as [string, string]]
      : []),
    ['Blender time', durationText(sums.blenderSeconds)],
    ['Frames on disk', `${sums.done} of ${sums.frames}${unknownFrames(sums.unplanned)}`],
    ['Frames rendered in this run', String(sums.done - sums.kept)],
    ['Frames reused from before', String(sums.kept)],
    ['Frames failed', String(sums.failed)],
    ['Retries', String(sums.retries)],
  ];
  const columns = [
    { title: 'Summary', align: 'left' },
    { title: '', align: 'right' },
  ] as const;
  return table(columns, rows);
}

function unknownFrames(shots: number): string {
  if (shots === 0) return '';
  return ` (and ${shots} shot${shots === 1 ? '' : 's'} never opened)`;
}

/** Rounded down, so that only a batch without any failure says 100 %. */
function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.floor((part / whole) * 100)} %`;
}

export interface DoneFrame {
  readonly job: BatchJob;
  readonly frame: number;
  readonly record: FrameRecord;
  /** Done before this run. */
  readonly kept: boolean;
}

type Tally = ReturnType<typeof tally>;

/** Sums over all shots of a result. Seconds are Blender's, of the frames rendered in this run. */
function tally(result: BatchResult) {
  const sum = (of: (job: BatchJob) => number) =>
    result.jobs.reduce((total, job) => total + of(job), 0);
  return {
    frames: sum((job) => job.counts.total),
    done: sum((job) => job.counts.done),
    kept: sum((job) => job.counts.kept),
    failed: sum((job) => job.counts.failed),
    retries: sum((job) => job.retryCount),
    blenderSeconds: sum((job) =>
      doneFrames(job).reduce((total, { kept, record }) => total + (kept ? 0 : record.seconds), 0),
    ),
    /** Shots that have not ended: a crash, or a batch that still runs. */
    unfinished:
      result.totalJobs - result.completed - result.failed - result.skipped - result.cancelled,
    /** Shots whose number of frames is not known. */
    unplanned: sum((job) => (job.plan === null ? 1 : 0)),
  };
}

export function doneFrames(job: BatchJob): readonly DoneFrame[] {
  return framesIn(job, 'done').map(({ frame, state: { record, kept } }) => {
    return { job, frame, record, kept };
  });
}

/** Seconds a frame; `null` where none was rendered or no time is known. */
export function averageSeconds(job: BatchJob): number | null {
  const times = doneFrames(job).map(({ record }) => record.seconds);
  const known = times.filter((seconds) => seconds > 0);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
