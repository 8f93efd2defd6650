import { mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { inputsChanged, inputsOf } from '../../electron/engine/resume/sources.ts';
import { planOf } from '../helpers/plan.ts';

const MB = 1024 * 1024;

async function textures(count: number, bytes: number): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-sources-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const files = Array.from({ length: count }, (_, index) => join(folder, `wood-${index}.exr`));
  for (const file of files) {
    await writeFile(file, '');
    await truncate(file, bytes);
  }
  return files;
}

test('a shot with gigabytes of textures does not wait until all of them are read', async () => {
  const files = await textures(6, 60 * MB);
  const inputs = await inputsOf(files, Date.now() + 1000);
  expect(inputs.map(({ bytes }) => bytes)).toEqual(files.map(() => 60 * MB));
  expect(inputs.filter(({ sha256 }) => sha256 !== null)).toHaveLength(4);
});

test('a texture that was too much to read has changed if its time has', async () => {
  const [file = ''] = await textures(1, 65 * MB);
  const plan = planOf([1], { inputs: await inputsOf([file], Date.now() + 1000) });
  expect(await inputsChanged(plan)).toBe(false);
  await utimes(file, 1000, 1000);
  expect(await inputsChanged(plan)).toBe(true);
});
