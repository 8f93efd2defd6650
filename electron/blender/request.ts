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
  let hard: NodeJS.Timeout | undefined;
  const giveTime = (ms: number | null) => {
    hard = timer(ms, () => {
      const left = limits.leftMs?.() ?? 0;
      if (left > 0) giveTime(Math.max(left, LEAST_MS));
      else giveUp('timed-out');
    });
  };
  giveTime(limits.timeoutMs);
  const silence = timer(limits.stallMs, () => giveUp('stalled'));
  const abort = () => giveUp('aborted');
  limits.signal.addEventListener('abort', abort, { once: true });
  if (limits.signal.aborted) abort();
  return {
    gaveUp,
    touch: () => silence?.refresh(),
    stop: () => {
      clearTimeout(hard);
      clearTimeout(silence);
      limits.signal.removeEventListener('abort', abort);
    },
  };
}

/** A clock that stands still must not keep us busy. */
const LEAST_MS = 50;

/** Beyond this, setTimeout would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

function timer(ms: number | null, run: () => void): NodeJS.Timeout | undefined {
  return ms === null ? undefined : setTimeout(run, Math.min(ms, LONGEST_MS));
}
