import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  begunElsewhere,
  checkBatch,
  createBatchFromDirectory,
  generateBatchReport,
  runJobSubprocess,
  shotBlender,
} from '../../electron/engine/index.ts';
import type { BlenderInfo } from '../../shared/batch.ts';
import type { BatchJob } from '../../shared/job.ts';
import { type EngineRig, framesByVersion, makeEngine, STAND_IN } from './rig.ts';

/*
 * Which Blender renders what, with a scripted stand-in that claims two versions. Two real Blenders side by side:
 * `test/contract/versions.test.ts`.
 */

const OLD = '4.3.2';
const NEW = '5.2.2';
const LIMIT = 120_000;

test('shots of two versions are rendered side by side, each by its own', {
  timeout: LIMIT,
}, async () => {
  const { rig, both, saved } = await stage();
  await saved('hero', OLD);
  await saved('wide', NEW);
  await saved('packed', OLD, gzipSync);
  for (const workers of [1, 2]) {
    const night = await rig.processor(
      { blenderPath: null, workers, existing: 'overwrite', resumeOnFailure: false },
      { installs: both },
    );
    const result = await night.processor.processBatch();
    expect(result.outcome).toBe('completed');
    expect(framesByVersion(night.job('hero'))).toEqual({ [OLD]: 3 });
    expect(framesByVersion(night.job('packed'))).toEqual({ [OLD]: 3 });
    expect(framesByVersion(night.job('wide'))).toEqual({ [NEW]: 3 });
    expect(result.run.blenders?.map(({ version }) => version)).toEqual([NEW, OLD]);
    expect(generateBatchReport(result)).toMatch(/\| 4\.3\.2 +\| +6 \| hero, packed/);
    await night.processor.close();
  }
  for (const { blend, version } of await opened(rig)) {
    expect(version).toBe(blend.includes('wide') ? NEW : OLD);
  }
});

test('a shot goes on with the version that began it, also where a newer one is there', {
  timeout: LIMIT,
}, async () => {
  const { rig, both, begun } = await begunByOld();
  const night = await rig.processor({ blenderPath: null }, { installs: both });
  await night.processor.processBatch();
  expect(night.told('frame-done', 'hero')).toEqual([2]);
  expect(framesByVersion(night.job('hero'))).toEqual({ [OLD]: 3 });
  expect(begun).toEqual({ [OLD]: 3 });
});

test('where that version is gone the shot waits and says so, and the rest of the batch renders', {
  timeout: LIMIT,
}, async () => {
  const { rig, saved, only } = await begunByOld();
  await saved('other', NEW);
  const night = await rig.processor({ blenderPath: null }, { installs: only(NEW) });
  const result = await night.processor.processBatch();
  const hero = night.job('hero');
  expect(hero).toMatchObject({ status: 'failed', error: { cause: 'other-blender' } });
  expect(hero.error?.message).toContain(`Frames 1, 3 of hero were rendered by ${OLD}`);
  expect(framesByVersion(hero), 'nothing of it is lost, and nothing mixed').toEqual({ [OLD]: 2 });
  expect(night.job('other').status).toBe('completed');
  expect(generateBatchReport(result)).toMatch(
    /## What to do next[\s\S]*hero[\s\S]*--other-blender/,
  );
  // Whoever waits long enough goes on: the old one is installed again.
  const back = await rig.processor({ blenderPath: null }, { installs: only(OLD, NEW) });
  expect((await back.processor.processBatch()).outcome).toBe('completed');
  expect(framesByVersion(back.job('hero'))).toEqual({ [OLD]: 3 });
});

test('a complete shot that lost a frame is asked about when its folder is opened again', {
  timeout: LIMIT,
}, async () => {
  const { rig, only, both } = await begunByOld();
  const opened = async (blenderPath: string | null, installs = only(NEW)) => {
    const night = await rig.processor({ blenderPath }, { installs });
    await night.processor.load();
    const { jobs, config } = night.processor;
    const hero = await shotBlender(night.job('hero'), config, { installs });
    return { hero, shots: await begunElsewhere(jobs, config, { installs }) };
  };
  const about = { name: 'hero', begunBy: [OLD], done: 2, version: NEW };
  const gone = await opened(null);
  expect(gone.shots).toEqual([expect.objectContaining({ ...about, asked: false })]);
  expect(gone.hero).toMatchObject({
    ...{ uses: null, chosen: null, otherwise: { reason: 'saved', version: '4.3' } },
  });
  expect((await opened(null, both)).shots).toEqual([]);
  // The one that began it may be here: another one is chosen for all.
  const asked = await opened(await standIn(rig, NEW), both);
  expect(asked.shots).toEqual([expect.objectContaining({ ...about, asked: true })]);
  expect(asked.hero.otherwise).toEqual({ reason: 'for-all', version: NEW });
});

