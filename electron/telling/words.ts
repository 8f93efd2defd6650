import type { BatchProgress, BatchResult } from '../../shared/batch.ts';
import { durationText } from '../../shared/duration-text.ts';
import { CAUSE_FACTS, pastOf } from '../../shared/failure.ts';
import type { BatchJob } from '../../shared/job.ts';
import { printable } from '../../shared/safe-text.ts';
import type { Message } from './services.ts';

/** What is said of a batch, without its picture. @param batch its name */
type Words = Omit<Message, 'picture'>;

export function startedWords(
  batch: string,
  { frames, totalJobs, unplannedJobs }: BatchProgress,
): Words {
  // Those of shots that nobody has opened are not among them.
  const all = frames.total > 0 && unplannedJobs === 0 ? `, ${counted(frames.total, 'frame')}` : '';
  const some = all === '' ? counted(frames.done, 'frame') : `${frames.done} of them`;
  const before =
    frames.done > 0 ? ` ${some} ${frames.done === 1 ? 'is' : 'are'} there from before.` : '';
  const text = `${counted(totalJobs, 'shot')}${all}.${before}`;
  return { event: 'started', batch, title: `${batch} has started`, text };
}

/** Names that one message holds. */
const MOST_NAMED = 12;

/** @param failed at least one */
export function failedWords(batch: string, failed: readonly BatchJob[]): Words {
  const [first] = failed;
  if (first && failed.length === 1) {
    const why = first.error ? `${first.error.message} ${first.error.nextStep}` : '';
    const past = first.error ? pastOf(first.error.cause) : 'failed';
    const title = `${printable(first.name)} ${past}`;
    return { event: 'failed', batch, title, text: inBatch(batch, printable(why)) };
  }
  const lines = failed.slice(0, MOST_NAMED).map(({ name, error }) => {
    return `${printable(name)}: ${error ? CAUSE_FACTS[error.cause].label : 'failed'}`;
  });
  const more = failed.length - lines.length;
  if (more > 0) lines.push(`and ${more} more`);
  const title = `${counted(failed.length, 'shot')} failed`;
  return { event: 'failed', batch, title, text: inBatch(batch, lines.join('\n')) };
}

function inBatch(batch: string, text: string): string {
  return [`In ${batch}.`, text]
    .filter((part) => part !== '')
    .join(text.includes('\n') ? '\n' : ' ');
}

/** @param headline how it went, in a sentence or two */
export function doneWords(batch: string, result: BatchResult, headline: string): Words {
  return { event: 'done', batch, title: doneTitle(batch, result), text: headline };
}

function doneTitle(batch: string, { outcome, failed, completed, totalJobs }: BatchResult): string {
  switch (outcome) {
    case 'completed':
      return `${batch} is done`;
    case 'failed':
      return failed > 0
        ? `${batch}: ${counted(failed, 'shot')} failed`
        : `${batch} is not complete`;
    case 'partial':
      return `${batch}: ${completed} of ${counted(totalJobs, 'shot')} done`;
    case 'cancelled':
    case 'interrupted':
      return `${batch} was stopped`;
  }
}

/** One batch of a night, for its end. */
export interface NightPart {
  readonly batch: string;
  readonly completed: number;
  readonly totalJobs: number;
}

/** Of more than one batch, when nothing more is to come. */
export function nightWords(parts: readonly NightPart[]): Words {
  const isWhole = parts.every(({ completed, totalJobs }) => completed === totalJobs);
  const lines = parts.map(
    ({ batch, completed, totalJobs }) => `${batch}: ${completed} of ${counted(totalJobs, 'shot')}`,
  );
  return {
    event: 'done',
    batch: null,
    title: isWhole ? 'The night is done' : 'The night is over',
    text: lines.join('\n'),
  };
}

export function stalledWords(batch: string, minutes: number, { frames }: BatchProgress): Words {
  return {
    event: 'stalled',
    batch,
    title: `${batch} stands still`,
    text: `Nothing was finished for ${durationText(minutes * 60)}. ${standing(frames)}`,
  };
}

/** It does not go on by itself. @param how behind its name. @param why in a sentence */
export function heldWords(batch: string, how: string, why: string): Words {
  return { event: 'stalled', batch, title: `${batch} ${how}`, text: printable(why) };
}

function standing({ done, total, running }: BatchProgress['frames']): string {
  const now = running > 0 ? `, ${running} being rendered` : '';
  return `${done} of ${counted(total, 'frame')} done${now}.`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Says that it works. Also what a preview shows. */
export function sampleWords(event: Message['event']): Words {
  const batch = 'sq020_lighting';
  switch (event) {
    case 'started':
      return { event, batch, title: `${batch} has started`, text: '12 shots, 288 frames.' };
    case 'failed':
      return {
        event,
        batch,
        title: 'sh0040_lighting_v012 failed (no camera)',
        text: `In ${batch}. The scene “Scene” has no camera. ${CAUSE_FACTS['no-camera'].nextStep}`,
      };
    case 'done':
      return {
        event,
        batch,
        title: `${batch} is done`,
        text: 'All 12 shots are complete: 288 frames in 6h 12m 4s.',
      };
    case 'stalled':
      return {
        event,
        batch,
        title: `${batch} stands still`,
        text: 'Nothing was finished for 1h. 112 of 288 frames done, 2 being rendered.',
      };
  }
}

/** What a test says, so that nobody takes it for a night. */
export function testWords(): Words {
  return {
    event: 'done',
    batch: null,
    title: 'Nightshift can tell you here',
    text: 'This is a test. Nothing was rendered.',
  };
}
