import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { events, makeCli, ofType } from '../cli/rig.ts';
import { recordedPids } from '../helpers/recorded-pids.ts';
import { frameNames, makeLab } from './lab.ts';
import { troubledBlender } from './trouble.ts';

/** Real Blender starts several times. */
const LONG = { timeout: 240_000 };

/** Stays beside what it starts; the first one dies in the middle of frame 2. */
const DIES_ONCE = `#!/bin/sh
exec 3<&0
"$@" <&3 &
while kill -0 $! 2>/dev/null; do
  if [ -e "$0.frame-2" ] && mkdir "$0.dead" 2>/dev/null; then kill -KILL $$; fi
  sleep 0.05
done
wait $!
`;

describe.skipIf(process.platform !== 'linux')('a night behind a launcher', () => {
  test(
    'that dies in the middle of a frame costs that frame, and leaves no Blender',
    LONG,
    async () => {
      const lab = await makeLab();
      await lab.realShot('hero', {
        yaml: 'frames: 1-3',
        python: `
render.resolution_x, render.resolution_y = 16, 9
`,
      });
      const launcher = join(lab.folder, 'dies-once');
      await lab.file('dies-once', DIES_ONCE);
      await chmod(launcher, 0o755);
      const python = `
@on('render_pre', 'hero', 2)
def _():
    if once('dies-once.frame-2'):
        wait('never')
`;
      const blender = await troubledBlender(lab, python);
      const args = ['--workers', '1', '--launcher', `nice -n 5 ${launcher}`, '--blender', blender];
      const night = await lab.night({ args });
      expect(night.code).toBe(0);
      expect(ofType(night.told, 'frame-failed')).toMatchObject([
        {
          frame: 2,
          cause: 'crashed',
          message: `The launcher nice -n 5 ${launcher} ended while frame 2 was being rendered, and Blender with it (SIGKILL).`,
        },
      ]);
      await lab.expectResume({ hero: frameNames('hero', 3) });
    },
  );
});

test('a launcher that is not there fails every shot at once, and says what to do', async () => {
  const cli = await makeCli();
  await cli.shot('hero', 'frames: 1-2');
  const { code, out } = await cli.run(
    'render',
    'shots',
    '--launcher',
    'no-such-launcher',
    '--json',
  );
  expect(code).toBe(1);
  const [ended] = ofType(events(out), 'job-finished');
  expect(ended).toMatchObject({
    cause: 'blender-not-found',
    message:
      "Blender could not be started: the launcher no-such-launcher can't be run, because no-such-launcher is not there.",
  });
  expect(await cli.blenderLog()).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a night behind a launcher renders every frame, and a cancel of it leaves no process',
  async () => {
    const cli = await makeCli();
    await cli.shot('hero', 'frames: 1-3');
    const args = ['render', 'shots', '-o', 'out', '--workers', '1', '--json'];
    const launcher = ['--launcher', "env 'A=b c' nice -n 5"];
    expect((await cli.run(...args, ...launcher)).code).toBe(0);
    await cli.steer({ render: { frame: 2, hang: true } });
    const night = cli.start(...args, '--existing', 'overwrite', '--fresh', ...launcher);
    await expect
      .poll(async () => (await cli.blenderLog()).filter((one) => one.do === 'render').length, {
        timeout: 20_000,
      })
      .toBeGreaterThan(4);
    const pids = (await cli.blenderLog()).map(({ pid }) => pid);
    night.kill('SIGINT');
    expect((await night).exitCode).toBe(130);
    for (const pid of new Set(pids)) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const [batch = ''] = await readdir(join(cli.folder, 'data', 'batches'));
    expect(await recordedPids(join(cli.folder, 'data', 'batches', batch))).toEqual([]);
  },
);
