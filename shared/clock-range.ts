import type { Expectation } from './batch.ts';

const MINUTE = 60_000;

/**
 * When something that begins now will be done, ms since 1970, only as exact as a guess is: to five minutes where it
 * takes over an hour, so that the time doesn't change with each frame.
 */
export function finishAt(now: number, seconds: number): number {
  const step = seconds > 3600 ? 5 * MINUTE : MINUTE;
  return Math.round((now + seconds * 1000) / step) * step;
}

/** The earliest and the latest end, rounded outward; `null`: the same minute, so there is nothing to say. */
export function finishBetween(
  now: number,
  range: Pick<Expectation, 'low' | 'high'>,
): readonly [number, number] | null {
  const minutes = (range.high - range.low) / 60;
  const step = minutes > 120 ? 10 * MINUTE : minutes > 20 ? 5 * MINUTE : MINUTE;
  const from = Math.floor((now + range.low * 1000) / step) * step;
  const to = Math.ceil((now + range.high * 1000) / step) * step;
  return minutes < 1 ? null : [from, to];
}
