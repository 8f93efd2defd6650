import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeFolderChoices } from '../../electron/engine/index.ts';
import { events, makeCli, ofType } from './rig.ts';

/** Bare scenes that the stand-in takes for some. */
async function studio() {
  const cli = await makeCli();
  for (const file of ['a_v001.blend', 'b.blend', '_backup/b.blend'])
    await cli.file(`shots/${file}`, 'BLENDER-v403RENDH');
  return cli;
}

it('check says which files are left out, why, and what was rendered of them before', async () => {
  const cli = await studio();
  const rendered = await cli.run('render', cli.shots, '-o', cli.out, '--only', 'a_v001');
  expect(rendered.code).toBe(0);
  expect(rendered.err).not.toContain('Left out');
  await cli.file('shots/a_v002.blend', 'BLENDER-v403RENDH');
  const { code, out } = await cli.run('check', cli.shots, '-o', cli.out);
  expect(code).toBe(0);
  expect(out).toMatch(
    /a_v001\.blend is left out: a_v002\.blend is newer\. The \d+ frames of it that are done stay\./,
  );
  expect(out).toContain('_backup/b.blend is left out: it lies in a folder of backups.');
  expect(out).toContain(
    'Left out: 1 older version, 1 backup. --all-versions takes the older versions in.',
  );
  expect(out).toContain('2 shots, 0 errors, 0 warnings.');

  const json = events((await cli.run('check', cli.shots, '-o', cli.out, '--json')).out);
  expect(ofType(json, 'shot-left-out')).toMatchObject(
    [
      { file: '_backup/b.blend', reason: 'backup', framesDone: 0 },
      { name: 'a_v001', reason: 'older-version', newer: 'a_v002.blend' },
    ].reverse(),
  );
});

it('renders all versions where that is asked for, one that is named in any case, and what the app has chosen', async () => {
  const cli = await studio();
  await cli.file('shots/a_v002.blend', 'BLENDER-v403RENDH');
  const shots = async (...options: string[]) => {
    const { out, err } = await cli.run('check', cli.shots, ...options, '--json');
    expect(err).toBe('');
    return ofType(events(out), 'check-finished')[0]?.shots;
  };
  expect(await shots()).toBe(2);
  expect(await shots('--all-versions')).toBe(3);
  expect(await shots('--only', 'a_v001')).toBe(1);
  const night = await cli.run('render', cli.shots, '--only', 'a_v001');
  expect(night.code).toBe(0);
  const { err } = await cli.run('render', cli.shots);
  expect(err).toContain('Left out: 1 older version, 1 backup. nightshift check says which.');

  const data = join(cli.folder, 'data');
  await changeFolderChoices(data, cli.shots, { do: 'leave-out', files: ['b.blend'] });
  expect(await shots()).toBe(1);
  await changeFolderChoices(data, cli.shots, { do: 'take-all-in', reasons: ['older-version'] });
  expect(await shots()).toBe(2);
});
