import type { NightFault } from './fault.ts';

/** What a whole night can suffer from. */
export const NIGHT_FAULTS: readonly NightFault[] = [
  {
    kind: 'clock set back',
    chance: 0.12,
    draw: (random) => ({
      clock: {
        afterMs: random.whole(0, 2500),
        backMs: random.pick([5_000, 3_600_000, 86_400_000 * 400]),
      },
    }),
  },
  {
    kind: 'few file handles',
    chance: 0.06,
    draw: (random) => ({ under: ['prlimit', `--nofile=${random.whole(24, 48)}`] }),
  },
];
