import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keptRunner } from '../../electron/blender/kept-runner.ts';
import { RUNNER_FILES } from '../../electron/blender/runner-files.ts';
import { makeRig } from './rig.ts';

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'nightshift-runner-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('the runner is written once, and the same one is given from then on', async () => {
  const kept = join(await folder(), 'runner');
  const first = await keptRunner(kept);
  const written = await stat(first ?? '');
  expect(await keptRunner(kept)).toBe(first);
  expect((await stat(first ?? '')).ino).toBe(written.ino);
  expect((await readdir(dirname(first ?? ''))).sort()).toEqual([...RUNNER_FILES.keys()].sort());
});

test.each([
  ['cut off by a power cut', (file: string) => writeFile(file, '')],
  ['changed by somebody', (file: string) => writeFile(file, 'print("other")')],
  ['taken away', (file: string) => rm(file)],
])('a runner of which a file was %s is written anew', async (_what, spoil) => {
  const kept = join(await folder(), 'runner');
  const runner = (await keptRunner(kept)) ?? '';
  const file = join(dirname(runner), 'scene.py');
  await spoil(file);

  expect(await keptRunner(kept)).toBe(runner);
  expect(await readFile(file, 'utf8')).toBe(RUNNER_FILES.get('scene.py'));
  expect(await readdir(kept)).toHaveLength(1);
});

test('several that start at once end up with one whole runner', async () => {
  const kept = join(await folder(), 'runner');
  const given = await Promise.all(Array.from({ length: 8 }, () => keptRunner(kept)));
  expect(new Set(given).size).toBe(1);
  expect(await keptRunner(kept)).toBe(given[0]);
  expect(await readdir(kept)).toHaveLength(1);
});

test('runners of other versions go when nobody has used them for a month', async () => {
  const kept = join(await folder(), 'runner');
  for (const name of ['old', 'newer']) await mkdir(join(kept, name), { recursive: true });
  await utimes(join(kept, 'old'), 1, 1);
  const runner = (await keptRunner(kept)) ?? '';
  expect((await readdir(kept)).sort()).toEqual(
    ['newer', dirname(dirname(runner)).slice(kept.length + 1)].sort(),
  );
});

test('a runner that is used stays, however long ago it was written', async () => {
  const kept = join(await folder(), 'runner');
  const own = dirname(dirname((await keptRunner(kept)) ?? ''));
  await utimes(own, 1, 1);
  await keptRunner(kept);
  expect((await stat(own)).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
});

test('where nothing can be kept it says so', async () => {
  const file = join(await folder(), 'a file');
  await writeFile(file, '');
  expect(await keptRunner(join(file, 'runner'))).toBeNull();
});

test.each([
  ['what Blender opens a scene with', 'scene'],
  ["what is loaded only where somebody else's Python runs", 'interpreter'],
])(
  'Blender starts from %s as Python compiled it before, also where a power cut has spoilt that',
  async (_what, module) => {
    const rig = await makeRig();
    const runners = rig.path('runner');
    await (await rig.start({ runners })).close();
    const compiled = join(dirname((await keptRunner(runners)) ?? ''), '__pycache__');
    const [name = ''] = (await readdir(compiled)).filter((file) => file.startsWith(`${module}.`));
    const before = await readFile(join(compiled, name));
    // The head stays: it says of which file it is, and when that was written.
    await writeFile(join(compiled, name), before.fill(0, 16));

    await (await rig.start({ runners })).close();
    await (await rig.start({ runners, trusted: true })).close();
    expect((await readFile(join(compiled, name))).subarray(16).some((byte) => byte !== 0)).toBe(
      true,
    );
  },
);
