import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { frameNames, type Lab, makeLab, type Night, told, visibleFiles } from './lab.ts';

const ONE = ['--workers', '1'];
/** Windows has no named pipes among its files, and makes links for administrators only. */
const onUnix = test.skipIf(process.platform === 'win32');

/** One broken thing a frame: what makes it out of a whole frame. */
const SPOILT: readonly ((file: string, lab: Lab) => Promise<unknown>)[] = [
  (file) => writeFile(file, ''),
  async (file) => truncate(file, Math.ceil((await lstat(file)).size * 0.7)),
  (file) => truncate(file, 20),
  async (file) => writeFile(file, await otherFormat(file)),
  (file, lab) => copyFile(join(lab.folder, 'larger', basename(file)), file),
  (file) => rm(file).then(() => mkdir(file)),
  (file) => rm(file).then(() => symlink('/nowhere/at/all', file)),
  (file) => rm(file).then(() => execa('mkfifo', [file])),
  (file, lab) => replacedByLink(file, lab, 'broken'),
];
const COUNT = SPOILT.length + 1;
/** The frame in whose place one of another size is put. */
const LARGER = 5;

async function otherFormat(file: string): Promise<Buffer> {
  const create = { width: 64, height: 36, channels: 3, background: 'red' } as const;
  const picture = sharp({ create });
  return file.endsWith('.png') ? picture.jpeg().toBuffer() : picture.png().toBuffer();
}

/** The frame becomes a link to what lies elsewhere: the whole frame, or a broken one. */
async function replacedByLink(file: string, lab: Lab, what: 'broken' | 'whole'): Promise<void> {
  const elsewhere = join(lab.folder, 'elsewhere');
  await mkdir(elsewhere, { recursive: true });
  const target = join(elsewhere, basename(file));
  await rename(file, target);
  if (what === 'broken') await truncate(target, 30);
  await symlink(target, file);
}

async function spoilAll(lab: Lab, names: readonly string[], shot = 'hero'): Promise<void> {
  for (const [index, spoil] of SPOILT.entries()) {
    await spoil(join(lab.out, shot, names[index] as string), lab);
  }
}

async function aside(lab: Lab, shot = 'hero'): Promise<readonly string[]> {
  return readdir(join(lab.out, shot, '.nightshift-aside')).catch(() => []);
}

function filesOf({ done }: Night): readonly string[] {
  return done.map((file) => basename(file)).sort();
}

/** A night as on another machine: no journal knows the frames. */
function unknown(lab: Lab, ...args: string[]) {
  return { args: [...ONE, '--data', join(lab.folder, 'other-data'), ...args] };
}

const FORMATS = [
  ['png', 'PNG', '.png'],
  ['exr', 'OPEN_EXR', '.exr'],
  ['multi', 'OPEN_EXR_MULTILAYER', '.exr'],
  ['jpeg', 'JPEG', '.jpg'],
  ['tiff', 'TIFF', '.tif'],
  ['webp', 'WEBP', '.webp'],
] as const;

async function everyFormat(lab: Lab, size: string, frames = `1-${COUNT}`): Promise<void> {
  for (const [shot, format] of FORMATS) {
    const yaml = `frames: ${frames}\nrender: { resolution: ${size} }\noutput: { format: ${format} }`;
    await lab.realShot(shot, { yaml });
  }
}

onUnix(
  'of frames that no journal knows, --existing skip keeps the whole ones of every format and no other thing of their names',
  async () => {
    const lab = await makeLab();
    await everyFormat(lab, '[72, 40]', `${LARGER}`);
    await lab.night({ args: ONE });
    const names = FORMATS.map(([shot, , extension]) => frameNames(shot, COUNT, extension));
    await mkdir(join(lab.folder, 'larger'));
    for (const file of await visibleFiles(lab.out)) {
      await rename(file, join(lab.folder, 'larger', basename(file)));
    }
    await everyFormat(lab, '[64, 36]');
    await lab.night({ args: ONE });
    for (const [index, [shot]] of FORMATS.entries()) await spoilAll(lab, names[index] ?? [], shot);
    const night = await lab.night(unknown(lab, '--existing', 'skip'));
    expect(night.code, night.err).toBe(0);
    expect(filesOf(night)).toEqual(names.flatMap((all) => all.slice(0, -1)).sort());
    for (const [shot] of FORMATS) expect(await aside(lab, shot), shot).toHaveLength(SPOILT.length);
    const all = Object.fromEntries(FORMATS.map(([shot], index) => [shot, names[index] ?? []]));
    expect((await lab.expectResume(all, unknown(lab))).done).toEqual([]);
  },
);

