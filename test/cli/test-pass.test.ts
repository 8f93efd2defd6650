import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testOption } from '../../electron/cli/option-values.ts';
import { TEST_KEYS } from '../../shared/test-pass.ts';
import { events, makeCli, ofType } from './rig.ts';

const PASS = ['--test', 'percentage=25', '--test', 'step=4', '--test', 'samples=x0.5'];
const NAME = 'test 25% step 4 samples x0.5';

test('a test pass renders into a folder beside the finals, says what it is, and is a batch of its own', async () => {
  const rig = await makeCli();
  await rig.shot('hero', 'frames: 1-8\n');
  const pass = await rig.run('render', rig.shots, '-o', rig.out, ...PASS);
  expect(pass).toMatchObject({ code: 0 });
  expect(pass.out + pass.err).toContain('(test 25 %, every 4th, ½ samples)');
  expect(await readdir(rig.out)).toEqual([NAME]);
  const frames = await readdir(join(rig.out, NAME, 'hero'));
  expect(frames.sort()).toEqual(['hero_0001.png', 'hero_0005.png']);

  const finals = await rig.run('render', rig.shots, '-o', rig.out, '--json');
  expect(finals.code).toBe(0);
  expect(ofType(events(finals.out), 'frame-done')).toHaveLength(8);
  const list = await rig.run('list');
  expect(list.out).toContain(`${rig.shots} (test 25 %, every 4th, ½ samples)`);
  // Who names the folder means the finals, whichever was rendered last.
  expect((await rig.run('report', rig.shots)).out).toMatch(/^# Nightshift report: shots\n/);
});

test('the help of --test names every setting of a test pass', () => {
  const { description } = testOption();
  expect(TEST_KEYS.filter((key) => !description.includes(` ${key}=`))).toEqual([]);
});

test('a test pass waits in tonight beside its finals and is rendered there as such', async () => {
  const rig = await makeCli();
  await rig.shot('hero', 'frames: 1-4\n');
  await rig.run('queue', 'add', rig.shots, '-o', rig.out, '--test', 'step=2');
  await rig.run('queue', 'add', rig.shots, '-o', rig.out);
  const [queue] = ofType(events((await rig.run('queue', 'list', '--json')).out), 'queue');
  expect(queue?.batches).toMatchObject([
    { outputRoot: join(rig.out, 'test step 2'), test: { step: 2 } },
    { outputRoot: rig.out },
  ]);
  expect(await rig.run('queue', 'render')).toMatchObject({ code: 0 });
  expect(await readdir(join(rig.out, 'test step 2/hero'))).toHaveLength(2);
  expect(await readdir(join(rig.out, 'hero'))).toHaveLength(4);
});

test('a setting that is none is refused before anything is rendered', async () => {
  const rig = await makeCli();
  await rig.shot('hero');
  const said = await rig.run('render', rig.shots, '--test', 'percentage=big');
  expect(said.code).toBe(2);
  expect(said.err).toContain('Expected a whole number from 1, such as 25 behind percentage=.');
});
