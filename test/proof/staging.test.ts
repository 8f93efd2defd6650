import { mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

import {
  finalPath,
  makeStaging,
  publishFrame,
  removeStaged,
  stagedPath,
} from '../../electron/engine/proof/staging.ts';
import type { FramePlan } from '../../shared/job.ts';
import { temporaryFolder } from '../journal/temporary.ts';

test('staging that was taken away is made again, and a link that was put in its place is refused', async () => {
  const plan = await somePlan();
  const folder = dirname(stagedPath(plan, 'hero', 1));
  await makeStaging(plan, 'hero');
  await rm(dirname(folder), { recursive: true });
  await makeStaging(plan, 'hero');
  await writeFile(stagedPath(plan, 'hero', 1), 'frame');
  const elsewhere = await temporaryFolder();
  for (const place of [folder, dirname(folder)]) {
    await rm(place, { recursive: true });
    await symlink(elsewhere, place, 'junction');
    await expect(makeStaging(plan, 'hero')).rejects.toThrow(/is a link; remove it/);
    await rm(place);
    await makeStaging(plan, 'hero');
  }
  expect(await readdir(elsewhere)).toEqual([]);
});

test('a link to a folder in the place of a frame is quarantined, not replaced', async () => {
  const plan = await somePlan();
  await makeStaging(plan, 'hero');
  await writeFile(stagedPath(plan, 'hero', 1), 'frame');
  const elsewhere = await temporaryFolder();
  await symlink(elsewhere, finalPath(plan, 1), 'junction');
  expect(await publishFrame(plan, 'hero', 1)).toEqual({ ok: true, value: null });
  expect(await readFile(finalPath(plan, 1), 'utf8')).toBe('frame');
  const quarantine = join(plan.directory, '.nightshift-aside');
  const [name = ''] = await readdir(quarantine);
  expect(await realpath(join(quarantine, name))).toBe(await realpath(elsewhere));
});

test('two jobs of one plan have folders of their own', async () => {
  const plan = await somePlan();
  expect(stagedPath(plan, 'hero', 1)).not.toBe(stagedPath(plan, 'other', 1));
  expect(stagedPath(plan, 'hero', 1)).toBe(stagedPath({ ...plan }, 'hero', 1));
});

test('what an earlier try has left is removed, also a folder', async () => {
  const plan = await somePlan();
  await makeStaging(plan, 'hero');
  const staged = stagedPath(plan, 'hero', 1);
  await removeStaged(staged);
  await writeFile(staged, 'old');
  await removeStaged(staged);
  await mkdir(join(staged, 'below'), { recursive: true });
  await removeStaged(staged);
  expect(await readdir(dirname(staged))).toEqual([]);
});

test('a folder in the place of a frame is set aside with all that is in it', async () => {
  const plan = await somePlan();
  await makeStaging(plan, 'hero');
  await writeFile(stagedPath(plan, 'hero', 1), 'frame');
  const final = finalPath(plan, 1);
  await mkdir(final);
  await writeFile(join(final, 'mine.txt'), 'mine');
  expect(await publishFrame(plan, 'hero', 1)).toEqual({ ok: true, value: null });
  expect(await readFile(final, 'utf8')).toBe('frame');
  const aside = join(plan.directory, '.nightshift-aside');
  const [kept = ''] = await readdir(aside);
  expect(await readFile(join(aside, kept, 'mine.txt'), 'utf8')).toBe('mine');
});

async function somePlan(): Promise<FramePlan> {
  const directory = await temporaryFolder();
  return { directory, pattern: 'hero_####', extension: '.png' } as FramePlan;
}
