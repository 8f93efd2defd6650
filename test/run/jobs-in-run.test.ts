import { beforeEach, expect, it } from 'vitest';
import { JobsInRun } from '../../electron/engine/run/jobs-in-run.ts';

let stop: AbortController;
let now: number;
let jobs: JobsInRun;

beforeEach(() => {
  stop = new AbortController();
  now = 0;
  jobs = new JobsInRun({ stop: stop.signal, clock: () => now });
});

it('has one signal a job, however often it is asked for', () => {
  const { signal } = jobs.get('hero');
  expect(jobs.get('hero').signal).toBe(signal);
  expect(jobs.get('lamp').signal).not.toBe(signal);
});

it('stops a job alone, or all of them at once', () => {
  const [hero, lamp] = [jobs.get('hero').signal, jobs.get('lamp').signal];
  jobs.get('hero').abort();
  expect([hero.aborted, lamp.aborted]).toEqual([true, false]);
  expect([jobs.isAborted('hero'), jobs.isAborted('lamp')]).toEqual([true, false]);
  stop.abort();
  expect([lamp.aborted, jobs.isAborted('unknown')]).toEqual([true, true]);
});

it('gives a job that may be worked on again a signal that was not aborted', () => {
  jobs.get('hero').abort();
  expect(jobs.renew('hero').signal.aborted).toBe(false);
  expect(jobs.isAborted('hero')).toBe(false);
});

it('knows the next try of each frame and of a job', () => {
  const { delays } = jobs.get('a');
  delays.set(7, 500);
  delays.set('opening', 300);
  delays.set('helping', 100);
  jobs.get('b').delays.set(7, 100);
  expect(delays.until(7)).toBe(500);
  expect([0, 200, 400, 500].map((at) => delays.next(at))).toEqual([300, 300, 500, null]);
});

it('a job that is taken in anew keeps how often it started over and was lost, and nothing else', () => {
  const before = jobs.renew('a');
  jobs.move(before, 'running');
  Object.assign(before, { startsOver: 2, timesLost: 1, openSeconds: 9, openFailures: 3 });
  before.placed = { ...before.placed, tooSmall: ['gpu'] };
  before.delays.set(8, 900);
  before.clock.start();
  now = 50;
  before.looksNext = false;
  expect(before.clock.workedMs).toBe(50);
  const job = jobs.renew('a');
  expect(job).toMatchObject({ startsOver: 2, timesLost: 1, openSeconds: 9, openFailures: 0 });
  expect([job.placed.tooSmall, job.delays.until(8), job.clock.workedMs]).toEqual([[], 0, 0]);
  expect([job.looksNext, [...jobs.running]]).toEqual([true, []]);
});

it('the clock of a job stands still while nobody is on it', () => {
  const { clock } = jobs.get('a');
  clock.goOn();
  now = 100;
  expect([clock.workedMs, clock.start(), clock.start()]).toEqual([0, true, false]);
  now = 130;
  clock.rest();
  clock.rest();
  now = 500;
  clock.goOn();
  clock.goOn();
  now = 520;
  expect(clock.workedMs).toBe(50);
});

it('knows who is held back, and who runs in the order in which they were started', () => {
  for (const id of ['a', 'b', 'c']) jobs.renew(id);
  expect([jobs.get('a').isTaken, jobs.get('d').isTaken]).toEqual([true, false]);
  jobs.move(jobs.get('c'), 'held');
  expect(jobs.someHeld).toBe(true);
  jobs.move(jobs.get('c'), 'running');
  jobs.move(jobs.get('a'), 'running');
  expect([jobs.someHeld, [...jobs.running].map(({ id }) => id)]).toEqual([false, ['c', 'a']]);
  jobs.move(jobs.get('c'), 'ended');
  expect([...jobs.running].map(({ id }) => id)).toEqual(['a']);
});