test('what the artist chose for a shot is told, whether it is here or not', {
  timeout: LIMIT,
}, async () => {
  const { rig, only, saved } = await stage();
  await saved('hero', OLD, undefined, `blender: '${NEW}'\n`);
  const installs = only(NEW);
  const night = await rig.processor({ blenderPath: null }, { installs });
  const hero = () => shotBlender(night.job('hero'), night.processor.config, { installs });
  const otherwise = { reason: 'shot-file', version: NEW };
  expect(await hero()).toMatchObject({ reason: 'shot-file', chosen: null, otherwise });
  await night.processor.chooseBlender([night.job('hero').id], { version: OLD });
  expect(await hero()).toMatchObject({ reason: 'chosen', chosen: OLD, otherwise, uses: null });
});

test('the choice for all is kept to: mixed, and the report says which frames', {
  timeout: LIMIT,
}, async () => {
  const { rig, only } = await begunByOld();
  const night = await rig.processor(
    { blenderPath: null, otherBlender: 'mix' },
    { installs: only(NEW) },
  );
  const result = await night.processor.processBatch();
  expect(framesByVersion(night.job('hero'))).toEqual({ [OLD]: 2, [NEW]: 1 });
  expect(night.job('hero').warnings.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('4.3.2, the others by 5.2.2'),
  );
  expect(generateBatchReport(result)).toMatch(/\*\*hero\*\*: 2 by 5\.2\.2; 1, 3 by 4\.3\.2/);
});

test('the choice for all is kept to: all frames again', { timeout: LIMIT }, async () => {
  const { rig, only } = await begunByOld();
  const night = await rig.processor(
    { blenderPath: null, otherBlender: 'again' },
    { installs: only(NEW) },
  );
  const result = await night.processor.processBatch();
  expect(framesByVersion(night.job('hero'))).toEqual({ [NEW]: 3 });
  expect(generateBatchReport(result)).toContain('2 frames of another Blender are rendered again');
});

test('all frames again means all, also where whole ones are kept that lie there', {
  timeout: LIMIT,
}, async () => {
  const { rig, only } = await begunByOld('hero', 'alone');
  const config = { blenderPath: null, otherBlender: 'again', existing: 'skip' } as const;
  const begun = await rig.processor(config, { installs: only(NEW) });
  await begun.processor.load();
  const alone = begun.job('alone');
  const hero = begun.job('hero').id;
  await begun.processor.processBatch({ only: [hero] });
  expect(begun.told('frame-kept')).toEqual([]);
  expect(framesByVersion(begun.job('hero'))).toEqual({ [NEW]: 3 });
  const done = await runJobSubprocess(alone, { config, here: { installs: only(NEW) } });
  expect(framesByVersion(done)).toEqual({ [NEW]: 3 });
  expect(done.status).toBe('completed');
});

test('one shot that is rendered alone says what is to be known of its Blender', {
  timeout: LIMIT,
}, async () => {
  const { rig, only, saved } = await stage();
  await saved('hero', OLD);
  const { jobs } = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const config = { blenderPath: null };
  const done = await runJobSubprocess(jobs[0] as BatchJob, {
    config,
    here: { installs: only(NEW) },
  });
  expect(done.warnings).toEqual([
    { cause: 'other-blender', message: expect.stringContaining(`saved by Blender 4.3`) },
  ]);
});

test('a Blender that was late, or is new, is found before another one renders', {
  timeout: LIMIT,
}, async () => {
  const { rig, only, saved } = await stage();
  for (const name of ['a', 'b', 'c']) await saved(name, OLD);
  const looks: boolean[] = [];
  const late = async (again = false) => {
    looks.push(again);
    return again ? only(OLD, NEW)() : only(NEW)();
  };
  const night = await rig.processor({ blenderPath: null }, { installs: late });
  await night.processor.processBatch();
  for (const name of ['a', 'b', 'c'])
    expect(framesByVersion(night.job(name))).toEqual({ [OLD]: 3 });
  expect(
    looks.filter((again) => again),
    'once for all of them',
  ).toHaveLength(1);
  await night.processor.close();
  const none = async (again = false) => (again ? only(OLD)() : []);
  const overwrite = { blenderPath: null, existing: 'overwrite', resumeOnFailure: false } as const;
  const second = await rig.processor(overwrite, { installs: none });
  expect((await second.processor.processBatch()).outcome).toBe('completed');
});

