import type { Scenario } from '../scenario.ts';
import { windowEvents } from './events.ts';
import { windowMemory } from './footprint.ts';
import { windowScroll } from './scroll.ts';
import { windowSoak } from './soak.ts';
import { windowStart } from './start.ts';
import { thumbnails } from './thumbnails.ts';

/** The window with ten thousand shots, on a real Electron. */
export const WINDOW_SCENARIOS: readonly Scenario[] = [
  windowScroll,
  windowEvents,
  windowStart,
  windowMemory,
  windowSoak,
  thumbnails,
];
