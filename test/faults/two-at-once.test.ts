import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ofType, runs, type Told } from '../cli/rig.ts';
import { frameNames, type Lab, makeLab, type RunningNight, told } from './lab.ts';

const HERO = frameNames('hero', 3);

test('two batches on one output folder: the second is told who writes these files, and may when that was killed', async () => {
  const { first, other, out } = await besideOther();
  const refused = await other.night({ out });
  expect(refused.code).toBe(1);
  expect(whyEnded(refused.told, 'hero')).toMatchObject({
    status: 'failed',
    cause: 'duplicate-output',
    message: expect.stringMatching(
      new RegExp(
        `^Nightshift on the command line \\(process ${first.night.pid}, since .*\\) is writing hero_####\\.png in `,
      ),
    ),
  });
  expect(refused.done).toEqual([]);
  await first.killedAfterAll();
  const resumed = await other.night({ out });
  expect(resumed.code, resumed.err).toBe(0);
  expect(resumed.done).toHaveLength(3);
  expect(await readdir(join(out, 'hero'))).toEqual(HERO);
});

test('two batches on one output folder: the first is not disturbed and ends well', async () => {
  const { first, other, out } = await besideOther();
  await other.night({ out });
  await first.goesOn();
  const { code, done } = await first.night.end;
  expect(code).toBe(0);
  expect(done).toHaveLength(3);
  expect(await readdir(join(out, 'hero'))).toEqual(HERO);
  await first.lab.expectTruth();
});

test('an output folder is one folder through a link too', async () => {
  const { first, other, out } = await besideOther();
  const link = join(other.folder, 'link');
  await symlink(out, link);
  const refused = await other.night({ out: link });
  expect(whyEnded(refused.told, 'hero')).toMatchObject({ cause: 'duplicate-output' });
  await first.killedAfterAll();
});

test('one batch from two data directories renders once', async () => {
  const { first, out } = await besideOther();
  const { lab } = first;
  const refused = await lab.night({ env: { NIGHTSHIFT_DATA: join(lab.folder, 'data-2') } });
  expect(refused.code).toBe(1);
  expect(whyEnded(refused.told, 'hero')).toMatchObject({ cause: 'duplicate-output' });
  await first.goesOn();
  expect((await first.night.end).code).toBe(0);
  expect(await readdir(join(out, 'hero'))).toEqual(HERO);
});

test('two batches with other file names in one folder both render, whoever ends first', async () => {
  const yaml = (name: string) =>
    `frames: 1-3\noutput: { path: ${JSON.stringify(shared)}, name: ${name}_#### }`;
  const lab = await makeLab('stand-in');
  const shared = join(lab.folder, 'shared');
  await mkdir(shared);
  await lab.shot('hero', yaml('left'));
  await lab.steer({ render: { frame: 2, hang: true, tries: 1 } });
  const args = ['--workers', '1', '--trust'];
  const night = lab.begin({ args });
  await night.until(told('frame-done', 'hero', 1));
  const other = await makeLab('stand-in');
  await other.shot('hero', yaml('right'));
  const beside = await other.night({ args });
  expect(beside.code, beside.err).toBe(0);
  expect(await runs(night.pid)).toBe(true);
  // Its staging is still there for the frame that is on its way.
  const staged = await readdir(join(shared, '.nightshift'));
  expect(staged).toHaveLength(1);
  night.kill('SIGKILL');
  await night.end;
  const resumed = await lab.night({ args });
  expect(resumed.done).toHaveLength(2);
  const names = ['left', 'right'].flatMap((name) => frameNames(name, 3));
  expect(await readdir(shared)).toEqual(names);
});

test('frames that another batch writes over while the night goes on are told, and not taken from it', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-3');
  await lab.shot('last', 'frames: 7');
  await lab.steer({ render: { frame: 7, hang: true } });
  const night = lab.begin({ args: ['--workers', '1'] });
  await night.until(told('job-finished', 'hero'));
  const other = await makeLab('stand-in');
  await other.shot('hero', 'frames: 1-3\nrender: { samples: 2 }');
  await other.steer({ render: { frame: 2, hang: true } });
  const beside = other.begin({ args: ['--workers', '1'], out: lab.out });
  await beside.until(told('frame-done', 'hero', 1));
  await goOn(lab);
  const { code, told: all } = await night.end;
  expect(code).toBe(1);
  expect(ofType(all, 'job-finished').findLast(({ name }) => name === 'hero')).toMatchObject({
    cause: 'duplicate-output',
    message: expect.stringContaining(`(process ${beside.pid}, since `),
  });
  await goOn(other);
  expect((await beside.end).code).toBe(0);
  expect(await readdir(join(lab.out, 'hero'))).toEqual(HERO);
});

interface Beside {
  readonly first: {
    readonly lab: Lab;
    readonly night: RunningNight;
    /** It hung in its last frame until now. */
    goesOn(): Promise<void>;
    killedAfterAll(): Promise<void>;
  };
  /** Another shot folder and data directory with a shot of the same name. */
  readonly other: Lab;
  readonly out: string;
}

/** A night that is in its last frame, and a second one that is about to begin beside it. */
async function besideOther(): Promise<Beside> {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-3');
  await lab.steer({ render: { frame: 3, hang: true } });
  const night = lab.begin({ args: ['--workers', '1'] });
  await night.until(told('frame-done', 'hero', 2));
  const other = await makeLab('stand-in');
  // Other pixels: what it wrote over would be found out.
  await other.shot('hero', 'frames: 1-3\nrender: { samples: 2 }');
  return {
    first: {
      lab,
      night,
      goesOn: () => goOn(lab),
      killedAfterAll: async () => {
        expect(await runs(night.pid), 'the first was not disturbed').toBe(true);
        night.kill('SIGKILL');
        const { told: all } = await night.end;
        expect(ofType(all, 'frame-failed')).toEqual([]);
      },
    },
    other,
    out: lab.out,
  };
}

/** The Blender that hangs is killed, and its frame is tried again. */
async function goOn(lab: Lab): Promise<void> {
  await lab.steer({});
  for (const { do: what, pid } of await lab.blenderLog()) {
    if (what === 'start' && (await runs(pid))) process.kill(pid, 'SIGKILL');
  }
}

function whyEnded(all: readonly Told[], name: string) {
  return ofType(all, 'job-finished').find((event) => event.name === name);
}
