import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { askBlenders, blenderFiles, blenderInfo } from '../../electron/blender/find-blender.ts';
import { compareVersions } from '../../shared/blender-install.ts';
import { BLENDER } from '../helpers/make-blend.ts';
import { FAKE_BLENDER, failed, makeRig, value } from './rig.ts';

afterEach(() => vi.unstubAllEnvs());

test.skipIf(process.platform === 'win32')(
  'finds each Blender once, the newest first, by variable, path and home',
  async () => {
    const rig = await makeRig();
    await writeFile(rig.path('steer.json'), JSON.stringify({ version: '9.1.0' }));
    vi.stubEnv('FAKE_BLENDER', rig.path('steer.json'));
    await mkdir(rig.path('bin'));
    await mkdir(rig.path('home', 'blender-9.1'), { recursive: true });
    await symlink(FAKE_BLENDER, rig.path('bin', 'blender'));
    await symlink(FAKE_BLENDER, rig.path('home', 'blender-9.1', 'blender'));
    vi.stubEnv('PATH', `${rig.path('bin')}:${process.env.PATH}`);
    vi.stubEnv('HOME', rig.path('home'));
    vi.stubEnv('NIGHTSHIFT_BLENDER', rig.path('gone'));
    const { found } = await askBlenders(await blenderFiles());
    expect(found[0]).toEqual({
      path: rig.path('bin', 'blender'),
      version: '9.1.0',
      source: 'archive',
    });
    expect(found.filter(({ version }) => version === '9.1.0')).toHaveLength(1);
    const sorted = [...found].sort((a, b) => compareVersions(b.version, a.version));
    expect(found).toEqual(sorted);
  },
);

test('asks a Blender for its version', async () => {
  expect(value(await blenderInfo(BLENDER)).version).toMatch(/^\d+\.\d+/);
});

test('what is no Blender says where to get one', async () => {
  const rig = await makeRig();
  for (const path of [join(rig.folder, 'none'), process.execPath, rig.folder]) {
    const failure = failed(await blenderInfo(path));
    expect(failure.cause).toBe('blender-not-found');
    expect(failure.message).toContain(path);
    expect(failure.nextStep).toMatch(/blender\.org.*--blender.*NIGHTSHIFT_BLENDER/);
  }
});

test('versions are compared as numbers', () => {
  expect(compareVersions('4.10.0', '4.9.3')).toBeGreaterThan(0);
  expect(compareVersions('5.0', '5.0.0')).toBe(0);
});
