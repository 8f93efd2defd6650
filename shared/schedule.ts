/** Times of a day as the artist says them, `23:00`; `null`: at once, or to the end. */
export interface PlannedTimes {
  readonly startAt: string | null;
  readonly until: string | null;
}

/** The same as moments, ms since 1970. */
export interface Moments {
  /** `null`: now, or it has begun. */
  readonly startAt: number | null;
  /** No new frames are started from then on; `null`: to the end. */
  readonly until: number | null;
}

export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** `23:00`, `7:30` or `8` as `23:00`, `07:30`, `08:00`; `null`: no time of a day. */
export function parseTimeOfDay(text: string): string | null {
  const found = /^(\d{1,2})(?::(\d\d))?$/.exec(text.trim());
  if (!found) return null;
  const time = `${(found[1] ?? '').padStart(2, '0')}:${found[2] ?? '00'}`;
  return TIME_OF_DAY.test(time) ? time : null;
}

/**
 * When the local clock shows this time next, strictly later, ms since 1970. An hour that is left out in
 * spring comes as the one after it; of one that comes twice in autumn the first counts.
 */
export function nextMoment(time: string, after: number): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const day = new Date(after);
  const on = (days: number) =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hours, minutes).getTime();
  const today = on(0);
  return today > after ? today : on(1);
}

/** What is meant now: the next such times, the end after the start. A start in this very minute is now. */
export function momentsOf({ startAt, until }: PlannedTimes, now: number): Moments {
  const start = startAt === null || startAt === clockText(now) ? null : nextMoment(startAt, now);
  return { startAt: start, until: until === null ? null : nextMoment(until, start ?? now) };
}

/** `08:00`: what the local clock shows then. */
export function clockText(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What happens when the night is done, with or without failures: its only batch, or the last of several. */
export const WHEN_DONE = ['nothing', 'notify', 'sleep', 'shut-down'] as const;
export type WhenDone = (typeof WHEN_DONE)[number];

/** What is done with the computer. */
export type PowerAct = Extract<WhenDone, 'sleep' | 'shut-down'>;

/** So long anybody can say no. */
export const COUNTDOWN_MS = 60_000;

/** The computer is about to go to sleep, or to shut down. */
export interface PowerCountdown {
  readonly act: PowerAct;
  /** Of the batch that is done; `null`: a night of several is. */
  readonly batchName: string | null;
  /** ms since 1970. */
  readonly at: number;
}

/** `null`: the computer is left alone. */
export function powerActOf(whenDone: WhenDone): PowerAct | null {
  return whenDone === 'sleep' || whenDone === 'shut-down' ? whenDone : null;
}

/** `This computer goes to sleep`, as the beginning of a sentence. */
export function powerText(act: PowerAct): string {
  return act === 'sleep' ? 'This computer goes to sleep' : 'This computer shuts down';
}
