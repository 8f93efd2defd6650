import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '../../shared/events.ts';
import { FrameList } from '../../shared/frame-list.ts';
import type { FrameState } from '../../shared/frame-state.ts';
import { type BatchJob, JOB_STATUSES } from '../../shared/job.ts';
import {
  FRESH_JOB,
  frameIndex,
  JOB_MOVES,
  jobAfter,
  restarted,
  stopped,
  withoutFrames,
} from '../../shared/job-state.ts';
import { DONE, FAILED, jobWith, KEPT, RUNNING, record, WAITING } from '../app/jobs.ts';
import { planOf } from '../helpers/plan.ts';
import { anyHistory, CRASH, recounted } from './histories.ts';

const about = { job: 'a', at: 500 };

describe('the legal moves of a job', () => {
  it.each(JOB_STATUSES)('a job that is %s moves as the table says', (from) => {
    const job = jobWith([WAITING], { status: from });
    for (const status of ['completed', 'failed', 'skipped', 'cancelled'] as const) {
      const move = () => jobAfter(job, { type: 'job-finished', ...about, status, error: null });
      if (from === status || JOB_MOVES[from].includes(status)) expect(move().status).toBe(status);
      else expect(move).toThrow(`Job hero can't go from ${from} to ${status}.`);
    }
    const start = () => jobAfter(job, { type: 'job-started', ...about });
    if (from === 'waiting' || from === 'running') expect(start().status).toBe('running');
    else expect(start).toThrow(`can't go from ${from} to running`);
    expect(jobAfter(job, { type: 'job-reset', ...about }).status).toBe('waiting');
  });
});

