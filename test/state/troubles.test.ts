import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../shared/failure.ts';
import { retriesText } from '../../shared/incident-text.ts';
import {
  isPoisoned,
  jobAfter,
  MOST_RETRIED,
  MOST_WARNINGS,
  poisonedFrames,
  stopped,
} from '../../shared/job-state.ts';
import { jobWith, RUNNING, WAITING } from '../app/jobs.ts';
import { CRASH } from './histories.ts';

const about = { job: 'a', at: 500 };

/** A job whose frame 1 was tried and failed so; the last time for good. */
function afterTries(causes: readonly (typeof CAUSES)[number][]) {
  return causes.reduce(
    (job, cause, index) => {
      const failure = { ...CRASH, cause };
      const willRetry = index < causes.length - 1;
      const begun = jobAfter(job, { type: 'frame-started', ...about, frame: 1, worker: 1 });
      return jobAfter(begun, { type: 'frame-failed', ...about, frame: 1, failure, willRetry });
    },
    jobWith([WAITING, WAITING]),
  );
}

describe('a poisoned frame', () => {
  it('crashed at every try, and more than once', () => {
    expect(poisonedFrames(afterTries(['crashed', 'crashed', 'crashed']))).toEqual([1]);
    expect(poisonedFrames(afterTries(['crashed', 'stalled', 'crashed']))).toEqual([]);
    expect(poisonedFrames(afterTries(['crashed']))).toEqual([]);
  });

  it('is none any more when the shot is tried again', () => {
    const job = jobAfter(
      { ...afterTries(['crashed', 'crashed']), status: 'failed' },
      { type: 'job-reset', ...about },
    );
    expect(job.frames.get(0)).toEqual(WAITING);
  });

  it('keeps its crashes over a cancel and a power cut in between', () => {
    const once = afterTries(['crashed', 'crashed']).frames.get(0);
    const waiting = { status: 'waiting', tries: 1, crashes: 1 } as const;
    const job = jobWith([waiting]);
    const begun = jobAfter(job, { type: 'frame-started', ...about, frame: 1, worker: 1 });
    expect(stopped({ ...begun, status: 'running' }).frames.get(0)).toEqual(waiting);
    expect(jobAfter(begun, { type: 'frame-released', ...about, frame: 1 }).frames.get(0)).toEqual(
      waiting,
    );
    expect(once && isPoisoned(once)).toBe(true);
    expect(isPoisoned(RUNNING)).toBe(false);
  });
});

describe('retries by cause', () => {
  it('are as many as the retries, whatever happens, and never more than a few words', () => {
    const retry = fc.tuple(fc.constantFrom(...CAUSES), fc.option(fc.integer({ min: 1, max: 60 })));
    fc.assert(
      fc.property(fc.array(retry, { maxLength: 500 }), (retries) => {
        const frames = Array.from({ length: 60 }, () => WAITING);
        const job = retries.reduce((before, [cause, frame]) => {
          const failure = { ...CRASH, cause };
          if (frame === null) return jobAfter(before, { type: 'job-retried', ...about, failure });
          const event = {
            type: 'frame-failed',
            ...about,
            frame,
            failure,
            willRetry: true,
          } as const;
          return jobAfter(before, event);
        }, jobWith(frames));
        const counted = job.retries.reduce((sum, { count }) => sum + count, 0);
        expect(counted).toBe(job.retryCount);
        expect(job.retries.length).toBeLessThanOrEqual(CAUSES.length);
        for (const tally of job.retries) {
          expect(tally.frames.length).toBeLessThanOrEqual(MOST_RETRIED);
          expect(new Set(tally.frames).size).toBe(tally.frames.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('name the first frames only, and count all', () => {
    const frames = Array.from({ length: 60 }, () => WAITING);
    const job = Array.from({ length: 60 }, (_, index) => index + 1).reduce(
      (before, frame) =>
        jobAfter(before, {
          type: 'frame-failed',
          ...about,
          frame,
          failure: CRASH,
          willRetry: true,
        }),
      jobWith(frames),
    );
    expect(job.retries).toMatchObject([{ cause: 'crashed', count: 60 }]);
    expect(job.retries[0]?.frames).toHaveLength(MOST_RETRIED);
    expect(retriesText(job)).toBe('frames 1-20 and more crashed, 60 times in all');
  });

  it.each([
    [[{ cause: 'crashed', count: 1, openings: 0, frames: [3] }], 'frame 3 crashed'],
    [[{ cause: 'crashed', count: 2, openings: 0, frames: [3] }], 'frame 3 crashed twice'],
    [
      [{ cause: 'stalled', count: 3, openings: 0, frames: [9, 7, 8] }],
      'frames 7-9 stalled once each',
    ],
    [
      [{ cause: 'stalled', count: 5, openings: 0, frames: [7, 8] }],
      'frames 7, 8 stalled, 5 times in all',
    ],
    [[{ cause: 'crashed', count: 2, openings: 2, frames: [] }], 'opening it crashed twice'],
    [
      [{ cause: 'crashed', count: 4, openings: 1, frames: [3] }],
      'opening it crashed, frame 3 crashed 3 times',
    ],
    [
      [
        { cause: 'out-of-memory', count: 1, openings: 0, frames: [2] },
        { cause: 'render-error', count: 1, openings: 0, frames: [4] },
      ],
      'frame 2 ran out of memory; frame 4 failed (Blender reported an error)',
    ],
  ] as const)('are said in words: %j', (retries, words) => {
    expect(retriesText({ retries })).toBe(words);
  });
});

describe('warnings', () => {
  const many = Array.from({ length: 80 }, (_, index) => ({
    cause: 'missing-file' as const,
    message: `The image ${index} is missing.`,
  }));

  it('are those of the newest look, and not more than a page of them', () => {
    const job = jobAfter(jobWith([WAITING]), { type: 'job-warned', ...about, warnings: many });
    expect(job.warnings).toHaveLength(MOST_WARNINGS);
    expect(jobAfter(job, { type: 'job-warned', ...about, warnings: [] }).warnings).toEqual([]);
  });

  it('stay over a new run, in which the scene may not be opened again', () => {
    const warned = jobAfter(jobWith([WAITING]), { type: 'job-warned', ...about, warnings: many });
    expect(jobAfter(warned, { type: 'job-reset', ...about }).warnings).toHaveLength(MOST_WARNINGS);
  });
});
