import { describe, expect, it } from 'vitest';
import { detailOf } from '../../electron/app/sessions/rows.ts';
import { addProblems, problemsOf } from '../../electron/app/sessions/shot-problems.ts';
import { QUIET_NIGHT } from '../../shared/night.ts';
import type { ShotProblem } from '../../shared/shot.ts';
import { aRowOf, DONE, done, FAILED, jobWith, KEPT, listing, WAITING } from './jobs.ts';

const PROBLEM: ShotProblem = {
  severity: 'warning',
  file: 'hero.yaml',
  line: 1,
  column: 1,
  jobId: '0123456789ab',
  message: 'Unknown key “sampels”; did you mean “samples”?',
};

describe('a row of the job table', () => {
  it('says frames, size and engine of the plan', () => {
    const row = aRowOf(jobWith([DONE, WAITING, WAITING]), { problems: 2 });
    expect(row).toMatchObject({
      frames: '1-3',
      width: 64,
      height: 36,
      engine: 'CYCLES',
      problems: 2,
    });
  });

  it('knows nothing of frames and size before the scene was opened', () => {
    const row = aRowOf(jobWith([], { plan: null }));
    expect(row).toMatchObject({ frames: null, width: null, height: null, engine: null, strip: '' });
  });

  it('says the frames that a shot file lists before the scene was opened', () => {
    const job = jobWith([], { plan: null, shotConfig: listing([3, 5, 9]) });
    expect(aRowOf(job)).toMatchObject({
      frames: '3, 5, 9',
      strip: 'www',
      counts: { total: 3, waiting: 3 },
    });
    expect(detailOf(job, { problems: [], command: '' }).frames.map(({ frame }) => frame)).toEqual([
      3, 5, 9,
    ]);
  });

  it('averages over frames whose time is known, those of earlier runs too', () => {
    expect(aRowOf(jobWith([done(4), KEPT, done(0), WAITING])).averageSeconds).toBe(3);
    expect(aRowOf(jobWith([WAITING])).averageSeconds).toBeNull();
  });

  it('says what is left as the batch expects it', () => {
    const job = jobWith([DONE, WAITING], { status: 'running' });
    expect(aRowOf(job, { remainingSeconds: 8 }).remainingSeconds).toBe(8);
    expect(aRowOf(job).remainingSeconds).toBeNull();
  });

  it('gathers problems by job and leaves those of the folder out', () => {
    const found = new Map();
    addProblems(found, [PROBLEM, { ...PROBLEM, jobId: null }]);
    addProblems(found, [PROBLEM]);
    expect([...found]).toEqual([['0123456789ab', [PROBLEM, PROBLEM]]]);
  });

  it('joins what was found before the night with what the open scene said, each once', () => {
    const said = { cause: 'missing-file', message: PROBLEM.message } as const;
    const fresh = { cause: 'missing-file', message: 'The image "wood.png" is missing.' } as const;
    const job = jobWith([DONE], { warnings: [said, fresh] });
    expect(problemsOf(job, [PROBLEM]).map(({ message }) => message)).toEqual([
      PROBLEM.message,
      fresh.message,
    ]);
    expect(aRowOf(job, { problems: 2 })).toMatchObject({
      problems: 2,
      warnings: 2,
      warning: PROBLEM.message,
    });
  });

  it('says which frames crash Blender every time, and how often a shot was tried again', () => {
    const poisoned = { ...FAILED, crashes: 3 };
    const retries = [{ cause: 'crashed', count: 2, openings: 0, frames: [2] }] as const;
    const job = jobWith([DONE, poisoned, FAILED], { retries, retryCount: 2 });
    expect(aRowOf(job)).toMatchObject({ strip: 'dpf', poisoned: 1, retryCount: 2 });
    expect(detailOf(job, { problems: [], command: '' })).toMatchObject({
      retries,
      stall: { from: 'slowest-frame' },
    });
  });

  it('leaves pauses out of what a shot took', () => {
    const pause = { kind: 'paused', at: 2000, until: 5000, reason: 'asked', message: '' } as const;
    const incidents = [{ ...pause, times: 1, pausedMs: 3000 }];
    const job = jobWith([DONE], { startTime: 1000, endTime: 9000 });
    expect(aRowOf(job, { night: { ...QUIET_NIGHT, incidents } }).pausedMs).toBe(3000);
  });

  it('gives the inspector each frame with its number and the problems of this shot', () => {
    const detail = detailOf(jobWith([DONE, FAILED]), { problems: [PROBLEM], command: 'run' });
    expect(detail.frames.map(({ frame, state }) => [frame, state.status])).toEqual([
      [1, 'done'],
      [2, 'failed'],
    ]);
    expect(detail.fps).toBe(24);
    expect(detailOf(jobWith([], { plan: null }), { problems: [], command: '' }).fps).toBeNull();
    expect(detail.problems).toEqual([PROBLEM]);
  });
});
