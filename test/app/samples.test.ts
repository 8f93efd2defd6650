import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sampleFolder } from '../../electron/app/stores/samples.ts';

let root: string;
let source: string;
let data: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nightshift-samples-'));
  source = join(root, 'assets');
  data = join(root, 'data');
  await mkdir(join(source, 'scenes'), { recursive: true });
  await writeFile(join(source, 'hero.yaml'), 'blend: scenes/hero.blend');
  await writeFile(join(source, 'scenes', 'hero.blend'), 'BLENDER');
});
afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));

it('copies the samples to where they may be rendered, without what was rendered at home', async () => {
  await mkdir(join(source, 'renders'));
  await writeFile(join(source, 'renders', 'hero_0001.png'), 'old');
  const folder = await sampleFolder(source, data);
  expect((await readdir(folder)).sort()).toEqual(['.nightshift-samples', 'hero.yaml', 'scenes']);
  expect(await readFile(join(folder, 'scenes', 'hero.blend'), 'utf8')).toBe('BLENDER');
});

it('leaves the copy alone while the app brings the same samples', async () => {
  const folder = await sampleFolder(source, data);
  await writeFile(join(folder, 'hero.yaml'), 'name: mine');
  await sampleFolder(source, data);
  expect(await readFile(join(folder, 'hero.yaml'), 'utf8')).toBe('name: mine');
});

it('makes the copy anew for other samples, and keeps what was rendered', async () => {
  const folder = await sampleFolder(source, data);
  await mkdir(join(folder, 'renders'));
  await writeFile(join(folder, 'renders', 'hero_0001.png'), 'mine');
  await rm(join(source, 'hero.yaml'));
  await writeFile(join(source, 'lamp.yaml'), 'blend: scenes/hero.blend');
  await sampleFolder(source, data);
  expect((await readdir(folder)).sort()).toEqual([
    '.nightshift-samples',
    'lamp.yaml',
    'renders',
    'scenes',
  ]);
  expect(await readdir(join(folder, 'renders'))).toEqual(['hero_0001.png']);
});

it('says so where an installation has no samples', async () => {
  await expect(sampleFolder(join(root, 'nowhere'), data)).rejects.toThrow(
    'The sample shots are missing from this installation.',
  );
});