test('shots of two versions that alternate start each Blender once, in the night and in preflight', {
  timeout: LIMIT,
}, async () => {
  const { rig, both, saved } = await stage();
  for (const [at, name] of ['a', 'b', 'c', 'd', 'e'].entries()) {
    await saved(name, at % 2 === 0 ? OLD : NEW);
  }
  const config = { blenderPath: null, workers: 1 };
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const looked: string[] = [];
  const onJob = ({ name }: BatchJob) => void looked.push(name);
  await rig.steer({
    inspect: { findings: [{ severity: 'warning', cause: 'missing-file', message: 'x' }] },
  });
  const problems = await checkBatch(batch, { config, here: { installs: both }, onJob });
  expect(looked).toEqual(['a', 'c', 'e', 'b', 'd']);
  const told = problems.map(({ jobId }) => batch.jobs.find(({ id }) => id === jobId)?.name);
  expect([...told].sort(), 'as they stand in the folder').toEqual(told);
  expect(await rig.noted('start')).toHaveLength(2);
  const night = await rig.processor(config, { installs: both });
  expect((await night.processor.processBatch()).outcome).toBe('completed');
  expect(await rig.noted('start')).toHaveLength(4);
});

test('what is known of the Blenders of a machine is read and kept in the data directory of the run', {
  timeout: LIMIT,
}, async () => {
  const { rig, saved } = await stage();
  const others = join(rig.folder, 'others');
  vi.stubEnv('NIGHTSHIFT_DATA', others);
  onTestFinished(() => void vi.unstubAllEnvs());
  await saved('hero', '9.1');
  const path = await standIn(rig, '9.1.0');
  await rig.file('data/blender-places.json', JSON.stringify([path]));
  const night = await rig.processor({ blenderPath: null });
  await night.processor.processBatch();
  expect(framesByVersion(night.job('hero'))).toEqual({ '9.1.0': 3 });
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  const { here, config } = night.processor;
  expect(await checkBatch(batch, { config, here })).toEqual([]);
  expect(await readdir(others).catch(() => [])).toEqual([]);
});

test('a choice for one shot is remembered, taken up in the middle of a night, and counts for that shot alone', {
  timeout: LIMIT,
}, async () => {
  const { rig, only } = await begunByOld('hero', 'wide');
  const refused = await rig.processor({ blenderPath: null }, { installs: only(NEW) });
  await refused.processor.processBatch();
  const hero = refused.job('hero').id;
  await refused.processor.chooseBlender([hero], { otherBlender: 'again' });
  await refused.processor.close();
  const night = await rig.processor({ blenderPath: null }, { installs: only(NEW) });
  await night.processor.load();
  expect(night.job('hero').chosenBlender?.otherBlender).toBe('again');
  await night.processor.processBatch();
  expect(framesByVersion(night.job('hero'))).toEqual({ [NEW]: 3 });
  expect(night.job('hero').chosenBlender?.otherBlender, 'asked for once').toBeNull();
  expect(night.job('wide')).toMatchObject({ status: 'failed', error: { cause: 'other-blender' } });
  const wide = night.job('wide').id;
  await night.processor.chooseBlender([wide], { otherBlender: 'mix' });
  await night.processor.retryJobs([wide]);
  expect(framesByVersion(night.job('wide'))).toEqual({ [OLD]: 2, [NEW]: 1 });
});

test('no Blender opens a file that needs a newer one, packed or not, unless the shot asks for that', {
  timeout: LIMIT,
}, async () => {
  const { rig, only, saved } = await stage();
  await saved('plain', NEW);
  await saved('packed', NEW, gzipSync);
  await saved('dared', NEW, undefined, `blender: ${OLD}\n`);
  await saved('own', OLD);
  for (const config of [{ blenderPath: null }, { blenderPath: await standIn(rig, OLD) }]) {
    const night = await rig.processor(
      { ...config, resumeOnFailure: false },
      { installs: only(OLD) },
    );
    await night.processor.processBatch();
    for (const name of ['plain', 'packed']) {
      expect(night.job(name)).toMatchObject({
        status: 'failed',
        error: { cause: 'newer-blender-needed' },
      });
    }
    expect(night.job('own').status).toBe('completed');
    expect(night.job('dared').status).toBe('completed');
    expect(night.job('dared').warnings.map(({ cause }) => cause)).toContain('newer-blender-needed');
  }
  const blends = (await opened(rig)).map(({ blend }) => blend);
  expect(blends.filter((blend) => /plain|packed/.test(blend))).toEqual([]);
});

