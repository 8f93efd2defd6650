/** The clock on the wall, and timers; tests bring their own. */
export interface WallClock {
  /** ms since 1970. It may be set, and it goes on while the machine sleeps. */
  readonly now: () => number;
  /** Runs something once, after so many ms awake. Returns what calls it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export const WALL_CLOCK: WallClock = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A timer stands still in a sleep and knows nothing of a clock that was set, so the clock is looked at again. */
const LOOK_MS = 5000;

/**
 * Runs something once, never at once, when the clock shows this moment or a later one: also soon after the
 * machine wakes up, and where the clock was set. Returns what calls it off.
 * @param at ms since 1970
 */
export function atMoment(at: number, run: () => void, clock: WallClock = WALL_CLOCK): () => void {
  let callOff = () => {};
  const wait = () => {
    const ms = Math.min(Math.max(0, at - clock.now()), LOOK_MS);
    callOff = clock.after(ms, () => (clock.now() < at ? wait() : run()));
  };
  wait();
  return () => callOff();
}
