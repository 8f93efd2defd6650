import type { BatchResult } from '../../../shared/batch.ts';
import { durationText } from '../../../shared/duration-text.ts';
import { type Tally, tally } from './tally.ts';

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
  const shots = result.totalJobs === 1 ? 'The only shot is' : `All ${result.totalJobs} shots are`;
  if (sums.done > 0 && sums.kept === sums.done) {
    return `${shots} complete. Nothing was left to render: all ${counted(sums.done, 'frame')} were there from before.${worthALook(result)}`;
  }
  const time = durationText(result.durationSeconds);
  const before = sums.kept === 0 ? '' : `, ${sums.done - sums.kept} of them rendered`;
  const rest = sums.kept === 0 ? '' : ` and ${sums.kept} from before`;
  return `${shots} complete: ${counted(sums.done, 'frame')}${before} in ${time}${rest}.${worthALook(result)}`;
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