test('a shot file names a version anywhere, and a program in a trusted folder only', {
  timeout: LIMIT,
}, async () => {
  const { rig, both, saved } = await stage();
  await rig.file('shots/defaults.yaml', `blender: 5.2\n`);
  await saved('inherits', OLD);
  await saved('program', OLD, undefined, `blender: ${await standIn(rig, OLD)}\n`);
  await saved('wrong', OLD, undefined, 'blender: newest\n');
  const batch = await createBatchFromDirectory(rig.shots, { output: rig.out });
  expect(batch.problems).toContainEqual(
    expect.objectContaining({ file: 'wrong.yaml', line: 2, column: 10, severity: 'error' }),
  );
  expect(batch.wantsTrust).toBe(true);
  const night = await rig.processor({ blenderPath: null }, { installs: both });
  await night.processor.processBatch();
  expect(framesByVersion(night.job('inherits'))).toEqual({ [NEW]: 3 });
  expect(night.job('program')).toMatchObject({ status: 'failed', error: { cause: 'not-trusted' } });
  const trusted = await rig.processor({ blenderPath: null, trusted: true }, { installs: both });
  await trusted.processor.processBatch();
  expect(framesByVersion(trusted.job('program'))).toEqual({ [OLD]: 3 });
});

test('a Blender that was updated since it was asked is not taken for the old one', {
  timeout: LIMIT,
}, async () => {
  const { rig, only, saved } = await begunByOld();
  await saved('fresh', OLD);
  const path = await standIn(rig, OLD);
  const night = await rig.processor({ blenderPath: null }, { installs: only(OLD) });
  await writeStandIn(path, NEW);
  await night.processor.processBatch();
  expect(night.job('hero')).toMatchObject({ status: 'failed', error: { cause: 'other-blender' } });
  expect(framesByVersion(night.job('fresh')), 'what is recorded is who rendered it').toEqual({
    [NEW]: 3,
  });
});

/** Folder of the engine with two stand-ins, and scenes that claim a version. */
async function stage() {
  vi.stubEnv('NIGHTSHIFT_BLENDER', undefined);
  const rig = await makeEngine();
  const only =
    (...wanted: string[]) =>
    async (): Promise<readonly BlenderInfo[]> => {
      const found = wanted.map(async (version) => ({ path: await standIn(rig, version), version }));
      return (await Promise.all(found)).sort((a, b) => (a.version < b.version ? 1 : -1));
    };
  const saved = async (
    name: string,
    version: string,
    pack = (bytes: Buffer) => bytes,
    yaml = '',
  ) => {
    const [major = '', minor = ''] = version.split('.');
    const header =
      Number(major) < 5 ? `BLENDER-v${major}0${minor}RENDH` : `BLENDER17-01v0${major}0${minor}REND`;
    await mkdir(join(rig.folder, 'scenes'), { recursive: true });
    await writeFile(
      join(rig.folder, `scenes/${name}.blend`),
      pack(Buffer.from(`${header} ${name}`)),
    );
    await rig.file(`shots/${name}.yaml`, `blend: ../scenes/${name}.blend\n${yaml}frames: 1-3\n`);
  };
  return { rig, only, both: only(OLD, NEW), saved };
}

/** Shots of three frames by the old version, of which the second has gone since. */
async function begunByOld(...names: string[]) {
  const staged = await stage();
  const { rig, only, saved } = staged;
  const shots = names.length > 0 ? names : ['hero'];
  for (const name of shots) await saved(name, OLD);
  const night = await rig.processor({ blenderPath: null }, { installs: only(OLD) });
  await night.processor.processBatch();
  const begun = framesByVersion(night.job(shots[0] ?? ''));
  await night.processor.close();
  for (const name of shots) await rm(join(rig.out, name, `${name}_0002.png`));
  return { ...staged, begun };
}

async function standIn(rig: EngineRig, version: string): Promise<string> {
  const path = join(rig.folder, `blender-${version}`, 'blender');
  if ((await readdir(rig.folder)).includes(`blender-${version}`)) return path;
  await mkdir(join(rig.folder, `blender-${version}`));
  await writeStandIn(path, version);
  return path;
}

async function writeStandIn(path: string, version: string): Promise<void> {
  const run = `FAKE_VERSION=${version} exec '${process.execPath}' '${STAND_IN}' "$@"`;
  await writeFile(path, `#!/bin/sh\n${run}\n`);
  await chmod(path, 0o755);
}

async function opened(rig: EngineRig): Promise<{ blend: string; version: string }[]> {
  return (await rig.noted('open')) as unknown as { blend: string; version: string }[];
}
