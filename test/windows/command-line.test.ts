import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { events, makeCli, ofType, runs } from '../cli/rig.ts';

test('renders, is killed, leaves no Blender behind, and goes on where it was', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-3');
  await cli.steer({ render: { frame: 2, hang: true } });
  const night = cli.start('render', cli.shots, '-o', cli.out, '--json');
  const waiting = async () => (await cli.blenderLog()).filter((noted) => noted.do === 'render');
  await expect.poll(async () => (await waiting()).length, { timeout: 60_000 }).toBe(2);
  const first = join(cli.out, 'hero', 'hero_0001.png');
  await expect.poll(() => existsSync(first), { timeout: 60_000 }).toBe(true);
  night.kill('SIGKILL');
  await night;
  const [{ pid } = { pid: 0 }] = await waiting();
  await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);

  await cli.steer({});
  const again = await cli.run('render', cli.shots, '-o', cli.out, '--json', '--report', 'night.md');
  expect(again.code, again.err).toBe(0);
  const done = ofType(events(again.out), 'frame-done').map(({ frame }) => frame);
  expect(done).toEqual([2, 3]);

  const other = cli.out.toUpperCase();
  const twice = await cli.run('render', cli.shots, '-o', other, '--json');
  expect(ofType(events(twice.out), 'frame-done'), other).toEqual([]);
  const checked = await cli.run('check', join(cli.folder, 'shots'));
  expect(checked.code, checked.err).toBe(0);
});
