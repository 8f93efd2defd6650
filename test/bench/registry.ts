import type { Scenario } from './scenario.ts';
import { WINDOW_SCENARIOS } from './window/scenarios.ts';

/** Every scenario, in the order in which they run and stand in the table. */
export const SCENARIOS: readonly Scenario[] = [...WINDOW_SCENARIOS];
