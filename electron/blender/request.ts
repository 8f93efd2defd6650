import { type Alarm, alarm, awakeMs } from './clock.ts';
import type { Limits } from './types.ts';

/** Why waiting for an answer was given up. */
export type GaveUp = 'timed-out' | 'stalled' | 'aborted';

/** How it is found out whether a Blender that says nothing is at work. */
export interface Work {
  /** Processor time that it and all that it has started have taken so far, ms; `null` where nobody can tell. */
  readonly computedMs: () => Promise<number | null>;
  /** It has been silent for its whole limit, and goes on because it computes. Called once a request. */
  readonly onSilentWork: (silentMs: number) => void;
}

/** Watches one request's limits. `touch` on each sign of life; `stop` when it is over. */
export interface Watch {
  readonly gaveUp: Promise<GaveUp>;
  readonly touch: () => void;
  readonly stop: () => void;
}

/**
 * A Blender has stalled when it has neither spoken nor computed for `stallMs`. Its processor time is looked at only
 * when half of that has passed in silence, and then once each half.
 */
export function watch(limits: Limits, work: Work): Watch {
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
  const silence = silenceAlarm(limits.stallMs, work, () => giveUp('stalled'));
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

/**
 * This much of one core's time is work: a Blender that hangs takes none at all, and one that computes at low priority
 * beside many others still gets more.
 */
const LEAST_SHARE = 0.01;

/** Runs `giveUp` after a silence of `stallMs` whose second half, or any further one, was without work too. */
function silenceAlarm(stallMs: number | null, work: Work, giveUp: () => void): Alarm {
  let spoke = awakeMs();
  let told = false;
  let stopped = false;
  /** What was computed when it was looked at last, and when that was; `null`: not looked at since it spoke. */
  let before: { readonly computed: number | null; readonly at: number } | null = null;
  const half = stallMs === null ? null : stallMs / 2;
  let next = alarm(half, () => void look());
  async function look(): Promise<void> {
    const asked = spoke;
    const computed = await work.computedMs().catch(() => null);
    if (stopped) return;
    const at = awakeMs();
    const first = before === null;
    if (spoke === asked && before !== null && !hasWorked(before, computed, at)) {
      giveUp();
      return;
    }
    if (spoke === asked && !first && !told) {
      told = true;
      work.onSilentWork(at - spoke);
    }
    // Words that came while it was asked begin a new silence.
    before = spoke === asked ? { computed, at } : null;
    next = alarm(half, () => void look());
  }
  return {
    refresh: () => {
      spoke = awakeMs();
      before = null;
      next.refresh();
    },
    stop: () => {
      stopped = true;
      next.stop();
    },
  };
}

function hasWorked(
  before: { readonly computed: number | null; readonly at: number },
  computed: number | null,
  at: number,
): boolean {
  if (before.computed === null || computed === null) return false;
  return computed - before.computed > (at - before.at) * LEAST_SHARE;
}

/** A clock that stands still must not keep us busy. */
const LEAST_MS = 50;
