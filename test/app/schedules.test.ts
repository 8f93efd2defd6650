import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeptSchedules, type ScheduleHost, Schedules } from '../../electron/app/night/schedules.ts';
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
  expect(host.start).toHaveBeenCalledExactlyOnceWith('film', expect.any(Function));
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

it('comes after another batch that was to start at the same time and was quicker', async () => {
  host.start.mockImplementationOnce(async () => {
    rendering = 'other';
    throw new Error('“other” is rendering.');
  });
  schedules.set('film', NIGHT);
  clock.pass(5 * HOUR);
  await vi.waitFor(() => expect(clock.waiting).toBe(1));
  expect(host.failed).not.toHaveBeenCalled();
  expect(schedules.waiting?.batchId).toBe('film');
  rendering = null;
  clock.pass(10_000);
  expect(host.start).toHaveBeenCalledTimes(2);
});

it('is not wanted any more when it was called off while it waited for a folder to open', () => {
  host.start.mockReturnValue(new Promise(() => {}));
  schedules.set('film', NIGHT);
  clock.pass(5 * HOUR);
  const isWanted = host.start.mock.calls[0]?.[1];
  expect(isWanted?.()).toBe(true);
  schedules.set('film', { startAt: null, until: null });
  expect(isWanted?.()).toBe(false);
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

describe('a plan from before a restart', () => {
  const KEPT = { batchId: 'film', startAt: ELEVEN, until: EIGHT };

  it('waits again while its time is still ahead', () => {
    schedules.takeUp(KEPT, 'film');
    expect(schedules.list()).toEqual([KEPT]);
    expect(host.say).not.toHaveBeenCalled();
    clock.pass(5 * HOUR);
    expect(host.start).toHaveBeenCalledExactlyOnceWith('film', expect.any(Function));
  });

  it('starts like after a sleep when its time has passed and its end has not, and says so', async () => {
    clock.jump(7 * HOUR);
    schedules.takeUp(KEPT, 'film');
    expect(host.say).toHaveBeenCalledExactlyOnceWith(
      '“film” starts now: Nightshift was closed at 23:00.',
    );
    clock.pass(1);
    await vi.waitFor(() => expect(host.stopAt).toHaveBeenCalledOnce());
    expect(host.stopAt.mock.calls[0]?.slice(0, 2)).toEqual(['film', EIGHT]);
  });

  it('says that the night was missed when both have passed', () => {
    clock.jump(15 * HOUR);
    schedules.takeUp(KEPT, 'film');
    clock.pass(HOUR);
    expect(host.start).not.toHaveBeenCalled();
    expect(host.say).toHaveBeenCalledExactlyOnceWith(
      'The night of “film” was missed: Nightshift was closed from 23:00 to 08:00. Nothing was rendered; it can be started now.',
    );
    expect(schedules.list()).toEqual([]);
    expect(host.tell).toHaveBeenLastCalledWith([]);
  });

  it('still ends at its time what was stopped in the middle and is resumed', () => {
    clock.jump(7 * HOUR);
    schedules.takeUp({ ...KEPT, startAt: null }, 'film');
    clock.pass(10_000);
    expect(host.start).not.toHaveBeenCalled();
    rendering = 'film';
    schedules.started('film');
    expect(host.stopAt.mock.calls[0]?.slice(0, 2)).toEqual(['film', EIGHT]);
  });

  it('gives way to what was planned since', () => {
    schedules.set('film', { startAt: '20:00', until: null });
    schedules.takeUp(KEPT, 'film');
    expect(schedules.list()).toMatchObject([{ until: null }]);
  });

  it('is on disk with its folder, and no plan of a batch that is not open', async () => {
    const data = await mkdtemp(join(tmpdir(), 'nightshift-plans-'));
    onTestFinished(() => rm(data, { recursive: true }));
    const place = { folder: '/film', outputRoot: '/film/renders' };
    const kept = new KeptSchedules(data, (id) => (id === 'film' ? place : null));
    await kept.keep([KEPT, { ...KEPT, batchId: 'closed' }]);
    expect(await new KeptSchedules(data, () => null).read()).toEqual([{ ...KEPT, ...place }]);
    await writeFile(join(data, 'schedules.json'), '[{"batchId": 7}]');
    expect(await new KeptSchedules(data, () => null).read()).toEqual([]);
  });
});

it('leaves no timer when the app closes', () => {
  schedules.set('film', NIGHT);
  schedules.set('other', NIGHT);
  schedules.close();
  expect(clock.waiting).toBe(0);
});
