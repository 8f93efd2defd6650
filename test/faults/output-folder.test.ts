import { readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test, vi } from 'vitest';
import { frameNames, type Lab, makeLab, type RunningNight, told } from './lab.ts';

const LINUX = process.platform === 'linux';
/** A disk of its own, and limits of another process: only root may set them. */
const asRoot = test.skipIf(!LINUX || process.getuid?.() !== 0);

const ONE = ['--workers', '1'];
const NAMES = frameNames('hero', 5);

async function standIn(frames = 5): Promise<Lab> {
  const lab = await makeLab('stand-in');
  await lab.steer({ render: { seconds: 0.12 } });
  await lab.shot('hero', `frames: 1-${frames}`);
  return lab;
}

function outputOf(lab: Lab): string {
  return join(lab.out, 'hero');
}

/** A night in which two frames are done. */
async function halfANight(lab: Lab): Promise<RunningNight> {
  const running = lab.begin({ args: ONE });
  await running.until(told('frame-done', 'hero', 2));
  return running;
}

async function expectComplete(lab: Lab, running: RunningNight): Promise<void> {
  const night = await running.end;
  expect(night.code, night.err).toBe(0);
  // It is not told as complete before it is.
  expect(night.told.filter(told('job-finished', 'hero'))).toMatchObject([{ status: 'completed' }]);
  await lab.expectTruth();
  const resumed = await lab.expectResume({ hero: NAMES }, { args: ONE });
  expect(resumed.done).toEqual([]);
}

test('an output folder that is deleted in mid-batch is made again, and the same run ends with every frame', async () => {
  const lab = await makeLab();
  await lab.realShot('hero', { yaml: 'frames: 1-5\nrender: { samples: 150 }' });
  const running = await halfANight(lab);
  await rm(lab.out, { recursive: true, maxRetries: 5 });
  await expectComplete(lab, running);
});

test('an output folder that is renamed in mid-batch stays as it is, and the same run ends with every frame', async () => {
  const lab = await standIn();
  const running = await halfANight(lab);
  await rename(outputOf(lab), join(lab.folder, 'taken'));
  await expectComplete(lab, running);
  const taken = (await readdir(join(lab.folder, 'taken'))).filter((name) => name.endsWith('.png'));
  expect(taken.sort()).toEqual(NAMES.slice(0, taken.length));
  expect(taken.length).toBeGreaterThanOrEqual(2);
});

test('the frames of a shot that was complete early are there in the end, also if they were deleted while another one was rendered', async () => {
  const lab = await standIn();
  await lab.shot('early', 'frames: 1-2\npriority: 9');
  const running = lab.begin({ args: ONE });
  await running.until(told('frame-done', 'hero', 1));
  await rm(join(lab.out, 'early'), { recursive: true, maxRetries: 5 });
  await expectComplete(lab, running);
  expect(await readdir(join(lab.out, 'early'))).toEqual(frameNames('early', 2));
});

const SPOILT: readonly [string, (file: string) => Promise<unknown>][] = [
  ['deleted', (file) => rm(file)],
  ['cut short', (file) => truncate(file, 30)],
  ['painted over', (file) => writeFile(file, 'another picture')],
  ['replaced by a folder', (file) => rm(file).then(() => mkdir(file))],
];

test.each(SPOILT)(
  'a finished frame that is %s in mid-batch is rendered again in the same run, and nothing is written over',
  async (what, spoil) => {
    const lab = await standIn();
    const running = await halfANight(lab);
    await spoil(join(outputOf(lab), 'hero_0001.png'));
    await expectComplete(lab, running);
    const aside = await readdir(join(outputOf(lab), '.nightshift-aside')).catch(() => []);
    expect(aside).toHaveLength(what === 'deleted' ? 0 : 1);
  },
);

test('a program that deletes every frame all night is told of, and the run comes to its end', async () => {
  const lab = await standIn(3);
  const running = lab.begin({ args: ONE });
  const sweeper = setInterval(() => {
    for (const name of tryRead(outputOf(lab))) rmSync(join(outputOf(lab), name), { force: true });
  }, 10);
  const night = await running.end;
  clearInterval(sweeper);
  expect(night.code).toBe(1);
  const end = night.told.find(told('job-finished', 'hero'));
  expect(end).toMatchObject({ status: 'failed', cause: 'output-not-writable' });
  expect(end?.message).toMatch(/finished more than once, but somebody else deletes or changes/);
  await lab.expectTruth();
  await lab.expectResume({ hero: NAMES.slice(0, 3) }, { args: ONE, again: night.done });
});

function tryRead(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.png'));
  } catch {
    return [];
  }
}

