import { describe, expect, it } from 'vitest';
import { jobVerdict, retriesFor, verdictOn } from '../../electron/engine/run/verdicts.ts';
import { CAUSE_FACTS, CAUSES, type Cause, type Failure } from '../../shared/failure.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import { FRESH_JOB } from '../../shared/job-state.ts';
import { DONE, FAILED, jobWith, RUNNING, WAITING } from '../app/jobs.ts';

describe('verdictOn', () => {
  it.each(CAUSES)('knows what to do about %s', (cause) => {
    const first = verdictOn(failure(cause), 1, 2, 1000);
    const last = verdictOn(failure(cause), 3, 2, 1000);
    switch (CAUSE_FACTS[cause].remedy) {
      case 'never':
        expect([first.kind, last.kind]).toEqual(['fail-job', 'fail-job']);
        return;
      case 'wait':
        expect([first.kind, last.kind]).toEqual(['pause', 'pause']);
        return;
      case 'later':
        expect(first).toEqual({ kind: 'retry', delayMs: 2000, fewerWorkers: false });
        expect(last.kind).toBe('retry');
        expect(verdictOn(failure(cause), 15, 2, 1000)).toEqual({ kind: 'give-up' });
        return;
      case 'again':
      case 'fewer-workers':
        expect(first).toEqual({
          kind: 'retry',
          delayMs: 1000,
          fewerWorkers: cause === 'out-of-memory',
        });
        expect(last).toEqual({ kind: 'give-up' });
    }
  });

  it('doubles the pause with each try, up to a minute', () => {
    const delays = [1, 2, 3, 7, 40].map((tries) => {
      const verdict = verdictOn(failure('crashed'), tries, 50, 1000);
      return verdict.kind === 'retry' ? verdict.delayMs : null;
    });
    expect(delays).toEqual([1000, 2000, 4000, 60_000, 60_000]);
  });

  it('gives up after the first try where no retries are allowed', () => {
    expect(verdictOn(failure('stalled'), 1, 0, 1000)).toEqual({ kind: 'give-up' });
  });
});

describe('jobVerdict', () => {
  it('goes on while the frames are not known, or not all tried', () => {
    expect(jobVerdict({ ...jobWith([]), ...FRESH_JOB })).toEqual({ kind: 'going' });
    expect(jobVerdict(jobWith([DONE, WAITING]))).toEqual({ kind: 'going' });
    expect(jobVerdict(jobWith([FAILED, RUNNING]))).toEqual({ kind: 'going' });
  });

  it('goes on with the frames that were picked where others failed before', () => {
    const job = jobWith([FAILED, FAILED, FAILED, WAITING]);
    expect(jobVerdict(job).kind).toBe('failed');
    expect(jobVerdict({ ...job, picked: [4] }).kind).toBe('going');
    expect(jobVerdict({ ...job, picked: [1, 2, 3, 4] }).kind).toBe('failed');
  });

  it('is complete when every frame is done', () => {
    expect(jobVerdict(jobWith([DONE, DONE]))).toEqual({ kind: 'completed' });
  });

  it.each<[string, readonly FrameState[], string]>([
    ['one of two', [DONE, FAILED], 'Frame 2 (3 tries): Blender crashed. The other frame is done.'],
    [
      'two of five',
      [FAILED, DONE, DONE, DONE, FAILED],
      'Frames 1, 5 (3 tries): Blender crashed. The other 3 frames are done.',
    ],
    [
      'all of two',
      [once(), FAILED],
      'Frames 1, 2 (1 try): Blender crashed. No frame of the shot could be rendered.',
    ],
  ])('says which frames failed: %s', (_, frames, message) => {
    expect(jobVerdict(jobWith(frames))).toMatchObject({
      kind: 'failed',
      error: { cause: 'crashed', message },
    });
  });

  it.each([
    [1, 'The other frame was not tried.'],
    [7, 'The other 7 frames were not tried.'],
  ])('gives a hopeless shot up with %i frames left', (left, others) => {
    const frames = [FAILED, FAILED, FAILED, ...Array<FrameState>(left).fill(WAITING)];
    const message = `Frames 1-3 (3 tries): Blender crashed. ${others}`;
    expect(jobVerdict(jobWith(frames))).toMatchObject({ kind: 'failed', error: { message } });
  });

  it.each<[string, readonly FrameState[], string]>([
    [
      'one of four',
      [DONE, poisoned(), DONE, DONE],
      'Frame 2 crashes Blender every time (3 tries). The other 3 frames are done.',
    ],
    [
      'two',
      [DONE, poisoned(), poisoned()],
      'Frames 2, 3 crash Blender every time (3 tries each). The other frame is done.',
    ],
    [
      'one, and one that failed otherwise',
      [DONE, poisoned(), FAILED],
      'Frame 2 crashes Blender every time (3 tries). Frame 3 (3 tries): Blender crashed. The other frame is done.',
    ],
  ])('names poisoned frames: %s', (_, frames, message) => {
    expect(jobVerdict(jobWith(frames))).toMatchObject({ kind: 'failed', error: { message } });
  });

  it('calls a shot hopeless that stalls before its first frame, and not one that has a frame', () => {
    const stalled = { ...FAILED, failure: failure('stalled') } as FrameState;
    expect(jobVerdict(jobWith([stalled, WAITING, WAITING]))).toMatchObject({ kind: 'failed' });
    expect(jobVerdict(jobWith([DONE, stalled, WAITING]))).toEqual({ kind: 'going' });
  });

  it('does not call a shot hopeless that has a good frame', () => {
    const frames = [FAILED, FAILED, FAILED, DONE, WAITING];
    expect(jobVerdict(jobWith(frames))).toEqual({ kind: 'going' });
  });
});

describe('retriesFor', () => {
  const hanging = jobWith([WAITING, WAITING]);
  const before = [{ cause: 'stalled', count: 1, openings: 0, frames: [1] }] as const;

  it('gives what hangs before the first frame one more try in all', () => {
    expect(retriesFor(hanging, failure('stalled'), 5)).toBe(1);
    expect(retriesFor({ ...hanging, retries: before }, failure('stalled'), 5)).toBe(0);
    expect(retriesFor(hanging, failure('stalled'), 0)).toBe(0);
  });

  it('gives everything else what is allowed', () => {
    expect(retriesFor(jobWith([DONE, WAITING]), failure('stalled'), 5)).toBe(5);
    expect(retriesFor(hanging, failure('crashed'), 5)).toBe(5);
  });
});

function poisoned(): FrameState {
  return { ...FAILED, crashes: 3 } as FrameState;
}

function failure(cause: Cause): Failure {
  return { cause, message: 'It failed.', nextStep: 'Look at it.', evidence: [] };
}

function once(): FrameState {
  return { ...FAILED, tries: 1 } as FrameState;
}
