/** Timers can't wait longer than 2^31 ms. */
export const MAX_SECONDS = 2_000_000;

const TEXT =
  /^(?:(\d+(?:\.\d+)?)\s*h)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in)?)?\s*(?:(\d+(?:\.\d+)?)\s*s?)?$/i;

/**
 * Seconds from `90`, `90s`, `20m`, `2h` or `1h30m`; `null` for anything else.
 * More than zero, at most MAX_SECONDS.
 */
export function parseDuration(value: number | string): number | null {
  const seconds = typeof value === 'number' ? value : secondsOf(value.trim());
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : null;
}

function secondsOf(text: string): number {
  const match = text.length > 60 ? null : TEXT.exec(text);
  if (!match) return 0;
  const [, hours = 0, minutes = 0, seconds = 0] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
