import { mkdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import {
  expectWholePictures,
  frameNames,
  type Lab,
  makeLab,
  type RunningNight,
  told,
} from './lab.ts';

/** A small disk of its own; only root may make one. */
const asRoot = test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0);

const ONE = ['--workers', '1'];

async function smallDisk(folder: string, size: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder]);
  // Runs before the laboratory's own clean-up, so that the folder can be removed.
  onTestFinished(async () => {
    await execa('umount', ['-l', folder], { reject: false });
  });
}

/** Fills the disk but for one page, so that a file begins well and is cut. Returns what makes room. */
async function fill(disk: string): Promise<() => Promise<void>> {
  const ballast = join(disk, '.ballast');
  await execa('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k'], { reject: false });
  await truncate(ballast, (await stat(ballast)).size - 4096);
  return () => rm(ballast);
}

/** A night whose disk is full after the first frame. */
async function pausedNight(lab: Lab, disk: string) {
  const running = lab.begin({ args: ONE });
  await running.until(told('frame-done', 'hero', 1));
  const makeRoom = await fill(disk);
  const paused = await running.until(told('batch-paused'));
  expect(paused).toMatchObject({ reason: 'disk-full' });
  return { running, makeRoom, message: String(paused.message) };
}

async function expectWellEnded(running: RunningNight): Promise<void> {
  const night = await running.end;
  expect(night.code, night.err).toBe(0);
  expect(night.told.filter(told('frame-failed'))).toEqual([]);
  expect(night.told.filter(told('batch-unpaused'))).not.toEqual([]);
  expect(new Set(night.done).size).toBe(night.done.length);
}

const FORMATS = [
  ['PNG', '.png'],
  ['OPEN_EXR', '.exr'],
  ['OPEN_EXR_MULTILAYER', '.exr'],
  ['JPEG', '.jpg'],
] as const;

async function noisyLab(format: string): Promise<Lab> {
  const lab = await makeLab();
  const yaml = `frames: 1-4\nrender: { samples: 60, resolution: [128, 96] }\noutput: { format: ${format} }`;
  await lab.realShot('hero', { yaml });
  await smallDisk(lab.out, '3m');
  return lab;
}

asRoot.each(FORMATS)(
  'a disk that fills up while %s frames are written pauses the night and says so; room made, it goes on by itself',
  async (format, extension) => {
    const lab = await noisyLab(format);
    const { running, makeRoom, message } = await pausedNight(lab, lab.out);
    expect(message).toMatch(/disk of .*hero is full .*Make room on it/);
    await expectWholePictures(lab.out);
    await makeRoom();
    await expectWellEnded(running);
    const resumed = await lab.expectResume(
      { hero: frameNames('hero', 4, extension) },
      { args: ONE },
    );
    expect(resumed.done).toEqual([]);
  },
);

asRoot(
  'a night that is killed while it waits for room is resumed without rendering anything twice',
  async () => {
    const lab = await noisyLab('PNG');
    const { running, makeRoom } = await pausedNight(lab, lab.out);
    running.kill('SIGKILL');
    await running.end;
    await lab.expectTruth();
    await makeRoom();
    await lab.expectResume({ hero: frameNames('hero', 4) }, { args: ONE });
  },
);

asRoot('a night that waits for room can be interrupted at once, and be resumed', async () => {
  const lab = await noisyLab('OPEN_EXR');
  const { running, makeRoom } = await pausedNight(lab, lab.out);
  const began = Date.now();
  running.kill('SIGINT');
  expect((await running.end).code).toBe(130);
  expect(Date.now() - began).toBeLessThan(3000);
  await lab.expectTruth();
  await makeRoom();
  await lab.expectResume({ hero: frameNames('hero', 4, '.exr') }, { args: ONE });
});

async function journalLab(): Promise<Lab> {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-40');
  await lab.steer({ render: { seconds: 0.02 } });
  await smallDisk(lab.data, '1m');
  return lab;
}

asRoot('a full disk under the checkpoint pauses the night too, and loses nothing', async () => {
  const lab = await journalLab();
  const { running, makeRoom, message } = await pausedNight(lab, lab.data);
  expect(message).toMatch(/disk that holds the checkpoint is full.*Make room on it/);
  await makeRoom();
  await expectWellEnded(running);
  const resumed = await lab.expectResume({ hero: frameNames('hero', 40) }, { args: ONE });
  expect(resumed.done).toEqual([]);
});

asRoot(
  'a night that is killed while its checkpoint has no room is resumed, and tells no frame twice',
  async () => {
    const lab = await journalLab();
    const { running, makeRoom } = await pausedNight(lab, lab.data);
    running.kill('SIGKILL');
    await running.end;
    await lab.expectTruth();
    await makeRoom();
    await lab.expectResume({ hero: frameNames('hero', 40) }, { args: ONE });
  },
);
