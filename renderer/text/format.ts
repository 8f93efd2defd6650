import { spacedDuration } from '../../shared/duration-text.ts';
import { clockText as clock } from '../../shared/schedule.ts';

export { durationText as duration, roughDuration } from '../../shared/duration-text.ts';
export { clock };

const COUNT = new Intl.NumberFormat('en');
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const DAY_MS = 86_400_000;

/** `1,204` */
export function count(value: number): string {
  return COUNT.format(value);
}

/** `1 frame`, `1,204 frames`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Seconds of a clock that runs: `8 s`, `1 m 7 s`, `2 h 11 m`. */
export function wholeDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole === 0 ? '0 s' : spacedDuration(whole, 2);
}

/** When something was: `06:40` today, `Sat` within the week, else `4 Nov`. */
export function dayOrClock(at: number, now: number): string {
  if (new Date(at).toDateString() === new Date(now).toDateString()) return clock(at);
  return now - at < 6 * DAY_MS ? WEEKDAY.format(at) : DATE.format(at);
}

/** A clock time that is not today says its day too: `06:40`, `Sat 06:40`. */
export function clockWithDay(at: number, now: number): string {
  const hours = Math.abs(at - now) / 3_600_000;
  return hours < 20 ? clock(at) : `${dayOrClock(at, now)} ${clock(at)}`;
}

/** `58 %`, rounded down so that 100 means all. */
export function percent(part: number, whole: number): string {
  return `${whole > 0 ? Math.floor((part * 100) / whole) : 0} %`;
}

/** MiB as `640 MB` or `3.1 GB`. */
export function memory(megabytes: number): string {
  if (megabytes < 1000) return `${Math.round(megabytes)} MB`;
  const gigabytes = megabytes / 1024;
  return `${gigabytes < 10 ? gigabytes.toFixed(1) : Math.round(gigabytes)} GB`;
}

/** `two` up to ten, then figures. */
export function inWords(value: number): string {
  return WORDS[value] ?? count(value);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const WORDS = 'no one two three four five six seven eight nine ten'.split(' ');
