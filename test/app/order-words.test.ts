import { expect, it } from 'vitest';
import { endLine } from '../../electron/cli/job-lines.ts';
import { jobNote } from '../../renderer/text/job-text.ts';
import { type BatchJob, waitsFor, waitsForText } from '../../shared/job.ts';
import { changedPriorities, priorityOf } from '../../shared/order.ts';
import type { ShotConfig } from '../../shared/shot.ts';
import { aRowOf, jobWith, listing } from './jobs.ts';

const jobs = [
  shot('a', 0),
  shot('b', 3),
  shot('c', 0),
  { ...shot('d', 50), status: 'completed' as const },
];

it('render first goes before all that is left, and leaves what was chosen in the order of the folder', () => {
  expect([...changedPriorities(jobs, ['a', 'c'], 'first')]).toEqual([[4, ['a', 'c']]]);
  expect([...changedPriorities(jobs, ['b'], 'first')]).toEqual([[1, ['b']]]);
});

it('raise and lower move each shot from where it is', () => {
  expect([...changedPriorities(jobs, ['a', 'b'], 'raise')]).toEqual([
    [1, ['a']],
    [4, ['b']],
  ]);
  expect([...changedPriorities(jobs, ['a'], 'lower')]).toEqual([[-1, ['a']]]);
});

it('what the artist chose holds until the shot file says something else than it did then', () => {
  const chosenPriority = { priority: 7, over: 3 };
  expect(priorityOf({ ...shot('b', 3), chosenPriority })).toBe(7);
  expect(priorityOf({ ...shot('b', 4), chosenPriority })).toBe(4);
  expect(priorityOf({ ...jobWith([]), chosenPriority })).toBe(7);
});

it('a row says what it waits for and which priority it has, where that is not the normal one', () => {
  const needs = [
    { job: 'a', name: 'comp_bg' },
    { job: 'd', name: 'done' },
  ];
  const job = { ...shot('x', -2, needs), status: 'waiting' as const };
  const waits = waitsFor(job, (id) => jobs.find((one) => one.id === id));
  expect(jobNote(aRowOf(job, { waitsFor: waits }))).toBe('priority −2 · waits for comp_bg');
  expect(jobNote(aRowOf(shot('x', 0)))).toBe('.yaml');
  expect(waitsForText(['a', 'b', 'c', 'd', 'e'])).toBe('waits for a, b and 3 more');
});

it('the command line says why a shot was left out, and what to do', () => {
  const error = {
    cause: 'needs-another-shot' as const,
    message: 'It needs bg, which failed.',
    nextStep: 'Retry bg; this shot then goes on by itself.',
    evidence: [],
  };
  expect(endLine({ ...shot('x', 0), name: 'comp', status: 'skipped', error })?.text).toBe(
    'comp: not started. It needs bg, which failed. Retry bg; this shot then goes on by itself.',
  );
});

function shot(id: string, priority: number, dependsOn: ShotConfig['dependsOn'] = []): BatchJob {
  return jobWith([], { id, shotConfig: { ...listing(null), priority, dependsOn }, plan: null });
}