describe('jobAfter', () => {
  it('makes a job that joins the batch a fresh one', () => {
    const names = { name: 'n', shotFile: 'n.yaml', outputPath: '/o/n', source: 's2' };
    const job = jobWith([DONE], { status: 'failed', retryCount: 2, error: CRASH });
    const after = jobAfter(job, { type: 'job-added', ...about, ...names });
    expect(after).toEqual({ ...job, ...FRESH_JOB, ...names });
  });

  it('keeps what is known of the frames of both plans, if they make the same files', () => {
    const job = jobWith([DONE, FAILED, WAITING], { renderSeconds: 2 });
    const after = jobAfter(job, { type: 'job-planned', ...about, plan: planOf([1, 3, 4]) });
    expect([...after.frames]).toEqual([DONE, WAITING, WAITING]);
    expect(after.renderSeconds).toBe(2);
  });

  it.each([
    { width: 128 },
    { height: 72 },
    { pattern: 'x_####' },
    { extension: '.exr' },
    { directory: '/elsewhere' },
  ])('keeps nothing of a plan that makes other files: %j', (change) => {
    const plan = planOf([1], change);
    const after = jobAfter(jobWith([DONE]), { type: 'job-planned', ...about, plan });
    expect([...after.frames]).toEqual([WAITING]);
    expect(after.renderSeconds).toBe(0);
  });

  it('tells a frame that it has rendered from one that was there before', () => {
    const job = jobWith([RUNNING, WAITING]);
    const rendered = jobAfter(job, { type: 'frame-done', ...about, frame: 1, record: record(2) });
    const both = jobAfter(rendered, { type: 'frame-kept', ...about, frame: 2, record: record(2) });
    expect([...both.frames].map((frame) => frame.status === 'done' && frame.kept)).toEqual([
      false,
      true,
    ]);
  });

  it('a frame that never got its name counts its tries on; one that is lost later is fresh', () => {
    const job = jobWith([DONE, DONE]);
    const unnamed = jobAfter(job, { type: 'frame-lost', ...about, frame: 1, tries: 2 });
    const both = jobAfter(unnamed, { type: 'frame-lost', ...about, frame: 2 });
    expect([...both.frames]).toEqual([{ status: 'waiting', tries: 2 }, WAITING]);
  });

  it('what the artist chose of a shot stays when it joins again, but for what becomes of frames that are gone', () => {
    const blender = { version: '4.3', over: null, otherBlender: 'mix' } as const;
    const first = { type: 'job-prioritized', ...about, priority: 3, over: 0 } as const;
    const chosen = jobAfter(jobAfter(jobWith([DONE]), first), {
      type: 'job-blender',
      ...about,
      ...blender,
    });
    expect(chosen).toMatchObject({
      chosenPriority: { priority: 3, over: 0 },
      chosenBlender: blender,
    });
    const names = { name: 'n', shotFile: 'n.yaml', outputPath: '/o/n', source: 's2' };
    expect(jobAfter(chosen, { type: 'job-added', ...about, ...names })).toMatchObject({
      chosenPriority: { priority: 3, over: 0 },
      chosenBlender: { ...blender, otherBlender: null },
    });
  });

  it('a start forgets the last end and its error', () => {
    const job = jobWith([], { error: CRASH, endTime: 9 });
    const after = jobAfter(job, { type: 'job-started', ...about });
    expect(after).toMatchObject({ status: 'running', startTime: 500, endTime: null, error: null });
  });

  it('an end lets go of what was running', () => {
    const job = jobWith([DONE, RUNNING], { status: 'running' });
    const event = { type: 'job-finished', ...about, status: 'failed', error: CRASH } as const;
    const after = jobAfter(job, event);
    expect(after).toMatchObject({ status: 'failed', endTime: 500, error: CRASH });
    expect([...after.frames]).toEqual([DONE, WAITING]);
  });

  it('a reset keeps done frames and gives failed ones all their tries again', () => {
    const job = jobWith([DONE, FAILED], { status: 'failed', error: CRASH, endTime: 9 });
    const after = jobAfter(job, { type: 'job-reset', ...about });
    expect(after).toMatchObject({ status: 'waiting', error: null, endTime: null });
    expect([...after.frames]).toEqual([DONE, WAITING]);
  });

  it('counts a try with each start of a frame, and takes it back without blame', () => {
    const begun = frameEvent(jobWith([WAITING]), { type: 'frame-started', worker: 2 });
    expect(begun.frames.get(0)).toEqual({ status: 'running', tries: 1, worker: 2, since: 500 });
    const released = frameEvent(begun, { type: 'frame-released' });
    expect(released.frames.get(0)).toEqual({ status: 'waiting', tries: 0 });
    expect(frameEvent(released, { type: 'frame-released' })).toBe(released);
  });

  it('a failed frame waits with its tries if it is tried again, and else stays failed', () => {
    const job = jobWith([RUNNING]);
    const again = frameEvent(job, { type: 'frame-failed', failure: CRASH, willRetry: true });
    expect(again.retryCount).toBe(1);
    expect([...again.frames]).toMatchObject([{ status: 'waiting', tries: 1 }]);
    const given = frameEvent(job, { type: 'frame-failed', failure: CRASH, willRetry: false });
    expect(given.retryCount).toBe(0);
    expect([...given.frames]).toMatchObject([{ status: 'failed', failure: CRASH }]);
  });

  it('counts the seconds of a frame once, and not any more when it is lost', () => {
    const done = { type: 'frame-done', record: record(4) } as const;
    const once = frameEvent(jobWith([RUNNING]), done);
    expect([once.renderSeconds, frameEvent(once, done).renderSeconds]).toEqual([4, 4]);
    expect(frameEvent(once, { type: 'frame-lost' })).toMatchObject({
      renderSeconds: 0,
      frames: FrameList.of([WAITING]),
    });
  });

  it('a frame that was there before is kept, and one that the job does not have changes nothing', () => {
    const kept = frameEvent(jobWith([WAITING]), { type: 'frame-kept', record: record(0) });
    expect(kept.counts).toMatchObject({ done: 1, kept: 1 });
    const job = jobWith([WAITING]);
    expect(jobAfter(job, { type: 'frame-lost', ...about, frame: 99 })).toBe(job);
  });

  it('an opening that is tried again is a retry of the job', () => {
    const event = { type: 'job-retried', ...about, failure: CRASH } as const;
    expect(jobAfter(jobWith([]), event).retryCount).toBe(1);
  });

  it('loses many frames at once as it loses them one by one', () => {
    fc.assert(
      fc.property(anyHistory, fc.array(fc.integer({ min: -2, max: 12 })), (events, lost) => {
        const job = states(events).at(-1) as BatchJob;
        const lose = (left: BatchJob, frame: number) =>
          jobAfter(left, { type: 'frame-lost', ...about, frame });
        const one = lost.reduce(lose, job);
        const all = withoutFrames(job, lost);
        expect({ ...all, renderSeconds: 0 }).toEqual({ ...one, renderSeconds: 0 });
        expect(all.renderSeconds).toBeCloseTo(one.renderSeconds, 6);
      }),
    );
  });

  it('counts always equal a recount, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        for (const job of states(events)) {
          expect(job.counts).toEqual(recounted([...job.frames]).counts);
          expect(job.renderSeconds).toBeCloseTo(recounted([...job.frames]).seconds, 6);
          expect(job.frames.length).toBe(job.plan?.frames.length ?? 0);
        }
      }),
    );
  });

  it('a history that was written down and played again gives the same job', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        const live = states(events).at(-1);
        const written: unknown = JSON.parse(JSON.stringify(events));
        expect(states(written as JobEvent[]).at(-1)).toEqual(live);
      }),
    );
  });

  it('never changes the job that it was given', () => {
    fc.assert(
      fc.property(anyHistory, (events) => {
        let job: BatchJob = jobWith([]);
        for (const event of events) {
          const before = JSON.stringify(job);
          const given = job;
          job = tried(job, event);
          expect(JSON.stringify(given)).toBe(before);
        }
      }),
    );
  });
});

