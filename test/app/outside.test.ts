import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { folderArgument } from '../../electron/app/folder-argument.ts';
import { newestFrame } from '../../electron/app/reveal.ts';
import { jobWith, record, WAITING } from './jobs.ts';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-outside-')));
  await mkdir(join(root, 'app'));
  await mkdir(join(root, 'shots'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('opens the folder that a start names, relative to where it was started', () => {
  expect(folderArgument(['shots'], root, join(root, 'app'))).toBe(join(root, 'shots'));
  expect(folderArgument([join(root, 'shots')], '/', join(root, 'app'))).toBe(join(root, 'shots'));
});

it('takes neither switches nor the app itself nor what is not there for a shot folder', async () => {
  await symlink(join(root, 'app'), join(root, 'link'));
  const argv = ['--no-sandbox', 'app', 'link', 'gone', '--inspect=0'];
  expect(folderArgument(argv, root, join(root, 'app'))).toBeNull();
  expect(folderArgument([...argv, 'shots'], root, join(root, 'app'))).toBe(join(root, 'shots'));
});

it('reveals the newest frame on disk, or else the folder, or says that there is none', async () => {
  const frames = [5, 9, 7].map((at) => ({
    status: 'done' as const,
    tries: 1,
    kept: false,
    record: record(1, at, `hero_000${at}.png`),
  }));
  const directory = join(root, 'hero');
  const { plan } = jobWith([...frames, WAITING]);
  if (!plan) throw new Error('The job of this test has a plan.');
  const job = jobWith([...frames, WAITING], { plan: { ...plan, directory } });
  await expect(newestFrame(job)).rejects.toThrow('No frame of “hero” is on disk yet.');
  await mkdir(directory);
  expect(await newestFrame(job)).toBe(directory);
  await writeFile(join(directory, 'hero_0009.png'), '');
  expect(await newestFrame(job)).toBe(join(directory, 'hero_0009.png'));
});
