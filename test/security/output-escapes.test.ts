import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import {
  BatchProcessor,
  checkBatch,
  createBatchFromDirectory,
  runJobSubprocess,
} from '../../electron/engine/index.ts';
import type { Batch, BatchConfig } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { type EngineRig, makeEngine, REAL, STAND_IN } from '../engine/rig.ts';
import { makeBlends } from '../helpers/make-blend.ts';

/** A folder `elsewhere` that no shot may touch, with a file in it. */
async function makePlace(): Promise<EngineRig & { readonly elsewhere: string }> {
  const rig = await makeEngine();
  const elsewhere = join(rig.folder, 'elsewhere');
  await rig.file('elsewhere/mine.txt', 'mine');
  return { ...rig, elsewhere };
}

const batchOf = (rig: EngineRig, output: string | null = rig.out) =>
  createBatchFromDirectory(rig.shots, { output });

async function rendered(rig: EngineRig, batch: Batch, config: Partial<BatchConfig>) {
  const standard = { blenderPath: STAND_IN, workers: 1, maxRetries: 0 };
  const processor = new BatchProcessor(batch, {
    config: { ...standard, ...config },
    dataDirectory: rig.data,
  });
  await processor.processBatch();
  await processor.close();
  return processor.jobs;
}

const only = (jobs: readonly BatchJob[]): BatchJob => {
  if (!jobs[0]) throw new Error('There is no job.');
  return jobs[0];
};

test.each([
  ['beside the shot', 'renders/hero'],
  ['into the shot folder itself', '.'],
  ['into the chosen output folder, by a way up', '../out/take'],
  ['into the chosen output folder, by its whole path', 'OUT/take/2'],
  ['into a folder of the shots by a link within them', 'inner/take'],
])('frames may go %s without trust', async (_where, path) => {
  const rig = await makePlace();
  await mkdir(join(rig.shots, 'real'));
  await symlink(join(rig.shots, 'real'), join(rig.shots, 'inner'));
  await rig.shot('hero', `frames: 1\noutput:\n  path: ${path.replace('OUT', rig.out)}`);
  const batch = await batchOf(rig);
  expect(batch).toMatchObject({ problems: [], wantsTrust: false });
  expect(only(await rendered(rig, batch, {}))).toMatchObject({ status: 'completed' });
});

test.each([
  ['up and out', '../elsewhere/take'],
  ['up to the top', '../../../../../../../ELSEWHERE/take'],
  ['by a whole path', 'ELSEWHERE/take'],
  ['by a link in the shot folder', 'way/take'],
  ['into a folder whose name only begins like the shots', '../shots-2/take'],
  ['into a folder whose name only begins like the output', '../out2'],
])('frames go %s only from a trusted folder, and that is told before', async (_where, path) => {
  const rig = await makePlace();
  await symlink(rig.elsewhere, join(rig.shots, 'way'));
  const there = path.replace('ELSEWHERE', rig.elsewhere);
  await rig.shot('hero', `frames: 1\noutput:\n  path: ${there}`);
  const before = await readdir(rig.folder, { recursive: true });
  const batch = await batchOf(rig);
  expect(batch.wantsTrust).toBe(true);
  expect(batch.problems).toHaveLength(1);
  expect(batch.problems[0]).toMatchObject({
    severity: 'warning',
    file: 'hero.yaml',
    line: 4,
    needsTrust: true,
    message: expect.stringMatching(
      /^The frames of this shot go to .+, outside of the shot folder and of the output folder; only a trusted folder may do that\.$/,
    ),
  });
  const refusal = {
    cause: 'not-trusted',
    message: expect.stringMatching(/^The shot writes to .+, outside of the shot folder/),
    nextStep: expect.stringMatching(/--trust.+-o\.$/),
  };
  const [problem] = await checkBatch(batch, { config: { blenderPath: STAND_IN } });
  expect(problem).toMatchObject({ severity: 'error', message: expect.stringContaining('-o.') });
  expect(only(await rendered(rig, batch, {}))).toMatchObject({ status: 'failed', error: refusal });
  const alone = await runJobSubprocess(only(batch.jobs), { config: { blenderPath: STAND_IN } });
  expect(alone).toMatchObject({ status: 'failed', error: refusal });
  const after = await readdir(rig.folder, { recursive: true });
  const made = after.filter((name) => !before.includes(name) && !/^(data|stand-in)/.test(name));
  expect(made).toEqual([]);

  const config = { trusted: true, resumeOnFailure: false };
  expect(only(await rendered(rig, batch, config))).toMatchObject({ status: 'completed' });
});