describe('the end of a run', () => {
  it('takes running frames back without blame, and nothing else', () => {
    const job = jobWith([DONE, { ...RUNNING, tries: 2 } as FrameState], { status: 'running' });
    const after = stopped(job);
    expect(after.status).toBe('waiting');
    expect([...after.frames]).toEqual([DONE, { status: 'waiting', tries: 1 }]);
    const over = jobWith([DONE], { status: 'completed' });
    expect(stopped(over)).toBe(over);
  });

  it('makes what is done something of before when the next one begins', () => {
    const after = restarted(jobWith([DONE, KEPT, WAITING]));
    expect(after.counts).toMatchObject({ done: 2, kept: 2, waiting: 1 });
    expect(restarted(after)).toBe(after);
  });
});

it('finds the place of a frame number, or says that there is none', () => {
  const frames = fc.uniqueArray(fc.integer({ min: -50, max: 50 }));
  fc.assert(
    fc.property(frames, fc.integer({ min: -60, max: 60 }), (numbers, wanted) => {
      const sorted = numbers.toSorted((a, b) => a - b);
      const job = { ...jobWith([]), plan: planOf(sorted) };
      expect(frameIndex(job, wanted)).toBe(sorted.indexOf(wanted));
    }),
  );
});

type FrameChange<E = Extract<JobEvent, { frame: number }>> = E extends JobEvent
  ? Omit<E, 'job' | 'at' | 'frame'>
  : never;

/** The job after something happened to its first frame. */
function frameEvent(job: BatchJob, change: FrameChange): BatchJob {
  return jobAfter(job, { ...about, frame: 1, ...change } as JobEvent);
}

/** The job after each event; illegal moves are refused and leave it as it was. */
function states(events: readonly JobEvent[]): BatchJob[] {
  let job: BatchJob = jobWith([], { id: 'a' });
  return events.map((event) => {
    job = tried(job, event);
    return job;
  });
}

function tried(job: BatchJob, event: JobEvent): BatchJob {
  try {
    return jobAfter(job, event);
  } catch (error) {
    expect(String(error)).toContain("can't go from");
    return job;
  }
}
