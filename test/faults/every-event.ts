import type { BatchEvent } from '../../shared/events.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import { planOf } from '../helpers/plan.ts';
import { added, CRASH, recordOf, runStarted } from '../journal/events.ts';

const at = 300;

/** Of a shot whose simulation is not baked. */
const simulated = {
  ...planOf([7, 8]),
  simulation: { first: 1, names: ['“Sheet” of the object “Flag”'], rendered: 'in-order' },
} as const;

/** The life of a small batch in which everything has happened that a journal can hold. */
export function everyEvent(): readonly BatchEvent[] {
  const hero = { job: 'hero', at };
  const knob = { job: 'knob', at };
  return [
    runStarted(),
    ...added('hero', [1, 2, 3, 4]),
    ...added('knob', [7, 8]),
    { type: 'job-prioritized', ...hero, priority: 2, over: 0 },
    { type: 'job-blender', ...hero, version: '4.3', over: null, otherBlender: 'mix' },
    { type: 'job-retried', ...hero, failure: CRASH },
    { type: 'job-started', ...hero },
    { type: 'job-warned', ...hero, warnings: [{ cause: 'missing-file', message: 'Gone: é 🎬.' }] },
    { type: 'frame-started', ...hero, frame: 1, worker: 1 },
    { type: 'frame-done', ...hero, frame: 1, record: recordBy(1) },
    { type: 'frame-started', ...hero, frame: 2, worker: 2 },
    { type: 'frame-failed', ...hero, frame: 2, failure: CRASH, willRetry: true },
    { type: 'pool-changed', at, workers: 1, of: 2, message: 'Memory ran out.' },
    { type: 'workers-chosen', at, workers: 1, threads: 2, of: 2, message: '1 Blender.' },
    { type: 'batch-paused', at, reason: 'disk-full', message: 'The disk is full.' },
    { type: 'batch-unpaused', at },
    { type: 'frame-done', ...hero, frame: 2, record: recordBy(2) },
    { type: 'frame-started', ...hero, frame: 3, worker: 1, node: 'n1' },
    { type: 'place-lost', at, node: 'n1', cause: 'taken-away', message: 'Somebody cancelled it.' },
    { type: 'node-left-out', at, node: 'n2', message: 'It does not see the frames.' },
    { type: 'frame-released', ...hero, frame: 3 },
    { type: 'job-finished', ...hero, status: 'cancelled', error: null },
    { type: 'batch-finished', at, outcome: 'cancelled' },
    runStarted(400),
    {
      type: 'batch-recovered',
      at,
      found: { orphansStopped: 1, linesSetAside: 0, lost: [], stale: [] },
    },
    { type: 'jobs-gone', at, jobs: ['old'] },
    { type: 'job-reset', ...hero },
    { type: 'frame-lost', ...hero, frame: 2 },
    { type: 'job-started', ...hero },
    { type: 'frame-kept', ...hero, frame: 3, record: recordBy(3) },
    { type: 'frame-done', ...hero, frame: 2, record: recordBy(12) },
    { type: 'frame-done', ...hero, frame: 4, record: recordBy(4) },
    { type: 'job-finished', ...hero, status: 'completed', error: null },
    { type: 'frames-reviewed', ...hero, frames: '1, 3', review: 'rejected' },
    { type: 'frames-reviewed', ...hero, frames: '4', review: 'approved' },
    { type: 'frames-again', ...hero, frames: '1' },
    { type: 'job-picked', ...hero, frames: '1' },
    { type: 'frame-lost', ...hero, frame: 1, tries: 1, again: true },
    { type: 'frame-done', ...hero, frame: 1, record: recordBy(1) },
    { type: 'job-rested', ...hero },
    { type: 'job-saved', ...hero, source: 'saved', saved: at, files: ['hero.blend'] },
    { type: 'older-kept', ...hero },
    { type: 'job-planned', ...knob, plan: simulated },
    { type: 'job-started', ...knob },
    { type: 'frame-started', ...knob, frame: 7, worker: 1 },
    { type: 'frame-done', ...knob, frame: 7, record: recordBy(7) },
    {
      type: 'frame-done',
      ...knob,
      frame: 7,
      record: recordBy(7),
      keptScene: true,
      session: '1-a-b',
    },
    { type: 'scene-checked', ...knob, checked: 7, session: '1-a-b', same: true, seconds: 2 },
    { type: 'scene-anew', ...knob, anew: { why: 'scene', what: 'particles or hair' } },
    { type: 'frame-started', ...knob, frame: 8, worker: 1 },
    { type: 'frame-failed', ...knob, frame: 8, failure: CRASH, willRetry: false },
    { type: 'job-finished', ...knob, status: 'failed', error: CRASH },
    runStarted(500),
    { type: 'job-reset', ...knob },
    { type: 'job-started', ...knob },
    { type: 'frame-started', ...knob, frame: 8, worker: 1 },
  ];
}

/** As they are written now: with the Blender that rendered them. */
function recordBy(frame: number): FrameRecord {
  return { ...recordOf(frame), blender: '4.3.2' };
}
