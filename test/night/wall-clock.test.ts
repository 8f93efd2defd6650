import { expect, it, vi } from 'vitest';
import { atMoment } from '../../electron/engine/index.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const HOUR = 3_600_000;
const at = (text: string) => new Date(text).getTime();

it('runs once, when the clock shows the time', () => {
  const clock = new ManualClock('2026-11-26T22:00');
  const run = vi.fn();
  atMoment(at('2026-11-26T23:00'), run, clock);
  clock.pass(HOUR - 1);
  expect(run).not.toHaveBeenCalled();
  clock.pass(1);
  expect(run).toHaveBeenCalledOnce();
  clock.pass(24 * HOUR);
  expect(run).toHaveBeenCalledOnce();
  expect(clock.waiting).toBe(0);
});

it('runs soon after the machine wakes up that has slept past the time', () => {
  const clock = new ManualClock('2026-11-26T22:00');
  const run = vi.fn();
  atMoment(at('2026-11-26T23:00'), run, clock);
  clock.jump(3 * HOUR);
  expect(run).not.toHaveBeenCalled();
  clock.pass(10_000);
  expect(run).toHaveBeenCalledOnce();
});

it('goes by the clock when somebody sets it forward or back', () => {
  const clock = new ManualClock('2026-11-26T22:00');
  const run = vi.fn();
  atMoment(at('2026-11-26T23:00'), run, clock);
  clock.jump(-HOUR);
  clock.pass(1.5 * HOUR);
  expect(run).not.toHaveBeenCalled();
  clock.jump(HOUR);
  clock.pass(10_000);
  expect(run).toHaveBeenCalledOnce();
});

it('runs for a time that is over already, but not before the caller has gone on', () => {
  const clock = new ManualClock('2026-11-26T22:00');
  const run = vi.fn();
  atMoment(at('2026-11-26T21:00'), run, clock);
  expect(run).not.toHaveBeenCalled();
  clock.pass(0);
  expect(run).toHaveBeenCalledOnce();
});

it('can be called off at any time, and leaves no timer behind', () => {
  const clock = new ManualClock('2026-11-26T22:00');
  const run = vi.fn();
  const callOff = atMoment(at('2026-11-26T23:00'), run, clock);
  clock.pass(HOUR / 2);
  callOff();
  expect(clock.waiting).toBe(0);
  clock.pass(HOUR);
  callOff();
  expect(run).not.toHaveBeenCalled();
});
