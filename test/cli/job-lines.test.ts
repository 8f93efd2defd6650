import { expect, test } from 'vitest';
import { endLine, lineOf } from '../../electron/cli/job-lines.ts';
import { problemLine, textTable } from '../../electron/cli/output.ts';
import type { JobEvent, RunEvent } from '../../shared/events.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import { CRASHED, madeJob, NIGHT, NO_CAMERA } from '../helpers/results.ts';

const HERO = madeJob({ name: 'hero' });
const ABOUT = { job: HERO.id, at: NIGHT };
const said = (event: JobEvent, job = HERO) => lineOf({ type: 'event', event, job })?.text;

test('a frame says how long it took and how many are done', () => {
  const record = (HERO.frames.get(1) as { record: FrameRecord }).record;
  expect(said({ type: 'frame-done', ...ABOUT, frame: 2, record })).toBe(
    'hero: frame 2 done in 2.5 s (2 of 2).',
  );
});

test('a shot that goes on, or is followed from its middle, says how far it is', () => {
  const begun = madeJob({ name: 'hero', status: 'running', frames: [1, 2], left: 4 });
  expect(said({ type: 'job-started', ...ABOUT }, begun)).toBe(
    'hero: started, 2 of 6 frames are done.',
  );
});

test('a shot of which only the check of its kept scene was cut off says so, and not that it begins', () => {
  const unproved = [{ session: 'a', frames: [2] }];
  const kept = { frames: 1, seconds: 1 };
  const keptScene = { anew: null, checked: [], unproved, kept, built: kept };
  const begun = { ...HERO, status: 'running' as const, keptScene };
  expect(said({ type: 'job-started', ...ABOUT }, begun)).toBe(
    'hero: all 2 frames are done; whether its scene was kept rightly is checked.',
  );
});

test('a failed frame says why, and what happens now', () => {
  const event = { type: 'frame-failed', ...ABOUT, frame: 2, failure: CRASHED } as const;
  expect(said({ ...event, willRetry: true })).toBe(
    'hero: frame 2 failed (Blender crashed). Blender crashed on frame 2. Trying it again.',
  );
  expect(said({ ...event, willRetry: false })).toContain('Open the scene at this frame');
});

test('a failed shot says its cause and the next step', () => {
  const job = madeJob({ name: 'bad', status: 'failed', error: NO_CAMERA, frames: null });
  expect(endLine(job)?.text).toBe(
    `bad: failed (no camera). ${NO_CAMERA.message} ${NO_CAMERA.nextStep}`,
  );
});

test('a cancelled shot claims no number of frames before it was opened', () => {
  const cut = madeJob({ name: 'cut', status: 'cancelled', frames: [1], left: 3 });
  expect(endLine(cut)?.text).toBe('cut: cancelled with 1 of 4 frames done.');
  const shut = madeJob({ name: 'shut', status: 'cancelled', frames: null });
  expect(endLine(shut)?.text).toBe('shut: cancelled before it was opened.');
});

test('a name can not move the cursor of a terminal or start a line of its own', () => {
  const job = madeJob({ name: 'a\u001B[2J\nb\u202Ec' });
  expect(endLine(job)?.text).toBe('a�[2J b�c: complete, 2 frames.');
});

test('a problem stands as terminals and editors make it clickable', () => {
  const problem = {
    severity: 'error',
    file: 'sub/hero.yaml',
    line: 3,
    column: 5,
    jobId: null,
    message: 'Expected a number.',
  } as const;
  expect(problemLine('shots', problem)).toBe('shots/sub/hero.yaml:3:5: error: Expected a number.');
  expect(problemLine('shots', { ...problem, line: null, column: null })).toBe(
    'shots/sub/hero.yaml: error: Expected a number.',
  );
});

test('columns stand under each other, with wide characters too', () => {
  expect(
    textTable(
      ['A', 'B'],
      [
        ['日本', '1'],
        ['x', '2'],
      ],
    ),
  ).toBe('A     B\n日本  1\nx     2');
});

test('a warning is said once in full, and again at the end of its shot', () => {
  const warnings = [
    { cause: 'missing-file', message: 'The image "wood.png" is missing.' },
    { cause: 'missing-file', message: 'The font "a.ttf" is missing.' },
  ] as const;
  const job = { ...HERO, warnings };
  expect(said({ type: 'job-warned', ...ABOUT, warnings }, job)).toBe(
    'hero: warning: The image "wood.png" is missing. (and 1 more: the report names all)',
  );
  expect(said({ type: 'job-warned', ...ABOUT, warnings: [] })).toBeUndefined();
  expect(endLine(job)?.text).toBe('hero: complete, 2 frames. Worth a look: 2 warnings.');
});

test('fewer workers and what a start found are said', () => {
  const pool = { type: 'pool-changed', at: NIGHT, workers: 2, of: 3, message: 'Memory ran out.' };
  expect(lineOf({ type: 'event', event: pool as RunEvent, job: null })).toEqual({
    level: 'warn',
    text: 'Memory ran out. The batch goes on with 2 of 3 workers.',
  });
  const message = '3 Blenders with 5 threads each.';
  const chosen = { type: 'workers-chosen', at: NIGHT, workers: 3, threads: 5, of: 16, message };
  expect(lineOf({ type: 'event', event: chosen as RunEvent, job: null })?.text).toBe(message);
  const found = { orphansStopped: 1, linesSetAside: 0, lost: [], stale: [] };
  const recovered = { type: 'batch-recovered', at: NIGHT, found } as const;
  expect(lineOf({ type: 'event', event: recovered, job: null })?.text).toBe(
    'A Blender left over from the run before was stopped.',
  );
});
