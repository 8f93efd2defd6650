import { expect, it } from 'vitest';
import { JobAborts } from '../../electron/engine/run/run.ts';

it('has one signal a job, however often it is asked for', () => {
  const aborts = new JobAborts();
  const signal = aborts.signalFor('hero');
  expect(aborts.signalFor('hero')).toBe(signal);
  expect(aborts.signalFor('lamp')).not.toBe(signal);
});

it('stops a job alone, or all of them at once', () => {
  const aborts = new JobAborts();
  const [hero, lamp] = [aborts.signalFor('hero'), aborts.signalFor('lamp')];
  aborts.abort('hero');
  expect([hero.aborted, lamp.aborted]).toEqual([true, false]);
  aborts.abortAll();
  expect(lamp.aborted).toBe(true);
});

it('gives a job that may be worked on again a signal that was not aborted', () => {
  const aborts = new JobAborts();
  aborts.signalFor('hero');
  aborts.abort('hero');
  aborts.clear('hero');
  expect(aborts.has('hero')).toBe(false);
  expect(aborts.signalFor('hero').aborted).toBe(false);
});
