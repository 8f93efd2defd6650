import type { BatchEvent } from '../../shared/events.ts';
import type { Failure } from '../../shared/failure.ts';
import type { FrameRecord } from '../../shared/frame-state.ts';
import { planOf, runOf } from '../helpers/plan.ts';

export const CRASH: Failure = {
  cause: 'crashed',
  message: 'Blender crashed.',
  nextStep: 'Render it again.',
  evidence: ['Writing: x.crash.txt'],
};

export function recordOf(frame: number, at = 200): FrameRecord {
  const sha256 = frame.toString(16).padStart(32, '0');
  return { file: `f${frame}.png`, bytes: 9, mtimeMs: 1.5, sha256, seconds: 2, memoryMb: 30, at };
}

export function runStarted(at = 100): BatchEvent {
  return { type: 'batch-started', at, run: runOf({ startedAt: at }) };
}

export function added(job = 'hero', frames: readonly number[] = [1, 2, 3, 4]): BatchEvent[] {
  return [
    {
      type: 'job-added',
      job,
      at: 101,
      name: job,
      shotFile: `${job}.yaml`,
      outputPath: '/shots/renders/hero',
      source: 's1',
    },
    { type: 'job-planned', job, at: 102, plan: planOf(frames) },
  ];
}

export function started(frame: number, job = 'hero'): BatchEvent {
  return { type: 'frame-started', job, at: 150, frame, worker: 1 };
}

export function done(frame: number, job = 'hero'): BatchEvent {
  return { type: 'frame-done', job, at: 200, frame, record: recordOf(frame) };
}

/** A run of one shot in which frames 1 and 2 are done and 3 was being rendered when it ended. */
export function crashedRun(): BatchEvent[] {
  return [
    runStarted(),
    ...added(),
    { type: 'job-started', job: 'hero', at: 110 },
    started(1),
    done(1),
    started(2),
    done(2),
    started(3),
  ];
}
