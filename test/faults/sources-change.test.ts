import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pixels } from '../engine/rig.ts';
import { makeBlend } from '../helpers/make-blend.ts';
import { frameNames, type Lab, makeLab, type Night, told } from './lab.ts';

const ONE = ['--workers', '1'];
const SLOW = { render: { seconds: 0.1 } };

/** The pids of the Blenders that the checkpoint has on record now. */
async function blenders(lab: Lab): Promise<readonly number[]> {
  const batches = join(lab.data, 'batches');
  const [batch = ''] = await readdir(batches);
  const text = await readFile(join(batches, batch, 'workers.json'), 'utf8');
  return [...text.matchAll(/"pid":\s*(\d+)/g)].map((match) => Number(match[1]));
}

/** Crashes every Blender of the night, so that the scene has to be opened again. */
async function crashBlender(lab: Lab): Promise<void> {
  for (const pid of await blenders(lab)) process.kill(pid, 'SIGSEGV');
}

/** A night over `hero` that is killed after its second frame. */
async function killedNight(lab: Lab, args: readonly string[] = ONE): Promise<void> {
  const night = lab.begin({ args });
  await night.until(told('frame-done', 'hero', 2));
  night.kill('SIGKILL');
  await night.end;
  await lab.expectTruth();
}

function shot(line = ''): string {
  return `blend: ../scenes/any.blend\nscript: build.py\nframes: 1-4\n${line}\n`;
}

async function standIn(): Promise<Lab> {
  const lab = await makeLab('stand-in');
  await lab.steer(SLOW);
  await lab.shot('hero');
  await lab.file('shots/build.py', 'print(1)');
  await lab.file('shots/hero.yaml', shot());
  return lab;
}

const TRUST = [...ONE, '--trust'];

function filesOf({ done }: Night): readonly string[] {
  return done.map((file) => file.split('/').at(-1) ?? '').sort();
}

test.each([
  ['.blend', 'scenes/any.blend', 'BLENDER-v403RENDH new'],
  ['script', 'shots/build.py', 'print(2)'],
  ['shot file', 'shots/hero.yaml', shot('camera: Other')],
])(
  'a %s that changes between crash and resume makes the finished frames stale',
  async (_what, file, text) => {
    const lab = await standIn();
    await killedNight(lab, TRUST);
    await lab.file(file, text);
    const again = frameNames('hero', 4).map((name) => join(lab.out, 'hero', name));
    const night = await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST, again });
    expect(filesOf(night)).toEqual(frameNames('hero', 4));
  },
);

const AWAY: readonly [string, string, (file: string) => Promise<unknown>][] = [
  ['.blend is deleted', 'scenes/any.blend', (file) => rm(file)],
  ['script becomes a folder', 'shots/build.py', (file) => rm(file).then(() => mkdir(file))],
  [
    '.blend becomes a dangling link',
    'scenes/any.blend',
    (file) => rm(file).then(() => symlink('/nowhere', file)),
  ],
];

test.each(AWAY)(
  'a shot whose %s between crash and resume loses no frame: put back, the rest is rendered',
  async (_what, file, take) => {
    const lab = await standIn();
    await killedNight(lab, TRUST);
    const path = join(lab.folder, file);
    const text = await readFile(path, 'utf8');
    await take(path);
    const night = await lab.night({ args: TRUST });
    expect(night.code).toBe(1);
    expect(night.done).toEqual([]);
    const end = night.told.find(told('job-finished', 'hero'));
    expect(end).toMatchObject({ status: 'failed', cause: 'missing-file' });
    expect(end?.message).toMatch(/`(blend|script)` names .*(there is no such file|is no file)/);
    await rm(path, { recursive: true, force: true });
    await writeFile(path, text);
    await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST });
  },
);

test('a shot file that is deleted and comes back keeps what was rendered of it', async () => {
  const lab = await standIn();
  await lab.file('shots/other.yaml', 'blend: ../scenes/any.blend\nframes: 1');
  await killedNight(lab, TRUST);
  await rm(join(lab.shots, 'hero.yaml'));
  expect((await lab.night({ args: TRUST })).code).toBe(0);
  await lab.file('shots/hero.yaml', shot());
  await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST });
});

