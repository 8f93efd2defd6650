import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../electron/app/sessions/history.ts';
import { phaseOf } from '../../electron/app/sessions/view.ts';
import type { BatchProgress } from '../../shared/batch.ts';

const JOBS = { waiting: 0, running: 0, completed: 3, failed: 1, skipped: 0, cancelled: 0 };
const CHECKPOINT = {
  id: 'shots-1',
  directory: '/data/batches/shots-1',
  folder: tmpdir(),
  outputRoot: tmpdir(),
  outcome: 'interrupted',
  startedAt: 1,
  lastAt: 10,
  frames: { total: 8, done: 6, failed: 1 },
  jobs: JOBS,
  live: false,
  problem: null,
} as const;

describe('the sidebar', () => {
  it('shows an interrupted batch with what is on disk', () => {
    expect(historyOf([CHECKPOINT], [])).toEqual([
      expect.objectContaining({
        id: 'shots-1',
        phase: 'interrupted',
        framesDone: 6,
        framesTotal: 8,
        jobs: JOBS,
        problem: null,
      }),
    ]);
  });

  it('shows an open batch as it is now and not as its checkpoint was', () => {
    const [first] = historyOf([CHECKPOINT], []);
    if (!first) throw new Error('There is one.');
    const open = { ...first, phase: 'running' as const, framesDone: 7 };
    expect(historyOf([CHECKPOINT], [open])).toEqual([open]);
  });

  it('puts the newest first, and what was just opened before all', () => {
    const old = { ...CHECKPOINT, id: 'old', lastAt: 5 };
    const [summary] = historyOf([CHECKPOINT], []);
    if (!summary) throw new Error('There is one.');
    const fresh = { ...summary, id: 'fresh', lastAt: null };
    expect(historyOf([old, CHECKPOINT], [fresh]).map(({ id }) => id)).toEqual([
      'fresh',
      'shots-1',
      'old',
    ]);
  });

  it('says why a batch whose folder is gone cannot be opened', () => {
    const [gone] = historyOf([{ ...CHECKPOINT, folder: '/nowhere/shots' }], []);
    expect(gone).toMatchObject({
      name: 'shots',
      problem: 'The folder “/nowhere/shots” is not there any more.',
    });
  });

  it('shows a batch that the command line drives as rendering, and leaves empty checkpoints out', () => {
    const live = { ...CHECKPOINT, live: true };
    const empty = { ...CHECKPOINT, id: 'empty', folder: null, lastAt: null };
    expect(historyOf([live, empty], []).map(({ phase }) => phase)).toEqual(['running']);
  });
});

describe('the phase of a batch', () => {
  const progress = (running: number): BatchProgress => ({
    totalJobs: 1,
    jobs: JOBS,
    frames: { total: 4, done: 1, kept: 0, running, failed: 0, waiting: 3 - running },
    unplannedJobs: 0,
    elapsedSeconds: 1,
    remainingSeconds: null,
    remainingRange: null,
    paused: null,
  });
  const facts = { running: true, outcome: null, progress: progress(1), paused: null };
  const paused = { reason: 'asked', message: 'Paused.' } as const;

  it.each([
    ['unread', 'never rendered', { running: false }],
    ['failed', 'as the last run ended', { running: false, outcome: 'failed' }],
    ['running', 'whatever the last run was', { outcome: 'failed' }],
    ['pausing', 'while frames are finished', { paused }],
    ['paused', 'when none is running', { paused, progress: progress(0) }],
  ] as const)('is %s %s', (phase, _when, over) => {
    expect(phaseOf({ ...facts, ...over })).toBe(phase);
  });
});
