/** A moment (ms since 1970) in this machine's time zone: `2026-03-01 06:12:09`. */
export function localTime(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** The time zone that `localTime` uses at a moment: `Europe/Berlin, UTC+01:00`. */
export function timeZone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  const two = (value: number) => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  const offset = `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  const name = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return name === 'UTC' || name === undefined ? 'UTC' : `${name}, ${offset}`;
}
