import prettyMilliseconds from 'pretty-ms';

/** Seconds as people say them: `0.4s`, `12.3s`, `4m 10s`, `2h 3m 5s`. Never negative. */
export function durationText(seconds: number): string {
  const known = Math.max(0, seconds);
  if (known < 59.95) return `${Number(known.toFixed(1))}s`;
  return prettyMilliseconds(Math.round(known) * 1000, { secondsDecimalDigits: 0 });
}
