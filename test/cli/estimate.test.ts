import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { needsText } from '../../electron/cli/estimate.ts';
import { events, makeCli, ofType } from './rig.ts';

const SIZE = 'render: { resolution: [160, 160] }';

it('tells what each shot costs and what the night needs, and writes nothing where frames go', async () => {
  const cli = await makeCli();
  await cli.shot('hero', `frames: 1-100\n${SIZE}`);
  await cli.shot('lamp', `frames: 1-10\nrender: { resolution: [160, 160], samples: 2 }`);
  // A frame of 160 × 160 takes 1 + 25.6 s.
  await cli.steer({ render: { costs: { fixed: 1, pixel: 0.001 } } });
  const { code, out } = await cli.run('check', cli.shots, '--estimate', '--workers', '1');
  expect(code).toBe(0);
  expect(out).toContain('hero: 100 frames of about 27 s each.');
  expect(out).toContain('lamp: 10 frames of about 27 s each.');
  expect(out).toMatch(
    /This night needs about (48|49) m \(\d+ m to .* m\)\. Started now, it is done/,
  );
  expect(await readdir(cli.shots)).not.toContain('renders');
  await expect(readdir(join(cli.folder, 'data'))).rejects.toThrow('ENOENT');
});

it('names every shot of a scene, though it tries the scene once', async () => {
  const cli = await makeCli();
  await cli.shot('hero', `frames: 1-100\n${SIZE}`);
  await cli.shot('hero_short', `frames: 1-10\n${SIZE}`);
  await cli.steer({ render: { costs: { fixed: 1, pixel: 0.001 } } });
  const { out } = await cli.run('check', cli.shots, '--estimate', '--workers', '1');
  expect(out).toContain('hero: 100 frames of about 27 s each.');
  expect(out).toContain('hero_short: 10 frames of about 27 s each.');
});

it('tells the same to a program, with the reason of a shot that could not be tried', async () => {
  const cli = await makeCli();
  await cli.shot('hero', `frames: 1-4\n${SIZE}`);
  await cli.file('scenes/torn.blend', 'BLENDER-v403RENDH');
  await cli.file('shots/torn.yaml', 'blend: ../scenes/torn.blend\nframes: 1-4\n');
  await cli.steer({
    render: [{ blend: 'torn', crash: true }, { costs: { fixed: 1, pixel: 0.001 } }],
  });
  const { out } = await cli.run('check', cli.shots, '--estimate', '--workers', '1', '--json');
  const told = events(out);
  expect(told.find(({ type, name }) => type === 'shot-tried' && name === 'torn')).toMatchObject({
    cause: 'crashed',
  });
  expect(told.find(({ type, name }) => type === 'shot-tried' && name === 'hero')).toMatchObject({
    frames: 4,
    secondsEach: expect.closeTo(26.6, 3),
  });
  const [night] = ofType(told, 'estimate');
  const [low, seconds, high] = [night?.low, night?.seconds, night?.high].map(Number);
  expect(seconds).toBeCloseTo(106.4, 0);
  expect(low).toBeLessThan(seconds ?? 0);
  expect(high).toBeGreaterThan(seconds ?? 0);
});

it('says that nothing is known where no shot can be tried', async () => {
  const cli = await makeCli();
  await cli.shot('hero');
  await cli.steer({ open: { fail: { cause: 'no-camera', message: 'There is no camera.' } } });
  const { code, out } = await cli.run('check', cli.shots, '--estimate');
  expect(code).toBe(1);
  expect(out.match(/There is no camera/g)).toHaveLength(1);
  expect(out).toContain('How long this night takes is not known');
});

it('says a night as people do', () => {
  const now = new Date(2026, 1, 28, 0, 50).getTime();
  expect(needsText({ seconds: 22_800, low: 18_600, high: 27_600 }, now)).toBe(
    'This night needs about 6 h 20 m (5 h 10 m to 7 h 40 m). Started now, it is done about 07:10.',
  );
});
