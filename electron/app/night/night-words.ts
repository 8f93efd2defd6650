import type { BatchProgress, BatchResult } from '../../../shared/batch.ts';

export interface Words {
  readonly title: string;
  readonly body: string;
}

/** What a notification says at the end of a batch. @param name of the batch */
export function endWords(name: string, result: BatchResult): Words | null {
  const { completed, failed, totalJobs } = result;
  switch (result.outcome) {
    case 'completed':
      return {
        title: `${name} is done`,
        body: `All ${shots(completed)} are rendered.${worthALook(result)}`,
      };
    case 'failed':
      return {
        title: `${name}: ${shots(failed)} failed`,
        body: `${completed} of ${shots(totalJobs)} are done. Nightshift says why the others are not.`,
      };
    case 'partial':
      return {
        title: `${name}: ${completed} of ${shots(totalJobs)} ${completed === 1 ? 'is' : 'are'} done`,
        body: `What you chose is rendered. The other shots wait.${worthALook(result)}`,
      };
    // The artist has just cancelled it and needs not be told.
    case 'cancelled':
    case 'interrupted':
      return null;
  }
}

/** A shot can be complete and pink. */
function worthALook({ jobs }: BatchResult): string {
  const count = jobs.filter(({ warnings }) => warnings.length > 0).length;
  if (count === 0) return '';
  return count === 1 ? ' One is worth a look.' : ` ${count} are worth a look.`;
}

/** How full the bar on the taskbar is, and in which manner; `null`: none. */
export function taskbarOf(
  progress: BatchProgress | null,
): { readonly fraction: number; readonly mode: 'normal' | 'paused' | 'indeterminate' } | null {
  if (!progress) return null;
  const { total, done, failed } = progress.frames;
  if (total === 0) return { fraction: 2, mode: 'indeterminate' };
  return { fraction: (done + failed) / total, mode: progress.paused ? 'paused' : 'normal' };
}

function shots(count: number): string {
  return count === 1 ? '1 shot' : `${count} shots`;
}
