import type { BatchView, JobRow } from '../../shared/view.ts';

/** A waiting shot of ten frames; a test says what differs. */
export function aRow(change: Partial<JobRow> = {}): JobRow {
  return {
    id: '000000000001',
    name: 'hero',
    shotFile: 'hero.yaml',
    status: 'waiting',
    error: null,
    problems: 0,
    counts: { total: 10, waiting: 10, running: 0, done: 0, kept: 0, failed: 0 },
    strip: 'wwwwwwwwww',
    frames: '1-10',
    engine: 'CYCLES',
    width: 1920,
    height: 1080,
    startTime: null,
    endTime: null,
    renderSeconds: 0,
    averageSeconds: null,
    remainingSeconds: null,
    triedSeconds: null,
    retryCount: 0,
    warnings: 0,
    warning: null,
    poisoned: 0,
    approved: 0,
    rejected: 0,
    older: null,
    pausedMs: 0,
    priority: 0,
    blocked: null,
    waitsFor: [],
    newest: null,
    ...change,
  };
}

/** A batch of one shot that was never rendered; a test says what differs. */
export function aView(change: Partial<BatchView> = {}): BatchView {
  return {
    id: 'film',
    folder: '/shots/film',
    name: 'film',
    outputRoot: '/shots/film/renders',
    phase: 'unread',
    trust: 'not-needed',
    progress: {
      totalJobs: 1,
      jobs: { waiting: 1, running: 0, completed: 0, failed: 0, skipped: 0, cancelled: 0 },
      frames: { total: 10, done: 0, kept: 0, running: 0, failed: 0, waiting: 10 },
      unplannedJobs: 0,
      elapsedSeconds: 0,
      remainingSeconds: null,
      remainingRange: null,
      paused: null,
    },
    paused: null,
    pausedSince: null,
    problems: [],
    leftOut: { older: 0, backups: 0, byHand: 0, takenIn: 0 },
    needYou: 0,
    lanes: [],
    resume: null,
    workers: 1,
    onCluster: false,
    blender: { path: '/usr/bin/blender', version: '4.3.2' },
    pool: null,
    incidents: [],
    trying: null,
    ...change,
  };
}
