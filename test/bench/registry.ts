import type { Scenario } from './scenario.ts';

/** Every scenario, in the order in which they run and stand in the table. */
export const SCENARIOS: readonly Scenario[] = [];
