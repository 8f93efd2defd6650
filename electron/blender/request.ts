import { type Alarm, alarm } from './awake.ts';
import type { Limits } from './types.ts';

/** Why waiting for an answer was given up. */
export type GaveUp = 'timed-out' | 'stalled' | 'aborted';

/** Watches one request's limits. `touch` on each sign of life; `stop` when it is over. */
export interface Watch {
  readonly gaveUp: Promise<GaveUp>;
  readonly touch: () => void;
  readonly stop: () => void;
}

export function watch(limits: Limits): Watch {
  let giveUp: (why: GaveUp) => void = () => {};
  const gaveUp = new Promise<GaveUp>((resolve) => {
    giveUp = resolve;
  });
  let hard: Alarm;
  const giveTime = (ms: number | null) => {
    hard = alarm(ms, () => {
      const left = limits.leftMs?.() ?? 0;
      if (left > 0) giveTime(Math.max(left, LEAST_MS));
      else giveUp('timed-out');
    });
  };
  giveTime(limits.timeoutMs);
  const silence = alarm(limits.stallMs, () => giveUp('stalled'));
  const abort = () => giveUp('aborted');
  limits.signal.addEventListener('abort', abort, { once: true });
  if (limits.signal.aborted) abort();
  return {
    gaveUp,
    touch: silence.refresh,
    stop: () => {
      hard.stop();
      silence.stop();
      limits.signal.removeEventListener('abort', abort);
    },
  };
}

/** A clock that stands still must not keep us busy. */
const LEAST_MS = 50;
