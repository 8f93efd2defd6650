import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import type { BatchJob } from '../../../shared/job.ts';
import { framesIn } from '../../../shared/job-state.ts';
import { counted, table } from './escape.ts';

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

/** Shows the sums as a table. */
export function summaryTable(result: BatchResult): string {
  const { totalJobs, completed, failed, skipped, cancelled, durationSeconds, pausedSeconds } =
    result;
  const sums = tally(result);
  const unfinished = totalJobs - completed - failed - skipped - cancelled;
  const unopened = result.jobs.filter(({ plan }) => plan === null).length;
  const never = unopened === 0 ? '' : ` (and ${counted(unopened, 'shot')} never opened)`;
  return table(
    ['Summary', '>'],
    [
      ['Shots', String(totalJobs)],
      ['Completed', String(completed)],
      ['Failed', String(failed)],
      ['Skipped', String(skipped)],
      ['Cancelled', String(cancelled)],
      ...(unfinished > 0 ? [['Not finished', String(unfinished)]] : []),
      // Rounded down: only a batch without a failure has 100 %.
      ['Success rate', totalJobs === 0 ? '–' : `${Math.floor((completed / totalJobs) * 100)} %`],
      ['Wall time', durationText(durationSeconds + pausedSeconds)],
      ...(pausedSeconds > 0 ? [['Of this paused', durationText(pausedSeconds)]] : []),
      ['Blender time', durationText(sums.blenderSeconds)],
      ['Frames on disk', `${sums.done} of ${sums.frames}${never}`],
      ['Frames rendered in this run', String(sums.done - sums.kept)],
      ['Frames reused from before', String(sums.kept)],
      ['Frames failed', String(sums.failed)],
      ['Retries', String(sums.retries)],
    ],
  );
}

type Tally = ReturnType<typeof tally>;

function tally(result: BatchResult) {
  const sum = (of: (job: BatchJob) => number) =>
    result.jobs.reduce((total, job) => total + of(job), 0);
  return {
    frames: sum((job) => job.counts.total),
    done: sum((job) => job.counts.done),
    kept: sum((job) => job.counts.kept),
    failed: sum((job) => job.counts.failed),
    retries: sum((job) => job.retryCount),
    /** Of the frames rendered in this run. */
    blenderSeconds: sum((job) =>
      framesIn(job, 'done').reduce(
        (total, { state: { kept, record } }) => total + (kept ? 0 : record.seconds),
        0,
      ),
    ),
  };
}
