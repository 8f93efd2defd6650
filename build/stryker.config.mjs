// `npm run mutate`: changes the code that guards frames, one small place after the other, and sees that a test fails.
// `npm run mutate -- --mutate electron/engine/journal/replay.ts` changes one file only. By hand, not in `npm test`: it takes long.
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'build/vitest.mutate.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  // What runs once when a file is read is no part of a single test.
  ignoreStatic: true,
  mutate: [
    'electron/engine/{journal,proof,resume}/**/*.ts',
    'electron/engine/lib/publish.ts',
    'electron/engine/run/verdicts.ts',
    'electron/engine/lane/keep-scene.ts',
    'shared/job-state.ts',
  ],
  // Sentences are held by the tests that read them; the words of each are not a guard of frames.
  mutator: { excludedMutations: ['StringLiteral'] },
  // The copy that is mutated loses the right to run a file.
  buildCommand: 'chmod +x test/stand-ins/fake-blender.mjs',
  tempDirName: '.cache/mutate',
  incremental: true,
  incrementalFile: '.cache/mutations.json',
  htmlReporter: { fileName: '.cache/mutations.html' },
  reporters: ['clear-text', 'progress-append-only', 'html'],
  clearTextReporter: { allowColor: false, reportTests: false },
  // The first run of all tests, without any change, is as slow as the machine is busy.
  dryRunTimeoutMinutes: 60,
  concurrency: 2,
};
