/** The clock is looked at so often; what lies further apart was a sleep. */
const LOOK_MS = 500;
const LONGEST_MS = 1000;

let total = 0;
let last = performance.now();
let isLooking = false;

/**
 * Milliseconds that go on while this machine is awake and lets us run, whoever sets its clock; only
 * differences mean anything. A night that a laptop slept through is no time that a frame has taken.
 */
export function awakeMs(): number {
  if (!isLooking) setInterval(count, LOOK_MS).unref();
  isLooking = true;
  return count();
}

/** A timer of awake time: one that comes due in a sleep waits for the rest of its time afterwards. */
export interface Alarm {
  /** Starts its time anew. */
  readonly refresh: () => void;
  readonly stop: () => void;
}

/** Runs something once, after so many ms awake; with `null` never. */
export function alarm(ms: number | null, run: () => void): Alarm {
  if (ms === null) return { refresh: () => {}, stop: () => {} };
  let since = awakeMs();
  let timer = setTimeout(look, Math.min(ms, LONGEST_TIMER_MS));
  function look(): void {
    const left = (ms ?? 0) - (awakeMs() - since);
    if (left <= 0) run();
    else timer = setTimeout(look, Math.min(Math.max(1, left), LONGEST_TIMER_MS));
  }
  return {
    refresh: () => {
      since = awakeMs();
    },
    stop: () => clearTimeout(timer),
  };
}

/** Beyond this, setTimeout would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function count(): number {
  const now = performance.now();
  total += Math.min(now - last, LONGEST_MS);
  last = now;
  return total;
}
/** Waits for a promise, but not for longer than this. `undefined`: it was not ready by then. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
