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
  const hard = timer(limits.timeoutMs, () => giveUp('timed-out'));
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

/** Beyond this, setTimeout would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

function timer(ms: number | null, run: () => void): NodeJS.Timeout | undefined {
  return ms === null ? undefined : setTimeout(run, Math.min(ms, LONGEST_MS));
}
