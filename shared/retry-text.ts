import { CAUSE_LABELS, type Cause } from './failure.ts';
import { formatFrames } from './frames.ts';
import type { BatchJob, RetryTally } from './job.ts';
import { MOST_RETRIED } from './job-state.ts';

/** How often a job was tried again and why: `frame 3 crashed twice; frames 7-9 stalled, 4 times`. */
export function retriesText({ retries }: Pick<BatchJob, 'retries'>): string {
  return retries.map(tallyText).join('; ');
}

function tallyText({ cause, count, frames }: RetryTally): string {
  const what = HAPPENED[cause] ?? `failed (${CAUSE_LABELS[cause]})`;
  if (frames.length === 0) return `opening it ${what}${count === 1 ? '' : ` ${times(count)}`}`;
  if (frames.length === 1)
    return `frame ${frames[0]} ${what}${count === 1 ? '' : ` ${times(count)}`}`;
  const more = frames.length === MOST_RETRIED ? ' and more' : '';
  const numbers = formatFrames(frames.toSorted((a, b) => a - b));
  return `frames ${numbers}${more} ${what}${count === frames.length ? ' once each' : `, ${times(count)} in all`}`;
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

/** What a frame or an opening did, as the past of a sentence. */
const HAPPENED: Partial<Record<Cause, string>> = {
  crashed: 'crashed',
  'out-of-memory': 'ran out of memory',
  'timed-out': 'took too long',
  stalled: 'stalled',
  'frame-incomplete': 'left an incomplete file',
  'nothing-rendered': 'left no file',
};