test('FOLDER/renders that is a link to elsewhere is nobody’s choice; the same named with -o is', async () => {
  const rig = await makePlace();
  await symlink(rig.elsewhere, join(rig.shots, 'renders'));
  await rig.shot('hero', 'frames: 1');
  const standard = await batchOf(rig, null);
  expect(standard.wantsTrust).toBe(true);
  expect(only(await rendered(rig, standard, {})).error?.cause).toBe('not-trusted');
  expect(await readdir(rig.elsewhere)).toEqual(['mine.txt']);
  const chosen = await batchOf(rig, rig.elsewhere);
  expect(chosen.wantsTrust).toBe(false);
  expect(only(await rendered(rig, chosen, {})).status).toBe('completed');
});

test('a link inside of the chosen output folder does not carry frames out of it', async () => {
  const rig = await makePlace();
  await mkdir(rig.out);
  await symlink(rig.elsewhere, join(rig.out, 'hero'));
  await rig.shot('hero', 'frames: 1');
  expect(only(await rendered(rig, await batchOf(rig), {})).error?.cause).toBe('not-trusted');
  expect(await readdir(rig.elsewhere)).toEqual(['mine.txt']);
});

test.each(['.nightshift', '.nightshift-aside'])(
  'a link called %s is not written through',
  async (name) => {
    const rig = await makePlace();
    await mkdir(join(rig.out, 'hero'), { recursive: true });
    await symlink(rig.elsewhere, join(rig.out, 'hero', name));
    await writeFile(join(rig.out, 'hero', 'hero_0001.png'), 'no picture');
    await rig.shot('hero', 'frames: 1');
    const job = only(await rendered(rig, await batchOf(rig), { trusted: true }));
    expect(job.error).toMatchObject({
      cause: 'output-not-writable',
      message: expect.stringContaining(`${name} is a link; remove it`),
    });
    expect(await readdir(rig.elsewhere)).toEqual(['mine.txt']);
    expect(await readFile(join(rig.out, 'hero', 'hero_0001.png'), 'utf8')).toBe('no picture');
  },
);

test('the path saved in a scene is followed out of the folder only with trust', async () => {
  const rig = await makePlace();
  await rig.shot('hero', 'frames: 1\noutput: { path: scene }');
  const saved = { directory: join(rig.elsewhere, 'saved'), pattern: 'hero_####' };
  await rig.steer({ facts: { savedOutput: saved } });
  const batch = await batchOf(rig);
  const config = { blenderPath: STAND_IN };
  expect(await checkBatch(batch, { config })).toMatchObject([
    { severity: 'error', needsTrust: true, message: expect.stringContaining(saved.directory) },
  ]);
  expect(only(await rendered(rig, batch, {})).error?.cause).toBe('not-trusted');
  expect(await readdir(rig.elsewhere)).toEqual(['mine.txt']);
  expect(await checkBatch(batch, { config: { ...config, trusted: true } })).toMatchObject([
    { severity: 'warning', message: expect.stringContaining(saved.directory) },
  ]);
  const trusted = { trusted: true, resumeOnFailure: false };
  expect(only(await rendered(rig, batch, trusted)).status).toBe('completed');
  expect(await readdir(saved.directory)).toEqual(['hero_0001.png']);
  await rig.steer({ facts: { savedOutput: { ...saved, directory: join(rig.shots, 'saved') } } });
  expect(only(await rendered(rig, batch, { resumeOnFailure: false })).status).toBe('completed');
});

