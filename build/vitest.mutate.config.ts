import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

const { projects: _, ...test } = config.test ?? {};

/**
 * Tests of single functions, which take milliseconds and hold what guards frames: `npm run mutate` runs them thousands of times. Those of a
 * whole run, which find more, would take it days.
 */
export default defineConfig({
  test: {
    ...test,
    // On a busy machine a test that is only slow must not end the whole run.
    testTimeout: 600_000,
    include: ['test/{state,journal,proof,run,lane}/**/*.test.ts'],
  },
});
