import { type Stats, stat } from 'node:fs';

/** Looks on their way at once: enough to keep the system busy, and few enough that nobody waits behind them. */
const AT_ONCE = 32;

/**
 * Looks at many files, some of them side by side, and tells of each; `null`: it can't be looked at. Makes
 * no promise for each file, which with millions of them would be most of the time. Begins nothing new
 * once `isCancelled` says so.
 */
export function statAll(
  count: number,
  pathAt: (index: number) => string,
  seen: (index: number, found: Stats | null) => void,
  isCancelled: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let running = 0;
    const ended = (index: number, found: Stats | null) => {
      running -= 1;
      seen(index, found);
      begin();
    };
    const begin = () => {
      try {
        while (running < AT_ONCE && next < count && !isCancelled()) {
          const index = next;
          next += 1;
          running += 1;
          stat(pathAt(index), (error, found) => ended(index, error ? null : found));
        }
        if (running === 0) resolve();
      } catch (error) {
        reject(error);
      }
    };
    begin();
  });
}
