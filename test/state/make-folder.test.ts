import { rmSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder } from '../../electron/engine/lib/make-folder.ts';

async function temporary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'nightshift-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('makes a folder and every folder above it, also by several at once', async () => {
  const folder = join(await temporary(), 'a/b/c');
  await Promise.all([makeFolder(folder), makeFolder(folder), makeFolder(join(folder, 'd'))]);
  expect((await stat(join(folder, 'd'))).isDirectory()).toBe(true);
});

test('refuses a path that leads through a file', async () => {
  const file = join(await temporary(), 'file');
  await writeFile(file, '');
  await expect(makeFolder(join(file, 'a/b'))).rejects.toThrow('ENOTDIR');
});

test.runIf(process.platform === 'linux')('gives up where no folder can be made', async () => {
  await expect(makeFolder('/proc/nightshift/frames')).rejects.toThrow('ENOENT');
});

test('several folders in one that is not there yet are made side by side, whoever comes first', async () => {
  const base = await temporary();
  for (let round = 0; round < 100; round += 1) {
    const lanes = Array.from({ length: 8 }, (_, lane) =>
      join(base, `tmp-${round}`, `lane-${lane}`),
    );
    await Promise.all(lanes.map(makeFolder));
  }
});

test('a folder that somebody takes away while it is made is made anew', async () => {
  const folder = join(await temporary(), 'out');
  const sweeper = setInterval(() => rmSync(folder, { recursive: true, force: true }), 0);
  onTestFinished(() => clearInterval(sweeper));
  for (let round = 0; round < 1000; round += 1) await makeFolder(folder);
});
