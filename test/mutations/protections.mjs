/**
 * What keeps a night from losing a frame, each with the text that is taken out of the code and the tests
 * that have to fail then. `put` is what stands there instead; nothing where it is missing.
 */
export const PROTECTIONS = [
  {
    protection: 'a frame is proved whole before it is done',
    file: 'electron/batch/proof/prove-image.ts',
    take: 'if (fault !== null) return { whole: false, reason: fault };',
    tests: ['test/engine/faults', 'test/proof/prove-image'],
  },
  {
    protection: 'a recorded frame counts only while its file is the recorded one',
    file: 'electron/batch/resume.ts',
    take: 'if (!found?.isFile() || found.size !== record.bytes) return false;',
    put: 'return true;',
    tests: ['test/state/resume', 'test/engine/existing'],
  },
  {
    protection: 'a frame whose shot has changed is stale',
    file: 'electron/batch/resume.ts',
    take: 'known.source !== job.source || ',
    tests: ['test/state/resume'],
  },
  {
    protection: 'a frame is recorded before it gets its name',
    file: 'electron/batch/batch-store.ts',
    take: 'await this.#write(event, true);',
    tests: ['test/engine/checkpoint', 'test/engine/kill'],
  },
  {
    protection: 'a crash is tried again',
    file: 'shared/failure.ts',
    take: "crashed: 'again',",
    put: "crashed: 'never',",
    tests: ['test/engine/faults'],
  },
  {
    protection: 'what can not heal is not tried again',
    file: 'shared/failure.ts',
    take: "'no-camera': 'never',",
    put: "'no-camera': 'again',",
    tests: ['test/engine/mixed-folder', 'test/pool/verdicts'],
  },
  {
    protection: 'the whole process tree is killed',
    file: 'electron/blender/process-tree.ts',
    take: "for (const descendant of descendants) signalOne(descendant, 'SIGKILL');",
    tests: ['test/blender'],
  },
  {
    protection: 'only a process with our token is taken for an orphan',
    file: 'electron/blender/orphans.ts',
    take: 'line?.split(/\\s+/).includes(token) === true',
    put: 'true',
    tests: ['test/blender/parent-death', 'test/blender/stand-in'],
  },
  {
    protection: 'auto-execution is off unless the folder is trusted',
    file: 'electron/blender/blender-process.ts',
    take: "options.trusted ? '-y' : '-Y',",
    put: "'-y',",
    tests: ['test/blender', 'test/security/canary'],
  },
  {
    protection: 'a broken file that lies where a frame belongs is moved aside',
    file: 'electron/batch/frame/survey.ts',
    take: 'onAside(await moveAside(file, Date.now()), proof.reason);',
    tests: ['test/engine/existing'],
  },
  {
    protection: 'a warm Blender is put back before the next shot',
    file: 'electron/blender/runner/runner.py',
    take: 'self.baseline.restore()',
    put: 'pass',
    tests: ['test/blender/warm-reset'],
  },
];
