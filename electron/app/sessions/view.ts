import { basename } from 'node:path';
import type { BatchOutcome, BatchProgress } from '../../../shared/batch.ts';
import { filesName } from '../../../shared/picked-files.ts';
import { printable } from '../../../shared/safe-text.ts';
import type { BatchPhase, BatchView } from '../../../shared/view.ts';

/** Last part of a folder, as it may be shown anywhere, of a disk's root the whole; or the files that were picked of it. */
export function nameOf(folder: string, files?: readonly string[]): string {
  return printable(files ? filesName(files) : basename(folder) || folder);
}

interface PhaseFacts extends Pick<BatchView, 'progress' | 'paused'> {
  readonly running: boolean;
  /** Of the newest run. */
  readonly outcome: BatchOutcome | null;
}

/** What an open batch is at. */
export function phaseOf({ running, outcome, progress, paused }: PhaseFacts): BatchPhase {
  if (!running) return isMended(outcome, progress) ? 'completed' : (outcome ?? 'unread');
  if (!paused) return 'running';
  return progress.frames.running > 0 ? 'pausing' : 'paused';
}

/** What failed has been taken out of the folder since, and everything else is done. */
function isMended(outcome: BatchOutcome | null, { jobs, totalJobs }: BatchProgress): boolean {
  return outcome === 'failed' && totalJobs > 0 && jobs.completed === totalJobs;
}