test('a .blend that is saved in mid-batch: the frames are all of the version that stands open, and stale at the next start', async () => {
  const lab = await standIn();
  const running = lab.begin({ args: TRUST });
  await running.until(told('frame-done', 'hero', 1));
  await lab.file('scenes/any.blend', 'BLENDER-v403RENDH new');
  const first = await running.end;
  expect(first.code).toBe(0);
  expect(
    await lab.blenderLog().then((log) => log.filter((noted) => noted.do === 'open')),
  ).toHaveLength(1);
  await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST, again: first.done });
});

test('what a shot file says in mid-batch counts from the next start on', async () => {
  const lab = await standIn();
  const running = lab.begin({ args: TRUST });
  await running.until(told('frame-done', 'hero', 1));
  await lab.file('shots/hero.yaml', shot('camera: Other'));
  const first = await running.end;
  expect(first.done).toHaveLength(4);
  await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST, again: first.done });
});

test('frames of a version that is taken back do not count for the version before', async () => {
  const lab = await standIn();
  const running = lab.begin({ args: TRUST });
  await running.until(told('frame-done', 'hero', 2));
  await lab.file('scenes/any.blend', 'BLENDER-v403RENDH new');
  await crashBlender(lab);
  const first = await running.end;
  expect(first.code).toBe(0);
  expect(filesOf(first).slice(0, 2)).toEqual(['hero_0001.png', 'hero_0001.png']);
  expect(new Set(first.done).size).toBe(4);
  await lab.file('scenes/any.blend', 'BLENDER-v403RENDH');
  const again = first.done;
  const night = await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST, again });
  expect(filesOf(night)).toEqual(frameNames('hero', 4));
});

test('a shot whose .blend is saved in mid-batch and opened again is of the new version in every pixel', async () => {
  const lab = await makeLab();
  await lab.realShot('hero', { yaml: 'frames: 1-4\nrender: { samples: 600 }' });
  const other = await makeBlend(join(lab.folder, 'other/hero.blend'), 'cube.location.x = 2');
  const running = lab.begin({ args: ONE });
  await running.until(told('frame-done', 'hero', 2));
  await copyFile(other, join(lab.folder, 'scenes/hero.blend'));
  await crashBlender(lab);
  expect((await running.end).code).toBe(0);
  await lab.expectTruth();
  const undisturbed = join(lab.folder, 'undisturbed');
  await lab.night({ args: ['--data', join(lab.folder, 'other-data')], out: undisturbed });
  for (const name of frameNames('hero', 4)) {
    const same = await pixels(join(undisturbed, 'hero', name));
    expect((await pixels(join(lab.out, 'hero', name))) === same, name).toBe(true);
  }
  await lab.expectResume({ hero: frameNames('hero', 4) }, { args: ONE });
});

test('a lane that comes to help with the new version makes the shot start over for all', async () => {
  const lab = await standIn();
  await lab.steer({ render: { seconds: 0.4 }, open: [{ tries: 1 }, { seconds: 0.3 }] });
  await lab.file('shots/hero.yaml', shot().replace('1-4', '1-9'));
  const running = lab.begin({ args: ['--workers', '2', '--trust'] });
  await running.until(told('job-started', 'hero'));
  await lab.file('scenes/any.blend', 'BLENDER-v403RENDH new');
  const night = await running.end;
  expect(night.code).toBe(0);
  const jobs = await lab.jobs();
  expect(jobs[0]?.counts).toMatchObject({ total: 9, done: 9 });
  await lab.expectResume({ hero: frameNames('hero', 9) }, { args: TRUST });
});

test('a .blend that is locked away in mid-batch fails the shot with its name when Blender crashes; put back, the rest is rendered', async () => {
  const lab = await standIn();
  const running = lab.begin({ args: TRUST });
  await running.until(told('frame-done', 'hero', 2));
  const blend = join(lab.folder, 'scenes/any.blend');
  const text = await readFile(blend, 'utf8');
  await rm(blend);
  await symlink('/nowhere', blend);
  await lab.steer({
    ...SLOW,
    open: { fail: { cause: 'missing-file', message: 'The scene "any.blend" does not exist.' } },
  });
  await crashBlender(lab);
  const night = await running.end;
  expect(night.told.find(told('job-finished', 'hero'))).toMatchObject({
    status: 'failed',
    cause: 'missing-file',
  });
  await rm(blend);
  await writeFile(blend, text);
  await lab.steer(SLOW);
  await lab.expectResume({ hero: frameNames('hero', 4) }, { args: TRUST });
});
