import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { render } from '../../electron/cli/commands/render.ts';
import type { RenderOptions } from '../../electron/cli/render-options.ts';
import { checkpointDirectory } from '../../electron/engine/index.ts';
import { takeLock } from '../../electron/engine/journal/lock.ts';
import type { PowerAct } from '../../shared/schedule.ts';
import { makeEngine, STAND_IN } from '../engine/rig.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { fakeOutput } from './fake-output.ts';
import { events, makeCli } from './rig.ts';
import { said } from './said.ts';

const HOUR = 3_600_000;

/** A folder, the options that render it on the stand-in, and what the command writes. */
async function night(times: Pick<RenderOptions, 'startAt' | 'until' | 'whenDone'>) {
  const rig = await makeEngine();
  await rig.shot('hero', 'frames: 1-6');
  const output = fakeOutput();
  const options: RenderOptions = {
    ...{ output: rig.out, data: rig.data, blender: STAND_IN, existing: 'resume' },
    ...{ workers: 1, retries: 0 },
    ...times,
  };
  const changePower = vi.fn(async (_act: PowerAct) => {});
  const go = (clock: ManualClock) => render(rig.shots, options, output, { clock, changePower });
  return { rig, output, options, changePower, go };
}

test('a night that is planned starts at its time, ends at its time, and the next one goes on', async () => {
  const { rig, output, options, changePower, go } = await night({
    startAt: '23:00',
    until: '08:00',
  });
  await rig.steer({ render: [{ frame: 3, until: join(rig.folder, 'go') }] });
  const clock = new ManualClock('2026-11-26T18:00');
  const running = go(clock);
  await vi.waitFor(
    () => expect(output.lines.join('\n')).toContain('Starts at 23:00, in 5 h'),
    20_000,
  );
  // What was put there meanwhile is rendered too.
  await rig.shot('late', 'frames: 1-2\npriority: -1');
  clock.pass(5 * HOUR);
  await vi.waitFor(async () => expect(await rig.frames('hero')).toHaveLength(2), 20_000);
  await vi.waitFor(async () => expect(await rig.noted('render')).toHaveLength(3), 20_000);
  clock.pass(9 * HOUR);
  await rig.file('go', '');
  expect(await running).toBe(130);
  const said = output.lines.join('\n');
  expect(said).toContain('Stopped at 08:00, as planned.');
  expect(said).toContain('To resume, run the same command again.');
  expect(await rig.frames('hero')).toHaveLength(3);

  const { startAt: _, until: __, ...now } = options;
  expect(await render(rig.shots, now, fakeOutput(), { clock, changePower })).toBe(0);
  expect(await rig.frames('hero')).toHaveLength(6);
  expect(await rig.frames('late')).toHaveLength(2);
  expect(clock.waiting).toBe(0);
});

test('a computer that was asleep at the time starts when it wakes up', async () => {
  const { rig, output, go } = await night({ startAt: '23:00' });
  const clock = new ManualClock('2026-11-26T18:00');
  const running = go(clock);
  await vi.waitFor(() => expect(output.lines).toHaveLength(1), 20_000);
  clock.jump(8 * HOUR);
  clock.pass(10_000);
  expect(await running).toBe(0);
  expect(await rig.frames('hero')).toHaveLength(6);
});

test('one that was asleep all through the night renders nothing, and says so', async () => {
  const { rig, output, go } = await night({ startAt: '23:00', until: '08:00' });
  const clock = new ManualClock('2026-11-26T18:00');
  const running = go(clock);
  await vi.waitFor(() => expect(output.lines).toHaveLength(1), 20_000);
  clock.jump(16 * HOUR);
  clock.pass(10_000);
  expect(await running).toBe(130);
  expect(output.lines.at(-1)).toMatch(/slept through the night.*past 08:00.*Nothing was rendered/);
  expect(await rig.noted('start')).toEqual([]);
});

test('a night that is done before its end leaves nothing waiting for it', async () => {
  const { go } = await night({ until: '08:00' });
  const clock = new ManualClock('2026-11-26T23:00');
  expect(await go(clock)).toBe(0);
  expect(clock.waiting).toBe(0);
});

test('Ctrl+C calls a planned night off', async () => {
  const cli = await makeCli();
  await cli.shot('hero');
  const later = new Date(Date.now() + 12 * HOUR);
  const child = cli.start('render', cli.shots, '--json', '--start-at', String(later.getHours()));
  await said(child, 'Press Ctrl+C');
  child.kill('SIGINT');
  const { exitCode, stdout, stderr } = await child;
  expect(events(stdout)).toMatchObject([
    { type: 'nightshift' },
    { type: 'batch-scheduled', until: null },
  ]);
  expect(exitCode).toBe(130);
  expect(stderr).toContain('Called off. Nothing was rendered.');
  expect(await cli.blenderLog()).toEqual([]);
});

test.each(['sleep', 'shut-down'] as const)(
  '%s comes a minute after the last frame',
  async (act) => {
    const { rig, output, changePower, go } = await night({ whenDone: act });
    const clock = new ManualClock('2026-11-27T03:00');
    const running = go(clock);
    await vi.waitFor(() => expect(output.lines.at(-1)).toMatch(/in 60 s\. Press Ctrl\+C/), 20_000);
    expect(await rig.frames('hero')).toHaveLength(6);
    clock.pass(59_999);
    expect(changePower).not.toHaveBeenCalled();
    clock.pass(1);
    expect(await running).toBe(0);
    expect(changePower).toHaveBeenCalledExactlyOnceWith(act);
  },
);

test('a computer on which another batch renders stays on', async () => {
  const { rig, output, changePower, go } = await night({ whenDone: 'shut-down' });
  const other = checkpointDirectory(rig.data, 'other');
  await mkdir(other, { recursive: true });
  const lock = await takeLock(other);
  expect(await go(new ManualClock('2026-11-27T03:00'))).toBe(0);
  await lock.release();
  expect(output.lines.at(-1)).toBe('Another batch is being rendered, so this computer stays on.');
  expect(changePower).not.toHaveBeenCalled();
});

test('Ctrl+C in the last minute keeps the computer on, and the night counts as it was', async () => {
  const { output, changePower, go } = await night({ whenDone: 'sleep' });
  const running = go(new ManualClock('2026-11-27T03:00'));
  await vi.waitFor(() => expect(output.lines.at(-1)).toMatch(/Press Ctrl\+C/), 20_000);
  process.emit('SIGINT');
  expect(await running).toBe(0);
  expect(output.lines.at(-1)).toBe('It stays on.');
  expect(changePower).not.toHaveBeenCalled();
});

test('a night that was stopped by its end is not done', async () => {
  const { rig, changePower, go } = await night({ until: '08:00', whenDone: 'sleep' });
  await rig.steer({ render: [{ frame: 3, until: join(rig.folder, 'go') }] });
  const clock = new ManualClock('2026-11-27T07:00');
  const running = go(clock);
  await vi.waitFor(async () => expect(await rig.noted('render')).toHaveLength(3), 20_000);
  clock.pass(HOUR);
  await rig.file('go', '');
  expect(await running).toBe(130);
  expect(changePower).not.toHaveBeenCalled();
});
