import prettyMilliseconds from 'pretty-ms';

/** A guess of seconds to come, only as exact as a guess is: `8 s`, `4 m`, `1 h 22 m`. */
export function roughDuration(seconds: number): string {
  if (seconds < 60) return spacedDuration(Math.max(1, Math.round(seconds)), 1);
  return spacedDuration(Math.round(seconds / 60) * 60, 2);
}

/** Whole seconds in at most so many units: `2 m 50 s`. */
export function spacedDuration(seconds: number, unitCount: number): string {
  return prettyMilliseconds(seconds * 1000, { unitCount }).replace(/(\d)([a-z])/g, '$1 $2');
}
