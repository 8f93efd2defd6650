import { expect, it } from 'vitest';
import { stripCellOf, stripOf } from '../../electron/app/sessions/rows.ts';
import { stripCellText } from '../../renderer/text/frame-text.ts';
import { planOf } from '../helpers/plan.ts';
import { DONE, done, FAILED, jobWith, listing, RUNNING, WAITING } from './jobs.ts';

const textOf = (job: ReturnType<typeof jobWith>, cell: number) => {
  const found = stripCellOf(job, cell);
  return found && stripCellText(found);
};

it('tells the one frame of a cell with its state and its time', () => {
  const job = jobWith([done(54), FAILED, WAITING], { plan: planOf([5, 7, 9]) });
  expect(textOf(job, 0)).toMatch(/^Frame 5 · Done · 54 s · \d\d:\d\d$/);
  expect(textOf(job, 1)).toBe('Frame 7 · Failed · Blender crashed, 3 tries');
  expect(textOf(job, 2)).toBe('Frame 9 · Waiting');
});

it('sums up the frames of a cell that stands for several', () => {
  const states = Array.from({ length: 180 }, () => done(2));
  states.splice(3, 3, done(4), FAILED, RUNNING);
  const job = jobWith(states);
  expect(textOf(job, 0)).toBe('Frames 1 to 3 · 3 done · 2.0 s a frame');
  expect(textOf(job, 1)).toBe('Frames 4 to 6 · 1 done · 1 rendering · 1 failed · 4.0 s a frame');
});

it('has a cell for every letter of the strip, and none beyond', () => {
  for (const length of [0, 1, 59, 60, 61, 250]) {
    const job = jobWith(Array.from({ length }, () => DONE));
    const cells = [...stripOf(job.frames)].map((_, cell) => stripCellOf(job, cell));
    expect(cells.reduce((sum, cell) => sum + (cell?.counts.total ?? 0), 0)).toBe(length);
    expect(stripCellOf(job, cells.length)).toBeNull();
  }
});

it('knows the frames that a shot file lists before the scene was opened', () => {
  const job = jobWith([], { plan: null, shotConfig: listing([3, 5, 9]) });
  expect(textOf(job, 2)).toBe('Frame 9 · Waiting');
});
