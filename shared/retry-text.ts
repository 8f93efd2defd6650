import { CAUSE_LABELS, type Cause } from './failure.ts';
import { formatFrames } from './frames.ts';
import type { BatchJob, RetryTally } from './job.ts';
import { MOST_RETRIED } from './job-state.ts';

/** How often a job was tried again and why: `frame 3 crashed twice; frames 7-9 stalled, 4 times`. */
export function retriesText({ retries }: Pick<BatchJob, 'retries'>): string {
  return retries.map(tallyText).join('; ');
}

function tallyText({ cause, count, openings, frames }: RetryTally): string {
  const what = HAPPENED[cause] ?? `failed (${CAUSE_LABELS[cause]})`;
  const ofFrames = frames.length === 0 ? [] : [framesText(frames, what, count - openings)];
  const ofOpenings = openings === 0 ? [] : [`opening it ${what}${again(openings)}`];
  return [...ofOpenings, ...ofFrames].join(', ');
}

function framesText(frames: readonly number[], what: string, count: number): string {
  if (frames.length === 1) return `frame ${frames[0]} ${what}${again(count)}`;
  const more = frames.length === MOST_RETRIED ? ' and more' : '';
  const numbers = formatFrames(frames);
  return `frames ${numbers}${more} ${what}${count === frames.length ? ' once each' : `, ${count} times in all`}`;
}

function again(count: number): string {
  if (count === 1) return '';
  return count === 2 ? ' twice' : ` ${count} times`;
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