test('no name of a shot or of its frames leads out of its folder', async () => {
  const rig = await makePlace();
  for (const [index, name] of ['../up', '..', '/etc/x', 'a/../../b', '..\\up'].entries()) {
    await rig.shot(`file-${index}`, `output: { name: ${JSON.stringify(name)} }`);
    await rig.shot(`shot-${index}`, `name: ${JSON.stringify(name)}\nframes: 1`);
  }
  const { jobs } = await batchOf(rig);
  for (const job of jobs) {
    if (job.shotFile.startsWith('file-'))
      expect(job.error?.cause, job.name).toBe('unreadable-shot');
    else expect(join(job.outputPath, '..'), job.outputPath).toBe(rig.out);
  }
});

test('what is no frame of ours is moved aside whole, and what a link leads to is not touched', async () => {
  const rig = await makePlace();
  const hero = join(rig.out, 'hero');
  await mkdir(hero, { recursive: true });
  const picture = join(rig.elsewhere, 'holiday.png');
  await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).toFile(picture);
  const holiday = await readFile(picture);
  await writeFile(join(hero, 'hero_0001.png'), 'a letter');
  await symlink(picture, join(hero, 'hero_0002.png'));
  await symlink(join(rig.elsewhere, 'mine.txt'), join(hero, 'hero_0003.png'));
  await rig.shot('hero', 'frames: 1-3');
  expect(only(await rendered(rig, await batchOf(rig), {})).status).toBe('completed');
  const aside = join(hero, '.nightshift-aside');
  const kept = (await readdir(aside)).sort((a, b) => a.slice(-6).localeCompare(b.slice(-6)));
  expect(kept.map((name) => name.replace(/^[^-]+-/, ''))).toEqual([
    'hero_0001.png',
    'hero_0003.png',
  ]);
  expect(await readFile(join(aside, kept[0] ?? ''), 'utf8')).toBe('a letter');
  expect(await readFile(picture)).toEqual(holiday);
  expect(await readFile(join(rig.elsewhere, 'mine.txt'), 'utf8')).toBe('mine');
});

const COMPOSITOR = (path: string, slot: string) => `
file_output(compositor(scene), ${JSON.stringify(path)}, [${JSON.stringify(slot)}])
`;

test('a compositor that writes files elsewhere is refused without trust, and told with it', async () => {
  const rig = await makePlace();
  const blend = (name: string) => join(rig.shots, name);
  await makeBlends([
    [blend('base.blend'), COMPOSITOR(`${rig.elsewhere}/`, 'base_')],
    [blend('inside.blend'), COMPOSITOR('//', 'depth_')],
    [blend('slot.blend'), COMPOSITOR('//', '../elsewhere/slot_')],
  ]);
  await rig.file('shots/defaults.yaml', 'frames: 1');
  const batch = await batchOf(rig);
  const states = (jobs: readonly BatchJob[]) =>
    jobs.map(({ name, status, error }) => [name, error?.cause ?? status]);
  expect(states(await rendered(rig, batch, REAL))).toEqual([
    ['base', 'not-trusted'],
    ['inside', 'completed'],
    ['slot', 'not-trusted'],
  ]);
  expect(await readdir(rig.elsewhere)).toEqual(['mine.txt']);
  const trusted = { ...REAL, trusted: true, resumeOnFailure: false };
  const told = await checkBatch(batch, { config: trusted });
  const words = `writes to ${rig.elsewhere}, outside of the shot folder`;
  expect(told.filter(({ message }) => message.includes(words)).map(({ file }) => file)).toEqual([
    'base.blend',
    'slot.blend',
  ]);
  expect(states(await rendered(rig, batch, trusted)).map(([, state]) => state)).toEqual(
    Array(3).fill('completed'),
  );
  const written = (await readdir(rig.elsewhere)).map((name) => name.replace(/_.*/, ''));
  expect(written.sort()).toEqual(['base', 'mine.txt', 'slot']);
});
