import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { events, makeCli, ofType } from './rig.ts';

const SCENE = 'BLENDER-v403RENDH';

it('renders .blend files as a batch of just these, and goes on with it', async () => {
  const cli = await makeCli();
  for (const name of ['a', 'b', 'c']) await cli.file(`shots/${name}.blend`, SCENE);
  const both = ['shots/a.blend', 'shots/b.blend'];
  const night = await cli.run('render', ...both, '--json');
  expect(night.code).toBe(0);
  const [begun] = ofType(events(night.out), 'batch-started');
  expect(begun).toMatchObject({ folder: cli.shots, files: ['a.blend', 'b.blend'] });
  expect((await readdir(join(cli.shots, 'renders'))).sort()).toEqual(['a', 'b']);

  const again = await cli.run('render', ...both.toReversed(), '--json');
  expect(ofType(events(again.out), 'frame-done')).toEqual([]);
  const list = await cli.run('list');
  expect(list.out).toContain(`${cli.shots}/a + 1 more`);
  expect((await cli.run('report', String(begun?.batch))).out).toMatch(
    /Only these files +\| a\.blend, b\.blend /,
  );

  // What the whole folder has rendered is told: a batch of some of it does not know of that.
  expect((await cli.run('check', 'shots/c.blend')).out).toContain('1 shot, 0 errors, 0 warnings.');
  await cli.run('render', 'shots', '--only', 'c');
  const told = await cli.run('check', 'shots/c.blend');
  expect(told.out).toMatch(/frames of this shot are done in the batch of the whole folder/);
  // Who names the folder means all of it, and who names the file the batch of just that.
  expect((await cli.run('report', 'shots')).out).toMatch(/^# .*shots/m);
  expect((await cli.run('report', 'shots/a.blend')).code).toBe(2);
});

it('says what it can’t take', async () => {
  const cli = await makeCli();
  await cli.file('shots/a.blend', SCENE);
  const mixed = await cli.run('render', 'shots', 'shots/a.blend');
  expect(mixed).toMatchObject({ code: 2 });
  expect(mixed.err).toContain(
    'shots is no .blend file that is there: give one folder, or .blend files alone.',
  );
});

it('puts .blend files into tonight as one batch', async () => {
  const cli = await makeCli();
  for (const name of ['a', 'b']) await cli.file(`shots/${name}.blend`, SCENE);
  const added = await cli.run('queue', 'add', 'shots/b.blend', 'shots/a.blend');
  expect(added.err).toContain('a + 1 more is number 1 of tonight.');
  expect((await cli.run('queue', 'render')).code).toBe(0);
  expect((await readdir(join(cli.shots, 'renders'))).sort()).toEqual(['a', 'b']);
});
