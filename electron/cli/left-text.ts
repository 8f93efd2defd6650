import type { BatchProgress } from '../../shared/batch.ts';
import { finishAt, finishBetween } from '../../shared/clock-range.ts';
import { roughDuration } from '../../shared/rough-duration.ts';

/** `6 h 20 m left, done about 06:40 (06:20–07:10)`; empty while nothing is known, or nothing is left. */
export function leftText(
  { remainingSeconds, remainingRange }: Pick<BatchProgress, 'remainingSeconds' | 'remainingRange'>,
  now: number,
): string {
  if (remainingSeconds === null || remainingSeconds === 0) return '';
  const between = remainingRange && finishBetween(now, remainingRange);
  const range = between ? ` (${between.map(clock).join('–')})` : '';
  return `${roughDuration(remainingSeconds)} left, done about ${clock(finishAt(now, remainingSeconds))}${range}`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** `06:40` of ms since 1970. */
export function clock(at: number): string {
  return CLOCK.format(at);
}