async function standIn(): Promise<{ readonly lab: Lab; readonly names: readonly string[] }> {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', `frames: 1-${COUNT}\nrender: { resolution: [72, 40] }`);
  await lab.night({ args: ONE });
  await rename(join(lab.out, 'hero'), join(lab.folder, 'larger'));
  await lab.shot('hero', `frames: 1-${COUNT}\nrender: { resolution: [64, 36] }`);
  await lab.night({ args: ONE });
  return { lab, names: frameNames('hero', COUNT) };
}

onUnix.each(['resume', 'overwrite'])(
  'with --existing %s, frames that no journal knows are rendered anew, and what is none is moved aside unharmed',
  async (existing) => {
    const { lab, names } = await standIn();
    await spoilAll(lab, names);
    const night = await lab.night(unknown(lab, '--existing', existing));
    expect(night.code).toBe(0);
    expect(filesOf(night)).toEqual(names);
    expect(await aside(lab)).toHaveLength(SPOILT.length);
    const broken = join(lab.folder, 'elsewhere', names[SPOILT.length - 1] as string);
    expect((await lstat(broken)).size, 'what a link led to').toBe(30);
    expect((await lab.expectResume({ hero: names }, unknown(lab))).done).toEqual([]);
  },
);

onUnix(
  'recorded frames that became anything else are rendered again on resume, and only those',
  async () => {
    const { lab, names } = await standIn();
    await spoilAll(lab, names);
    const spoilt = names.slice(0, -1);
    const again = spoilt.map((name) => join(lab.out, 'hero', name));
    const night = await lab.expectResume({ hero: names }, { args: ONE, again });
    expect(filesOf(night)).toEqual(spoilt);
    expect(await aside(lab)).toHaveLength(SPOILT.length);
  },
);

onUnix(
  'a link to a whole frame elsewhere counts as that frame with --existing skip, and what it leads to is never written to',
  async () => {
    const { lab, names } = await standIn();
    const [first = ''] = names;
    await replacedByLink(join(lab.out, 'hero', first), lab, 'whole');
    const target = join(lab.folder, 'elsewhere', first);
    const before = await readFile(target);
    expect((await lab.night(unknown(lab, '--existing', 'skip'))).done).toEqual([]);
    const over = await lab.night(unknown(lab, '--existing', 'overwrite'));
    expect(filesOf(over)).toEqual(names);
    expect((await readFile(target)).equals(before)).toBe(true);
    expect((await lstat(join(lab.out, 'hero', first))).isSymbolicLink()).toBe(false);
  },
);

test('the longest name of a file that is no whole frame can be moved aside too', async () => {
  const lab = await makeLab('stand-in');
  const name = 'n'.repeat(239);
  await lab.shot('hero', `frames: 1048574\noutput: { name: '${name}#' }`);
  const file = join(lab.out, 'hero', `${name}1048574.png`);
  await mkdir(join(lab.out, 'hero'), { recursive: true });
  await writeFile(file, 'broken');
  await lab.expectResume({ hero: [basename(file)] }, { args: ONE });
  expect(await aside(lab)).toHaveLength(1);
});

test('a staging folder that is a file is told, and nothing of it is deleted', async () => {
  const lab = await makeLab('stand-in');
  await lab.shot('hero', 'frames: 1-2');
  await mkdir(join(lab.out, 'hero'), { recursive: true });
  const inTheWay = join(lab.out, 'hero/.nightshift');
  await writeFile(inTheWay, 'mine');
  const night = await lab.night({ args: ONE });
  expect(night.told.find(told('job-finished', 'hero'))).toMatchObject({
    status: 'failed',
    cause: 'output-not-writable',
  });
  expect(await readFile(inTheWay, 'utf8')).toBe('mine');
  await rm(inTheWay);
  await lab.expectResume({ hero: frameNames('hero', 2) }, { args: ONE });
});
