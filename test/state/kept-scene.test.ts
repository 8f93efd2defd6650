import { expect, it } from 'vitest';
import type { JobEvent } from '../../shared/events.ts';
import type { BatchJob } from '../../shared/job.ts';
import { askedAgainOf, jobAfter } from '../../shared/job-state.ts';
import { keptText } from '../../shared/kept-text.ts';
import { jobWith, RUNNING, record, WAITING } from '../app/jobs.ts';

const START = jobWith([RUNNING, RUNNING, RUNNING, RUNNING, WAITING], { status: 'running' });
const about = { job: START.id, at: 0 };

/** A frame of a keeping that was proved at this time. */
function kept(frame: number, at: number, session = 'a'): JobEvent {
  const done = { type: 'frame-done', ...about, frame, record: record(1, at) } as const;
  return { ...done, keptScene: true, session };
}

function checked(frame: number, same = true, session = 'a'): JobEvent {
  return { type: 'scene-checked', ...about, checked: frame, session, same, seconds: 2 };
}

function after(...events: readonly JobEvent[]): BatchJob {
  return events.reduce(jobAfter, START);
}

it('a frame that had to wait for its name stands before those that were rendered after it', () => {
  const job = after(kept(1, 100), kept(3, 300), kept(2, 200));
  expect(job.keptScene?.unproved).toEqual([{ session: 'a', frames: [1, 2, 3] }]);
});

it('a check says nothing of what was rendered after the frame that it compares', () => {
  const job = after(kept(1, 100), kept(2, 200), kept(3, 300), checked(2));
  expect(job.keptScene).toMatchObject({
    checked: [2],
    unproved: [{ session: 'a', frames: [3] }],
  });
});

it('a frame that was rendered both ways speaks for all of its keeping, and for no other', () => {
  const job = after(kept(1, 100), kept(2, 200, 'b'), kept(3, 300), checked(4));
  expect(job.keptScene?.unproved).toEqual([{ session: 'b', frames: [2] }]);
  expect(after(kept(1, 100), kept(2, 200, 'b'), checked(4, false)).counts).toMatchObject({
    done: 0,
    waiting: 3,
  });
});

it('what nobody has checked is not taken from the disk where nothing else of a shot counts any more', () => {
  const job = after(kept(1, 100), checked(1), kept(2, 200), kept(3, 300));
  expect(askedAgainOf(job)).toEqual([2, 3]);
  const { name, shotFile, outputPath } = job;
  const added = { type: 'job-added', ...about, name, shotFile, outputPath, source: 'y' } as const;
  expect(jobAfter(job, added)).toMatchObject({ plan: null, askedAgain: [2, 3] });
});

it('frames that were compared are told in their order, each once, whenever that was', () => {
  const keepings = [kept(2, 100), kept(3, 200, 'b'), kept(4, 300, 'b')];
  const job = after(...keepings, checked(4, true, 'b'), checked(2), checked(2));
  expect(job.keptScene?.checked).toEqual([4, 2, 2]);
  expect(keptText(job)).toContain(', checked at frames 2 and 4.');
});
