import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

const { projects: _, ...test } = config.test ?? {};

/** Tests that need neither a real Blender nor a built app, and hold what guards frames: `npm run mutate` runs them often. */
export default defineConfig({
  test: {
    ...test,
    // On a busy machine a test that is only slow must not end the whole run.
    testTimeout: 600_000,
    include: [
      'test/{state,journal,proof,run}/**/*.test.ts',
      'test/engine/{faults,limits,orders,unpublished-frame}.test.ts',
      'test/faults/{journal-torn,existing-frames,output-folder,poisoned-frame,checkpoint-versions}.test.ts',
    ],
  },
});
