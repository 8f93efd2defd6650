import { DISK_PROTECTIONS } from './protections-disk.mjs';
import { JOURNAL_PROTECTIONS } from './protections-journal.mjs';
import { NIGHT_PROTECTIONS } from './protections-night.mjs';
import { WINDOW_PROTECTIONS } from './protections-window.mjs';

/**
 * What keeps a night from losing a frame, each with the text that is taken out of the code and the tests
 * that have to fail then. `put` is what stands there instead; nothing where it is missing.
 */
export const PROTECTIONS = [
  ...JOURNAL_PROTECTIONS,
  ...DISK_PROTECTIONS,
  ...NIGHT_PROTECTIONS,
  ...WINDOW_PROTECTIONS,
  {
    protection: 'a frame is proved whole before it is done',
    file: 'electron/batch/proof/prove-image.ts',
    take: 'if (fault !== null) return { whole: false, reason: fault };',
    tests: ['test/engine/faults', 'test/proof/prove-image'],
  },
  {
    protection: 'a recorded frame counts only while its file is the recorded one',
    file: 'electron/batch/frame/recorded.ts',
    take: "if (!found?.isFile() || found.size !== record.bytes) return 'other';",
    put: "return 'same';",
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
  {
    protection: 'what a dead Blender started goes with it',
    file: 'electron/blender/blender-process.ts',
    take: 'await killMarked(markOf(token));',
    tests: ['test/faults/blender-misbehaves'],
  },
  {
    protection: 'a Blender whose answers can not come any more is ended at once',
    file: 'electron/blender/worker.ts',
    take: "blender.stdout.once('end', () => void this.fallSilent());",
    tests: ['test/faults/blender-talks'],
  },
  {
    protection: 'only the answer to the request that waits is taken for one',
    file: 'electron/blender/worker.ts',
    take: 'answer?.id === this.waitingFor',
    put: 'answer',
    tests: ['test/faults/blender-talks'],
  },
  {
    protection: 'nothing that Blender prints can be an answer',
    file: 'electron/blender/runner/channel.py',
    take: 'os.dup2(2, 1)',
    put: 'pass',
    tests: ['test/faults/blender-talks'],
  },
  {
    protection: 'a Blender that falls silent is ended',
    file: 'electron/blender/request.ts',
    take: 'silenceAlarm(limits.stallMs,',
    put: 'silenceAlarm(null,',
    tests: ['test/faults/blender-stalls'],
  },
  {
    protection: 'a silent Blender that computes is not ended',
    file: 'electron/blender/request.ts',
    take: 'return computed - before.computed > (at - before.at) * LEAST_SHARE;',
    put: 'return false;',
    tests: ['test/blender/stand-in'],
  },
  {
    protection: 'a Blender in which a script has left something gets no other shot',
    file: 'electron/batch/pool/warm-blender.ts',
    take: 'old.clean &&',
    tests: ['test/contract/leaks'],
  },
  {
    protection: 'a machine without graphics libraries is no crash',
    file: 'electron/blender/diagnose.ts',
    take: "if (exit.log.some(({ text }) => NO_GRAPHICS.test(text))) return 'graphics-not-available';",
    tests: ['test/blender/diagnose'],
  },
  {
    protection: 'out of memory is tried again with fewer workers',
    file: 'electron/batch/pool/run.ts',
    take: "this.pool.ranOut(job.id, doing, busyLanes(this, 'cpu'));",
    tests: ['test/faults/out-of-memory'],
  },
  {
    protection: 'a Blender that can not be started is tried again',
    file: 'shared/failure.ts',
    take: "'blender-not-found': 'again',",
    put: "'blender-not-found': 'never',",
    tests: ['test/faults/blender-does-not-start'],
  },
  {
    protection: 'who only listens can not stop a batch',
    file: 'electron/batch/batch-store.ts',
    take: 'this.#blame(listener, error);',
    put: 'throw error;',
    tests: ['test/engine/faults'],
  },
  {
    protection: 'a pause stops the clock of a shot within a frame',
    file: 'electron/blender/request.ts',
    take: 'limits.leftMs?.() ?? 0',
    put: '0',
    tests: ['test/engine/limits'],
  },
  {
    protection: 'line styles and shaders that are programs are refused without trust',
    file: 'electron/blender/runner/scene.py',
    take: 'guard.refuse_programs()',
    put: 'pass',
    tests: ['test/security/canary'],
  },
  {
    protection: 'nothing is written outside of the chosen folders without trust',
    file: 'electron/batch/frame/open-job.ts',
    take: 'const outside = trusted ? null : await outsideOutput(',
    put: 'const outside = trusted !== null ? null : await outsideOutput(',
    tests: ['test/security/output-escapes'],
  },
  {
    protection: 'a link in place of our own folder is not written through',
    file: 'electron/batch/frame/staging.ts',
    take: 'if (await isLink(folder)) throw',
    put: 'if (folder === null) throw',
    tests: ['test/security/output-escapes'],
  },
  {
    protection: 'every call is checked against its schema',
    file: 'electron/app/dispatch.ts',
    take: 'if (!parsed.success) throw misfit(name, parsed.error);',
    tests: ['test/security/ipc-fuzz'],
  },
];
