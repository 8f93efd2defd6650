import { beforeEach, expect, it, vi } from 'vitest';
import { AfterBatch, type AfterBatchHost } from '../../electron/app/night/after-batch.ts';
import type { WhenDone } from '../../shared/schedule.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

let clock: ManualClock;
let chosen: WhenDone;
let needed: boolean;
let host: { readonly [K in keyof AfterBatchHost]: ReturnType<typeof vi.fn<AfterBatchHost[K]>> };
let after: AfterBatch;

beforeEach(() => {
  clock = new ManualClock('2026-11-27T03:00');
  chosen = 'sleep';
  needed = false;
  host = {
    whenDone: vi.fn(async () => chosen),
    isNeeded: vi.fn(async () => needed),
    change: vi.fn(async () => {}),
    tell: vi.fn(),
    announce: vi.fn(),
    failed: vi.fn(),
  };
  after = new AfterBatch(host, clock);
});

it.each([
  ['sleep', 'completed'],
  ['shut-down', 'completed'],
  ['shut-down', 'failed'],
] as const)('does %s a minute after a batch that %s, and says so before', async (act, outcome) => {
  chosen = act;
  await after.ended('film', outcome);
  const countdown = { act, batchName: 'film', at: new Date('2026-11-27T03:01').getTime() };
  expect(host.tell).toHaveBeenLastCalledWith(countdown);
  expect(host.announce).toHaveBeenCalledExactlyOnceWith(countdown);
  clock.pass(59_999);
  expect(host.change).not.toHaveBeenCalled();
  clock.pass(1);
  await vi.waitFor(() => expect(host.change).toHaveBeenCalledExactlyOnceWith(act));
  expect(host.tell).toHaveBeenLastCalledWith(null);
});

it('does nothing when somebody says no, and does not ask twice', async () => {
  await after.ended('film', 'completed');
  clock.pass(30_000);
  after.stay();
  after.stay();
  clock.pass(3_600_000);
  expect(host.change).not.toHaveBeenCalled();
  expect(host.tell).toHaveBeenLastCalledWith(null);
  expect(host.tell).toHaveBeenCalledTimes(2);
  expect(clock.waiting).toBe(0);
});

it.each(['nothing', 'notify'] as const)('leaves the computer alone with “%s”', async (whenDone) => {
  chosen = whenDone;
  await after.ended('film', 'completed');
  expect(host.tell).not.toHaveBeenCalled();
  expect(clock.waiting).toBe(0);
});

it.each(['cancelled', 'interrupted'] as const)('does not count %s as done', async (outcome) => {
  await after.ended('film', outcome);
  expect(host.tell).not.toHaveBeenCalled();
});

it('counts chosen shots that are done as done, although others wait', async () => {
  await after.ended('film', 'partial');
  expect(host.announce).toHaveBeenCalled();
});

it('never begins while another batch renders', async () => {
  needed = true;
  await after.ended('film', 'completed');
  expect(host.announce).not.toHaveBeenCalled();
  expect(clock.waiting).toBe(0);
});

it('gives way to a batch that was started in the last minute', async () => {
  await after.ended('film', 'completed');
  needed = true;
  clock.pass(60_000);
  await vi.waitFor(() => expect(host.isNeeded).toHaveBeenCalledTimes(2));
  expect(host.change).not.toHaveBeenCalled();
  expect(host.failed).not.toHaveBeenCalled();
});

it('says it where the computer refuses', async () => {
  host.change.mockRejectedValue(new Error('This computer could not be put to sleep.'));
  await after.ended('film', 'completed');
  clock.pass(60_000);
  await vi.waitFor(() => expect(host.failed).toHaveBeenCalledOnce());
});
