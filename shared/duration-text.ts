import prettyMilliseconds from 'pretty-ms';
import type { Expectation } from './batch.ts';

/** Formats seconds: `0.04 s`, `0.4 s`, `53 s`, `2 m 50 s`, `6 h 20 m`, `1 d 3 h`. Never negative. */
export function durationText(seconds: number): string {
  if (seconds > 0 && seconds < 0.095) return `${Math.max(0.01, seconds).toFixed(2)} s`;
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  return spacedDuration(Math.round(seconds), 2);
}

/** A guess of seconds to come, only as exact as a guess is: `8 s`, `4 m`, `1 h 22 m`. */
export function roughDuration(seconds: number): string {
  if (seconds < 60) return spacedDuration(Math.max(1, Math.round(seconds)), 1);
  return spacedDuration(Math.round(seconds / 60) * 60, 2);
}

/** Whole seconds in at most so many units: `2 m 50 s`. */
export function spacedDuration(seconds: number, unitCount: number): string {
  return prettyMilliseconds(seconds * 1000, { unitCount }).replace(/(\d)([a-z])/g, '$1 $2');
}

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
