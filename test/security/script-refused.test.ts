import { mkdir, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { TrustStore } from '../../electron/app/stores/trust.ts';
import { isTrusted } from '../../electron/cli/shot-folder.ts';
import { createBatchFromDirectory } from '../../electron/engine/index.ts';
import { events, makeCli, ofType } from '../cli/rig.ts';
import { BLENDER, makeBlend } from '../helpers/make-blend.ts';
import { makeCage, sing } from './canaries.ts';

const SAMPLES = resolve(import.meta.dirname, '../../assets/sample-shots');

/** Names of modules that the runner imports, and that Python looks for by itself. */
const MODULES = ['json', 'ctypes', 'queue', 'addon_utils', 'sitecustomize', 'usercustomize'];

test('the command line refuses a script wherever it is said, and imports nothing that lies about', async () => {
  const rig = await makeCli();
  const cage = await makeCage(rig.folder);
  await makeBlend(join(rig.folder, 'shots/scenes/a.bin'));
  await rig.file('shots/build.py', sing('script'));
  await rig.file('shots/base.yaml', 'abstract: true\nframes: 1\nscript: build.py\n');
  await rig.file('shots/own.yaml', 'blend: scenes/a.bin\nframes: 1\nscript: build.py\n');
  await rig.file('shots/child.yaml', 'extends: base.yaml\nblend: scenes/a.bin\n');
  await rig.file('shots/alone.yaml', 'script: build.py\nframes: 1\n');
  await rig.file('shots/deep/defaulted.yaml', 'blend: ../scenes/a.bin\nframes: 1\n');
  await rig.file('shots/defaults.yaml', 'script: ../shots/./build.py\n');
  for (const name of MODULES) {
    await rig.file(`${name}.py`, sing(`module-${name}`));
    await rig.file(`shots/${name}.py`, sing(`module-${name}`));
  }
  // By a link, and by a way that goes up and down again.
  await symlink(rig.shots, join(rig.folder, 'sample-shots'));
  const folder = join(rig.folder, 'sample-shots', 'deep', '..', '..', 'sample-shots');
  const args = ['--blender', BLENDER, '--factory-startup', '--workers', '1'];
  const told = events((await rig.run('render', folder, ...args, '--json')).out);
  const ends = ofType(told, 'job-finished');
  expect(ends.map(({ name, cause }) => [name, cause])).toEqual(
    ['alone', 'child', 'defaulted', 'own'].map((name) => [name, 'not-trusted']),
  );
  for (const { message } of ends) {
    expect(message).toMatch(
      /^The script ".+build\.py" was not run, because this folder is not trusted\.$/,
    );
  }
  expect(await cage.sang()).toEqual([]);

  const trusted = await rig.run('render', folder, ...args, '--trust', '--only', 'child');
  expect(trusted.code, trusted.err).toBe(0);
  expect(await cage.sang()).toEqual(['script']);
});

test('trust is of the folder that a path really leads to, and of no other', async () => {
  const rig = await makeCli();
  const [mine, theirs, link] = ['mine', 'theirs', 'link'].map((name) => join(rig.folder, name));
  if (!mine || !theirs || !link) throw new Error('There are three.');
  for (const name of ['mine', 'theirs']) {
    await rig.file(`${name}/a.yaml`, 'script: a.py\n');
    await rig.file(`${name}/a.py`, '');
  }

  const store = new TrustStore(join(rig.folder, 'data'));
  await symlink(mine, link);
  const before = await createBatchFromDirectory(link);
  await store.decide(before.folder, true);
  expect(await store.of((await createBatchFromDirectory(mine)).folder, true)).toBe('trusted');
  await rm(link);
  await symlink(theirs, link);
  const after = await createBatchFromDirectory(link);
  expect(after.folder).toBe(theirs);
  expect(await store.of(after.folder, after.wantsTrust)).toBe('ask');
  expect(await store.of((await createBatchFromDirectory(join(mine, '..'))).folder, true)).toBe(
    'ask',
  );
  expect(await store.of('__proto__', true)).toBe('ask');
});

test('of all folders only our own samples are trusted unasked', async () => {
  const rig = await makeCli();
  const look = join(rig.folder, 'assets', 'sample-shots');
  await mkdir(look, { recursive: true });
  await symlink(SAMPLES, join(rig.folder, 'link'));
  expect(await isTrusted(SAMPLES, undefined)).toBe(true);
  expect(await isTrusted(join(rig.folder, 'link'), undefined)).toBe(true);
  const others = [look, join(SAMPLES, '..'), join(SAMPLES, 'scenes'), '', join(rig.folder, 'gone')];
  for (const other of others) expect(await isTrusted(other, undefined), other).toBe(false);
});
