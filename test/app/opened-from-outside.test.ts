import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pathArguments } from '../../electron/app/desktop/opened-from-outside.ts';
import { placesOf } from '../../electron/app/desktop/reveal.ts';
import { jobWith, record, WAITING } from './jobs.ts';

let root: string;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'nightshift-outside-')));
  await mkdir(join(root, 'app'));
  await mkdir(join(root, 'shots'));
});
afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));

it('opens the folder that a start names, relative to where it was started', () => {
  expect(pathArguments(['shots'], root, join(root, 'app'))).toEqual([join(root, 'shots')]);
  expect(pathArguments([join(root, 'shots')], '/', join(root, 'app'))).toEqual([
    join(root, 'shots'),
  ]);
});

it('takes neither switches nor the app itself nor what is not there for a shot folder', async () => {
  await symlink(join(root, 'app'), join(root, 'link'));
  const argv = ['--no-sandbox', 'app', 'link', 'gone', '--inspect=0'];
  expect(pathArguments(argv, root, join(root, 'app'))).toEqual([]);
  expect(pathArguments([...argv, 'shots'], root, join(root, 'app'))).toEqual([join(root, 'shots')]);
});

it('opens scenes that were chosen together, and of anything else the first', async () => {
  for (const file of ['a.blend', 'b.BLEND', 'hero.yaml']) await writeFile(join(root, file), '');
  const named = (...argv: readonly string[]) => pathArguments(argv, root, join(root, 'app'));
  const at = (...names: readonly string[]) => names.map((name) => join(root, name));
  expect(named('--no-sandbox', 'a.blend', 'b.BLEND', 'gone.blend')).toEqual(
    at('a.blend', 'b.BLEND'),
  );
  expect(named('a.blend', 'shots')).toEqual(at('a.blend'));
  expect(named('shots', 'a.blend')).toEqual(at('shots'));
  expect(named('hero.yaml', 'a.blend')).toEqual(at('hero.yaml'));
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
  await expect(placesOf([job])).rejects.toThrow('No frame of “hero” is on disk yet.');
  await mkdir(directory);
  expect(await placesOf([job])).toEqual([directory]);
  await writeFile(join(directory, 'hero_0009.png'), '');
  const newest = join(directory, 'hero_0009.png');
  expect(await placesOf([job])).toEqual([newest]);

  // Several in one folder are shown by the newest of all; of others that have one, each by its own.
  const older = { ...jobWith([], { plan: { ...plan, directory } }), name: 'older' };
  expect(await placesOf([older, job, older])).toEqual([newest]);
  const others = ['a', 'b', 'c', 'd', 'e'].map((name) => {
    const place = { ...plan, directory: join(root, 'sq', name) };
    return jobWith([WAITING], { plan: place });
  });
  await expect(placesOf(others.slice(0, 2))).rejects.toThrow('No frame of these shots is on disk');
  await mkdir(join(root, 'sq', 'b'), { recursive: true });
  expect(await placesOf([...others.slice(0, 4), job])).toEqual([join(root, 'sq', 'b'), newest]);

  // Of more than five, the folder that holds them all.
  const sixth = jobWith([WAITING], { plan: { ...plan, directory: join(root, 'sq', 'b', 'more') } });
  expect(await placesOf([...others, sixth])).toEqual([join(root, 'sq')]);
  expect(await placesOf([...others, job])).toEqual([root]);
  const far = jobWith([WAITING], { plan: { ...plan, directory: '/elsewhere/out' } });
  await expect(placesOf([...others, far])).rejects.toThrow('6 folders that have none in common');
});
