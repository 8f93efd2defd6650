import { beforeEach, expect, it, vi } from 'vitest';
import { type ScheduleHost, Schedules } from '../../electron/app/schedules.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const HOUR = 3_600_000;
const at = (text: string) => new Date(text).getTime();
const NIGHT = { startAt: '23:00', until: '08:00' };
const ELEVEN = at('2026-11-26T23:00');
const EIGHT = at('2026-11-27T08:00');

let clock: ManualClock;
let rendering: string | null;
let host: { readonly [K in keyof ScheduleHost]: ReturnType<typeof vi.fn<ScheduleHost[K]>> };
let schedules: Schedules;

beforeEach(() => {
  clock = new ManualClock('2026-11-26T18:00');
  rendering = null;
  host = {
    isRunning: vi.fn((id) => rendering === id),
    hasToWait: vi.fn((id) => rendering !== null && rendering !== id),
    start: vi.fn(async (id) => {
      rendering = id;
      schedules.started(id);
    }),
    stopAt: vi.fn(() => () => {}),
    tell: vi.fn(),
    say: vi.fn(),
    failed: vi.fn(),
  };
  schedules = new Schedules(host, clock);
});

it('starts a batch at its time, then stops it at the other', async () => {
  schedules.set('film', NIGHT);
  expect(schedules.list()).toEqual([{ batchId: 'film', startAt: ELEVEN, until: EIGHT }]);
  expect(schedules.waiting?.batchId).toBe('film');
  clock.pass(5 * HOUR - 1);
  expect(host.start).not.toHaveBeenCalled();
  clock.pass(1);
  expect(host.start).toHaveBeenCalledExactlyOnceWith('film');
  await vi.waitFor(() => expect(host.stopAt).toHaveBeenCalledOnce());
  expect(host.stopAt.mock.calls[0]?.slice(0, 2)).toEqual(['film', EIGHT]);
  expect(host.tell).toHaveBeenLastCalledWith([{ batchId: 'film', startAt: null, until: EIGHT }]);
  host.stopAt.mock.calls[0]?.[2]();
  expect(host.tell).toHaveBeenLastCalledWith([]);
});

it('can be called off, and leaves no timer', () => {
  schedules.set('film', NIGHT);
  schedules.set('film', { startAt: null, until: null });
  expect(clock.waiting).toBe(0);
  clock.pass(24 * HOUR);
  expect(host.start).not.toHaveBeenCalled();
  expect(host.tell).toHaveBeenLastCalledWith([]);
});

it('keeps the newest of several plans', () => {
  schedules.set('film', NIGHT);
  schedules.set('film', { startAt: '20:00', until: null });
  clock.pass(2 * HOUR);
  expect(host.start).toHaveBeenCalledOnce();
  clock.pass(10 * HOUR);
  expect(host.start).toHaveBeenCalledOnce();
});

it('does not start again what was started by hand before its time, and still stops it', () => {
  schedules.set('film', NIGHT);
  rendering = 'film';
  schedules.started('film');
  expect(schedules.waiting).toBeNull();
  expect(host.stopAt).toHaveBeenCalledOnce();
  clock.pass(10 * HOUR);
  expect(host.start).not.toHaveBeenCalled();
});

it('takes an end for a batch that renders already', () => {
  rendering = 'film';
  schedules.set('film', NIGHT);
  expect(schedules.list()).toEqual([{ batchId: 'film', startAt: null, until: EIGHT }]);
  expect(host.stopAt).toHaveBeenCalledOnce();
});

it('starts when the machine wakes up that was asleep at the time', () => {
  schedules.set('film', NIGHT);
  clock.jump(7 * HOUR);
  clock.pass(10_000);
  expect(host.start).toHaveBeenCalledOnce();
});

it('starts nothing when it wakes up past the end, and says so', () => {
  schedules.set('film', NIGHT);
  clock.jump(15 * HOUR);
  clock.pass(10_000);
  expect(host.start).not.toHaveBeenCalled();
  expect(host.say).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('past 08:00'));
  expect(schedules.list()).toEqual([]);
});

it('waits for another batch that still renders, and comes after it', () => {
  rendering = 'other';
  schedules.set('film', NIGHT);
  clock.pass(7 * HOUR);
  expect(host.start).not.toHaveBeenCalled();
  expect(schedules.waiting?.batchId).toBe('film');
  rendering = null;
  clock.pass(10_000);
  expect(host.start).toHaveBeenCalledOnce();
});

it('starts at once in the very minute, with nothing left planned', () => {
  clock.pass(5 * HOUR + 20_000);
  schedules.set('film', { startAt: '23:00', until: null });
  expect(host.start).toHaveBeenCalledOnce();
  expect(schedules.list()).toEqual([]);
});

it('says why a batch could not start, and forgets its plan', async () => {
  host.start.mockRejectedValue(new Error('Another Nightshift renders this batch.'));
  schedules.set('film', NIGHT);
  clock.pass(5 * HOUR);
  await vi.waitFor(() => expect(host.failed).toHaveBeenCalledOnce());
  expect(schedules.list()).toEqual([]);
});

it('forgets the plan of a batch that has ended, and an end of another night', () => {
  rendering = 'film';
  schedules.set('film', { startAt: null, until: '08:00' });
  schedules.ended('film');
  expect(schedules.list()).toEqual([]);
  rendering = null;
  schedules.set('film', { startAt: null, until: '08:00' });
  clock.pass(24 * HOUR);
  schedules.started('film');
  expect(schedules.list()).toEqual([]);
  expect(host.stopAt).toHaveBeenCalledOnce();
});

it('leaves no timer when the app closes', () => {
  schedules.set('film', NIGHT);
  schedules.set('other', NIGHT);
  schedules.close();
  expect(clock.waiting).toBe(0);
});
