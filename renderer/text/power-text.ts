import { type PowerCountdown, powerText, type WhenDone } from '../../shared/schedule.ts';

/** `This computer goes to sleep in 42 s. Finished frames are safe.` */
export function powerQuestion({ act, at }: PowerCountdown, now: number): string {
  const seconds = Math.max(0, Math.ceil((at - now) / 1000));
  return `${powerText(act)} in ${seconds} s. Finished frames are safe.`;
}

/** In the settings, in this order. */
export const WHEN_DONE_WORDS: Readonly<Record<WhenDone, string>> = {
  notify: 'Notify me',
  nothing: 'Do nothing',
  sleep: 'Put this computer to sleep',
  'shut-down': 'Shut this computer down',
};

/** The same where there is little room. */
export const WHEN_DONE_SHORT: Readonly<Record<WhenDone, string>> = {
  nothing: 'Do nothing',
  notify: 'Notify me',
  sleep: 'Sleep',
  'shut-down': 'Shut down',
};

/** Beside what a batch renders with; `null`: nothing that anybody would be surprised by. */
export function whenDoneText(whenDone: WhenDone): string | null {
  if (whenDone === 'sleep') return 'Sleeps when done';
  return whenDone === 'shut-down' ? 'Shuts down when done' : null;
}
