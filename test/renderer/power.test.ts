import { expect, it } from 'vitest';
import {
  powerQuestion,
  WHEN_DONE_SHORT,
  WHEN_DONE_WORDS,
  whenDoneText,
} from '../../renderer/text/power-text.ts';
import { WHEN_DONE } from '../../shared/schedule.ts';

it('counts the last minute down, and never below zero', () => {
  const countdown = { act: 'sleep', batchName: 'film', at: 60_000 } as const;
  expect(powerQuestion(countdown, 0)).toBe(
    'This computer goes to sleep in 60 s. Finished frames are safe.',
  );
  expect(powerQuestion({ ...countdown, act: 'shut-down' }, 59_001)).toMatch(
    /^This computer shuts down in 1 s\./,
  );
  expect(powerQuestion(countdown, 61_000)).toMatch(/ in 0 s\./);
});

it('offers everything that can be done, and warns of what would surprise', () => {
  expect(Object.keys(WHEN_DONE_WORDS).sort()).toEqual([...WHEN_DONE].sort());
  expect(WHEN_DONE.map(whenDoneText)).toEqual([
    null,
    null,
    'Sleeps when done',
    'Shuts down when done',
  ]);
});

it('calls the same thing the same in the settings and beside the times', () => {
  for (const each of ['nothing', 'notify'] as const) {
    expect(WHEN_DONE_SHORT[each]).toBe(WHEN_DONE_WORDS[each]);
  }
});
