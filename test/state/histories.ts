import fc from 'fast-check';
import type { JobEvent } from '../../shared/events.ts';
import type { Failure } from '../../shared/failure.ts';
import type { FrameCounts, FrameState } from '../../shared/frame-state.ts';
import { record } from '../app/jobs.ts';
import { planOf } from '../helpers/plan.ts';

export const CRASH: Failure = {
  cause: 'crashed',
  message: 'Blender crashed.',
  nextStep: 'Render it again.',
  evidence: [],
};

const about = fc.record({ job: fc.constant('a'), at: fc.integer({ min: 1, max: 9999 }) });
const some = about.chain((base) =>
  fc.integer({ min: 1, max: 6 }).map((frame) => ({ ...base, frame })),
);
const seconds = fc.integer({ min: 0, max: 100 }).map((tenths) => tenths / 10);
const ends = fc.constantFrom('completed', 'failed', 'skipped', 'cancelled');
const plans = fc
  .tuple(fc.uniqueArray(fc.integer({ min: 1, max: 6 })), fc.constantFrom(64, 128))
  .map(([frames, width]) => planOf(frames.toSorted(), { width }));

/** Anything that can happen to a job, legal at that moment or not. */
const anyEvent: fc.Arbitrary<JobEvent> = fc.oneof(
  about.map((base) => ({
    type: 'job-added' as const,
    ...base,
    name: 'hero',
    shotFile: 'hero.yaml',
    outputPath: '/out',
    source: 's',
  })),
  fc.tuple(about, plans).map(([base, plan]) => ({ type: 'job-planned' as const, ...base, plan })),
  about.map((base) => ({ type: 'job-started' as const, ...base })),
  about.map((base) => ({ type: 'job-retried' as const, ...base, failure: CRASH })),
  about.map((base) => ({
    type: 'job-warned' as const,
    ...base,
    warnings: [{ cause: 'missing-file' as const, message: 'The image "wood.png" is missing.' }],
  })),
  about.map((base) => ({ type: 'job-reset' as const, ...base })),
  fc
    .tuple(about, ends)
    .map(([base, status]) => ({ type: 'job-finished' as const, ...base, status, error: null })),
  some.map((base) => ({ type: 'frame-started' as const, ...base, worker: 1 })),
  fc
    .tuple(some, seconds, fc.constantFrom('frame-done' as const, 'frame-kept' as const))
    .map(([base, took, type]) => ({ type, ...base, record: record(took) })),
  some.map((base) => ({ type: 'frame-lost' as const, ...base })),
  some.map((base) => ({ type: 'frame-released' as const, ...base })),
  fc.tuple(some, fc.boolean()).map(([base, willRetry]) => ({
    type: 'frame-failed' as const,
    ...base,
    failure: CRASH,
    willRetry,
  })),
);

/** Begins with a plan, so that frames are there for things to happen to. */
export const anyHistory: fc.Arbitrary<JobEvent[]> = fc
  .array(anyEvent, { maxLength: 60 })
  .map((events) => [
    { type: 'job-planned', job: 'a', at: 0, plan: planOf([1, 2, 3, 4, 5]) },
    ...events,
  ]);

/** The counts and the seconds of frames, by looking at each of them. */
export function recounted(frames: readonly FrameState[]): {
  readonly counts: FrameCounts;
  readonly seconds: number;
} {
  const of = (status: FrameState['status']) => frames.filter((frame) => frame.status === status);
  const done = frames.flatMap((frame) => (frame.status === 'done' ? [frame] : []));
  return {
    counts: {
      total: frames.length,
      waiting: of('waiting').length,
      running: of('running').length,
      done: done.length,
      kept: done.filter((frame) => frame.kept).length,
      failed: of('failed').length,
    },
    seconds: done.reduce((sum, frame) => sum + frame.record.seconds, 0),
  };
}
