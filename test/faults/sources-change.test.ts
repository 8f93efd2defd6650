import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { frameNames, type Lab, makeLab, told } from './lab.ts';

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