const IN_THE_WAY: readonly [string, (folder: string) => Promise<unknown>][] = [
  ['a file', (folder) => writeFile(folder, 'in the way')],
  ['a dangling link', (folder) => symlink('/nowhere/at/all', folder)],
];

test.each(IN_THE_WAY)(
  'an output folder that becomes %s in mid-batch fails the shot with a sentence; cleared away, all is rendered',
  async (_what, put) => {
    const lab = await standIn();
    const running = await halfANight(lab);
    // As fast as can be: the next frame makes the folder anew.
    await vi.waitFor(async () => {
      await rm(outputOf(lab), { recursive: true, force: true });
      await put(outputOf(lab));
    }, 5000);
    const night = await running.end;
    expect(night.code).toBe(1);
    const end = night.told.find(told('job-finished', 'hero'));
    expect(end).toMatchObject({ status: 'failed', cause: 'output-not-writable' });
    expect(end?.message).toMatch(
      /a file(, or a link that leads nowhere,)? stands where a folder should be/,
    );
    await rm(outputOf(lab), { force: true });
    await lab.expectTruth();
    await lab.expectResume({ hero: NAMES }, { args: ONE, again: night.done });
  },
);

test.each(IN_THE_WAY)(
  '%s in the way of the output folder at the start is told, and harms no other shot',
  async (_what, put) => {
    const lab = await standIn();
    await lab.shot('other', 'frames: 1');
    await mkdir(lab.out);
    await put(outputOf(lab));
    const night = await lab.night({ args: ONE });
    expect(night.code).toBe(1);
    const end = night.told.find(told('job-finished', 'hero'));
    expect(end).toMatchObject({ status: 'failed', cause: 'output-not-writable' });
    expect(end?.message).toMatch(/stands where a folder should be/);
    expect(night.told.find(told('job-finished', 'other'))).toMatchObject({ status: 'completed' });
    await rm(outputOf(lab));
    await lab.expectResume({ hero: NAMES }, { args: ONE });
  },
);

test.runIf(process.platform === 'linux')(
  'where the system makes no folder the shot says so in words',
  async () => {
    const lab = await standIn();
    const night = await lab.night({ args: [...ONE, '-o', '/proc/no-such-drive'] });
    expect(night.code).toBe(1);
    expect(night.told.find(told('job-finished', 'hero'))?.message).toBe(
      "The frames can't be written to /proc/no-such-drive/hero (there is no such drive, or one that takes no folders).",
    );
  },
);

asRoot.each(['stand-in', 'real'] as const)(
  'an output disk that becomes read-only in mid-batch fails the shot with that reason; writable again, the rest is rendered (%s)',
  async (blender) => {
    const lab = await makeLab(blender);
    const yaml = 'frames: 1-5\nrender: { samples: 150 }';
    await lab.steer({ render: { seconds: 0.12 } });
    await (blender === 'real' ? lab.realShot('hero', { yaml }) : lab.shot('hero', yaml));
    await mkdir(lab.out);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'none', lab.out]);
    onTestFinished(async () => {
      await execa('umount', ['-l', lab.out], { reject: false });
    });
    const running = await halfANight(lab);
    await vi.waitFor(() => execa('mount', ['-o', 'remount,ro', lab.out]), 5000);
    const night = await running.end;
    expect(night.code).toBe(1);
    const end = night.told.find(told('job-finished', 'hero'));
    expect(end).toMatchObject({ status: 'failed', cause: 'output-not-writable' });
    await lab.expectTruth();
    await execa('mount', ['-o', 'remount,rw', lab.out]);
    await lab.expectResume({ hero: NAMES }, { args: ONE });
  },
);

asRoot(
  'a night that may open no more files waits for some, loses nothing, and takes no whole frame for a broken one',
  async () => {
    const lab = await standIn();
    const running = await halfANight(lab);
    const limit = freeHandle(running.pid);
    await execa('prlimit', ['--pid', String(running.pid), `--nofile=${limit}:4096`]);
    // The next one is rendered while the first is looked at: by then that could have been taken for a broken one.
    await vi.waitFor(() => {
      expect(stagedOf(outputOf(lab)), 'frames that nobody may look at').toHaveLength(2);
    }, 20_000);
    await execa('prlimit', ['--pid', String(running.pid), '--nofile=4096:4096']);
    await expectComplete(lab, running);
    expect((await running.end).told.filter(told('frame-failed'))).toEqual([]);
    expect(await readdir(outputOf(lab))).toEqual(NAMES);
  },
);

/** The lowest number that no open file of a process has: with this limit it opens none more. */
function freeHandle(pid: number): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free += 1;
  return free;
}

function stagedOf(folder: string): readonly string[] {
  const found = readdirSync(join(folder, '.nightshift'), { recursive: true });
  return found.map(String).filter((name) => name.endsWith('.part'));
}
